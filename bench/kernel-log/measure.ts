/** Times programs and reads their peak memory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PEAK_RSS = fileURLToPath(new URL('peak-rss.mjs', import.meta.url));

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Exit codes that mean it did its work. */
  readonly allowedExitCodes: readonly number[];
}

/** Seconds of each round; the rounds of all programs are interleaved, so that a busy machine slows all of them alike. */
export async function timeInterleaved<Name extends string>(
  programs: Readonly<Record<Name, Program>>,
  rounds: number,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(programs) as Name[];
  const seconds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (const name of names) await run(programs[name]);
  for (let round = 0; round < rounds; round++) {
    for (const name of names) seconds[name].push(await run(programs[name]));
  }
  return seconds;
}

/** Peak resident set in bytes of a Node program, from one run of its own. `directory` takes a file for a moment. */
export async function peakRssOf(program: Program, directory: string): Promise<number> {
  const file = join(directory, 'peak-rss');
  await run({ ...program, args: ['--import', PEAK_RSS, ...program.args] }, { ...process.env, PEAK_RSS_FILE: file });
  return Number(readFileSync(file, 'utf8'));
}

let running: ChildProcess | undefined;

/** Ends the program that is being measured, if any. */
export function stopRunning(): void {
  running?.kill();
}

/**
 * Runs a program. Returns its wall time in seconds. Rejects when it fails.
 * Its output goes to a pipe, which is drained: GNU grep stops at its first match when it writes to /dev/null.
 */
function run({ command, args, allowedExitCodes }: Program, env = process.env): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
    running = child;
    child.stdout.resume();
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(0, 2000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const seconds = Number(process.hrtime.bigint() - start) / 1e9;
      running = undefined;
      if (code !== null && allowedExitCodes.includes(code)) resolve(seconds);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}: ${errors}`));
    });
  });
}

/** The median; NaN for no values. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half) - 1] ?? Number.NaN)) / 2;
}
