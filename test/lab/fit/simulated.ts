import { answerOf } from '../../../src/lab/fit/answer.js';
import type { FitRun } from '../../../src/lab/fit/fit-run.js';
import { nextStep } from '../../../src/lab/fit/search.js';
import { type FitAims, MIB } from '../../../src/model/index.js';

export const AIMS: FitAims = { slowdown: 0.1, tolerance: 0.03, maxRuns: 8 };

/** A command: what a run of it shows under a limit, the n-th time it runs, from 0. */
type Simulated = (limitBytes: number | undefined, turn: number) => FitRun;

/** A simulated command by its needs, as a kernel would treat it. Sizes are bytes, times seconds. */
export interface Nature {
  /** Below this it is killed. */
  readonly needBytes: number;
  /** Most that is charged to it without a limit. */
  readonly chargedBytes: number;
  /** Most that cannot be reclaimed without a limit; the need itself unless given. */
  readonly unreclaimableBytes?: number;
  readonly hardBytes?: number;
  readonly seconds: number;
  /** How long it takes under a limit that it meets; as long as without one unless given. */
  readonly secondsUnder?: (limitBytes: number) => number;
  /** At which part of its time a kill comes. */
  readonly killedAt?: number;
  /** What its need, its time and what is measured of them are multiplied with, turn by turn. */
  readonly variation?: (turn: number) => { readonly memory: number; readonly time: number };
}

export function simulated(nature: Nature): Simulated {
  const { needBytes, chargedBytes, unreclaimableBytes = needBytes, hardBytes = unreclaimableBytes, killedAt = 0.9 } = nature;
  return (limitBytes, turn) => {
    const { memory, time } = nature.variation?.(turn) ?? { memory: 1, time: 1 };
    const limit = limitBytes ?? Number.POSITIVE_INFINITY;
    const isMet = limit < chargedBytes * memory;
    const withLimit = limitBytes === undefined ? {} : { limitBytes };
    const most = (bytes: number): number => Math.min(limit, bytes * memory);
    if (limit < needBytes * memory) {
      const peak = { chargedBytes: limit, unreclaimableBytes: most(limit), hardBytes: most(hardBytes) };
      return { ...withLimit, outcome: 'oom', wallSeconds: nature.seconds * killedAt * time, limitHits: 9, ...peak };
    }
    return {
      ...withLimit,
      outcome: 'succeeded',
      wallSeconds: time * (isMet ? (nature.secondsUnder?.(limit) ?? nature.seconds) : nature.seconds),
      chargedBytes: most(chargedBytes),
      unreclaimableBytes: most(unreclaimableBytes),
      hardBytes: most(hardBytes),
      limitHits: isMet ? 9 : 0,
    };
  };
}

/** Carries a fit of a simulated command out. */
export function fitOf(command: Simulated, aims: FitAims = AIMS) {
  const runs: FitRun[] = [];
  for (;;) {
    const step = nextStep(runs, aims);
    if (step.kind === 'end') return { runs, end: step.end, ...answerOf(runs, aims, step.end) };
    // The kernel rounds down to whole pages.
    const limitBytes = step.limitBytes === undefined ? undefined : Math.floor(step.limitBytes / 4096) * 4096;
    runs.push(command(limitBytes, runs.length));
    if (runs.length > 100) throw new Error(`no end: ${runs.map((run) => (run.limitBytes ?? 0) / MIB).join(' ')}`);
  }
}
