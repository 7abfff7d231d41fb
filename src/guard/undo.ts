import { existsSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processesIn } from '../lab/cgroup/remove.js';
import { thisHost } from '../sources/host/host.js';
import { listHostSubdirectories } from '../sources/host/read-file.js';
import { processState } from './process-state.js';

const PAUSE_MS = 5;

/** A file of a freezer, and what to write into it for either state. */
export interface FreezerFile {
  readonly file: string;
  readonly frozen: string;
  readonly thawed: string;
}

/** What a guard did to processes and the machine, as plain data for the watchdog. */
export interface GuardState {
  /** Set while the freezer may be frozen. */
  readonly freezer?: FreezerFile;
  /** Processes that were sent SIGSTOP, with the start that tells each from a later one of the same pid. */
  readonly stopped: readonly (readonly [pid: number, startTicks: string])[];
  /** Cgroups made for the command, and where its processes go when they are removed. */
  readonly cgroups: readonly { readonly directory: string; readonly home: string }[];
}

/** Lets everything run that was paused. What is gone is no error. */
export function letRun({ freezer, stopped }: GuardState): void {
  if (freezer !== undefined) tryTo(() => writeFileSync(freezer.file, freezer.thawed));
  for (const [pid, startTicks] of stopped) {
    if (processState(thisHost, pid)?.startTicks === startTicks) tryTo(() => process.kill(pid, 'SIGCONT'));
  }
}

/** Moves what still runs in the cgroups to where they were made, and removes them. True when none is left. */
export async function releaseCgroups({ cgroups }: GuardState, patienceMs: number): Promise<boolean> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    for (const { directory, home } of cgroups) empty(directory, home);
    if (cgroups.every(({ directory }) => !existsSync(directory))) return true;
    if (Date.now() > deadline) return false;
    await delay(PAUSE_MS);
  }
}

/** Children first: the command may have made cgroups of its own. */
function empty(directory: string, home: string): void {
  for (const name of listHostSubdirectories(directory) ?? []) empty(`${directory}/${name}`, home);
  for (const pid of processesIn(directory)) tryTo(() => writeFileSync(`${home}/cgroup.procs`, String(pid)));
  tryTo(() => rmdirSync(directory));
}

function tryTo(action: () => void): void {
  try {
    action();
  } catch {
    // It ended, or is not empty yet.
  }
}
