import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Cleanup, removeCgroups } from '../cgroup/remove.js';

/** A process that waits for a disk which never answers cannot be killed; a watchdog need not wait for it for ever. */
const PATIENCE_MS = 10 * 60_000;

/** The process that cleans up when oomkit is killed and cannot. */
export interface Watchdog {
  readonly pid: number | undefined;
  /** Ends it, once there is nothing to clean up any more. */
  end(): Promise<void>;
}

/**
 * Starts the watchdog, in a session of its own: neither Ctrl-C nor the end of the terminal reaches it. It holds the reading end
 * of a pipe whose other end only this process has, so however this process ends, the kernel tells it. It is to be started before
 * what it guards is made. `program` are the words that run oomkit.
 */
export function startWatchdog(program: readonly [string, ...string[]], cleanup: Cleanup): Watchdog {
  const [file, ...args] = program;
  const child = spawn(file, [...args, 'lab-watchdog', JSON.stringify(cleanup)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It cannot be started: the run is cleaned up by this process alone.
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  return { pid: child.pid, end: () => endWatchdog(child) };
}

async function endWatchdog(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** What the watchdog does: waits for the end of its standard input, then removes what is left. */
export async function watch(cleanup: Cleanup, input: NodeJS.ReadableStream): Promise<void> {
  input.resume();
  await once(input, 'close');
  await removeCgroups(cleanup, PATIENCE_MS);
}
