import { type Curve, needOf } from '../../accounting/index.js';
import { bytes, type Citation, type ContainerLife, message, ratio, seconds } from '../../model/index.js';
import { cite, growingKind, type Scene } from './scene.js';
import { lengthOf, noiseOf, parts, type Trend, trendOf, turnsOf } from './statistics.js';
import type { Verdict } from './verdict.js';

/** Of the limit: what a run grew by at least, to be called growth. */
const GROWTH = 0.2;
/** Most later samples are larger than most earlier ones. */
const STEADY_TAU = 0.6;
/** Each third of a run rises at least at this share of the whole run's rate: a warm-up that levels off is no leak. */
const EVEN = 0.25;
/** Of the limit: so high the last sample has to be for the growth to explain the kill. */
const NEARLY_FULL = 0.8;
/** Of the limit: what memory goes back by at a turn. */
const TOOTH = 0.1;
const FEWEST_TEETH = 3;
/** Turns smaller than this many standard deviations are noise. */
const ABOVE_NOISE = 6;
/** The low points of a sawtooth that rise by this share of the limit: a leak below it. */
const RISING_LOWS = 0.15;

/** A run that grew steadily until it was killed. */
export function leak(scene: Scene): Verdict | undefined {
  const { need, scaleBytes, limitBytes, unseenSeconds, resolutionSeconds } = scene;
  const rising = steadyGrowth(need, scaleBytes);
  if (rising === undefined) return undefined;
  const { trend, grownBytes } = rising;
  const lastBytes = need.bytes.at(-1) ?? 0;
  const fromSeconds = need.atSeconds[0] ?? 0;
  const growing = growingKind(scene, fromSeconds);
  const others = scene.earlierLives.filter((life) => judged(life));
  const alike = others.filter((life) => steadyGrowth(needOf(life) ?? { atSeconds: [], bytes: [] }, scaleBytes) !== undefined);
  const because: Citation[] = [
    cite(
      scene,
      message('history.leak.steady', {
        grown: bytes(grownBytes),
        length: seconds(lengthOf(need)),
        rate: bytes(trend.bytesPerSecond * 3600),
        count: need.bytes.length,
      }),
      need.atSeconds.at(-1),
    ),
  ];
  const against: Citation[] = [];
  if (growing !== undefined) because.push(cite(scene, message(`history.growing.${growing}`)));
  let confidence = 0.85;
  if (alike.length > 0) {
    because.push(cite(scene, message('history.leak.lives', { alike: alike.length, count: others.length })));
    confidence += 0.08;
  }
  if (others.length > alike.length) {
    against.push(cite(scene, message('history.leak.other-lives', { other: others.length - alike.length, count: others.length })));
    confidence -= 0.15;
  }
  const reached = lastBytes + trend.bytesPerSecond * (unseenSeconds + resolutionSeconds);
  if (scene.killedAtSeconds !== undefined && limitBytes !== undefined && reached < limitBytes * NEARLY_FULL) {
    against.push(
      cite(
        scene,
        message('history.leak.far-from-limit', { last: bytes(lastBytes), share: ratio(lastBytes / limitBytes) }),
        need.atSeconds.at(-1),
      ),
    );
    confidence *= 0.5;
  }
  return {
    pattern: 'leak',
    confidence,
    title: message('history.leak.title'),
    because,
    against,
    ...(growing === undefined ? {} : { growing }),
  };
}

/** Rises and falls again and again; with low points that rise it is a leak below a sawtooth. */
export function sawtooth(scene: Scene): Verdict | undefined {
  const { need, scaleBytes, limitBytes } = scene;
  const { highs, lows } = turnsOf(need, Math.max(TOOTH * scaleBytes, ABOVE_NOISE * noiseOf(need)));
  if (highs.bytes.length < FEWEST_TEETH || lows.bytes.length < FEWEST_TEETH) return undefined;
  const teeth = cite(
    scene,
    message('history.sawtooth.teeth', {
      count: highs.bytes.length,
      high: bytes(Math.max(...highs.bytes)),
      low: bytes(Math.min(...lows.bytes)),
    }),
    highs.atSeconds.at(-1),
  );
  const lowTrend = trendOf(lows);
  const risen = lowTrend.bytesPerSecond * lengthOf(lows);
  if (risen >= RISING_LOWS * scaleBytes && lowTrend.tau >= STEADY_TAU) {
    const growing = growingKind(scene, need.atSeconds[0] ?? 0);
    return {
      pattern: 'leak',
      confidence: 0.75,
      title: message('history.leak.title-sawtooth'),
      because: [
        cite(
          scene,
          message('history.leak.lows', { risen: bytes(risen), length: seconds(lengthOf(lows)) }),
          lows.atSeconds.at(-1),
        ),
        teeth,
        ...(growing === undefined ? [] : [cite(scene, message(`history.growing.${growing}`))]),
      ],
      against: [],
      ...(growing === undefined ? {} : { growing }),
    };
  }
  const reaches = limitBytes !== undefined && Math.max(...need.bytes) >= NEARLY_FULL * limitBytes;
  return {
    pattern: 'sawtooth',
    confidence: reaches ? 0.85 : 0.6,
    title: message('history.sawtooth.title'),
    because: [teeth],
    against: reaches || limitBytes === undefined ? [] : [cite(scene, message('history.sawtooth.below-limit'))],
  };
}

/** Whether a curve grew steadily, evenly and by enough. */
function steadyGrowth(curve: Curve, scaleBytes: number): { trend: Trend; grownBytes: number } | undefined {
  const trend = trendOf(curve);
  const grownBytes = trend.bytesPerSecond * lengthOf(curve);
  if (trend.tau < STEADY_TAU || grownBytes < GROWTH * scaleBytes) return undefined;
  const even = parts(curve, 3).every((third) => trendOf(third).bytesPerSecond >= EVEN * trend.bytesPerSecond);
  return even ? { trend, grownBytes } : undefined;
}

/** Enough samples to compare a run with another. */
function judged(life: ContainerLife): boolean {
  return (needOf(life)?.bytes.length ?? 0) >= 8;
}
