import {
  type FitAims,
  type FitEnd,
  type FitPurpose,
  type FitTrial,
  type LabFit,
  type Message,
  message,
} from '../../model/index.js';
import { libc } from '../../sources/host/libc.js';
import { redactCommandLine } from '../../sources/secrets/command-line.js';
import { LabError } from '../error.js';
import type { RunRequest } from '../run/request.js';
import { type RunContext, runInCgroup } from '../run/run-in-cgroup.js';
import { dropCaches, runReset } from '../run/same-start.js';
import { answerOf } from './answer.js';
import { fitRunOf } from './fit-run.js';
import { nextStep } from './search.js';

/** The command whose limits are looked for. */
export interface FitRequest extends Omit<RunRequest, 'limitBytes'> {
  readonly aims: FitAims;
  /** Run before every run: takes away what the run before left. */
  readonly reset?: readonly [string, ...string[]];
}

export interface FitContext extends Omit<RunContext, 'signal'> {
  /** Called before each run: which it is, from 1, why it is made, and its limit. */
  readonly onRun?: (turn: number, purpose: FitPurpose, limitBytes: number | undefined) => void;
  /** Ends the fit once the run under way has ended, which gets the signals itself. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a command until its limits are known, each time from the same start: after `reset`, and with nothing in the page cache of
 * the files that it names or wrote. An interrupted fit, and one of which a later run cannot be made, gives what it knows; throws a
 * LabError or HostError when not even the first can be made.
 */
export async function fitLimits(request: FitRequest, context: FitContext): Promise<LabFit> {
  const { aims, reset, ...run } = request;
  const { signal, onRun, ...runContext } = context;
  const runs: FitTrial[] = [];
  const written = new Set<string>();
  const warnings: Message[] = libc() === undefined ? [message('lab.warning.cache-kept')] : [];
  const isStopped = (): boolean => signal?.aborted === true;
  const answer = (end: FitEnd): LabFit => ({
    command: redactCommandLine(run.command),
    ...(reset === undefined ? {} : { reset: redactCommandLine(reset) }),
    aims,
    end,
    ...answerOf(runs.map(fitRunOf), aims, end),
    runs,
    warnings,
  });
  for (;;) {
    const step = nextStep(runs.map(fitRunOf), aims);
    if (step.kind === 'end') return answer(step.end);
    if (isStopped()) return answer('interrupted');
    const { purpose, limitBytes } = step;
    onRun?.(runs.length + 1, purpose, limitBytes);
    try {
      if (reset !== undefined) await runReset(reset);
      dropCaches([...written, ...run.command]);
      if (isStopped()) return answer('interrupted');
      const limited = { ...run, ...(limitBytes === undefined ? {} : { limitBytes }) };
      const result = await runInCgroup(limited, { ...runContext, onWritten: (path) => written.add(path) });
      if (isStopped()) return answer('interrupted');
      runs.push({ ...result, purpose, outcome: fitRunOf(result).outcome });
    } catch (error) {
      if (isStopped()) return answer('interrupted');
      if (!(error instanceof LabError) || runs.length === 0) throw error;
      warnings.push(error.problem);
      return answer('broken');
    }
  }
}
