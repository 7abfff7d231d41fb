import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { forwardSignals } from '../lab/run/signals.js';
import type { GuardReport } from '../model/index.js';
import { thisHost } from '../sources/host/host.js';
import { listMembers } from '../sources/process/cgroup-processes.js';
import { redactText } from '../sources/secrets/command-line.js';
import { boundsFor, limitOver } from './bounds.js';
import { GuardError } from './error.js';
import { Guard, type GuardBounds, type GuardTarget } from './guard.js';
import { FreezerPauser, SignalPauser, type Tell, tellWith } from './pauser.js';
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
    return await guardNew(command, bounds, scratch, watchdog, cgroups);
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

/** Starts the command paused, so that it writes nothing before it is looked at, and guards it to its end. */
async function guardNew(
  command: readonly [string, ...string[]],
  bounds: GuardBounds,
  scratch: Scratch | undefined,
  watchdog: GuardWatchdog,
  cgroups: GuardState['cgroups'],
): Promise<CommandReport> {
  const spared = new Set([process.pid, ...(watchdog.pid === undefined ? [] : [watchdog.pid])]);
  const tree = new ProcessTree(thisHost, [], spared);
  const tell = tellWith(watchdog, () => cgroups);
  const guard = new Guard(targetOf(tree, scratch, spared, tell), bounds);
  guard.warmUp();
  hurry();
  const starting = new SignalPauser(() => tree.members(), tell);
  const child = startInside(command, scratch, (pid) => {
    tree.add(pid);
    starting.pause();
  });
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  // Node tells in the next turn of its loop whether execve(2) worked.
  const failed = once(child, 'error').then(([error]) => error as NodeJS.ErrnoException);
  const error = await Promise.race([once(child, 'spawn').then(() => undefined), failed]);
  if (error !== undefined) {
    const isMissing = error.code === 'ENOENT' || error.code === 'ENOTDIR';
    throw new GuardError(isMissing ? 'not-found' : 'not-executable', {
      command: command[0],
      detail: error.code ?? error.message,
    });
  }
  // A signal reaches a paused process when it runs again.
  const passing = forwardSignals(child, () => guard.letRun());
  try {
    starting.resume();
    guard.start();
    const exitCode = await ended;
    return { target: { kind: 'command', name: redactText(command[0]) }, ...(await guard.stop()), exitCode };
  } finally {
    passing.end();
  }
}

/**
 * A child belongs to its parent's cgroups from the first instruction: this process enters them, forks, and leaves again. It needs
 * no shell, no exec and no binding to libc, and serves two hierarchies at once. To leave takes the kernel some milliseconds, in which
 * a writer fills a bound: `onStart` is called before.
 */
function startInside(
  [file, ...args]: readonly [string, ...string[]],
  scratch: Scratch | undefined,
  onStart: (pid: number) => void,
): ChildProcess {
  const made = scratch === undefined ? [] : [scratch.memory, ...(scratch.freezer === undefined ? [] : [scratch.freezer])];
  try {
    for (const { directory } of made) moveTo(directory);
    const child = spawn(file, args, { stdio: 'inherit' });
    if (child.pid !== undefined) onStart(child.pid);
    return child;
  } finally {
    for (const { home } of made) moveTo(home);
  }
}

function moveTo(directory: string): void {
  writeFileSync(`${directory}/cgroup.procs`, String(process.pid));
}

function targetOf(tree: ProcessTree, scratch: Scratch | undefined, spared: ReadonlySet<number>, tell: Tell): GuardTarget {
  const known = (): number[] => tree.members();
  if (scratch === undefined) return { members: known, pauser: new SignalPauser(known, tell), isNew: true };
  const { version, memory, freezer } = scratch;
  const members = (): number[] =>
    listMembers(memory.directory, '/')
      .map(({ pid }) => pid)
      .filter((pid) => !spared.has(pid));
  const freezing = version === 2 ? memory : freezer;
  const pauser = freezing === undefined ? new SignalPauser(members, tell) : new FreezerPauser(version, freezing.directory, tell);
  return { members, cgroup: { version, directory: memory.directory }, pauser, isNew: true };
}
