/** How a guard learned what waits for the disk: a cgroup's memory.stat, or what the processes wrote since the last sync. */
export type GuardMeasure = 'cgroup' | 'process-io';
/** How writers were paused. */
export type GuardPause = 'freezer-v1' | 'freezer-v2' | 'signals';
/** Why a file's pages could not be written early or dropped. */
export type GuardObstacle = 'memory-file-system' | 'permission' | 'too-many-files' | 'write-failed';

/** What `oomkit guard` did. Sizes are bytes, times seconds; what could not be measured is absent. */
export interface GuardReport {
  readonly target: { readonly kind: 'command' | 'processes' | 'cgroup'; readonly name: string };
  readonly startedAt: string;
  readonly wallSeconds: number;
  /** Of a command that was run. */
  readonly exitCode?: number;
  readonly bounds: { readonly dirtyBytes: number; readonly cacheBytes: number };
  readonly measuredBy: GuardMeasure;
  readonly pausedBy: GuardPause;
  readonly writesWith: 'sync_file_range' | 'fdatasync';
  /** The highest seen: dirty and under writeback together, and all cached pages of files. */
  readonly peak: { readonly dirtyBytes: number; readonly cachedBytes?: number };
  /** What the processes made dirty (/proc/PID/io, write_bytes), less what still waits at the end. */
  readonly writtenBytes?: number;
  /** By how much the cached pages of files became fewer while they were dropped. */
  readonly droppedBytes?: number;
  readonly pauses: number;
  readonly pausedSeconds: number;
  readonly longestPauseSeconds: number;
  /** Times the disk took nothing for so long that the writers were let go above the bound. */
  readonly gaveWay: number;
  readonly files: number;
  /** Files open with O_DIRECT or O_SYNC only: nothing of them waits. */
  readonly filesWithoutNeed: number;
  readonly notHelped: readonly { readonly path: string; readonly why: GuardObstacle }[];
  readonly notHelpedCount: number;
}
