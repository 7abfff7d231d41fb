import { bytes, type Citation, type ContainerLife, message, ratio, seconds } from '../../model/index.js';
import { cite, growingKind, lastPart, lastSizes, type Scene } from './scene.js';
import { lengthOf, median, trendOf } from './statistics.js';
import type { Verdict } from './verdict.js';

/** A run that ends so soon was killed at its start. */
const START_SECONDS = 60;
/** A run of so few samples shows a start and nothing else. */
const START_SAMPLES = 3;
/** Of the limit. */
const AT_LIMIT = 0.93;
const CLOSE_BELOW = 0.9;
const FAR_BELOW = 0.6;
const LOW = 0.7;
const HIGH = 0.85;
const NO_TREND = 0.15;
/** Of all samples of the last half. */
const MOSTLY = 0.6;
/** Of the limit: dirty pages that explain why a cache could not be dropped. */
const PENDING = 0.15;
/** The end of a run in which a spike may be seen. */
const SPIKE_SAMPLES = 3;

/** Killed within a minute of its start, or before a fourth sample could be taken. */
export function startUpKill(scene: Scene): Verdict | undefined {
  const { killedAtSeconds, resolutionSeconds, timeline, life, earlierLives, limitBytes } = scene;
  if (killedAtSeconds === undefined) return undefined;
  const ageSeconds = ageAt(life, killedAtSeconds, timeline.fromSeconds, resolutionSeconds);
  const bound = Math.max(START_SECONDS, START_SAMPLES * resolutionSeconds);
  if (ageSeconds === undefined || ageSeconds > bound) return undefined;
  const alike = earlierLives.filter((earlier, index) => {
    const next = (earlierLives[index + 1] ?? life).atSeconds[0] ?? killedAtSeconds;
    const length = ageAt(earlier, endOf(scene, earlier, next), timeline.fromSeconds, resolutionSeconds);
    return length !== undefined && length <= bound;
  }).length;
  const soon = ageSeconds <= START_SECONDS;
  const because: Citation[] = [
    cite(scene, message('history.start-up-kill.age', { age: seconds(ageSeconds) }), killedAtSeconds),
    ...(alike === 0 ? [] : [cite(scene, message('history.start-up-kill.again', { count: alike }))]),
    ...(limitBytes === undefined ? [] : [cite(scene, message('history.start-up-kill.limit', { limit: bytes(limitBytes) }))]),
  ];
  return {
    pattern: 'start-up-kill',
    confidence: (soon ? 0.75 : 0.5) + (alike === 0 ? 0 : 0.15),
    title: message('history.start-up-kill.title'),
    because,
    against: [cite(scene, message('history.start-up-kill.unseen', { resolution: seconds(resolutionSeconds) }))],
  };
}

/** The charge stood at the limit while what cannot be reclaimed was far below it: page cache made up the rest. */
export function cacheBound(scene: Scene): Verdict | undefined {
  const { usage, need, limitBytes, life } = scene;
  if (limitBytes === undefined || usage.bytes.length === 0) return undefined;
  const charged = median(lastPart(usage).bytes);
  const needed = median(lastPart(need).bytes);
  if (charged < AT_LIMIT * limitBytes || needed > FAR_BELOW * limitBytes) return undefined;
  // Without the cache's own figure the rest may be anything that is no anon.
  if (need.basis === 'working-set' || (need.basis === 'rss' && life.columns.cacheBytes === undefined)) return undefined;
  const { pendingBytes } = lastSizes(scene);
  const pending = pendingBytes !== undefined && pendingBytes >= PENDING * limitBytes;
  const listed = need.basis === 'charge-less-file';
  return {
    pattern: 'cache-bound',
    confidence: pending ? 0.9 : listed ? 0.8 : 0.6,
    title: message('history.cache-bound.title'),
    because: [
      cite(
        scene,
        message('history.cache-bound.charge', {
          charged: bytes(charged),
          limit: bytes(limitBytes),
          needed: bytes(needed),
          share: ratio(needed / limitBytes),
        }),
        usage.atSeconds.at(-1),
      ),
      ...(pending ? [cite(scene, message('history.cache-bound.pending', { pending: bytes(pendingBytes) }))] : []),
    ],
    against: [
      ...(pendingBytes === undefined ? [cite(scene, message('history.cache-bound.no-dirty'))] : []),
      ...(listed ? [] : [cite(scene, message('history.cache-bound.tmpfs'))]),
    ],
  };
}

