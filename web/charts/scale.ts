import type { Column } from './stack.js';

/** Where a value lies on the picture, in pixels. */
export type Scale = (value: number) => number;

export function scaleOf(from: number, to: number, fromPixel: number, toPixel: number): Scale {
  const perUnit = (toPixel - fromPixel) / Math.max(to - from, Number.MIN_VALUE);
  return (value) => fromPixel + (value - from) * perUnit;
}

/** About `count` sizes up to `most`, in steps of a power of two: 256 MiB and not 250. */
export function sizeTicks(most: number, count: number): number[] {
  const step = 2 ** Math.max(0, Math.ceil(Math.log2(most / Math.max(1, count))));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, index) => index * step);
}

/** Steps that people count time in, in seconds. */
const SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400];

/** At most about `count` moments from one to another, in seconds. */
export function timeTicks(from: number, to: number, count: number): number[] {
  const wanted = (to - from) / Math.max(1, count);
  const step = SECONDS.find((candidate) => candidate >= wanted) ?? Math.ceil(wanted / 86_400) * 86_400;
  const first = Math.ceil(from / step);
  const last = Math.floor(to / step);
  // Multiplied, not added up: tenths would drift.
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => (first + index) * step);
}

/** The size of a tick, short: 1.5 GiB. */
export function tickText(size: number): string {
  if (size === 0) return '0';
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  return `${Number((size / 1024 ** power).toFixed(1))} ${units[power]}`;
}

/** The position of the moment nearest to one, in moments that rise. */
export function nearest(moments: readonly number[], wanted: number): number {
  let low = 0;
  let high = moments.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(0, low - 1);
  return wanted - (moments[before] ?? 0) < (moments[low] ?? 0) - wanted ? before : low;
}

/** The path of a line through the values that are known, broken where one is not. */
export function linePath(atSeconds: readonly number[], values: Column, x: Scale, y: Scale): string {
  return runsOf(values)
    .map((run) => `M${run.map((at) => point(x(atSeconds[at] ?? 0), y(values[at] ?? 0))).join('L')}`)
    .join('');
}

/** The path of the area between two edges; the lower is the foot of the picture where there is none. */
export function areaPath(atSeconds: readonly number[], lower: Column | undefined, upper: Column, x: Scale, y: Scale): string {
  return runsOf(upper)
    .map((run) => {
      const there = run.map((at) => point(x(atSeconds[at] ?? 0), y(upper[at] ?? 0)));
      const back = [...run].reverse().map((at) => point(x(atSeconds[at] ?? 0), y(lower?.[at] ?? 0)));
      return `M${[...there, ...back].join('L')}Z`;
    })
    .join('');
}

/** The stretches of positions whose values are known. */
function runsOf(values: Column): number[][] {
  const runs: number[][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1) === at - 1) last.push(at);
    else runs.push([at]);
  });
  return runs;
}

function point(x: number, y: number): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}
