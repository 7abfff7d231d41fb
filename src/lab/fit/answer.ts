import {
  bytes,
  type FitAims,
  type FitConfidence,
  type FitEdge,
  type FitEnd,
  type FitRecommendation,
  type LabFit,
  type Message,
  MIB,
  message,
  present,
  ratio,
  seconds,
} from '../../model/index.js';
import { spreadOf } from '../compare/summary.js';
import { type FitRun, successesByLimit } from './fit-run.js';
import { ceilingOf, needBracket } from './need.js';
import { paceBracket, paceOf } from './pace.js';

/** Added to a limit at least, and when no run was seen twice. */
const LEAST_MARGIN = 0.1;
const UNSEEN_MARGIN = 0.2;
/** The margin is at least so many times what equal runs differed by. */
const VARIATIONS = 3;
/** Runs shorter than this are mostly the start of a process: their times tell little. */
const SHORT_SECONDS = 0.2;
/** Of the limit: when so much of what could not be reclaimed waited for the disk, a slower disk needs more. */
const DISK_SHARE = 0.15;

type Answer = Pick<
  LabFit,
  'partial' | 'smallest' | 'unhurried' | 'usualSeconds' | 'allowedSeconds' | 'recommended' | 'confidence' | 'doubts'
>;

/** What the runs of a fit came to, complete or not. Pure. */
export function answerOf(runs: readonly FitRun[], aims: FitAims, end: FitEnd): Answer {
  const smallest = smallestOf(runs, aims);
  const pace = runs[0]?.outcome === 'succeeded' ? paceOf(runs, aims) : undefined;
  const unhurried = smallest === undefined ? undefined : unhurriedOf(runs, aims, smallest);
  const doubts = smallest === undefined ? [] : doubtsOf(runs, aims, smallest, unhurried);
  return {
    partial: end !== 'found',
    ...present({
      smallest,
      unhurried,
      usualSeconds: pace?.usualSeconds,
      allowedSeconds: pace?.allowedSeconds,
      recommended: smallest === undefined ? undefined : recommend(runs, smallest, unhurried),
    }),
    confidence: confidenceFrom(doubts, smallest, unhurried),
    doubts,
  };
}

function smallestOf(runs: readonly FitRun[], aims: FitAims): FitEdge | undefined {
  const { killedBytes, enoughBytes, closed } = needBracket(runs, aims);
  const notEnough = killedBytes === 0 ? {} : { notEnoughBytes: killedBytes };
  if (enoughBytes !== undefined) {
    return { limitBytes: enoughBytes, ...notEnough, runs: successesAt(runs, enoughBytes).length, close: closed };
  }
  const ceiling = ceilingOf(runs);
  if (runs[0]?.outcome !== 'succeeded' || killedBytes >= ceiling) return undefined;
  return { limitBytes: ceiling, ...notEnough, runs: 0, close: ceiling <= killedBytes * (1 + aims.tolerance) };
}

function unhurriedOf(runs: readonly FitRun[], aims: FitAims, { limitBytes }: FitEdge): FitEdge | undefined {
  const bracket = paceBracket(runs, aims, limitBytes);
  if (bracket.fastBytes === undefined) return undefined;
  const { killedBytes } = needBracket(runs, aims);
  const notEnoughBytes = bracket.slowBytes ?? (killedBytes === 0 ? undefined : killedBytes);
  return { limitBytes: bracket.fastBytes, ...present({ notEnoughBytes }), runs: bracket.runs, close: bracket.closed };
}

/** Request and limit: what does not slow the command, and a margin for runs that need more than these did. */
function recommend(runs: readonly FitRun[], smallest: FitEdge, unhurried: FitEdge | undefined): FitRecommendation {
  const basis = unhurried === undefined ? 'smallest' : 'unhurried';
  const basisBytes = (unhurried ?? smallest).limitBytes;
  const variation = variationOf(runs);
  const margin = variation === undefined ? UNSEEN_MARGIN : Math.max(LEAST_MARGIN, VARIATIONS * variation);
  return {
    requestBytes: wholeMib(basisBytes),
    limitBytes: wholeMib(basisBytes * (1 + margin)),
    basis,
    basisBytes,
    margin,
    ...present({ variation }),
  };
}

function wholeMib(size: number): number {
  return Math.ceil(size / MIB) * MIB;
}

function successesAt(runs: readonly FitRun[], limit: number): readonly FitRun[] {
  return successesByLimit(runs).find(([limitBytes]) => limitBytes === limit)?.[1] ?? [];
}

/** The largest difference between equal runs in what could not be reclaimed, and between a kill and a success below it, 0..1. */
function variationOf(runs: readonly FitRun[]): number | undefined {
  const between = successesByLimit(runs).flatMap(([, equal]) => {
    const spread = spreadOf(equal.map(({ unreclaimableBytes }) => unreclaimableBytes));
    return equal.length < 2 || spread === undefined || spread.median === 0 ? [] : [(spread.max - spread.min) / spread.median];
  });
  const overlap = overlapOf(runs);
  const all = [...between, ...(overlap === undefined ? [] : [overlap.killedBytes / overlap.luckyBytes - 1])];
  return all.length === 0 ? undefined : Math.max(...all);
}

