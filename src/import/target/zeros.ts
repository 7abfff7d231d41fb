import { FALLOC_FL, type Libc, LibcError } from '../../sources/host/libc.js';

/** What becomes of zeros: left out where the target reads as zeros already, made zeros by the disk, or written. */
export type ZeroPolicy = 'skip' | 'punch' | 'zero-range' | 'write';

/**
 * Makes ranges of a target zeros without writing them. On a block device the kernel promises zeros from both calls or fails
 * (blkdev_fallocate() in block/fops.c, 6.18); it frees the space with punch-hole and keeps it with zero-range.
 */
export class ZeroMaker {
  readonly #fd: number;
  readonly #libc: Libc | undefined;
  #policy: ZeroPolicy;

  constructor(fd: number, policy: ZeroPolicy, libc: Libc | undefined) {
    this.#fd = fd;
    this.#libc = libc;
    this.#policy = libc === undefined && policy !== 'skip' ? 'write' : policy;
  }

  /** Makes a range zeros; false when it has to be written. */
  async zero(offset: number, length: number): Promise<boolean> {
    for (;;) {
      if (this.#policy === 'skip') return true;
      if (this.#policy === 'write') return false;
      const mode = FALLOC_FL.keepSize | (this.#policy === 'punch' ? FALLOC_FL.punchHole : FALLOC_FL.zeroRange);
      try {
        await this.#libc?.fallocateAsync(this.#fd, mode, offset, length);
        return true;
      } catch (error) {
        if (!(error instanceof LibcError) || !['EOPNOTSUPP', 'EINVAL', 'ENOSYS'].includes(error.code)) throw error;
        this.#policy = this.#policy === 'punch' ? 'zero-range' : 'write';
      }
    }
  }
}
