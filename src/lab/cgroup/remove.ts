import { existsSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { listHostSubdirectories, readHostFile } from '../../sources/host/read-file.js';

const PAUSE_MS = 10;

/** What a run put on the machine, and how it is taken away again. Handed to the watchdog, so it is plain data. */
export interface Cleanup {
  readonly version: 1 | 2;
  /** The cgroup of the command: killed and removed with all below it. */
  readonly directory: string;
  /** v2: where oomkit moved itself into a leaf, and what it moved out of. */
  readonly leaf?: { readonly directory: string; readonly home: string };
}

/**
 * Kills what is left in the cgroups and removes them; what is gone already is no error. Returns how many processes it found, or
 * undefined when they did not all end in time: one that waits for a disk dies only when that answers.
 */
export async function removeCgroups({ version, directory, leaf }: Cleanup, patienceMs: number): Promise<number | undefined> {
  const deadline = Date.now() + patienceMs;
  const found = new Set<number>();
  while (existsSync(directory)) {
    for (const pid of killAll(version, directory)) found.add(pid);
    if (tryRemove(directory)) break;
    if (Date.now() > deadline) return undefined;
    await delay(PAUSE_MS);
  }
  if (leaf !== undefined) leaveLeaf(leaf);
  return found.size;
}

/** Sends SIGKILL to every process in the cgroup and below; which there were. A frozen process dies once it is thawed. */
export function killAll(version: 1 | 2, directory: string): number[] {
  const cgroups = withDescendants(directory);
  const pids = cgroups.flatMap(processesIn);
  if (pids.length === 0) return pids;
  // One write kills all, forks included. Source: Documentation/admin-guide/cgroup-v2.rst, cgroup.kill (since 5.14).
  const atOnce = version === 2 && existsSync(`${directory}/cgroup.kill`) && tryWrite(`${directory}/cgroup.kill`, '1');
  if (!atOnce) for (const pid of pids) sendKill(pid);
  return pids;
}

/** The processes of one cgroup. 0 stands for one of another pid namespace, which cannot be reached from here. */
export function processesIn(directory: string): number[] {
  return (readHostFile(`${directory}/cgroup.procs`) ?? '')
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
}

function leaveLeaf({ directory, home }: NonNullable<Cleanup['leaf']>): void {
  tryWrite(`${home}/cgroup.subtree_control`, '-memory');
  for (const pid of processesIn(directory)) tryWrite(`${home}/cgroup.procs`, String(pid));
  tryRemove(directory);
}

/** A cgroup and those below it, parents before children. */
function withDescendants(directory: string): string[] {
  const below = listHostSubdirectories(directory) ?? [];
  return [directory, ...below.flatMap((name) => withDescendants(`${directory}/${name}`))];
}

function tryRemove(directory: string): boolean {
  try {
    for (const cgroup of withDescendants(directory).reverse()) rmdirSync(cgroup);
    return true;
  } catch {
    // EBUSY until the last process has left it.
    return !existsSync(directory);
  }
}

/** Writes into a file of a cgroup; false when it is gone or refuses. */
export function tryWrite(file: string, text: string): boolean {
  try {
    writeFileSync(file, text);
    return true;
  } catch {
    return false;
  }
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
