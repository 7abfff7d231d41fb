import { closeSync, constants, fdatasync, fstatSync, fsync, ftruncateSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { message } from '../../model/index.js';
import { type Libc, libc } from '../../sources/host/libc.js';
import { ImportError } from '../error.js';
import { ALIGNMENT } from '../target/aligned.js';
import type { WriteWay } from '../target/cache-mode.js';
import { DirtyGrowth, type Pausable } from '../target/dirty-growth.js';
import { targetError } from '../target/facts.js';
import { ImageWriter } from '../target/writer.js';
import type { ZeroPolicy } from '../target/zeros.js';
import { dirtyBound, type Plan } from './plan.js';
import type { ImportRequest, Preallocation } from './request.js';

const fsyncAsync = promisify(fsync);
const fdatasyncAsync = promisify(fdatasync);
/** Written through the page cache, any length will do. */
const ANY_LENGTH = 1;
const DEFAULT_MODE = 0o644;
/** How often it is looked after what another program writes. */
const TEND_EVERY_MS = 50;

/** What looks after the page cache of a file while another program writes to it. */
interface Tending {
  readonly found: AbortSignal;
  /** Takes in who writes. */
  readonly onWriter: (writer: Pausable) => void;
  /** Ends it; throws what it failed with. */
  readonly stop: () => Promise<void>;
}

/** The target, open for writing and cut to where writing begins. */
export class TargetFile {
  /** As a checkpoint names it. */
  readonly identity: string;
  readonly writer: ImageWriter;
  /** How much may wait for the disk where the page cache is used. */
  readonly dirtyBoundBytes: number;
  readonly #fd: number;
  readonly #plan: Plan;
  readonly #libc: Libc | undefined;
  readonly #preallocation: Preallocation;
  readonly #growth: DirtyGrowth | undefined;
  readonly #onBuffering: () => void;
  #way: WriteWay;

  private constructor(fd: number, plan: Plan, request: ImportRequest) {
    const { facts, way, startBytes } = plan;
    const { memory, target, onNote } = request;
    this.#fd = fd;
    this.#plan = plan;
    this.#way = way;
    this.dirtyBoundBytes = dirtyBound(request);
    const mayGrow = way.isDirect && !way.isBounded && memory !== undefined;
    this.#growth = mayGrow
      ? new DirtyGrowth(
          () => memory.dirtyBytes(),
          () => fdatasyncAsync(fd),
        )
      : undefined;
    this.#onBuffering = () => {
      this.#way = { ...way, isBounded: true, buffering: 'seen' };
      onNote?.(message('import.note.seen', { target }));
    };
    this.#libc = libc();
    this.#preallocation = request.preallocation;
    const { dev, ino } = fstatSync(fd);
    this.identity = facts.kind === 'block' ? (facts.identity ?? '') : `${dev}:${ino}`;
    this.writer = new ImageWriter({
      fd,
      way,
      offsetBytes: startBytes,
      zeros: zeroPolicy(facts.kind, request.preallocation),
      unitBytes: facts.kind === 'block' ? facts.blockBytes : way.isDirect ? ALIGNMENT : ANY_LENGTH,
      dirtyLimitBytes: this.dirtyBoundBytes,
      // overlayfs passes fallocate on and sync_file_range not.
      libc: way.isBounded && facts.isOverlay ? undefined : this.#libc,
      ...(this.#growth === undefined ? {} : { growth: this.#growth }),
      onBuffering: this.#onBuffering,
    });
    if (this.#libc === undefined && way.isBounded) onNote?.(message('import.note.no-libc', { target }));
  }

  /** How it is written: as it was planned, until more is seen. */
  get way(): WriteWay {
    return this.#way;
  }

  /** Open as the cache mode says. */
  get fd(): number {
    return this.#fd;
  }

  /** Opens it, and drops what is after the start. Throws an ImportError. */
  static open(plan: Plan, request: ImportRequest): TargetFile {
    const { facts, way, startBytes } = plan;
    const flags =
      constants.O_RDWR |
      (facts.kind === 'block' ? constants.O_EXCL : constants.O_CREAT) |
      (way.isDirect ? constants.O_DIRECT : 0) |
      (way.isSync ? constants.O_DSYNC : 0);
    try {
      const fd = openSync(facts.path, flags, request.mode ?? DEFAULT_MODE);
      try {
        if (facts.kind === 'file') ftruncateSync(fd, startBytes);
        return new TargetFile(fd, plan, request);
      } catch (error) {
        closeSync(fd);
        throw error;
      }
    } catch (error) {
      throw targetError(error, request.target);
    }
  }

  /** Reserves the space for a file of a size, where that was asked for. */
  async preallocate(sizeBytes: number): Promise<void> {
    const { facts } = this.#plan;
    if (this.#preallocation !== 'falloc' || facts.kind === 'block') return;
    if (this.#libc === undefined) throw new ImportError('no-fallocate', { target: facts.path });
    // Without FALLOC_FL_KEEP_SIZE the file grows, as QEMU's preallocation=falloc does.
    await this.#libc.fallocateAsync(this.#fd, 0, 0, sizeBytes);
  }

  /** Gives a file its size: no more than was written counts, and what is missing reads as zeros. */
  resize(sizeBytes: number): void {
    if (this.#plan.facts.kind === 'file') ftruncateSync(this.#fd, sizeBytes);
  }

  /** Waits until all is on the disk. */
  sync(): Promise<void> {
    return fsyncAsync(this.#fd);
  }

  /**
   * While another program writes to the file, looks after the page cache. Where it is used, takes out of it again and again what is on
   * the disk: clean pages could be reclaimed, but only once the limit has been met. Where it should not be, tells by `found` that
   * dirty pages of the target were seen all the same.
   */
  tend(): Tending {
    const found = new AbortController();
    let isStopped = false;
    let writer: Pausable | undefined;
    const look = async (): Promise<void> => {
      if (this.#way.isBounded) return this.#libc?.dropCacheAsync(this.#fd, 0, 0);
      if ((await this.#growth?.isOfTarget(writer)) !== true) return;
      this.#onBuffering();
      found.abort();
    };
    const tending = (async () => {
      while (!isStopped && !found.signal.aborted) {
        await look();
        await delay(TEND_EVERY_MS);
      }
    })();
    // Told when it is stopped.
    tending.catch(() => undefined);
    return {
      found: found.signal,
      onWriter: (told) => {
        writer = told;
      },
      stop: () => {
        isStopped = true;
        return tending;
      },
    };
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** A file that was cut reads as zeros where nothing is written; a block device holds whatever it held. */
function zeroPolicy(kind: 'file' | 'block', preallocation: Preallocation): ZeroPolicy {
  if (preallocation === 'full') return 'write';
  if (kind === 'file') return 'skip';
  // What is to be kept is made zeros without freeing its space.
  return preallocation === 'off' ? 'punch' : 'zero-range';
}
