import type { Curve } from '../../accounting/index.js';

/** All pairs of so many points are looked at; more points are thinned evenly. */
const MOST_POINTS = 240;
/** Makes the median of absolute deviations the standard deviation of a normal distribution. */
const NORMAL = 1.4826;

/** A straight line through a curve that a few wild samples do not move. */
export interface Trend {
  /** The median of the slopes of all pairs (Theil 1950, Sen 1968). */
  readonly bytesPerSecond: number;
  /** Kendall's tau of size and time: 1 when every later sample is larger, 0 without a trend, -1 when every one is smaller. */
  readonly tau: number;
}

/** The trend of a curve; none with fewer than two samples. */
export function trendOf(curve: Curve): Trend {
  const { atSeconds, bytes } = thinned(curve);
  const slopes: number[] = [];
  let rising = 0;
  for (let later = 1; later < bytes.length; later += 1) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const step = (bytes[later] ?? 0) - (bytes[earlier] ?? 0);
      rising += Math.sign(step);
      slopes.push(step / ((atSeconds[later] ?? 0) - (atSeconds[earlier] ?? 0)));
    }
  }
  return slopes.length === 0 ? { bytesPerSecond: 0, tau: 0 } : { bytesPerSecond: median(slopes), tau: rising / slopes.length };
}

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that a share of all values does not exceed, between two neighbours straight in proportion; 0 of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * Math.min(1, Math.max(0, share));
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}

/** The standard deviation of what differs from one sample to the next beside the trend, by medians. */
export function noiseOf({ bytes }: Curve): number {
  const steps = bytes.slice(1).map((value, index) => value - (bytes[index] ?? 0));
  const usual = median(steps);
  return (NORMAL * median(steps.map((step) => Math.abs(step - usual)))) / Math.SQRT2;
}

/** The turns of a curve: each high and low point that the next turn is at least `least` away from. */
export interface Turns {
  readonly highs: Curve;
  readonly lows: Curve;
}

/** Highs and lows with at least `least` bytes between neighbours; the last move counts only when it went back so far. */
export function turnsOf({ atSeconds, bytes }: Curve, least: number): Turns {
  const highs: [number, number][] = [];
  const lows: [number, number][] = [];
  let high = 0;
  let low = 0;
  let direction: 'up' | 'down' | 'unknown' = 'unknown';
  const at = (index: number): number => bytes[index] ?? 0;
  const point = (index: number): [number, number] => [atSeconds[index] ?? 0, at(index)];
  for (let index = 1; index < bytes.length; index += 1) {
    if (at(index) > at(high)) high = index;
    if (at(index) < at(low)) low = index;
    if (direction !== 'down' && at(high) - at(index) >= least) {
      highs.push(point(high));
      direction = 'down';
      low = index;
    } else if (direction !== 'up' && at(index) - at(low) >= least) {
      lows.push(point(low));
      direction = 'up';
      high = index;
    }
  }
  return { highs: curveFrom(highs), lows: curveFrom(lows) };
}

/** The part of a curve from a moment on. */
export function since({ atSeconds, bytes }: Curve, moment: number): Curve {
  const first = atSeconds.findIndex((at) => at >= moment);
  return first < 0 ? { atSeconds: [], bytes: [] } : { atSeconds: atSeconds.slice(first), bytes: bytes.slice(first) };
}

/** A curve cut into parts of as many samples each. */
export function parts({ atSeconds, bytes }: Curve, count: number): Curve[] {
  const bound = (index: number): number => Math.round((index * bytes.length) / count);
  return Array.from({ length: count }, (_, index) => ({
    atSeconds: atSeconds.slice(bound(index), bound(index + 1)),
    bytes: bytes.slice(bound(index), bound(index + 1)),
  }));
}

/** Seconds from the first sample to the last. */
export function lengthOf({ atSeconds }: Curve): number {
  return (atSeconds.at(-1) ?? 0) - (atSeconds[0] ?? 0);
}

function curveFrom(points: readonly (readonly [number, number])[]): Curve {
  return { atSeconds: points.map(([at]) => at), bytes: points.map(([, size]) => size) };
}

function thinned(curve: Curve): Curve {
  const { atSeconds, bytes } = curve;
  if (bytes.length <= MOST_POINTS) return curve;
  const indices = Array.from({ length: MOST_POINTS }, (_, index) => Math.round((index * (bytes.length - 1)) / (MOST_POINTS - 1)));
  return { atSeconds: indices.map((index) => atSeconds[index] ?? 0), bytes: indices.map((index) => bytes[index] ?? 0) };
}
