import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync, writeSync } from 'node:fs';
import { become } from '../../sources/host/become.js';
import { LibcError } from '../../sources/host/libc.js';
import { errnoOf, LabError } from '../error.js';

/** The descriptor on which the launcher reports; it closes when the launcher becomes the command. */
const REPORT_FD = 3;
/** What the launcher says before it enters the cgroup, and when that was. */
const READY = 'ready';
/** POSIX.1-2017, 2.8.2: a command that is not found, and one that is found and cannot be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** What the launcher says when something fails, one object as JSON. */
interface Failure {
  readonly step: 'no-exec' | 'enter' | 'exec';
  readonly code: string;
}

/** What became of the launcher. */
export interface Started {
  /**
   * When it was about to enter the cgroup, by the clock of process.hrtime (CLOCK_MONOTONIC, which all processes share):
   * oomkit may be late in hearing of it. Undefined when it did not come so far.
   */
  readonly readyNs?: bigint;
  /** The errno of execve(2) when the command could not be run. */
  readonly failure?: { readonly code: string };
}

/** A command under way in its cgroup. */
export interface Launched {
  readonly child: ChildProcess;
  /** Settles when the command runs, or will not. Rejects with a LabError when the launcher itself failed. */
  readonly started: Promise<Started>;
}

/** The command's standard streams: oomkit's own, those with its output on standard error, the same without input, or none. */
export type CommandStreams = 'inherit' | 'inherit-on-stderr' | 'output-on-stderr' | 'ignore';

export interface LaunchOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly stdio: CommandStreams;
  /** Called when the launcher is about to enter the cgroup. */
  readonly onReady: () => void;
}

/**
 * Starts a command inside a cgroup from its first instruction. Node can neither fork into a cgroup nor exec, so oomkit is started
 * once more: that process enters the cgroup as the last thing it does before it becomes the command (enterAndBecome). What it
 * used until then is charged where it came from, and freed when it becomes another program.
 */
export function launch(
  program: readonly [string, ...string[]],
  directory: string,
  command: readonly string[],
  { env, cwd, stdio, onReady }: LaunchOptions,
): Launched {
  const [file, ...args] = program;
  const child = spawn(file, [...args, 'lab-launch', `${directory}/cgroup.procs`, '--', ...command], {
    stdio: streamsOf(stdio),
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd }),
  });
  return { child, started: reportOf(child, onReady) };
}

function streamsOf(stdio: CommandStreams): StdioOptions {
  switch (stdio) {
    case 'inherit-on-stderr':
      return ['inherit', 2, 'inherit', 'pipe'];
    case 'output-on-stderr':
      return ['ignore', 2, 'inherit', 'pipe'];
    default:
      return [stdio, stdio, stdio, 'pipe'];
  }
}

async function reportOf(child: ChildProcess, onReady: () => void): Promise<Started> {
  const report = child.stdio[REPORT_FD];
  if (report === null || report === undefined || !('setEncoding' in report)) throw new LabError('launcher', 'no pipe');
  const failed = once(child, 'error').then(([error]) => {
    throw new LabError('launcher', errnoOf(error), {}, error);
  });
  let text = '';
  report.setEncoding('utf8');
  report.on('data', (part: string) => {
    if (text === '') onReady();
    text += part;
  });
  await Promise.race([once(report, 'end'), failed]);
  const [said = '', failure = ''] = text.split('\n');
  const [word, ns] = said.split(' ');
  const ready = word === READY && ns !== undefined ? { readyNs: BigInt(ns) } : {};
  if (failure === '') return ready;
  const { step, code } = JSON.parse(failure) as Failure;
  if (step === 'exec') return { ...ready, failure: { code } };
  throw new LabError(step, code);
}

/** What the launcher does: enters the cgroup and becomes the command. Returns, having set the exit code, only when that fails. */
export function enterAndBecome(procsFile: string, command: readonly [string, ...string[]]): void {
  const fail = (step: Failure['step'], error: unknown): void => {
    const code = error instanceof LibcError ? error.code : errnoOf(error);
    writeSync(REPORT_FD, `${JSON.stringify({ step, code } satisfies Failure)}\n`);
    process.exitCode = code === 'ENOENT' || code === 'ENOTDIR' ? NOT_FOUND : NOT_EXECUTABLE;
  };
  const binding = become();
  writeSync(REPORT_FD, `${READY} ${process.hrtime.bigint()}\n`);
  if (binding === undefined) {
    fail('no-exec', new Error('koffi'));
    return;
  }
  try {
    binding.closeOnExec(REPORT_FD, true);
    writeFileSync(procsFile, String(process.pid));
  } catch (error) {
    fail('enter', error);
    return;
  }
  try {
    binding.exec(command);
  } catch (error) {
    fail('exec', error);
  }
}