/** Close below the limit for long, without growing. */
export function flatAtLimit(scene: Scene): Verdict | undefined {
  const { need, limitBytes } = scene;
  if (limitBytes === undefined) return undefined;
  const half = { atSeconds: need.atSeconds.slice(-need.bytes.length / 2), bytes: need.bytes.slice(-need.bytes.length / 2) };
  const close = half.bytes.filter((size) => size >= CLOSE_BELOW * limitBytes).length / half.bytes.length;
  const drift = Math.abs(trendOf(half).bytesPerSecond) * lengthOf(half);
  if (close < MOSTLY || drift > 0.1 * limitBytes) return undefined;
  return {
    pattern: 'flat-at-limit',
    confidence: 0.85,
    title: message('history.flat-at-limit.title'),
    because: [
      cite(
        scene,
        message('history.flat-at-limit.close', {
          usual: bytes(median(half.bytes)),
          limit: bytes(limitBytes),
          length: seconds(lengthOf(half)),
        }),
        need.atSeconds.at(-1),
      ),
    ],
    against: [],
  };
}

/** Low and without a trend until the end; the rise that killed took a few samples, or fell between two of them. */
export function spike(scene: Scene): Verdict | undefined {
  const { need, limitBytes, killedAtSeconds, unseenSeconds } = scene;
  if (limitBytes === undefined || killedAtSeconds === undefined) return undefined;
  const before = { atSeconds: need.atSeconds.slice(0, -SPIKE_SAMPLES), bytes: need.bytes.slice(0, -SPIKE_SAMPLES) };
  const usual = median(before.bytes);
  const drift = trendOf(before).bytesPerSecond * lengthOf(before);
  if (usual > LOW * limitBytes || drift > NO_TREND * limitBytes) return undefined;
  const last = need.bytes.at(-1) ?? 0;
  const highest = Math.max(...need.bytes.slice(-SPIKE_SAMPLES));
  const flat = cite(
    scene,
    message('history.spike.usual', { usual: bytes(usual), share: ratio(usual / limitBytes), length: seconds(lengthOf(before)) }),
    before.atSeconds.at(-1),
  );
  if (highest >= HIGH * limitBytes) {
    const growing = growingKind(scene, need.atSeconds.at(-SPIKE_SAMPLES - 1) ?? 0);
    return {
      pattern: 'spike',
      confidence: 0.85,
      title: message('history.spike.title'),
      because: [
        flat,
        cite(scene, message('history.spike.seen', { highest: bytes(highest), limit: bytes(limitBytes) }), need.atSeconds.at(-1)),
        ...(growing === undefined ? [] : [cite(scene, message(`history.growing.${growing}`))]),
      ],
      against: [],
      ...(growing === undefined ? {} : { growing }),
    };
  }
  if (last > LOW * limitBytes) return undefined;
  return {
    pattern: 'spike',
    confidence: 0.55,
    title: message('history.spike.title-unseen'),
    because: [
      flat,
      cite(
        scene,
        message('history.spike.unseen', {
          last: bytes(last),
          missing: bytes(limitBytes - last),
          unseen: seconds(unseenSeconds),
        }),
        need.atSeconds.at(-1),
      ),
    ],
    against: [cite(scene, message('history.spike.kind-unseen'))],
  };
}

/** When an earlier run ended: as Kubernetes reports it, else with its last sample, before the next run was seen at any rate. */
function endOf({ timeline, resolutionSeconds }: Scene, { atSeconds }: ContainerLife, nextSeconds: number): number {
  const last = atSeconds.at(-1) ?? nextSeconds;
  const reported = timeline.ends.find(
    ({ kind, how, atSeconds: at }) => kind === 'terminated' && how === 'reported' && at >= last && at <= nextSeconds,
  );
  return reported?.atSeconds ?? Math.min(nextSeconds, last + resolutionSeconds);
}

/** How old a run was at a moment, at most: by its start time, or by its first sample where it began inside the window. */
function ageAt(
  { startedAtSeconds, atSeconds }: ContainerLife,
  moment: number,
  fromSeconds: number,
  resolutionSeconds: number,
): number | undefined {
  if (startedAtSeconds !== undefined) return Math.max(0, moment - startedAtSeconds);
  const first = atSeconds[0];
  if (first === undefined || first < fromSeconds + 2 * resolutionSeconds) return undefined;
  return Math.max(0, moment - first + resolutionSeconds);
}
