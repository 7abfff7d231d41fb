import { type FitOutcome, KIB, type LabRun } from '../../model/index.js';

/** Limits are whole multiples of this: a whole number of pages on every architecture. */
const GRAIN_BYTES = 64 * KIB;
/** With fewer samples the peaks of a run's parts are a matter of luck; the charge's own is the kernel's. */
const LEAST_SAMPLES = 10;

/** What the search needs to know of a run. Sizes are bytes. */
export interface FitRun {
  /** Absent: it had no limit. */
  readonly limitBytes?: number;
  readonly outcome: FitOutcome;
  readonly wallSeconds: number;
  /** The most that was charged. */
  readonly chargedBytes: number;
  /** The most that could not be reclaimed. */
  readonly unreclaimableBytes: number;
  /** Of that, the most that no writing to a disk would have freed: anon, shmem and kernel memory. */
  readonly hardBytes: number;
  /** How often it met its limit. */
  readonly limitHits: number;
}

/** What the search needs to know of a run in the lab. A run too short to be sampled may have needed all it was charged. */
export function fitRunOf(run: LabRun): FitRun {
  const { limitBytes, wallSeconds, peak, limitHits, sampling } = run;
  const { chargedBytes, anonBytes = 0, shmemBytes = 0, kernelBytes = 0 } = peak;
  const isSampled = sampling.samples >= LEAST_SAMPLES;
  const unreclaimableBytes = isSampled ? peak.unreclaimableBytes : chargedBytes;
  // Each peak was at its own moment: together they may be more than ever was.
  const hardBytes = isSampled ? anonBytes + shmemBytes + kernelBytes : chargedBytes;
  return {
    ...(limitBytes === undefined ? {} : { limitBytes }),
    outcome: outcomeOf(run),
    wallSeconds,
    chargedBytes,
    unreclaimableBytes,
    hardBytes: Math.min(unreclaimableBytes, hardBytes),
    limitHits,
  };
}

/** A kill of a child counts like the command's own: under that limit it did not get done what it set out to do. */
function outcomeOf({ oomKills, notStarted, limitBytes, exitCode }: LabRun): FitOutcome {
  if (oomKills > 0) return 'oom';
  if (notStarted?.code === 'ENOMEM' && limitBytes !== undefined) return 'oom';
  return exitCode === 0 ? 'succeeded' : 'failed';
}

/** A size as a limit that is at least as large. */
export function limitOver(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / GRAIN_BYTES)) * GRAIN_BYTES;
}

/** A size as a limit that is at most as large. */
export function limitUnder(bytes: number): number {
  return Math.max(1, Math.floor(bytes / GRAIN_BYTES)) * GRAIN_BYTES;
}

/** The runs that were made at a limit and succeeded, by the limit, in rising order. */
export function successesByLimit(runs: readonly FitRun[]): (readonly [limitBytes: number, runs: readonly FitRun[]])[] {
  const byLimit = new Map<number, FitRun[]>();
  for (const run of runs) {
    if (run.outcome !== 'succeeded' || run.limitBytes === undefined) continue;
    byLimit.set(run.limitBytes, [...(byLimit.get(run.limitBytes) ?? []), run]);
  }
  return [...byLimit].sort(([a], [b]) => a - b);
}
