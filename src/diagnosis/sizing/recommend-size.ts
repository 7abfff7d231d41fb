import { type Need, needOf } from '../../accounting/index.js';
import {
  type ContainerSize,
  type Message,
  MIB,
  message,
  type NeedBasis,
  nested,
  present,
  ratio,
  type SizeArithmetic,
  seconds,
  stepAt,
  type Timeline,
  type UnsizedContainer,
} from '../../model/index.js';
import { judgeGrowth } from '../growth/judge.js';
import { percentile } from '../growth/statistics.js';

export interface SizeChoice {
  /** 0..1: of the samples, what the request covers. */
  readonly percentile: number;
  /** 0..1: added to what was seen. */
  readonly margin: number;
  readonly stepSeconds: number;
}

/** Less history than this shows neither a load's day nor its peaks: nothing is recommended. */
const LEAST_SECONDS = 6 * 3600;
const LEAST_SAMPLES = 60;
const DAY_SECONDS = 86_400;
/** Sizes are rounded up to this. */
const STEP_BYTES = 16 * MIB;
/**
 * A kill shows that the need was above the limit, not by how much. The vertical pod autoscaler adds as much after a kill.
 * Source: kubernetes/autoscaler, vertical-pod-autoscaler/pkg/recommender/model (OOMBumpUpRatio, OOMMinBumpUp).
 */
const KILL_FACTOR = 1.2;
const KILL_LEAST_BYTES = 100 * MIB;
/** Of the limit: a kill with less than that needed was not one that a larger limit must cure. */
const FAR_BELOW = 0.6;
/** From the worst basis to the best. */
const BASES: readonly NeedBasis[] = ['working-set', 'rss', 'charge-less-cache', 'charge-less-file'];

/** Of the 99th percentile: a peak above that is rare, and a rarer one may be higher. */
const RARE = 1.15;
/** The top of a spike that so few samples show may have been between two of them. */
const FEW_SAMPLES = 3;
/** The margin's multiple for it: of 50 loads with spikes of 15 to 90 s, sampled every 60 s, the next week's highest was up to 1.23 of the peak. */
const FEW_SAMPLES_MARGINS = 2;

/** A pod's container as sizing sees it. */
interface PodNeed {
  readonly timeline: Timeline;
  readonly needs: readonly Need[];
  readonly peakBytes: number;
}

/**
 * What a container should request and be limited to, from the timelines of all its pods: percentiles and the peak of what cannot
 * be reclaimed, each of the pod that needed most. Refuses where the history is too short. Pure, never throws.
 */
export function recommendSize(
  container: string,
  timelines: readonly Timeline[],
  choice: SizeChoice,
): ContainerSize | UnsizedContainer {
  const pods = timelines.map(podNeed).filter(({ needs, peakBytes }) => needs.length > 0 || peakBytes > 0);
  const needs = pods.flatMap((pod) => pod.needs);
  const samples = needs.reduce((count, { bytes }) => count + bytes.length, 0);
  const moments = needs.flatMap(({ atSeconds }) => [atSeconds[0] ?? 0, atSeconds.at(-1) ?? 0]);
  const coveredSeconds = moments.length === 0 ? 0 : Math.max(...moments) - Math.min(...moments);
  if (samples < LEAST_SAMPLES || coveredSeconds < LEAST_SECONDS) {
    const params = { count: samples, covered: seconds(coveredSeconds), least: seconds(LEAST_SECONDS), leastCount: LEAST_SAMPLES };
    return { container, why: message('size.refused.too-short', params) };
  }
  const basis = BASES.find((candidate) => needs.some((need) => need.basis === candidate)) ?? 'working-set';
  if (basis === 'working-set') return { container, why: message('size.refused.working-set') };
  const percentileBytes = highestPercentile(pods, choice.percentile);
  const neediest = pods.reduce((best, pod) => (pod.peakBytes > best.peakBytes ? pod : best));
  const { peakBytes } = neediest;
  const isRare = peakBytes > RARE * highestPercentile(pods, 0.99);
  const spikeSamples = isRare ? samplesOfSpike(neediest) : undefined;
  const isSeenByFew = spikeSamples !== undefined && spikeSamples <= FEW_SAMPLES;
  const kills = pods.flatMap(({ timeline }) => killsOf(timeline));
  const growth = growthOf(neediest);
  const limit = limitFrom(peakBytes, kills, isSeenByFew ? choice.margin * FEW_SAMPLES_MARGINS : choice.margin);
  const seenRequest = margined('percentile', percentileBytes, choice.margin);
  const request: SizeArithmetic = seenRequest.bytes > limit.bytes ? limit : seenRequest;
  const held = heldOf(pods);
  const unseen: Message[] = [
    ...(held.why === undefined
      ? []
      : [message('size.doubt.bounds', { why: nested(held.why), step: seconds(choice.stepSeconds) })]),
    ...(isRare ? [message('size.doubt.rare', { share: ratio(peakBytes / highestPercentile(pods, 0.99)) })] : []),
    ...(isSeenByFew ? [message('size.doubt.few-samples', { count: spikeSamples, factor: ratio(limit.factor) })] : []),
  ];
  const doubts = [...unseen, ...doubtsOf({ basis, kills, coveredSeconds, pods: pods.length, growth })];
  const newest = pods.map(({ timeline }) => timeline).sort((a, b) => lastSample(b) - lastSample(a))[0];
  return {
    container,
    pods: pods.length,
    samples,
    ...present({ heldSamples: held.samples, scrapeSeconds: scrapeSecondsOf(neediest) }),
    peakFrom: held.from,
    coveredSeconds,
    stepSeconds: choice.stepSeconds,
    basis,
    percentileBytes: Math.round(percentileBytes),
    peakBytes: Math.round(peakBytes),
    kills: kills.length,
    ...present({ currentRequestBytes: newest?.requests.at(-1)?.bytes, currentLimitBytes: newest?.limits.at(-1)?.bytes, growth }),
    request,
    limit,
    confidence: confidenceOf(basis, coveredSeconds, kills, growth, unseen.length > 0),
    doubts,
  };
}

