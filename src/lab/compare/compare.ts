import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, fdatasyncSync, openSync, statSync } from 'node:fs';
import { libc } from '../../host/index.js';
import { type LabComparison, type LabRun, type Message, message } from '../../model/index.js';
import { errnoOf, LabError } from '../error.js';
import { type RunContext, type RunRequest, runInCgroup } from '../run/run-in-cgroup.js';
import { variantOf } from './summary.js';
import type { Variant } from './variants.js';

/** Variants to be compared under one limit. */
export interface CompareRequest extends Omit<RunRequest, 'command'> {
  readonly variants: readonly Variant[];
  readonly rounds: number;
  /** Run before every run: takes away what the run before left. */
  readonly reset?: readonly [string, ...string[]];
  /** Done before every run, after `reset`. */
  readonly beforeRun?: () => void;
  readonly template?: readonly string[];
  readonly preset?: string;
  /** What the reader of this comparison has to know beside what it shows. */
  readonly notes?: readonly Message[];
}

export interface CompareContext extends RunContext {
  /** Called before each run. */
  readonly onRun?: (name: string, round: number, rounds: number) => void;
}

/**
 * Runs the variants in turn, round after round, so that what changes on the machine meanwhile meets all of them alike. Each begins
 * in the same state: after `reset`, and with nothing in the page cache of the files that the commands name or wrote.
 */
export async function compareVariants(request: CompareRequest, context: CompareContext): Promise<LabComparison> {
  const { variants, rounds, reset, beforeRun, template, preset, notes = [], ...run } = request;
  const runs = new Map<string, LabRun[]>(variants.map(({ name }) => [name, []]));
  const warnings: Message[] = [
    ...notes,
    ...(reset === undefined && beforeRun === undefined ? [message('lab.warning.no-reset')] : []),
    ...(libc() === undefined ? [message('lab.warning.cache-kept')] : []),
  ];
  const written = new Set<string>();
  for (let round = 1; round <= rounds; round++) {
    for (const { name, command } of variants) {
      context.signal?.throwIfAborted();
      context.onRun?.(name, round, rounds);
      if (reset !== undefined) await runReset(reset);
      beforeRun?.();
      dropCaches([...written, ...command]);
      const result = await runInCgroup({ ...run, command }, context);
      for (const { path } of result.recording.atPeak?.writableFiles ?? []) written.add(path);
      runs.get(name)?.push({ name, round, ...result });
      if (result.forwardedSignals.length > 0) throw new DOMException('interrupted', 'AbortError');
    }
  }
  const limitBytes = [...runs.values()].flat()[0]?.limitBytes;
  return {
    ...(template === undefined ? {} : { template }),
    ...(preset === undefined ? {} : { preset }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    rounds,
    variants: variants.map(({ name, command }) => variantOf(name, command, runs.get(name) ?? [])),
    warnings,
  };
}

/** Runs the reset command to its end, outside the cgroup. Throws a LabError when it fails: what follows would not be comparable. */
async function runReset([file, ...args]: readonly [string, ...string[]]): Promise<void> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(child, 'exit').catch((error: unknown) => {
    throw new LabError('reset', file, { detail: errnoOf(error) }, error);
  })) as [number | null];
  if (code !== 0) throw new LabError('reset', file, { detail: `exit code ${code}` });
}

/** Writes out and drops the cached pages of those of the words that are files. What may not be opened is left as it is. */
function dropCaches(words: readonly string[]): void {
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
