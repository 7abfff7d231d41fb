import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { errnoOf } from './read-error.js';

/** More of what a tool complains with is not kept. */
const MAX_STDERR = 4096;

export interface ToolOptions {
  /** What the tool reads: an open file, chunks, or nothing. */
  readonly input: number | AsyncIterable<Uint8Array> | undefined;
  /** Called with each piece of the tool's output. */
  readonly onOutput: (chunk: Uint8Array) => void;
  /** In place of this program's own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal | undefined;
}

/** How a tool ended. `missing`: it is not on the PATH. `stderr`: what it complained with, or empty. */
export type ToolResult =
  | { readonly status: 'missing' }
  | { readonly status: 'exited'; readonly exitCode: number | undefined; readonly stderr: string };

/**
 * Runs a program from the PATH without a shell and hands its output on. It rejects when aborted or when the input fails to
 * be read; how the tool itself ends is a result. `LC_ALL=C` keeps what the tool says in one language.
 */
export async function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  const { input, onOutput, env = process.env, signal } = options;
  const stdin = input === undefined ? 'ignore' : typeof input === 'number' ? input : 'pipe';
  const child = spawn(command, args, {
    stdio: [stdin, 'pipe', 'pipe'],
    env: { ...env, LC_ALL: 'C' },
    ...(signal === undefined ? {} : { signal }),
  });
  const ended = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? undefined));
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    if (stderr.length < MAX_STDERR) stderr += chunk.toString('utf8');
  });
  child.stdout?.on('data', onOutput);
  try {
    // Nothing of the input may be consumed before it is known that the tool exists.
    await Promise.race([once(child, 'spawn'), ended]);
    if (typeof input === 'object') await Promise.race([feed(child.stdin, input), ended]);
    return { status: 'exited', exitCode: await ended, stderr: stderr.trim() };
  } catch (error) {
    child.kill();
    if (errnoOf(error) === 'ENOENT') return { status: 'missing' };
    throw error;
  }
}

/** Writes the chunks at the pace of the reader. A tool that stops reading early says why by its exit code. */
async function feed(stdin: NodeJS.WritableStream | null, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  if (stdin === null) return;
  let closed = false;
  const gone = new Promise<void>((resolve) => {
    stdin.once('error', () => {
      closed = true;
      resolve();
    });
  });
  for await (const chunk of chunks) {
    if (closed) return;
    if (!stdin.write(chunk)) await Promise.race([once(stdin, 'drain'), gone]);
  }
  stdin.end();
}

/** What is shown of a tool's complaint. */
export function firstLine(stderr: string): string {
  return stderr.split('\n', 1)[0] ?? '';
}