/** The command was killed at one limit and lived at another that is no larger. */
function overlapOf(runs: readonly FitRun[]): { readonly killedBytes: number; readonly luckyBytes: number } | undefined {
  const killedBytes = Math.max(0, ...runs.map(({ outcome, limitBytes = 0 }) => (outcome === 'oom' ? limitBytes : 0)));
  const luckyBytes = successesByLimit(runs)[0]?.[0];
  return luckyBytes === undefined || luckyBytes > killedBytes ? undefined : { killedBytes, luckyBytes };
}

function doubtsOf(runs: readonly FitRun[], aims: FitAims, smallest: FitEdge, unhurried: FitEdge | undefined): Message[] {
  return [
    ...needDoubts(runs, aims, smallest),
    ...paceDoubts(runs, aims, smallest, unhurried),
    ...measureDoubts(runs, aims),
    ...diskDoubt(runs, smallest),
  ];
}

function needDoubts(runs: readonly FitRun[], { tolerance }: FitAims, smallest: FitEdge): Message[] {
  const limit = bytes(smallest.limitBytes);
  const overlap = overlapOf(runs);
  const variation = variationOf(runs) ?? 0;
  return [
    ...(smallest.close ? [] : [openEdge('need', smallest)]),
    ...(smallest.runs === 0 ? [message('fit.doubt.need-untried', { limit })] : []),
    ...(smallest.runs === 1 ? [message('fit.doubt.need-once', { limit })] : []),
    ...(overlap === undefined
      ? []
      : [message('fit.doubt.need-varies', { killed: bytes(overlap.killedBytes), lived: bytes(overlap.luckyBytes) })]),
    ...(overlap === undefined && variation > tolerance ? [message('fit.doubt.variation', { variation: ratio(variation) })] : []),
  ];
}

function paceDoubts(runs: readonly FitRun[], aims: FitAims, smallest: FitEdge, unhurried: FitEdge | undefined): Message[] {
  if (unhurried === undefined) return [message('fit.doubt.pace-unknown')];
  const { noise = 0 } = paceOf(runs, aims);
  const isUntried = unhurried.runs === 0 && smallest.runs > 0;
  return [
    ...(unhurried.close ? [] : [openEdge('pace', unhurried)]),
    ...(isUntried ? [message('fit.doubt.pace-untried', { limit: bytes(unhurried.limitBytes) })] : []),
    ...(noise > aims.slowdown && runs.some(isJudgedByTime)
      ? [message('fit.doubt.noise', { noise: ratio(noise), slowdown: ratio(aims.slowdown) })]
      : []),
  ];
}

/** Whether its time told anything: it lived, and it met a limit. */
function isJudgedByTime({ outcome, limitHits }: FitRun): boolean {
  return outcome === 'succeeded' && limitHits > 0;
}

function measureDoubts(runs: readonly FitRun[], aims: FitAims): Message[] {
  const { usualSeconds } = paceOf(runs, aims);
  const [first] = runs;
  return [
    ...(usualSeconds < SHORT_SECONDS ? [message('fit.doubt.short', { time: seconds(usualSeconds) })] : []),
    ...(first?.limitBytes !== undefined && first.limitHits > 0
      ? [message('fit.doubt.first-met-limit', { limit: bytes(first.limitBytes) })]
      : []),
  ];
}

function diskDoubt(runs: readonly FitRun[], { limitBytes }: FitEdge): Message[] {
  const waiting = successesAt(runs, limitBytes).map(({ unreclaimableBytes, hardBytes }) => unreclaimableBytes - hardBytes);
  const most = Math.max(0, ...waiting);
  return most > DISK_SHARE * limitBytes ? [message('fit.doubt.disk', { waiting: bytes(most) })] : [];
}

function openEdge(which: 'need' | 'pace', { limitBytes, notEnoughBytes }: FitEdge): Message {
  return notEnoughBytes === undefined
    ? message(`fit.doubt.${which}-below`, { limit: bytes(limitBytes) })
    : message(`fit.doubt.${which}-open`, { limit: bytes(limitBytes), below: bytes(notEnoughBytes) });
}

/** Sure when nothing speaks against it; not at all when the smallest limit itself is in doubt. */
function confidenceFrom(
  doubts: readonly Message[],
  smallest: FitEdge | undefined,
  unhurried: FitEdge | undefined,
): FitConfidence {
  if (smallest === undefined || !smallest.close || smallest.runs === 0 || unhurried === undefined) return 'low';
  return doubts.length === 0 ? 'high' : doubts.length === 1 ? 'medium' : 'low';
}
