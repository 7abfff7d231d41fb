import { constants } from 'node:os';
import type { EndedBy, KilledByKernel } from '../../model/index.js';

/** POSIX.1-2017, 2.8.2: a shell's exit status of a command that was ended by a signal. */
const SIGNAL_BASE = 128;
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const OOM_KILLED = 137;

/** How a command's process ended, as its parent sees it, and what the kernel says of kills in its cgroup. */
export interface Ending {
  readonly pid: number | undefined;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The errno of execve(2) when the command could not be run. */
  readonly notStarted?: string;
  /** The kernel's count of OOM kills in the cgroup. */
  readonly oomKills: number;
  /** Whom its log names; undefined when the log could not be read or lacks kills that were counted. */
  readonly killed: readonly KilledByKernel[] | undefined;
  /** Whether this program itself killed the cgroup. */
  readonly killedByUs: boolean;
}

export interface Outcome {
  readonly exitCode: number;
  readonly signal?: string;
  readonly endedBy: EndedBy;
  readonly oomKilled: boolean;
}

/**
 * Tells an OOM kill from another SIGKILL: by the kernel's log where it names the pid, else by its count of kills in the cgroup. A
 * SIGKILL beside a counted kill of an unnamed process may be either and is called `unknown`, but a program of a single process
 * leaves no doubt: whoever was killed was it.
 */
export function outcomeOf(ending: Ending, processesSeen: number): Outcome {
  const { code, signal, notStarted } = ending;
  if (notStarted !== undefined) {
    const exitCode = notStarted === 'ENOENT' || notStarted === 'ENOTDIR' ? NOT_FOUND : NOT_EXECUTABLE;
    return { exitCode, endedBy: 'exit', oomKilled: false };
  }
  if (signal === null) return { exitCode: code ?? 0, endedBy: 'exit', oomKilled: false };
  if (signal !== 'SIGKILL')
    return { exitCode: SIGNAL_BASE + constants.signals[signal], signal, endedBy: 'signal', oomKilled: false };
  const endedBy = whoseKill(ending, processesSeen);
  return { exitCode: OOM_KILLED, signal, endedBy, oomKilled: endedBy === 'oom-killer' };
}

function whoseKill({ pid, oomKills, killed, killedByUs }: Ending, processesSeen: number): EndedBy {
  if (killed?.some((process) => process.pid === pid) === true) return 'oom-killer';
  if (oomKills === 0) return 'signal';
  if (killed !== undefined) return 'signal';
  if (killedByUs) return 'signal';
  return processesSeen === 1 ? 'oom-killer' : 'unknown';
}
