/** Less may be what the kernel has not yet counted, batched by CPU (memcg_rstat_updated() in mm/memcontrol.c, 6.18). */
const GROWN_BYTES = 8 * 1024 * 1024;

/** A program that can be stopped where it is. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/**
 * Finds out, while a target is written with O_DIRECT, whether it leaves dirty pages all the same. Which targets do no list tells: loop
 * devices on loop devices, file systems that fall back to the page cache, and those of later kernels. They show in what the own
 * cgroup has dirty or under writeback, which grows with the writing and falls when the target is synced. What does not fall then is of
 * somebody else in the cgroup.
 */
export class DirtyGrowth {
  readonly #dirtyBytes: () => number | undefined;
  readonly #sync: () => Promise<void>;
  #before: number | undefined;

  /** `dirtyBytes` reads what the cgroup has dirty or under writeback; `sync` waits until all that was written is on the disk. */
  constructor(dirtyBytes: () => number | undefined, sync: () => Promise<void>) {
    this.#dirtyBytes = dirtyBytes;
    this.#sync = sync;
    this.#before = dirtyBytes();
  }

  /**
   * Whether dirty pages of the target have come since it was last looked. Those that there were have been written then. Another program
   * that writes to it is stopped meanwhile: a slow disk takes longer than it needs to fill the cgroup.
   */
  async isOfTarget(writer?: Pausable): Promise<boolean> {
    const now = this.#dirtyBytes();
    if (now === undefined || this.#before === undefined) return false;
    this.#before = Math.min(this.#before, now);
    const grown = now - this.#before;
    if (grown < GROWN_BYTES) return false;
    writer?.pause();
    try {
      await this.#sync();
      const after = this.#dirtyBytes() ?? now;
      this.#before = after;
      return now - after >= grown / 2;
    } finally {
      writer?.resume();
    }
  }
}