function podNeed(timeline: Timeline): PodNeed {
  const needs = timeline.lives.flatMap((life) => needOf(life) ?? []);
  const close = (timeline.closeUp ?? []).flatMap((life) => needOf(life) ?? []);
  const highest = [...needs, ...close, ...(timeline.peaks === undefined ? [] : [timeline.peaks])].map(highestOf);
  return { timeline, needs, peakBytes: Math.max(0, ...highest) };
}

function highestOf({ bytes }: { readonly bytes: readonly number[] }): number {
  return bytes.reduce((most, size) => Math.max(most, size), 0);
}

/** The percentile of the samples of the pod where it is highest. */
function highestPercentile(pods: readonly PodNeed[], share: number): number {
  return Math.max(
    ...pods.map(({ needs }) =>
      percentile(
        needs.flatMap(({ bytes }) => bytes),
        share,
      ),
    ),
  );
}

/** How many samples in a row show the upper half of a pod's highest spike; undefined where it was not looked at closely. */
function samplesOfSpike({ timeline, needs }: PodNeed): number | undefined {
  const close = (timeline.closeUp ?? []).flatMap((life) => needOf(life) ?? []);
  const usual = percentile(
    needs.flatMap(({ bytes }) => bytes),
    0.5,
  );
  const level = (usual + Math.max(0, ...close.map(highestOf))) / 2;
  const rows = close.flatMap(({ bytes }) => rowsOf(bytes.map((size) => size >= level)));
  return rows.length === 0 ? undefined : Math.max(...rows);
}

/** The lengths of the rows of what is true. */
function rowsOf(values: readonly boolean[]): number[] {
  const rows: number[] = [];
  values.forEach((value, index) => {
    if (!value) return;
    if (values[index - 1] === true) rows[rows.length - 1] = (rows.at(-1) ?? 0) + 1;
    else rows.push(1);
  });
  return rows;
}

/** How far apart the samples around a pod's highest peak are. */
function scrapeSecondsOf({ timeline }: PodNeed): number | undefined {
  const distances = (timeline.closeUp ?? []).flatMap(({ atSeconds }) =>
    atSeconds.slice(1).map((at, index) => at - (atSeconds[index] ?? at)),
  );
  return distances.length === 0 ? undefined : percentile(distances, 0.5);
}

/** How many samples the server holds of the pods, and what the peaks are of. */
function heldOf(pods: readonly PodNeed[]): {
  readonly from: ContainerSize['peakFrom'];
  readonly samples?: number;
  readonly why?: Message;
} {
  const known = pods.flatMap(({ timeline }) => timeline.heldSamples ?? []);
  const [first] = pods.flatMap(({ timeline }) => timeline.peaks ?? []);
  return {
    from: first?.how ?? 'steps',
    ...present({ samples: known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0), why: first?.why }),
  };
}

