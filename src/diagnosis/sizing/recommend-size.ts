import { curveOf, type Need, needOf } from '../../accounting/index.js';
import {
  type ContainerLife,
  type ContainerSize,
  type Message,
  MIB,
  message,
  type NeedBasis,
  present,
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

interface Run {
  readonly life: ContainerLife;
  readonly need: Need;
  /** The highest rss of each step stands in for the sample's own. */
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
  const pods = timelines
    .map((timeline) => ({ timeline, runs: timeline.lives.flatMap(runOf) }))
    .filter(({ runs }) => runs.length > 0);
  const samples = pods.reduce((sum, { runs }) => sum + runs.reduce((count, { need }) => count + need.bytes.length, 0), 0);
  const moments = pods.flatMap(({ runs }) => runs.flatMap(({ need }) => [need.atSeconds[0] ?? 0, need.atSeconds.at(-1) ?? 0]));
  const coveredSeconds = moments.length === 0 ? 0 : Math.max(...moments) - Math.min(...moments);
  if (samples < LEAST_SAMPLES || coveredSeconds < LEAST_SECONDS) {
    const params = { count: samples, covered: seconds(coveredSeconds), least: seconds(LEAST_SECONDS), leastCount: LEAST_SAMPLES };
    return { container, why: message('size.refused.too-short', params) };
  }
  const runs = pods.flatMap((pod) => pod.runs);
  const basis = BASES.find((candidate) => runs.some(({ need }) => need.basis === candidate)) ?? 'working-set';
  if (basis === 'working-set') return { container, why: message('size.refused.working-set') };
  const percentileBytes = Math.max(
    ...pods.map((pod) =>
      percentile(
        pod.runs.flatMap(({ need }) => need.bytes),
        choice.percentile,
      ),
    ),
  );
  const peakBytes = Math.max(...runs.map((run) => run.peakBytes));
  const kills = pods.flatMap(({ timeline }) => killsOf(timeline));
  const growth = growthOfNeediest(pods);
  const limit = limitFrom(peakBytes, kills, choice.margin);
  const seenRequest = margined('percentile', percentileBytes, choice.margin);
  const request: SizeArithmetic = seenRequest.bytes > limit.bytes ? limit : seenRequest;
  const doubts = doubtsOf({ basis, kills, coveredSeconds, pods: pods.length, growth });
  const newest = pods.map(({ timeline }) => timeline).sort((a, b) => lastSample(b) - lastSample(a))[0];
  return {
    container,
    pods: pods.length,
    samples,
    coveredSeconds,
    stepSeconds: choice.stepSeconds,
    basis,
    percentileBytes: Math.round(percentileBytes),
    peakBytes: Math.round(peakBytes),
    kills: kills.length,
    ...present({ currentRequestBytes: newest?.requests.at(-1)?.bytes, currentLimitBytes: newest?.limits.at(-1)?.bytes, growth }),
    request,
    limit,
    confidence: confidenceOf(basis, coveredSeconds, kills, growth),
    doubts,
  };
}

/** A kill as sizing sees it: the limit in force, and what was last seen needed. */
interface Kill {
  readonly limitBytes?: number;
  readonly neededBytes?: number;
}

function runOf(life: ContainerLife): Run[] {
  const need = needOf(life);
  if (need === undefined) return [];
  const rss = new Map(pairs(curveOf(life, 'rssBytes')));
  const highest = new Map(pairs(curveOf(life, 'rssPeakBytes')));
  const peaks = need.bytes.map((size, index) => {
    const at = need.atSeconds[index] ?? 0;
    const more = (highest.get(at) ?? 0) - (rss.get(at) ?? Number.POSITIVE_INFINITY);
    return size + Math.max(0, more);
  });
  return [{ life, need, peakBytes: peaks.reduce((most, size) => Math.max(most, size), 0) }];
}

function pairs({
  atSeconds,
  bytes,
}: {
  readonly atSeconds: readonly number[];
  readonly bytes: readonly number[];
}): [number, number][] {
  return atSeconds.map((at, index) => [at, bytes[index] ?? 0]);
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

/** How the container went in the pod that needed most. */
function growthOfNeediest(
  pods: readonly { readonly timeline: Timeline; readonly runs: readonly Run[] }[],
): ContainerSize['growth'] {
  const peakOf = ({ runs }: { readonly runs: readonly Run[] }): number => Math.max(...runs.map(({ peakBytes }) => peakBytes));
  const neediest = pods.reduce((best, pod) => (peakOf(pod) > peakOf(best) ? pod : best));
  const { pattern, confidence } = judgeGrowth(neediest.timeline);
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
): ContainerSize['confidence'] {
  if (growth === 'leak' || basis === 'rss' || kills.some(isFarBelow) || coveredSeconds < DAY_SECONDS * 0.9) return 'low';
  if (kills.length > 0 || basis !== 'charge-less-file' || coveredSeconds < 7 * DAY_SECONDS * 0.9) return 'medium';
  return 'high';
}

function lastSample({ lives }: Timeline): number {
  return lives.at(-1)?.atSeconds.at(-1) ?? 0;
}
