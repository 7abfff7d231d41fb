import { type LabComparison, type LabRun, type Message, message } from '../../model/index.js';
import { libc } from '../../sources/host/libc.js';
import { redactCommandLine } from '../../sources/secrets/command-line.js';
import type { RunRequest } from '../run/request.js';
import { type RunContext, runInCgroup } from '../run/run-in-cgroup.js';
import { dropCaches, runReset } from '../run/same-start.js';
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
      const result = await runInCgroup({ ...run, command }, { ...context, onWritten: (path) => written.add(path) });
      runs.get(name)?.push({ name, round, ...result });
      if (result.forwardedSignals.length > 0) throw new DOMException('interrupted', 'AbortError');
    }
  }
  const limitBytes = [...runs.values()].flat()[0]?.limitBytes;
  return {
    ...(template === undefined ? {} : { template: redactCommandLine(template) }),
    ...(preset === undefined ? {} : { preset }),
    ...(limitBytes === undefined ? {} : { limitBytes }),
    rounds,
    variants: variants.map(({ name, command }) => variantOf(name, redactCommandLine(command), runs.get(name) ?? [])),
    warnings,
  };
}
