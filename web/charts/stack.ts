import type { SampleSeries } from '../../src/model/index.js';

/** The kinds of memory of a recording, from the bottom of the stack: what reclaim cannot take at once lies below what it can. */
export const STACK = ['anon', 'shmem', 'kernel', 'writeback', 'dirty', 'clean', 'rest'] as const;

export type StackKind = (typeof STACK)[number];

/** A column of a chart; null where that moment did not tell. */
export type Column = readonly (number | null)[];

/** What each kind of memory held at each moment. `rest`: charged, but none of the others. */
export function stackOf(series: SampleSeries): Readonly<Record<StackKind, Column>> {
  const { anonBytes, shmemBytes, kernelBytes, writebackBytes, dirtyBytes, fileBytes, chargedBytes } = series;
  const clean = fileBytes.map((file, at) =>
    file === null ? null : Math.max(0, file - (dirtyBytes[at] ?? 0) - (writebackBytes[at] ?? 0)),
  );
  const rest = chargedBytes.map((charged, at) => {
    if (charged === null) return null;
    const known = [anonBytes, shmemBytes, kernelBytes, fileBytes].reduce((sum, column) => sum + (column[at] ?? 0), 0);
    return Math.max(0, charged - known);
  });
  return { anon: anonBytes, shmem: shmemBytes, kernel: kernelBytes, writeback: writebackBytes, dirty: dirtyBytes, clean, rest };
}

/** The upper edges of the kinds piled on each other, the topmost last. A kind that is not told adds nothing. */
export function piled(columns: readonly Column[]): (number | null)[][] {
  const edges: (number | null)[][] = [];
  let below: readonly (number | null)[] = [];
  for (const column of columns) {
    const edge = column.map((value, at) =>
      value === null && (below[at] ?? null) === null ? null : (value ?? 0) + (below[at] ?? 0),
    );
    edges.push(edge);
    below = edge;
  }
  return edges;
}

/** A stretch of time in which charges met the limit, and how hard: 0..1 of the hardest. */
export interface Stall {
  readonly from: number;
  readonly to: number;
  readonly strength: number;
}

/**
 * When tasks waited for memory: from pressure (v2), which tells how much of the time, else from how often charges met the limit
 * and reclaim had to make room (v1).
 */
export function stallsOf({ atSeconds, stalledSeconds, limitHits }: SampleSeries): Stall[] {
  const hasPressure = stalledSeconds.some((value) => value !== null);
  const counter = hasPressure ? stalledSeconds : limitHits;
  const found: { from: number; to: number; rate: number }[] = [];
  for (let at = 1; at < atSeconds.length; at += 1) {
    const grown = (counter[at] ?? 0) - (counter[at - 1] ?? counter[at] ?? 0);
    const from = atSeconds[at - 1] ?? 0;
    const to = atSeconds[at] ?? 0;
    if (grown > 0 && to > from) found.push({ from, to, rate: grown / (to - from) });
  }
  const hardest = Math.max(...found.map(({ rate }) => rate), Number.MIN_VALUE);
  return found.map(({ from, to, rate }) => ({ from, to, strength: rate / hardest }));
}
