import type { LabRun } from './lab-run.js';
import type { Message } from './message.js';

/**
 * How a run of a fit ended. `oom`: the OOM killer killed in its cgroup, or there was no memory to start it; `failed`: it ended with
 * anything but 0 by itself.
 */
export type FitOutcome = 'succeeded' | 'oom' | 'failed';

/**
 * Why a run was made: to `measure` the command, to come near the smallest limit (`need`), to see that less is not enough (`edge`),
 * to see it `again`, or to learn how time depends on the limit (`pace`).
 */
export type FitPurpose = 'measure' | 'need' | 'edge' | 'again' | 'pace';

/** One run of a fit. */
export interface FitTrial extends LabRun {
  readonly purpose: FitPurpose;
  readonly outcome: FitOutcome;
}

/** A limit that was looked for, and between what it lies. Sizes are bytes. */
export interface FitEdge {
  /** The smallest that was seen to be enough. */
  readonly limitBytes: number;
  /** The largest that was seen not to be. Absent when none was. */
  readonly notEnoughBytes?: number;
  /** How many runs showed it. 0: none was made at it, but no run was ever charged more. */
  readonly runs: number;
  /** Both lie within the tolerance. */
  readonly close: boolean;
}

/**
 * Why a fit ended. `found`: both limits are known within the tolerance; `out-of-runs`: as many runs as allowed were made;
 * `command-failed`: the command failed by itself; `oom-at-most`: it was OOM-killed without a limit, or at the largest allowed;
 * `interrupted`: the user stopped it; `broken`: a run could not be made.
 */
export type FitEnd = 'found' | 'out-of-runs' | 'command-failed' | 'oom-at-most' | 'interrupted' | 'broken';

/** What a fit was asked for. */
export interface FitAims {
  /** 0.1: a run may take 10 % longer than without a limit. */
  readonly slowdown: number;
  /** 0.03: a limit is found when one 3 % smaller is not enough. */
  readonly tolerance: number;
  readonly maxRuns: number;
  /** No smaller limit is tried. */
  readonly fromBytes?: number;
  /** No larger one, and the first run has this one instead of none. */
  readonly toBytes?: number;
}

/** What to write into a manifest, and the arithmetic: limit = basis × (1 + margin), both rounded up to whole MiB. */
export interface FitRecommendation {
  readonly requestBytes: number;
  readonly limitBytes: number;
  readonly basis: 'unhurried' | 'smallest';
  readonly basisBytes: number;
  /** 0..1 */
  readonly margin: number;
  /** How much equal runs differed in what could not be reclaimed, 0..1. Absent when none were equal. */
  readonly variation?: number;
}

export type FitConfidence = 'high' | 'medium' | 'low';

/** What the search for a command's limits came to. */
export interface LabFit {
  readonly command: readonly string[];
  readonly reset?: readonly string[];
  readonly aims: FitAims;
  readonly end: FitEnd;
  /** The answer is not complete: something was not found within the tolerance. */
  readonly partial: boolean;
  /** The smallest limit at which the command succeeds. */
  readonly smallest?: FitEdge;
  /** The smallest at which it is not slowed by more than was allowed. */
  readonly unhurried?: FitEdge;
  /** The middle of the times that no limit influenced. */
  readonly usualSeconds?: number;
  /** The longest that does not count as slowed. */
  readonly allowedSeconds?: number;
  readonly recommended?: FitRecommendation;
  /** The container that the manifest patch names. */
  readonly container?: string;
  readonly confidence: FitConfidence;
  /** What makes it less sure. */
  readonly doubts: readonly Message[];
  readonly runs: readonly FitTrial[];
  readonly warnings: readonly Message[];
}
