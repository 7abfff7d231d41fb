import { type ChildProcess, execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export const programPath = resolve('dist/oomkit.js');

/** Builds dist/oomkit.js as it is published. */
export function buildProgram(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  /** The path to run the program by. */
  readonly program?: string;
}

/** Runs the built program in an English locale without colours, unless `env` says otherwise. */
export function oomkit(args: readonly string[], options: RunOptions = {}): SpawnSyncReturns<string> {
  const { input, env, cwd, uid, program = programPath } = options;
  return spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
    maxBuffer: 1 << 28,
    input: input ?? '',
    ...(cwd === undefined ? {} : { cwd }),
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program beside servers of the test's own process; `whileRunning` gets it and what it has printed so far. */
export async function runBeside(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  whileRunning: (child: ChildProcess, stdout: () => string) => Promise<void> = async () => undefined,
): Promise<Ended> {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, LC_ALL: 'C', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk;
  });
  const closed = once(child, 'close');
  try {
    await whileRunning(child, () => stdout);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  const [status] = await closed;
  return { status, stdout, stderr };
}
