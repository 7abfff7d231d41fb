/** What `oomkit import` did. Sizes are bytes; what was not asked for or could not be measured is absent. */
export interface ImportReport {
  /** As it may be shown: without user, password and query. */
  readonly source: string;
  readonly target: string;
  /** What the image was, and what it was wrapped in, outermost first. */
  readonly format: string;
  readonly layers: readonly string[];
  readonly startedAt: string;
  readonly wallSeconds: number;
  readonly bytesRead: number;
  /** Without zeros that were left out; absent where qemu-img wrote to a block device. */
  readonly bytesWritten?: number;
  readonly virtualSizeBytes: number;
  /** Of the target: the image's, or the size that was asked for. */
  readonly targetSizeBytes: number;
  /** The mode in use, by qemu-img's names; `bounded` is auto's way without O_DIRECT. */
  readonly cacheMode: 'none' | 'directsync' | 'writethrough' | 'writeback' | 'unsafe' | 'bounded';
  /** Whether all is known to be on the disk. */
  readonly flushed: boolean;
  /** The one that was asked for and agreed. */
  readonly checksum?: string;
  /** Whether the target was read back and agreed. */
  readonly verified: boolean;
  /** Where an earlier import was taken up. */
  readonly resumedFromBytes?: number;
  readonly retries: number;
  /** The highest charge of the memory cgroup this ran in. */
  readonly peakChargedBytes?: number;
  /** The most of it that was dirty or under writeback. */
  readonly peakDirtyBytes?: number;
}
