import type { FitOutcome, FitTrial, LabFit } from '../../model/index.js';

/** Time against the limit, made ready for a chart of so many columns: limits rise from left to right by equal ratios. */
export interface FitCurve {
  readonly leftBytes: number;
  readonly rightBytes: number;
  /** Columns at the left in which the command does not live. */
  readonly deadColumns: number;
  /** Seconds for each of the other columns: of the runs, and on straight lines between them. */
  readonly seconds: readonly number[];
  /** The runs, by the column of their limit; the one without a limit is the last. A kill is not hidden by a success. */
  readonly marks: ReadonlyMap<number, FitOutcome>;
}

/** A limit, or its column, and the mean of the times measured there. */
type Point = readonly [at: number, seconds: number];

/** Undefined when all runs that succeeded had the same limit: that is no curve. */
export function fitCurve({ runs }: LabFit, columns: number): FitCurve | undefined {
  const rightBytes = Math.max(...runs.map(({ limitBytes, peak }) => limitBytes ?? peak.chargedBytes));
  const leftBytes = Math.min(...runs.map(({ limitBytes = rightBytes }) => limitBytes));
  const points = pointsOf(runs, rightBytes);
  const [first] = points;
  if (first === undefined || points.length < 2) return undefined;
  const columnOf = (limitBytes: number): number =>
    Math.round(((columns - 1) * Math.log(limitBytes / leftBytes)) / Math.log(rightBytes / leftBytes));
  const deadColumns = columnOf(first[0]);
  const placed = points.map(([limitBytes, time]): Point => [columnOf(limitBytes), time]);
  const marks = new Map<number, FitOutcome>();
  for (const { limitBytes = rightBytes, outcome } of runs) {
    const column = columnOf(limitBytes);
    if (outcome !== 'succeeded' || !marks.has(column)) marks.set(column, outcome);
  }
  const seconds = Array.from({ length: columns - deadColumns }, (_, index) => timeAt(placed, deadColumns + index));
  return { leftBytes, rightBytes, deadColumns, seconds, marks };
}

/** The limits at which the command succeeded, rising; no limit counts as `most`. */
function pointsOf(runs: readonly FitTrial[], most: number): Point[] {
  const times = new Map<number, number[]>();
  for (const { limitBytes = most, outcome, wallSeconds } of runs) {
    if (outcome === 'succeeded') times.set(limitBytes, [...(times.get(limitBytes) ?? []), wallSeconds]);
  }
  return [...times]
    .sort(([a], [b]) => a - b)
    .map(([limitBytes, all]) => [limitBytes, all.reduce((sum, time) => sum + time, 0) / all.length]);
}

function timeAt(placed: readonly Point[], column: number): number {
  const after = placed.findIndex(([at]) => at >= column);
  const right = placed[after] ?? placed.at(-1);
  const left = placed[after - 1] ?? right;
  if (left === undefined || right === undefined) return 0;
  const share = right[0] === left[0] ? 1 : (column - left[0]) / (right[0] - left[0]);
  return left[1] + (right[1] - left[1]) * Math.min(1, share);
}
