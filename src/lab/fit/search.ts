import type { FitAims, FitEnd, FitPurpose } from '../../model/index.js';
import { type FitRun, successesByLimit } from './fit-run.js';
import { needBracket, nextNeed } from './need.js';
import { doubtfulPace, nextPace } from './pace.js';

/** Once may be luck. */
const RUNS_AT_THE_EDGE = 2;

/** What to do next: make a run, or end. */
export type FitStep =
  | { readonly kind: 'run'; readonly purpose: FitPurpose; readonly limitBytes?: number }
  | { readonly kind: 'end'; readonly end: FitEnd };

/**
 * The next step of a fit, from the runs so far, in the order they were made. First the command is measured, then the smallest limit
 * is looked for and seen again, then the smallest that does not slow it. Every step follows from all runs anew, so a run that
 * contradicts the others, a kill where the command lived before, moves the search by itself. Pure.
 */
export function nextStep(runs: readonly FitRun[], aims: FitAims): FitStep {
  const end = endOf(runs, aims);
  if (end !== undefined) return { kind: 'end', end };
  if (runs.length === 0) {
    return { kind: 'run', purpose: 'measure', ...(aims.toBytes === undefined ? {} : { limitBytes: aims.toBytes }) };
  }
  const guess = nextGuess(runs, aims);
  if (guess === undefined) return { kind: 'end', end: 'found' };
  return runs.length >= aims.maxRuns ? { kind: 'end', end: 'out-of-runs' } : { kind: 'run', ...guess };
}

function endOf(runs: readonly FitRun[], aims: FitAims): FitEnd | undefined {
  if (runs.some(({ outcome }) => outcome === 'failed')) return 'command-failed';
  const { toBytes = Number.POSITIVE_INFINITY } = aims;
  const isHopeless = runs.some(({ outcome, limitBytes = toBytes }) => outcome === 'oom' && limitBytes >= toBytes);
  return isHopeless ? 'oom-at-most' : undefined;
}

function nextGuess(runs: readonly FitRun[], aims: FitAims) {
  const need = nextNeed(runs, aims);
  if (need !== undefined) return need;
  const { enoughBytes = 0 } = needBracket(runs, aims);
  const atTheEdge = successesByLimit(runs).find(([limitBytes]) => limitBytes === enoughBytes)?.[1] ?? [];
  if (atTheEdge.length < RUNS_AT_THE_EDGE) return again(enoughBytes);
  const doubtful = doubtfulPace(runs, aims, enoughBytes);
  return doubtful === undefined ? nextPace(runs, aims, enoughBytes) : again(doubtful);
}

function again(limitBytes: number) {
  return { limitBytes, purpose: 'again' } as const;
}
