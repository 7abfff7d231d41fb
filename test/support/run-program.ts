import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface ProgramResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Arguments of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** The program run with `args`: Node with dist/oomkit.js unless given. */
  readonly command?: string;
}

const BUILT = resolve('dist/oomkit.js');

/** Starts the built program, or another, beside this process: a server here can answer it. English, without colours. */
export function startProgram(args: readonly string[], { env, nodeArgs = [], command }: ProgramOptions = {}) {
  const child = spawn(command ?? process.execPath, command === undefined ? [...nodeArgs, BUILT, ...args] : [...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    texts.stderr += chunk;
  });
  const ended = new Promise<ProgramResult>((done, failed) => {
    child.on('error', failed);
    child.on('close', (status) => done({ status, ...texts }));
  });
  return { child, texts, ended };
}

export async function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<ProgramResult> {
  return startProgram(args, options).ended;
}

/** Writes a file of its own directory; `remove` takes both away. */
export function temporaryFile(name: string, text: string): { readonly path: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'oomkit-cluster-'));
  const path = join(directory, name);
  writeFileSync(path, text);
  return { path, remove: () => rmSync(directory, { recursive: true }) };
}
