import { setTimeout as delay } from 'node:timers/promises';
import type { GuardReport } from '../model/index.js';
import { findCgroup } from '../sources/cgroup/find.js';
import { directoryOf, findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import { procOf, thisHost } from '../sources/host/host.js';
import { readHostFile } from '../sources/host/read-file.js';
import { listMembers } from '../sources/process/cgroup-processes.js';
import { boundsFor, limitOver } from './bounds.js';
import { CpuQuota } from './cpu-quota.js';
import { Enclosure } from './enclosure.js';
import { GuardError } from './error.js';
import { Guard, type GuardTarget } from './guard.js';
import { canSetHigh, MemoryHigh } from './memory-high.js';
import type { GuardBounds } from './policy.js';
import { hurry } from './priority.js';
import { ProcessTree, processState } from './process-state.js';
import { surroundings } from './scratch.js';
import { GuardWatchdog } from './watchdog.js';

const LOOK_MS = 50;

/** How to guard what runs already. */
export interface GuardRunningOptions {
  readonly bounds: Partial<GuardBounds>;
  readonly program: readonly [string, ...string[]];
  /** Ends the guard; what it guarded runs on. */
  readonly signal: AbortSignal;
  /** Called where nothing can hold the writers. */
  readonly onUnheld: () => void;
}

/** Guards processes and what they start, until the last ends. Throws a GuardError for those that cannot or must not be guarded. */
export async function guardProcesses(pids: readonly number[], options: GuardRunningOptions): Promise<GuardReport> {
  for (const pid of pids) checkProcess(pid);
  const limits = pids.flatMap((pid) => limitOver({ pid }) ?? []);
  const bounds = boundsFor(options.bounds, limits.length === 0 ? undefined : Math.min(...limits));
  return guardUntilEnd({ kind: 'processes', name: pids.join(' ') }, bounds, options, (watchdog, spared) => {
    const tree = new ProcessTree(thisHost, pids, spared);
    const members = (): number[] => tree.members();
    return { members, ...surroundings(pids), ...heldByQuota(members(), watchdog), isNew: false };
  });
}

/** Guards the processes of a cgroup, until the last ends. `query` as `oomkit inspect` takes it. Throws a GuardError or HostError. */
export async function guardCgroup(query: string, options: GuardRunningOptions): Promise<GuardReport> {
  const hierarchy = findMemoryHierarchy(thisHost);
  const path = findCgroup(thisHost, hierarchy, query);
  const directory = directoryOf(hierarchy, path);
  if (path === '/' || directory === undefined) throw new GuardError('root-cgroup', { cgroup: path });
  const bounds = boundsFor(options.bounds, limitOver({ cgroup: path }));
  const { version } = hierarchy;
  return guardUntilEnd({ kind: 'cgroup', name: path }, bounds, options, (watchdog, spared) => {
    const all = (): number[] => listMembers(directory, path).map(({ pid }) => pid);
    const members = (): number[] => all().filter((pid) => !spared.has(pid));
    const target = { members, cgroup: { version, directory }, isNew: false };
    if (version === 1) return { ...target, ...heldByQuota(members(), watchdog) };
    // memory.high is of all in the cgroup: it is not for one this process, or what it depends on, lives in.
    const canHold = !all().some((pid) => spared.has(pid)) && canSetHigh(directory);
    return canHold ? { ...target, hold: new MemoryHigh(directory, bounds, watchdog) } : target;
  });
}

/** On v1 running processes are held in cgroups of the guard's own. On v2 to move them would move what they are charged, too. */
function heldByQuota(pids: readonly number[], watchdog: GuardWatchdog): Pick<GuardTarget, 'hold' | 'take'> {
  const enclosure = new Enclosure(watchdog);
  enclosure.take(pids);
  if (enclosure.directories.length === 0) return {};
  return {
    hold: new CpuQuota(() => enclosure.directories, watchdog),
    take: (found) => enclosure.take(found),
  };
}

async function guardUntilEnd(
  target: GuardReport['target'],
  bounds: GuardBounds,
  { program, signal, onUnheld }: GuardRunningOptions,
  targetFor: (watchdog: GuardWatchdog, spared: ReadonlySet<number>) => GuardTarget,
): Promise<GuardReport> {
  const watchdog = await GuardWatchdog.start(program);
  if (watchdog === undefined) throw new GuardError('watchdog');
  try {
    const spared = new Set([1, ...ownLine(), ...(watchdog.pid === undefined ? [] : [watchdog.pid])]);
    const guarded = targetFor(watchdog, spared);
    if (guarded.hold === undefined) onUnheld();
    const guard = new Guard(guarded, bounds);
    hurry();
    if (!guard.start()) throw new GuardError('permission', { target: target.name });
    while (!guard.isEmpty && !signal.aborted) await delay(LOOK_MS);
    return { target, ...(await guard.stop()) };
  } finally {
    await watchdog.end();
  }
}

function checkProcess(pid: number): void {
  if (pid === 1) throw new GuardError('first-process');
  const found = processState(thisHost, pid);
  if (found === undefined || found.state === 'Z') throw new GuardError('no-process', { pid: String(pid) });
  if (found.isKernelThread) throw new GuardError('kernel-thread', { pid: String(pid) });
  if (ownLine().includes(pid)) throw new GuardError('not-itself', { pid: String(pid) });
  try {
    readHostFile(`${procOf(thisHost)}/${pid}/io`);
  } catch (error) {
    if (error instanceof HostError) throw new GuardError('permission', { target: String(pid) });
    throw error;
  }
}

/** This process, its parent, and so on: to hold one of them could hold the guard. */
function ownLine(): number[] {
  const line: number[] = [];
  for (let pid = process.pid; pid > 0; ) {
    line.push(pid);
    const stat = readHostFile(`${procOf(thisHost)}/${pid}/stat`) ?? '';
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return line;
}
