import { fdatasync, fstatSync, write as writeFile } from 'node:fs';
import { promisify } from 'node:util';
import type { Libc } from '../../sources/host/libc.js';
import { ALIGNMENT, AlignedPool, pageAligned, roundUp } from './aligned.js';
import type { WriteWay } from './cache-mode.js';
import type { DirtyGrowth } from './dirty-growth.js';
import { DirtyWindow } from './dirty-window.js';
import { runsOf } from './runs.js';
import { ZeroMaker, type ZeroPolicy } from './zeros.js';

const writeAsync = promisify(writeFile);
const fdatasyncAsync = promisify(fdatasync);

/** One write to the target. */
export const BLOCK_BYTES = 1024 * 1024;
/** Node's pool has four threads for writes; as many blocks again are being filled or wait. */
const BLOCKS = 8;
/** How much is written between two looks at what is dirty. */
const LOOK_BYTES = 4 * 1024 * 1024;

export interface WriterOptions {
  /** Open for writing, with O_DIRECT and O_DSYNC as the way says. */
  readonly fd: number;
  readonly way: WriteWay;
  /** Where writing begins: a multiple of the block of 1 MiB. */
  readonly offsetBytes: number;
  readonly zeros: ZeroPolicy;
  /** What the target takes at once: the last block is filled up with zeros to a multiple of it. */
  readonly unitBytes: number;
  readonly dirtyLimitBytes: number;
  /** Undefined where there is none, or the target's file system does not pass its calls on. */
  readonly libc: Libc | undefined;
  /** Looked at now and then where no dirty pages should come. */
  readonly growth?: DirtyGrowth;
  /** Told when they do: they are bounded from then on. */
  readonly onBuffering?: () => void;
}

/**
 * Writes a stream to a target: whole blocks from page-aligned buffers, several at once. Memory stays at the buffers, whatever the
 * size and the speed of the disk: who writes faster than it waits in `write`.
 */
export class ImageWriter {
  readonly #options: WriterOptions;
  readonly #pool = new AlignedPool(BLOCKS, BLOCK_BYTES);
  #window: DirtyWindow | undefined;
  #unlooked = 0;
  #looking: Promise<void> | undefined;
  readonly #zeros: ZeroMaker;
  readonly #underWay = new Map<number, Promise<void>>();
  #block: Uint8Array | undefined;
  #lastZeros: Uint8Array | undefined;
  #filled = 0;
  #offset: number;
  #written = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#offset = options.offsetBytes;
    this.#zeros = new ZeroMaker(options.fd, options.zeros, options.libc);
    // What is dirty below the target, its own ranges do not reach.
    const isBelow = options.way.buffering === 'loop-device';
    if (options.way.isBounded) this.#window = this.#newWindow(isBelow ? undefined : options.libc);
  }

  /** Bytes taken in, from the start of the image. */
  get position(): number {
    return this.#offset + this.#filled;
  }

  /** Bytes written to the target by this writer: without zeros that were left out. */
  get writtenBytes(): number {
    return this.#written;
  }

  /** Everything before it has been written, though not yet to a disk that may lose power. */
  get frontierBytes(): number {
    return Math.min(this.#offset, ...this.#underWay.keys());
  }

  /** Takes in a piece of the image; the piece may be used again when it resolves. Throws what a write before it failed with. */
  async write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.length; ) {
      if (this.#failure !== undefined) throw this.#failure.error;
      this.#block ??= await this.#pool.take();
      const length = Math.min(BLOCK_BYTES - this.#filled, piece.length - at);
      this.#block.set(piece.subarray(at, at + length), this.#filled);
      this.#filled += length;
      at += length;
      if (this.#filled === BLOCK_BYTES) this.#send();
    }
  }

  /** Writes what is left, filled up with zeros to a whole unit, and waits for all; the image's size, before that filling. */
  async finish(): Promise<number> {
    const size = this.position;
    if (this.#block !== undefined && this.#filled > 0) {
      const whole = roundUp(this.#filled, this.#options.unitBytes);
      this.#block.fill(0, this.#filled, whole);
      this.#filled = whole;
      this.#send();
    }
    await this.settle();
    await this.#window?.drain();
    return size;
  }

  /** Waits until nothing is under way. Throws what a write failed with. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay.values());
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** The offset before which all is on the disk, and stays there when the power fails. */
  async flush(): Promise<number> {
    const frontier = this.frontierBytes;
    if (this.#options.zeros === 'skip') await this.#reach(frontier - (frontier % BLOCK_BYTES));
    await fdatasyncAsync(this.#options.fd);
    // Past the page cache each write fails for itself, as on a full disk. Through it, an error may be of anything written before.
    const { isDirect, isBounded } = this.#options.way;
    if (this.#failure !== undefined && (!isDirect || isBounded)) throw this.#failure.error;
    return frontier;
  }

  /**
   * Makes a file as long as a whole number of blocks that were taken in, when the last of them were zeros and left out. By writing
   * the last zeros: ftruncate could cut off a write behind them that is under way.
   */
  async #reach(length: number): Promise<void> {
    if (fstatSync(this.#options.fd).size >= length) return;
    this.#lastZeros ??= pageAligned(ALIGNMENT).subarray(0, ALIGNMENT);
    await this.#writeAll(this.#lastZeros, length - ALIGNMENT);
  }

  #send(): void {
    const block = this.#block;
    if (block === undefined) return;
    const [offset, length] = [this.#offset, this.#filled];
    this.#block = undefined;
    this.#filled = 0;
    this.#offset += length;
    const done = this.#writeBlock(block, length, offset)
      .then(
        () => void this.#underWay.delete(offset),
        // It stays among those under way: what comes after it does not count as written.
        (error: unknown) => {
          this.#failure ??= { error };
        },
      )
      .finally(() => this.#pool.give(block));
    this.#underWay.set(offset, done);
  }

  async #writeBlock(block: Uint8Array, length: number, offset: number): Promise<void> {
    for (const { start, end, isZero } of runsOf(block, length)) {
      if (isZero && (await this.#zeros.zero(offset + start, end - start))) continue;
      await this.#writeAll(block.subarray(start, end), offset + start);
      await this.#wrote(offset + start, end - start);
    }
  }

  /** Resolves when what waits for the disk is within its bound. */
  async #wrote(offset: number, length: number): Promise<void> {
    if (this.#window !== undefined) return this.#window.wrote(offset, length);
    this.#unlooked += length;
    if (this.#unlooked >= LOOK_BYTES) {
      this.#unlooked = 0;
      this.#looking ??= this.#look().finally(() => {
        this.#looking = undefined;
      });
    }
    // Nobody writes on while it is looked.
    await this.#looking;
  }

  async #look(): Promise<void> {
    if ((await this.#options.growth?.isOfTarget()) !== true) return;
    this.#window = this.#newWindow(undefined);
    this.#options.onBuffering?.();
  }

  #newWindow(libc: Libc | undefined): DirtyWindow {
    const { fd, dirtyLimitBytes } = this.#options;
    // What the writes under way make dirty comes on top.
    return new DirtyWindow(fd, Math.max(BLOCK_BYTES, dirtyLimitBytes - BLOCKS * BLOCK_BYTES), libc);
  }

  async #writeAll(data: Uint8Array, offset: number): Promise<void> {
    for (let at = 0; at < data.length; ) {
      const { bytesWritten } = await writeAsync(this.#options.fd, data, at, data.length - at, offset + at);
      if (bytesWritten === 0) throw Object.assign(new Error('nothing was written'), { code: 'EIO' });
      at += bytesWritten;
      this.#written += bytesWritten;
    }
  }
}
