import type { FitAims } from '../../model/index.js';
import { spreadOf } from '../compare/summary.js';
import { type FitRun, limitOver, limitUnder, successesByLimit } from './fit-run.js';
import { ceilingOf, type Guess } from './need.js';

/** Times scatter more than memory: the limit at which time changes is looked for this many times less closely. */
const COARSER = 3;
/** A difference below this is that of starting a process, not of a limit. */
const LEAST_SECONDS = 0.02;
/** Of the bracket, in powers of its ratio: a guess lies no nearer to either end. */
const INNER = 0.3;

/** How long the command takes when no limit slows it, and from when on it counts as slowed. */
export interface Pace {
  readonly usualSeconds: number;
  readonly allowedSeconds: number;
  /** The largest difference of times that should have been equal, as a part of their median; absent when none should. */
  readonly noise?: number;
}

/** Between what the smallest limit lies that does not slow the command. */
export interface PaceBracket {
  /** The largest limit that slowed it; absent when none did. */
  readonly slowBytes?: number;
  /** The smallest above that did not. */
  readonly fastBytes?: number;
  /** How many runs were made at it. 0: nothing was ever charged beyond it, so it cannot slow. */
  readonly runs: number;
  readonly closed: boolean;
}

/** The command's usual time. A run that never met a limit took as long as without one. */
export function paceOf(runs: readonly FitRun[], { slowdown }: FitAims): Pace {
  const free = runs.filter((run, index) => run.outcome === 'succeeded' && (index === 0 || run.limitHits === 0));
  const usualSeconds = medianTime(free);
  const groups = [free, ...successesByLimit(runs).map(([, equal]) => equal)].filter((equal) => equal.length > 1);
  return {
    usualSeconds,
    allowedSeconds: usualSeconds * (1 + slowdown) + LEAST_SECONDS,
    ...(groups.length === 0 ? {} : { noise: Math.max(...groups.map(relativeRange)) }),
  };
}

/** `enoughBytes` is the smallest limit at which the command succeeds: none below it is looked at. */
export function paceBracket(runs: readonly FitRun[], aims: FitAims, enoughBytes: number): PaceBracket {
  const { allowedSeconds } = paceOf(runs, aims);
  const tested = successesByLimit(runs)
    .filter(([limitBytes]) => limitBytes >= enoughBytes)
    .map(([limitBytes, equal]) => ({ limitBytes, runs: equal.length, isSlow: isSlowed(equal, allowedSeconds) }));
  const slowBytes = tested.findLast(({ isSlow }) => isSlow)?.limitBytes;
  const fast = tested.find(({ limitBytes }) => limitBytes > (slowBytes ?? 0));
  const ceiling = ceilingOf(runs);
  const implied = ceiling > (slowBytes ?? 0) && ceiling >= enoughBytes ? ceiling : undefined;
  const fastBytes = fast?.limitBytes ?? implied;
  const closed = fastBytes !== undefined && (slowBytes === undefined || fastBytes <= slowBytes * (1 + COARSER * aims.tolerance));
  return {
    ...(slowBytes === undefined ? {} : { slowBytes }),
    ...(fastBytes === undefined ? {} : { fastBytes }),
    runs: fast?.runs ?? 0,
    closed,
  };
}

/** The limit to try next in search of the one that does not slow, undefined when that is found. */
export function nextPace(runs: readonly FitRun[], aims: FitAims, enoughBytes: number): Guess | undefined {
  const { slowBytes, fastBytes, runs: runsAtFast, closed } = paceBracket(runs, aims, enoughBytes);
  if (closed || slowBytes === undefined) return undefined;
  const coarse = 1 + COARSER * aims.tolerance;
  // It took longer at what was charged without a limit than it did without one: runs differ, and more room is to be tried.
  if (fastBytes === undefined) return { limitBytes: limitOver(slowBytes * coarse), purpose: 'pace' };
  // A line is a good guide at first and a bad one on a bent curve: later guesses keep away from both ends.
  const isFirst = slowBytes === enoughBytes && runsAtFast === 0;
  const [least, most] = isFirst ? [0, 1] : [INNER, 1 - INNER];
  const ratio = fastBytes / slowBytes;
  const guess = Math.min(
    slowBytes * ratio ** most,
    Math.max(slowBytes * ratio ** least, crossing(runs, aims, slowBytes, fastBytes)),
  );
  const lowest = limitOver(slowBytes * (1 + aims.tolerance));
  const limitBytes = Math.max(lowest, Math.min(limitUnder(fastBytes / coarse), limitUnder(guess)));
  return { limitBytes: limitBytes < fastBytes ? limitBytes : limitUnder(slowBytes * ratio ** 0.5), purpose: 'pace' };
}

/** A limit whose only time is so near to what is allowed that another run may tell otherwise. */
export function doubtfulPace(runs: readonly FitRun[], aims: FitAims, enoughBytes: number): number | undefined {
  const { allowedSeconds, noise = 0 } = paceOf(runs, aims);
  const { slowBytes, fastBytes } = paceBracket(runs, aims, enoughBytes);
  const doubtful = successesByLimit(runs)
    .filter(([limitBytes]) => limitBytes === slowBytes || limitBytes === fastBytes)
    .find(([, [only, ...others]]) => {
      if (only === undefined || others.length > 0 || only.limitHits === 0) return false;
      return Math.abs(only.wallSeconds - allowedSeconds) < noise * allowedSeconds;
    });
  return doubtful?.[0];
}

function isSlowed(equal: readonly FitRun[], allowedSeconds: number): boolean {
  return equal.some(({ limitHits }) => limitHits > 0) && medianTime(equal) > allowedSeconds;
}

/** Where a straight line between the slow end and the fast one meets the time that is allowed. */
function crossing(runs: readonly FitRun[], aims: FitAims, slowBytes: number, fastBytes: number): number {
  const { usualSeconds, allowedSeconds } = paceOf(runs, aims);
  const timeAt = (limit: number): number | undefined => {
    const equal = successesByLimit(runs).find(([limitBytes]) => limitBytes === limit)?.[1];
    return equal === undefined ? undefined : medianTime(equal);
  };
  const slow = timeAt(slowBytes) ?? allowedSeconds;
  const fast = Math.min(allowedSeconds, timeAt(fastBytes) ?? usualSeconds);
  return slow <= fast ? fastBytes : slowBytes + ((fastBytes - slowBytes) * (slow - allowedSeconds)) / (slow - fast);
}

function medianTime(runs: readonly FitRun[]): number {
  return timesOf(runs)?.median ?? 0;
}

function relativeRange(runs: readonly FitRun[]): number {
  const times = timesOf(runs);
  return times === undefined || times.median === 0 ? 0 : (times.max - times.min) / times.median;
}

function timesOf(runs: readonly FitRun[]) {
  return spreadOf(runs.map(({ wallSeconds }) => wallSeconds));
}
