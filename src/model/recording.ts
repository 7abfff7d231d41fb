import type { CgroupMemory } from './cgroup-memory.js';
import type { ProcessMemory, WritableFile } from './process-memory.js';

/**
 * A cgroup's memory over time, as the sampler took it. Columns, not rows: each is an array with one entry for every moment of
 * `atSeconds`. Sizes are bytes; `null` where that moment did not tell. Counters grow from 0 at the start of the recording.
 */
export interface SampleSeries {
  /** Seconds since the recording began, rising. Moments are not evenly spaced. */
  readonly atSeconds: readonly number[];
  readonly chargedBytes: readonly (number | null)[];
  readonly anonBytes: readonly (number | null)[];
  /** Page cache without shmem; dirty, writeback and the inactive list are part of it. */
  readonly fileBytes: readonly (number | null)[];
  readonly dirtyBytes: readonly (number | null)[];
  readonly writebackBytes: readonly (number | null)[];
  readonly inactiveFileBytes: readonly (number | null)[];
  readonly shmemBytes: readonly (number | null)[];
  readonly kernelBytes: readonly (number | null)[];
  readonly swapBytes: readonly (number | null)[];
  /** Counter: how often a charge ran into the limit and reclaim had to make room (v1's failcnt, v2's `max` event). */
  readonly limitHits: readonly (number | null)[];
  /** Counter: OOM kills in the cgroup. */
  readonly oomKills: readonly (number | null)[];
  /** Counter: seconds in which at least one task waited for memory (PSI `some`); null where the cgroup has no pressure file. */
  readonly stalledSeconds: readonly (number | null)[];
}

export type SampleColumn = Exclude<keyof SampleSeries, 'atSeconds'>;

/** Every column of a recording. */
export const SAMPLE_COLUMNS = [
  'chargedBytes',
  'anonBytes',
  'fileBytes',
  'dirtyBytes',
  'writebackBytes',
  'inactiveFileBytes',
  'shmemBytes',
  'kernelBytes',
  'swapBytes',
  'limitHits',
  'oomKills',
  'stalledSeconds',
] as const satisfies readonly SampleColumn[];

/** Something that happened at one moment of a recording. `frozen` and `thawed`: the guard stopped and resumed the writers. */
export interface RecordingMark {
  readonly atSeconds: number;
  readonly kind: 'oom-kill' | 'limit-hit' | 'frozen' | 'thawed' | 'exit';
  /** Of an OOM kill: the process's name and pid as the kernel gave them. */
  readonly text?: string;
}

/** Everything that was known at one moment of a recording: what a live cgroup shows to `inspect`. */
export interface RecordedMoment {
  readonly atSeconds: number;
  readonly memory: CgroupMemory;
  /** As they were last looked at, at this moment or shortly before. */
  readonly processes: readonly ProcessMemory[];
  readonly writableFiles: readonly WritableFile[];
  /** Swap free on the machine. */
  readonly freeSwapBytes: number;
}

/** A recording of one cgroup: the samples and what is needed to read them. */
export interface Recording {
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly kernelRelease?: string;
  readonly cgroupVersion: 1 | 2;
  /** The cgroup's path below the hierarchy's root. */
  readonly cgroup: string;
  readonly pageSizeBytes: number;
  /** Absent when there was no limit. */
  readonly limitBytes?: number;
  readonly series: SampleSeries;
  readonly marks: readonly RecordingMark[];
  /** The kernel's lines about the kill, as read from its log, so that a diagnosis can be made again from the recording. */
  readonly kernelLog?: string;
  /** The moment at which most could not be reclaimed. */
  readonly atPeak?: RecordedMoment;
  /** The last moment before the first OOM kill. */
  readonly beforeKill?: RecordedMoment;
}
