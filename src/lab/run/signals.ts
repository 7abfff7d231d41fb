import type { ChildProcess } from 'node:child_process';
import { readHostFile } from '../../sources/host/read-file.js';

/** What is passed on to the command; job control (SIGTSTP, SIGCONT) and the window's size reach it by themselves. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** A terminal sends these to its whole foreground process group, of which the command is a part. */
const FROM_TERMINAL: ReadonlySet<NodeJS.Signals> = new Set(['SIGINT', 'SIGQUIT']);
/** Whoever asks so often to stop means it. */
const KILL_AFTER = 3;

/**
 * Passes signals on to the command while it runs. The third that asks it to stop calls `onImpatience`. Returns what was passed
 * on, and a function that ends the passing.
 */
export function forwardSignals(child: ChildProcess, onImpatience: () => void): { forwarded: string[]; end: () => void } {
  const forwarded: string[] = [];
  const handlers = FORWARDED.map((signal) => {
    const handler = (): void => {
      forwarded.push(signal);
      if (!(FROM_TERMINAL.has(signal) && isForeground())) child.kill(signal);
      if (forwarded.filter((name) => name === 'SIGINT' || name === 'SIGTERM').length >= KILL_AFTER) onImpatience();
    };
    process.on(signal, handler);
    return [signal, handler] as const;
  });
  return {
    forwarded,
    end: () => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}

/** Whether this process is in its terminal's foreground group: fields pgrp and tpgid of man 5 proc_pid_stat. */
function isForeground(): boolean {
  const stat = readHostFile('/proc/self/stat') ?? '';
  const [, , group, , , terminalGroup] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group !== undefined && group === terminalGroup;
}
