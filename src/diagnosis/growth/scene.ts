import { type Curve, curveOf, kernelOf, type Need, needOf, pendingOf, shmemOf } from '../../accounting/index.js';
import {
  type Citation,
  type ContainerLife,
  type GrowingKind,
  type Message,
  present,
  stepAt,
  type Timeline,
  type TimelineEnd,
} from '../../model/index.js';
import { median, since, trendOf } from './statistics.js';

/** Everything the patterns ask of one container's run, computed once. */
export interface Scene {
  readonly timeline: Timeline;
  /** The run that was killed, or the last one. */
  readonly life: ContainerLife;
  readonly earlierLives: readonly ContainerLife[];
  readonly need: Need;
  /** The whole charge; empty where it is not kept. */
  readonly usage: Curve;
  readonly limitBytes?: number;
  /** What sizes are held against: the limit, or the highest sample where none is known. */
  readonly scaleBytes: number;
  readonly resolutionSeconds: number;
  readonly killedAtSeconds?: number;
  /** From the last sample to the kill; 0 when no kill is known. */
  readonly unseenSeconds: number;
}

/** The last part of a run: what held before its end. */
const LAST_SHARE = 0.2;
const LAST_SAMPLES = 10;
/** Kubernetes reports an end to the second, and the log's clock may differ from the kubelet's. */
const SAME_END_SECONDS = 5;
/** A kind that makes up so much of a rise is what rises. */
const MOST = 0.6;

/**
 * The scene of a kill at a moment, or of the last kill, or of now: in the run of the container with that id, where the timeline knows
 * it, else in the last run. Undefined when no sample of any size is there.
 */
export function sceneOf(timeline: Timeline, killedAtSeconds?: number, containerId?: string): Scene | undefined {
  const killedAt = killedAtSeconds ?? lastKill(timeline)?.atSeconds;
  const resolutionSeconds = timeline.resolutionSeconds ?? timeline.toSeconds - timeline.fromSeconds;
  const begun = timeline.lives.filter(({ atSeconds }) => killedAt === undefined || (atSeconds[0] ?? 0) <= killedAt);
  const isKilled = (one: ContainerLife): boolean =>
    containerId !== undefined && one.containerId?.startsWith(containerId) === true;
  const life = timeline.lives.some(isKilled) ? begun.find(isKilled) : begun.at(-1);
  const need = life === undefined ? undefined : needOf(life);
  if (life === undefined || need === undefined) return undefined;
  const usage = curveOf(life, 'usageBytes');
  const end = need.atSeconds.at(-1) ?? 0;
  const limitBytes = (stepAt(timeline.limits, end) ?? timeline.limits[0])?.bytes;
  // Samples may still come for a moment after a kill: of the next run, where runs are not told apart, or of an empty cgroup.
  const before = killedAt === undefined ? need : { ...need, ...until(need, killedAt) };
  if (before.bytes.length === 0) return undefined;
  const lastSample = before.atSeconds.at(-1) ?? 0;
  // The run whose samples these are ended before the kill: the killed run was over before it was sampled.
  const endedBefore = ({ kind, atSeconds }: TimelineEnd): boolean =>
    kind === 'terminated' && killedAt !== undefined && atSeconds >= lastSample && atSeconds < killedAt - SAME_END_SECONDS;
  if (timeline.ends.some(endedBefore)) return undefined;
  return {
    timeline,
    life,
    earlierLives: begun.slice(0, begun.indexOf(life)),
    need: before,
    usage: killedAt === undefined ? usage : until(usage, killedAt),
    ...present({ limitBytes, killedAtSeconds: killedAt }),
    scaleBytes: limitBytes ?? Math.max(...before.bytes, 1),
    resolutionSeconds,
    unseenSeconds: killedAt === undefined ? 0 : Math.max(0, killedAt - (before.atSeconds.at(-1) ?? killedAt)),
  };
}

/** The last end that Kubernetes calls an OOM kill; an end of unknown reason counts too, one of another reason does not. */
export function lastKill({ ends }: Timeline): TimelineEnd | undefined {
  return ends.findLast(({ kind, reason }) => kind === 'oom-event' || reason === undefined || reason === 'OOMKilled');
}

/** The last samples of a curve of the scene's run. */
export function lastPart(curve: Curve): Curve {
  const count = Math.max(LAST_SAMPLES, Math.round(curve.bytes.length * LAST_SHARE));
  return { atSeconds: curve.atSeconds.slice(-count), bytes: curve.bytes.slice(-count) };
}

/** A curve up to a moment. */
function until({ atSeconds, bytes }: Curve, moment: number): Curve {
  const count = atSeconds.findLastIndex((at) => at <= moment) + 1;
  return { atSeconds: atSeconds.slice(0, count), bytes: bytes.slice(0, count) };
}

/** Which kind of memory a rise since a moment consists of, where one of them makes up most of it. */
export function growingKind({ life, need, killedAtSeconds }: Scene, fromSeconds: number): GrowingKind | undefined {
  const rise = (curve: Curve): number => {
    const seen = since(killedAtSeconds === undefined ? curve : until(curve, killedAtSeconds), fromSeconds);
    return trendOf(seen).bytesPerSecond;
  };
  const whole = rise(need);
  if (whole <= 0) return undefined;
  const kinds: readonly (readonly [GrowingKind, Curve])[] = [
    ['anon', curveOf(life, 'rssBytes')],
    ['shmem', shmemOf(life)],
    ['kernel', kernelOf(life)],
  ];
  return kinds.find(([, curve]) => curve.bytes.length > 1 && rise(curve) >= whole * MOST)?.[0];
}

/** shmem and what must be written, before the end. */
export function lastSizes({ life, killedAtSeconds }: Scene): { readonly shmemBytes?: number; readonly pendingBytes?: number } {
  const last = (curve: Curve): Curve => lastPart(killedAtSeconds === undefined ? curve : until(curve, killedAtSeconds));
  const shmem = last(shmemOf(life));
  const pending = last(pendingOf(life));
  return present({
    shmemBytes: shmem.bytes.length === 0 ? undefined : median(shmem.bytes),
    pendingBytes: pending.bytes.length === 0 ? undefined : Math.max(...pending.bytes),
  });
}

/** A statement with the server it was read from, and when. */
export function cite({ timeline }: Pick<Scene, 'timeline'>, statement: Message, atSeconds?: number): Citation {
  const observedAt = atSeconds === undefined ? undefined : new Date(atSeconds * 1000).toISOString();
  return { statement, from: [{ source: timeline.source, ...present({ observedAt }) }] };
}
