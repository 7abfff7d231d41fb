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
  /**
   * Why pages waited for the disk though O_DIRECT was used. loop-device: one that buffers is at or below the target. possible: the file
   * system leaves open whether it buffers. seen: dirty pages came while it was written.
   */
  readonly buffering?: 'loop-device' | 'possible' | 'seen';
  /** The loop device, as it is called in /dev. */
  readonly bufferingDevice?: string;
  /** How much was let wait for the disk; absent where nothing waited, without a bound, and where each write was waited for. */
  readonly dirtyBoundBytes?: number;
  /** Whether all is known to be on the disk. */
  readonly flushed: boolean;
  /** The one that was asked for and agreed. */
  readonly checksum?: string;
  /** Whether the target was read back and agreed. */
  readonly verified: boolean;
  /** Where an earlier import was taken up. */
  readonly resumedFromBytes?: number;
  readonly retries: number;
  /** The highest charge of the memory cgroup this ran in; absent where it was not its own. */
  readonly peakChargedBytes?: number;
  /** The most of it that was dirty or under writeback; likewise. */
  readonly peakDirtyBytes?: number;
  /** The most that was resident in its processes, qemu-img and decompressors among them: what is in the page cache is not in it. */
  readonly peakResidentBytes?: number;
}
