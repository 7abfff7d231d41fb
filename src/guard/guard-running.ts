import { accessSync, constants } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { GuardReport } from '../model/index.js';
import { findCgroup } from '../sources/cgroup/find.js';
import { directoryOf, findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import { procOf, thisHost } from '../sources/host/host.js';
import { readHostFile } from '../sources/host/read-file.js';
import { listMembers } from '../sources/process/cgroup-processes.js';
import { boundsFor, limitOver } from './bounds.js';
import { GuardError } from './error.js';
import { Guard, type GuardBounds, type GuardTarget } from './guard.js';
import { FreezerPauser, freezerIn, SignalPauser, type Tell, tellWith } from './pauser.js';
import { hurry } from './priority.js';
import { ProcessTree, processState } from './process-state.js';
import { GuardWatchdog } from './watchdog.js';

const LOOK_MS = 50;

/** How to guard what runs already. */
export interface GuardRunningOptions {
  readonly bounds: Partial<GuardBounds>;
  readonly program: readonly [string, ...string[]];
  /** Ends the guard; what it guarded runs on. */
  readonly signal: AbortSignal;
}

/** Guards processes and what they start, until the last ends. Throws a GuardError for those that cannot or must not be guarded. */
export async function guardProcesses(pids: readonly number[], options: GuardRunningOptions): Promise<GuardReport> {
  for (const pid of pids) checkProcess(pid);
  const limits = pids.flatMap((pid) => limitOver({ pid }) ?? []);
  const bounds = boundsFor(options.bounds, limits.length === 0 ? undefined : Math.min(...limits));
  return guardUntilEnd({ kind: 'processes', name: pids.join(' ') }, bounds, options, (tell, spared) => {
    const tree = new ProcessTree(thisHost, pids, spared);
    const members = (): number[] => tree.members();
    return { members, pauser: new SignalPauser(members, tell), isNew: false };
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
  return guardUntilEnd({ kind: 'cgroup', name: path }, bounds, options, (tell, spared) => {
    const all = (): number[] => listMembers(directory, path).map(({ pid }) => pid);
    const members = (): number[] => all().filter((pid) => !spared.has(pid));
    // The freezer takes all of the cgroup: not one this process, or what it depends on, lives in.
    const canFreeze = version === 2 && !all().some((pid) => spared.has(pid)) && isWritable(freezerIn(2, directory).file);
    const pauser = canFreeze ? new FreezerPauser(2, directory, tell) : new SignalPauser(members, tell);
    return { members, cgroup: { version, directory }, pauser, isNew: false };
  });
}

async function guardUntilEnd(
  target: GuardReport['target'],
  bounds: GuardBounds,
  { program, signal }: GuardRunningOptions,
  targetFor: (tell: Tell, spared: ReadonlySet<number>) => GuardTarget,
): Promise<GuardReport> {
  const watchdog = await GuardWatchdog.start(program);
  if (watchdog === undefined) throw new GuardError('watchdog');
  try {
    const spared = new Set([1, ...ownLine(), ...(watchdog.pid === undefined ? [] : [watchdog.pid])]);
    const guard = new Guard(
      targetFor(
        tellWith(watchdog, () => []),
        spared,
      ),
      bounds,
    );
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
    process.kill(pid, 0);
    readHostFile(`${procOf(thisHost)}/${pid}/io`);
  } catch (error) {
    if (error instanceof HostError || (error instanceof Error && 'code' in error && error.code === 'EPERM')) {
      throw new GuardError('permission', { target: String(pid) });
    }
    throw error;
  }
}

/** This process, its parent, and so on: stopping one of them could stop the guard. */
function ownLine(): number[] {
  const line: number[] = [];
  for (let pid = process.pid; pid > 0; ) {
    line.push(pid);
    const stat = readHostFile(`${procOf(thisHost)}/${pid}/stat`) ?? '';
    pid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
  }
  return line;
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
