import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { ImportError } from '../error.js';
import type { Pausable } from '../target/dirty-growth.js';

/** What a helper may take, by the names of getrlimit(2). */
export interface HelperLimits {
  readonly addressSpaceBytes: number;
  /** The largest file it may write. */
  readonly fileBytes: number;
  readonly cpuSeconds: number;
  readonly openFiles: number;
}

export interface Helper {
  readonly command: string;
  /** The Debian package that has it. */
  readonly package: string;
  readonly args: readonly string[];
  readonly limits: HelperLimits;
  /** What the helper has from descriptor 3 on: a descriptor of ours, or a new socket to it. */
  readonly descriptors: readonly (number | 'pipe')[];
}

/** A helper that has been started. */
export interface RunningHelper extends Pausable {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<HelperEnd>;
  /** What it has said so far: its first few KiB. */
  stderr(): string;
  kill(): void;
}

export interface HelperEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its first few KiB. */
  readonly stderr: string;
}

const MAX_STDERR = 4096;
const UTIL_LINUX = 'util-linux';

/**
 * Starts a helper that reads what nobody can trust: with resource limits, without our environment, unable to gain privileges, and
 * killed by the kernel when this process ends, however it ends (prctl(2), PR_SET_PDEATHSIG, which execve(2) keeps). No shell is
 * between. Throws an ImportError when a program for that is missing; `source` is named in it.
 */
export async function startHelper(
  { command, args, limits, descriptors, ...helper }: Helper,
  source: string,
): Promise<RunningHelper> {
  const program = find(command, helper.package, source);
  const prlimit = find('prlimit', UTIL_LINUX, source);
  const setpriv = find('setpriv', UTIL_LINUX, source);
  const child = spawn(
    setpriv,
    ['--no-new-privs', '--pdeathsig', 'KILL', '--', prlimit, ...limitArgs(limits), '--', program, ...args],
    {
      stdio: ['ignore', 'pipe', 'pipe', ...descriptors],
      cwd: '/',
      // One arena of glibc's malloc for all threads: several hold on to memory that is free.
      env: { LC_ALL: 'C', MALLOC_ARENA_MAX: '1' },
    },
  );
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(0, MAX_STDERR);
  });
  const ended = new Promise<HelperEnd>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stderr: stderr.trim() }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new ImportError('helper-start', { source, tool: command, reason: error.message }, { cause: error })),
    );
  });
  return {
    pid: child.pid ?? 0,
    child,
    ended,
    stderr: () => stderr,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    kill: () => void child.kill('SIGKILL'),
  };
}

/**
 * Kills a helper that does nothing for so long: it spends no CPU time, reads nothing and writes nothing, and does not wait for us either.
 * `promise` resolves when it did; a helper whose disk hangs may end much later.
 */
export function watchForStall(
  helper: RunningHelper,
  stallMs: number,
  waitsForUs: () => boolean,
): { readonly promise: Promise<undefined>; stop(): void } {
  let timer: NodeJS.Timeout | undefined;
  const promise = new Promise<undefined>((resolve) => {
    let [last, sinceMs] = ['', performance.now()];
    const look = (): void => {
      const now = activityOf(helper.pid);
      if (now !== last || waitsForUs()) [last, sinceMs] = [now, performance.now()];
      if (performance.now() - sinceMs < stallMs) return;
      helper.kill();
      resolve(undefined);
    };
    timer = setInterval(look, Math.min(stallMs / 4, 1000));
    timer.unref();
  });
  return { promise, stop: () => clearInterval(timer) };
}

/** CPU time and I/O counters of a process, as the kernel writes them: proc(5), stat fields 14 and 15, and io. */
function activityOf(pid: number): string {
  try {
    const [, stat = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
    return `${stat.split(' ').slice(11, 13).join(' ')} ${readFileSync(`/proc/${pid}/io`, 'utf8')}`;
  } catch {
    // It has ended, or /proc is not there: then the time alone counts.
    return '';
  }
}

function limitArgs({ addressSpaceBytes, fileBytes, cpuSeconds, openFiles }: HelperLimits): string[] {
  const limits = { as: addressSpaceBytes, fsize: fileBytes, nofile: openFiles, core: 0 };
  // At its hard limit of CPU time a process gets SIGKILL, which tells nothing; at the soft one SIGXCPU.
  const cpu = `--cpu=${cpuSeconds}:${cpuSeconds + 5}`;
  return [cpu, ...Object.entries(limits).map(([name, value]) => `--${name}=${value}:${value}`)];
}

/** Where a program is, by our own PATH: the helper has none. */
function find(command: string, debianPackage: string, source: string): string {
  for (const directory of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(directory, command);
    if (isAbsolute(directory) && isProgram(path)) return path;
  }
  throw new ImportError('tool-missing', { tool: command, package: debianPackage, source });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
