import { type FitAims, type FitPurpose, KIB } from '../../model/index.js';
import { type FitRun, limitOver, limitUnder, successesByLimit } from './fit-run.js';

/** Nearer than this two limits are as good as one: a process's first pages come in such portions. */
const NEAR_BYTES = 256 * KIB;
/** A kill early in a run says little of how much more is needed: no more than so many times the limit is tried next. */
const MOST_GROWTH = 1.5;
/** The first step upward after a kill, in tolerances. */
const STEP = 4;

/** Between what the smallest limit lies. */
export interface NeedBracket {
  /** The largest limit at which a run was killed; 0 when none was. */
  readonly killedBytes: number;
  /** The smallest above it at which one succeeded. */
  readonly enoughBytes?: number;
  readonly closed: boolean;
}

/** A limit to try next, and why. */
export interface Guess {
  readonly limitBytes: number;
  readonly purpose: FitPurpose;
}

/** What the runs so far say of the smallest limit. One kill outweighs any success below it. */
export function needBracket(runs: readonly FitRun[], { tolerance, fromBytes = 0 }: FitAims): NeedBracket {
  const killedBytes = Math.max(0, ...runs.map(({ outcome, limitBytes = 0 }) => (outcome === 'oom' ? limitBytes : 0)));
  const [enoughBytes] = successesByLimit(runs)
    .map(([limitBytes]) => limitBytes)
    .filter((limitBytes) => limitBytes > killedBytes);
  if (enoughBytes === undefined) return { killedBytes, closed: false };
  const isClose = enoughBytes <= killedBytes * (1 + tolerance) || enoughBytes - killedBytes <= NEAR_BYTES;
  return { killedBytes, enoughBytes, closed: isClose || enoughBytes <= fromBytes };
}

/** A limit that no run can meet that does as the first did: all that was ever charged to it. */
export function ceilingOf([first]: readonly FitRun[]): number {
  return limitOver(Math.min(first?.chargedBytes ?? 0, first?.limitBytes ?? Number.POSITIVE_INFINITY));
}

/**
 * The limit to try next in search of the smallest, undefined when that is found. The first guess is what the run without a limit
 * could not have had reclaimed; later ones follow what the runs near the edge measured, and only where they tell nothing is the
 * bracket halved.
 */
export function nextNeed(runs: readonly FitRun[], aims: FitAims): Guess | undefined {
  const bracket = needBracket(runs, aims);
  if (bracket.closed) return undefined;
  const guess = bracket.enoughBytes === undefined ? guessAbove(runs, aims) : guessBetween(runs, aims, bracket.enoughBytes);
  const { fromBytes = 0, toBytes = Number.POSITIVE_INFINITY } = aims;
  return { ...guess, limitBytes: Math.min(toBytes, Math.max(fromBytes, guess.limitBytes)) };
}

/** Nothing is known to be enough yet. */
function guessAbove(runs: readonly FitRun[], aims: FitAims): Guess {
  const [first] = runs;
  const ceiling = ceilingOf(runs);
  const { killedBytes } = needBracket(runs, aims);
  const kills = runs.filter(({ outcome }) => outcome === 'oom');
  if (first === undefined || killedBytes === 0) {
    return { limitBytes: first === undefined ? ceiling : (estimatesFrom(first, aims)[0] ?? ceiling), purpose: 'need' };
  }
  const step = 1 + STEP * aims.tolerance * 2 ** (kills.length - 1);
  if (killedBytes * (1 + aims.tolerance) >= ceiling) {
    // It needs more this time than was ever charged to it before: runs differ.
    return { limitBytes: limitOver(killedBytes * step), purpose: 'need' };
  }
  // Killed half-way it may need twice as much.
  const last = kills.at(-1)?.wallSeconds ?? 0;
  const growth = last > 0 ? Math.min(MOST_GROWTH, first.wallSeconds / last) : MOST_GROWTH;
  return { limitBytes: Math.min(ceiling, limitOver(killedBytes * Math.max(step, growth))), purpose: 'need' };
}

/** One limit is known to be enough. */
function guessBetween(runs: readonly FitRun[], aims: FitAims, enoughBytes: number): Guess {
  const { tolerance } = aims;
  const { killedBytes } = needBracket(runs, aims);
  const successes = successesByLimit(runs).filter(([limitBytes]) => limitBytes >= enoughBytes);
  const lowest = successes[0]?.[1].at(-1);
  const estimates = lowest === undefined ? [] : estimatesFrom(lowest, aims);
  const tried = runs.flatMap(({ limitBytes }) => (limitBytes === undefined ? [] : [limitBytes]));
  const isNews = (limitBytes: number): boolean =>
    limitBytes > killedBytes * (1 + tolerance / 2) &&
    limitBytes * (1 + tolerance / 2) < enoughBytes &&
    enoughBytes - limitBytes > NEAR_BYTES &&
    !tried.includes(limitBytes);
  const fresh = estimates.find(isNews);
  if (fresh !== undefined) return { limitBytes: fresh, purpose: 'need' };

  const middle = limitUnder(Math.sqrt(killedBytes * enoughBytes));
  // Where what cannot be reclaimed by any means is about this, a limit just below shows that the need is here. When that is enough
  // too, the command does with what it gets, and the steps become larger.
  const isHere = killedBytes === 0 || (estimates.at(-1) ?? 0) * (1 + tolerance) >= enoughBytes;
  const hardest = runs[0] === undefined ? 0 : (estimatesFrom(runs[0], aims).at(-1) ?? 0);
  const step = 1 + tolerance * 4 ** successes.filter(([limitBytes]) => limitBytes < hardest).length;
  const below = Math.min(limitOver(enoughBytes / step), limitUnder(enoughBytes - NEAR_BYTES));
  const limitBytes = isHere ? Math.max(below, middle) : middle;
  return { limitBytes: limitBytes > killedBytes ? limitBytes : limitOver(killedBytes + 1), purpose: 'edge' };
}

/** What a run that succeeded says of the need, the largest first. */
function estimatesFrom({ limitHits, chargedBytes, unreclaimableBytes, hardBytes }: FitRun, aims: FitAims): number[] {
  // Where no limit was met, what was charged is enough.
  const most = limitHits === 0 ? chargedBytes : Number.POSITIVE_INFINITY;
  return [unreclaimableBytes, hardBytes].map((bytes) => limitOver(Math.min(most, estimate(bytes, aims))));
}

/** A limit for a measured need: samples miss some of it, and the kernel hands out memory in portions. */
function estimate(bytes: number, { tolerance }: FitAims): number {
  return bytes * (1 + tolerance / 2);
}
