/** How a guard learned what waits for the disk: a cgroup's memory.stat, or what the processes wrote since the last sync. */
export type GuardMeasure = 'cgroup' | 'process-io';
/** By what writers were held: cpu.cfs_quota_us of v1, memory.high of v2. */
export type GuardHold = 'cpu-quota' | 'memory-high';
/** What a bound is of: pages dirty or under writeback, or all cached pages of files. */
export type GuardBound = 'dirty' | 'cache';
/** Why a file's pages could not be written early or dropped. */
export type GuardObstacle = 'memory-file-system' | 'permission' | 'too-many-files' | 'write-failed';

/** What was above a bound before the guard came. */
export interface GuardInherited {
  readonly bytes: number;
  /** After how long it had fallen to the bound; absent when it had not until the end. */
  readonly wornOffSeconds?: number;
}

/** What `oomkit guard` did. Sizes are bytes, times seconds; what could not be measured is absent. */
export interface GuardReport {
  readonly target: { readonly kind: 'command' | 'processes' | 'cgroup'; readonly name: string };
  readonly startedAt: string;
  readonly wallSeconds: number;
  /** Of a command that was run. */
  readonly exitCode?: number;
  readonly bounds: { readonly dirtyBytes: number; readonly cacheBytes: number };
  /** Those that were passed, as far as was seen, what was inherited left out. */
  readonly passed: readonly GuardBound[];
  readonly measuredBy: GuardMeasure;
  /** Absent where nothing could hold the writers: what they left was written early and dropped, and no more. */
  readonly hold?: {
    readonly by: GuardHold;
    readonly times: number;
    readonly seconds: number;
    readonly longestSeconds: number;
  };
  readonly writesWith: 'sync_file_range' | 'fdatasync';
  /** The highest seen, dirty and under writeback together, and all cached pages of files; of inherited ones, by how much they grew. */
  readonly peak: { readonly dirtyBytes: number; readonly cachedBytes?: number };
  /** What was there already and above the bound. */
  readonly inherited?: { readonly dirty?: GuardInherited; readonly cache?: GuardInherited };
  /** What the processes made dirty (/proc/PID/io, write_bytes), less what waits at the end, where a cgroup tells that. */
  readonly writtenBytes?: number;
  /** By how much the cached pages of files became fewer while they were dropped. */
  readonly droppedBytes?: number;
  /** Times the disk was seen to take nothing for so long that the writers were let go above the bound. */
  readonly gaveWay: number;
  readonly files: number;
  /** Files open with O_DIRECT or O_SYNC only: nothing of them waits. */
  readonly filesWithoutNeed: number;
  readonly notHelped: readonly { readonly path: string; readonly why: GuardObstacle }[];
  readonly notHelpedCount: number;
}
