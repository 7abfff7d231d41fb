import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { thisHost } from '../../host/index.js';
import type { GuardReport } from '../../model/index.js';
import { listMembers } from '../../process/index.js';
import { processesIn } from '../cgroup/remove.js';
import { forwardSignals } from '../run/signals.js';
import { boundsFor, limitOver } from './bounds.js';
import { GuardError } from './error.js';
import { Guard, type GuardBounds, type GuardTarget } from './guard.js';
import { FreezerPauser, SignalPauser, tellWith } from './pauser.js';
import { hurry } from './priority.js';
import { ProcessTree } from './process-state.js';
import { make, planScratch, type Scratch } from './scratch.js';
import { type GuardState, releaseCgroups } from './undo.js';
import { GuardWatchdog } from './watchdog.js';

const RELEASE_PATIENCE_MS = 10_000;

/** How to guard a command. */
export interface GuardCommandOptions {
  readonly bounds: Partial<GuardBounds>;
  /** The words that run oomkit itself, for the watchdog. */
  readonly program: readonly [string, ...string[]];
  /** Without cgroups, as in a container that may not make any. */
  readonly plain?: boolean;
}

/** A guarded command that has ended: its exit code, 128 and the signal's number when one killed it, is in the report. */
export type CommandReport = GuardReport & { readonly exitCode: number };

/**
 * Runs a command and guards it and all it starts. What still runs when it ends runs on, unguarded. Throws a GuardError when the
 * command cannot be run or the guard cannot be had; the command was not started then.
 */
export async function guardCommand(
  command: readonly [string, ...string[]],
  { bounds: asked, program, plain = false }: GuardCommandOptions,
): Promise<CommandReport> {
  const bounds = boundsFor(asked, limitOver({ pid: 'self' }));
  const watchdog = await GuardWatchdog.start(program);
  if (watchdog === undefined) throw new GuardError('watchdog');
  let cgroups: GuardState['cgroups'] = [];
  try {
    const plan = plain ? undefined : planScratch();
    const planned = plan === undefined ? [] : [plan.memory, ...(plan.freezer === undefined ? [] : [plan.freezer])];
    if (!watchdog.tell({ stopped: [], cgroups: planned })) throw new GuardError('watchdog');
    cgroups = planned;
    const scratch = plan === undefined ? undefined : makeScratch(plan);
    const child = await startInside(command, scratch);
    return await guardChild(child, command[0], bounds, scratch, watchdog, () => cgroups);
  } finally {
    await releaseCgroups({ stopped: [], cgroups }, RELEASE_PATIENCE_MS);
    await watchdog.end();
  }
}

/** What of the plan could be made. */
function makeScratch(plan: Scratch): Scratch | undefined {
  if (!make(plan.memory)) return undefined;
  const { freezer, ...rest } = plan;
  return freezer !== undefined && make(freezer) ? plan : rest;
}

/**
 * A child belongs to its parent's cgroups from the first instruction: this process enters them, forks, and leaves again. It needs
 * no shell, no exec and no binding to libc, and serves two hierarchies at once.
 */
async function startInside(command: readonly [string, ...string[]], scratch: Scratch | undefined): Promise<ChildProcess> {
  const [file, ...args] = command;
  const made = scratch === undefined ? [] : [scratch.memory, ...(scratch.freezer === undefined ? [] : [scratch.freezer])];
  let child: ChildProcess;
  try {
    for (const { directory } of made) moveTo(directory);
    child = spawn(file, args, { stdio: 'inherit' });
  } finally {
    for (const { home } of made) moveTo(home);
  }
  // Node tells in the next turn of its loop whether execve(2) worked.
  const failed = once(child, 'error').then(([error]) => error as NodeJS.ErrnoException);
  const error = await Promise.race([once(child, 'spawn').then(() => undefined), failed]);
  if (error !== undefined) {
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    throw new GuardError(isMissing ? 'not-found' : 'not-executable', { command: file, detail: error.code ?? error.message });
  }
  return child;
}

function moveTo(directory: string): void {
  writeFileSync(`${directory}/cgroup.procs`, String(process.pid));
}

async function guardChild(
  child: ChildProcess,
  name: string,
  bounds: GuardBounds,
  scratch: Scratch | undefined,
  watchdog: GuardWatchdog,
  cgroups: () => GuardState['cgroups'],
): Promise<CommandReport> {
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const guard = new Guard(targetOf(child.pid ?? 0, scratch, watchdog, cgroups), bounds);
  // A signal reaches a paused process when it runs again.
  const letRun = (): void => guard.letRun();
  const passing = forwardSignals(child, letRun);
  hurry();
  try {
    guard.start();
    const [code, signal] = await ended;
    const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
    return { target: { kind: 'command', name }, ...(await guard.stop()), exitCode };
  } finally {
    passing.end();
  }
}

function targetOf(
  pid: number,
  scratch: Scratch | undefined,
  watchdog: GuardWatchdog,
  cgroups: () => GuardState['cgroups'],
): GuardTarget {
  const tell = tellWith(watchdog, cgroups);
  const spared = new Set([process.pid, ...(watchdog.pid === undefined ? [] : [watchdog.pid])]);
  if (scratch === undefined) {
    const tree = new ProcessTree(thisHost, [pid], spared);
    const members = (): number[] => tree.members();
    return { members, pauser: new SignalPauser(members, tell) };
  }
  const { version, memory, freezer } = scratch;
  const members = (): number[] =>
    listMembers(memory.directory, '/')
      .map((member) => member.pid)
      .filter((member) => !spared.has(member));
  const freezing = version === 2 ? memory : freezer;
  const isSafe = freezing !== undefined && !processesIn(freezing.directory).some((member) => spared.has(member));
  const pauser = isSafe ? new FreezerPauser(version, freezing.directory, tell) : new SignalPauser(members, tell);
  return { members, cgroup: { version, directory: memory.directory }, pauser };
}
