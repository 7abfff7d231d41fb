import { existsSync, rmdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { processesIn, tryWrite } from '../lab/cgroup/remove.js';
import { listHostSubdirectories } from '../sources/host/read-file.js';

const PAUSE_MS = 5;

/** What a guard did to processes and the machine, as plain data for the watchdog. */
export interface GuardState {
  /** Files of cgroups by which writers may be held, and the text in each that lets them run. */
  readonly held: readonly { readonly file: string; readonly free: string }[];
  /** Cgroups that were made, and where the processes in them go when they are removed. */
  readonly cgroups: readonly { readonly directory: string; readonly home: string }[];
}

/** Lets everything run that is held. What is gone is no error. */
export function letRun({ held }: GuardState): void {
  for (const { file, free } of held) tryWrite(file, free);
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
  for (const pid of processesIn(directory)) tryWrite(`${home}/cgroup.procs`, String(pid));
  try {
    rmdirSync(directory);
  } catch {
    // It is gone, or not empty yet.
  }
}
