import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
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