/** A kill as sizing sees it: the limit in force, and what was last seen needed. */
interface Kill {
  readonly limitBytes?: number;
  readonly neededBytes?: number;
}

function killsOf(timeline: Timeline): Kill[] {
  return timeline.ends
    .filter(({ kind, reason }) => kind === 'oom-event' || reason === 'OOMKilled')
    .map(({ atSeconds }) => {
      const life = timeline.lives.findLast((candidate) => (candidate.atSeconds[0] ?? 0) <= atSeconds);
      const need = life === undefined ? undefined : needOf(life);
      const index = need?.atSeconds.findLastIndex((at) => at <= atSeconds) ?? -1;
      return present({
        limitBytes: (stepAt(timeline.limits, atSeconds) ?? timeline.limits[0])?.bytes,
        neededBytes: index < 0 ? undefined : need?.bytes[index],
      });
    });
}

/** What was last seen needed does not explain the kill: a spike between two samples, or memory that was page cache. */
function isFarBelow({ limitBytes, neededBytes }: Kill): boolean {
  return limitBytes !== undefined && neededBytes !== undefined && neededBytes < FAR_BELOW * limitBytes;
}

function limitFrom(peakBytes: number, kills: readonly Kill[], margin: number): SizeArithmetic {
  const seen = margined('peak', peakBytes, margin);
  const killedAt = Math.max(0, ...kills.map(({ limitBytes }) => limitBytes ?? 0));
  if (killedAt === 0) return seen;
  const needed = Math.max(killedAt * KILL_FACTOR, killedAt + KILL_LEAST_BYTES);
  const bumped: SizeArithmetic = {
    bytes: roundUp(needed),
    from: 'kill',
    seenBytes: killedAt,
    factor: KILL_FACTOR,
    addedBytes: Math.round(needed - killedAt),
  };
  return bumped.bytes > seen.bytes ? bumped : seen;
}

function margined(from: 'percentile' | 'peak', seenBytes: number, margin: number): SizeArithmetic {
  return { bytes: roundUp(seenBytes * (1 + margin)), from, seenBytes: Math.round(seenBytes), factor: 1 + margin };
}

function roundUp(size: number): number {
  return Math.max(1, Math.ceil(size / STEP_BYTES)) * STEP_BYTES;
}

/** How the container went in a pod. */
function growthOf({ timeline }: PodNeed): ContainerSize['growth'] {
  const { pattern, confidence } = judgeGrowth(timeline);
  return pattern === 'insufficient' || pattern === 'unclear' || confidence < 0.5 ? undefined : pattern;
}

interface Doubtful {
  readonly basis: NeedBasis;
  readonly kills: readonly Kill[];
  readonly coveredSeconds: number;
  readonly pods: number;
  readonly growth: ContainerSize['growth'];
}

function doubtsOf({ basis, kills, coveredSeconds, pods, growth }: Doubtful): Message[] {
  const far = kills.filter(isFarBelow).length;
  return [
    ...(growth === 'leak' ? [message('size.doubt.leak')] : []),
    ...(kills.length > 0 ? [message('size.doubt.kills', { count: kills.length })] : []),
    ...(far > 0 ? [message('size.doubt.far-below', { count: far })] : []),
    ...(basis === 'charge-less-file' ? [] : [message(`size.doubt.basis.${basis}`)]),
    ...(coveredSeconds < 7 * DAY_SECONDS * 0.9 ? [message('size.doubt.short', { covered: seconds(coveredSeconds) })] : []),
    ...(pods < 2 ? [message('size.doubt.one-pod')] : []),
  ];
}

function confidenceOf(
  basis: NeedBasis,
  coveredSeconds: number,
  kills: readonly Kill[],
  growth: ContainerSize['growth'],
  isUnseen: boolean,
): ContainerSize['confidence'] {
  if (growth === 'leak' || basis === 'rss' || kills.some(isFarBelow) || coveredSeconds < DAY_SECONDS * 0.9) return 'low';
  if (isUnseen || kills.length > 0 || basis !== 'charge-less-file' || coveredSeconds < 7 * DAY_SECONDS * 0.9) return 'medium';
  return 'high';
}

function lastSample({ lives }: Timeline): number {
  return lives.at(-1)?.atSeconds.at(-1) ?? 0;
}
