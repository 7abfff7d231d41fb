import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fdatasyncSync, openSync, statSync } from 'node:fs';
import { libc } from '../../sources/host/libc.js';
import { errnoOf, LabError } from '../error.js';

/**
 * Runs the command that takes away what a run left, to its end and outside the cgroup. Throws a LabError when it fails: what
 * follows would not be comparable.
 */
export async function runReset([file, ...args]: readonly [string, ...string[]]): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit').catch((error: unknown) => {
    throw new LabError('reset', file, { detail: errnoOf(error) }, error);
  })) as [number | null];
  if (code !== 0) throw new LabError('reset', file, { detail: `exit code ${code}` });
}

/** Writes out and drops the cached pages of those of the words that are files. What may not be opened is left as it is. */
export function dropCaches(words: readonly string[]): void {
  const binding = libc();
  for (const path of new Set(words)) {
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
    try {
      const file = openSync(path, constants.O_RDONLY);
      try {
        fdatasyncSync(file);
        binding?.dropCache(file, 0, 0);
      } finally {
        closeSync(file);
      }
    } catch {
      // Not ours to read: its pages stay.
    }
  }
}
