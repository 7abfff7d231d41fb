import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { forwardSignals } from '../lab/run/signals.js';
import { type GuardReport, present } from '../model/index.js';
import { thisHost } from '../sources/host/host.js';
import { listMembers } from '../sources/process/cgroup-processes.js';
import { redactText } from '../sources/secrets/command-line.js';
import { boundsFor, limitOver } from './bounds.js';
import { CpuQuota } from './cpu-quota.js';
import { GuardError } from './error.js';
import { Guard, type GuardTarget } from './guard.js';
import type { Hold } from './hold.js';
import { MemoryHigh } from './memory-high.js';
import type { GuardBounds } from './policy.js';
import { hurry } from './priority.js';
import { ProcessTree } from './process-state.js';
import { makeScratch, planScratch, type Scratch, surroundings } from './scratch.js';
import { GuardWatchdog } from './watchdog.js';

/** How to guard a command. */
export interface GuardCommandOptions {
  readonly bounds: Partial<GuardBounds>;
  /** The words that run oomkit itself, for the watchdog. */
  readonly program: readonly [string, ...string[]];
  /** Without cgroups, as in a container that may not make any. */
  readonly plain?: boolean;
  /** Called before the command starts where nothing can hold its writers. */
  readonly onUnheld: () => void;
}

/** A guarded command that has ended: its exit code, 128 and the signal's number when one killed it, is in the report. */
export type CommandReport = GuardReport & { readonly exitCode: number };

/**
 * Runs a command and guards it and all it starts. What still runs when it ends runs on, unguarded. Throws a GuardError when the
 * command cannot be run or the guard cannot be had; the command was not started then.
 */
export async function guardCommand(
  command: readonly [string, ...string[]],
  { bounds: asked, program, plain = false, onUnheld }: GuardCommandOptions,
): Promise<CommandReport> {
  const bounds = boundsFor(asked, limitOver({ pid: 'self' }));
  const watchdog = await GuardWatchdog.start(program);
  if (watchdog === undefined) throw new GuardError('watchdog');
  try {
    const plan = plain ? undefined : planScratch();
    const planned = plan === undefined ? [] : [plan.memory, ...(plan.cpu === undefined ? [] : [plan.cpu])];
    if (!watchdog.makes(planned)) throw new GuardError('watchdog');
    const scratch = plan === undefined ? undefined : makeScratch(plan);
    const hold = scratch === undefined ? undefined : holdOf(scratch, bounds, watchdog);
    if (hold === undefined) onUnheld();
    const spared = new Set([process.pid, ...(watchdog.pid === undefined ? [] : [watchdog.pid])]);
    return await guardNew(command, bounds, scratch, hold, spared);
  } finally {
    await watchdog.end();
  }
}

function holdOf({ version, memory, cpu }: Scratch, bounds: GuardBounds, watchdog: GuardWatchdog): Hold | undefined {
  if (version === 2) return new MemoryHigh(memory.directory, bounds, watchdog);
  return cpu === undefined ? undefined : new CpuQuota(() => [cpu.directory], watchdog);
}

/** Starts the command and guards it to its end. */
async function guardNew(
  command: readonly [string, ...string[]],
  bounds: GuardBounds,
  scratch: Scratch | undefined,
  hold: Hold | undefined,
  spared: ReadonlySet<number>,
): Promise<CommandReport> {
  const tree = new ProcessTree(thisHost, [], spared);
  const guard = new Guard(targetOf(tree, scratch, hold, spared), bounds);
  guard.warmUp();
  const child = startInside(command, scratch, (pid) => {
    tree.add(pid);
    guard.holdFromStart();
  });
  hurry();
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
  // One that is held heeds a signal when it is scheduled again.
  const passing = forwardSignals(child, () => guard.letRun());
  try {
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
  // The last to enter is the first to leave: this process's own CPU time is rationed there too.
  const made = scratch === undefined ? [] : [...(scratch.cpu === undefined ? [] : [scratch.cpu]), scratch.memory];
  try {
    for (const { directory } of made.toReversed()) moveTo(directory);
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

function targetOf(
  tree: ProcessTree,
  scratch: Scratch | undefined,
  hold: Hold | undefined,
  spared: ReadonlySet<number>,
): GuardTarget {
  if (scratch === undefined) return { members: () => tree.members(), ...surroundings(['self']), isNew: true };
  const { version, memory } = scratch;
  const members = (): number[] =>
    listMembers(memory.directory, '/')
      .map(({ pid }) => pid)
      .filter((pid) => !spared.has(pid));
  return { members, cgroup: { version, directory: memory.directory }, ...present({ hold }), isNew: true };
}
