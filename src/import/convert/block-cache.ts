import { pageAligned } from '../target/aligned.js';
import type { Exported } from './nbd/serve.js';

/** One request to the source, and one place of the cache. */
export const BLOCK_BYTES = 512 * 1024;
/** 16 MiB: what qemu-img asks for at once is 2 MiB. */
const PLACES = 32;
/** Requests to the source at a time. */
const LOADS = 6;
/** Together with what the requests that wait may touch (see REQUESTS_AHEAD), fewer than there are places. */
const MAX_AHEAD = 8;

interface Place {
  readonly memory: Uint8Array;
  block: number | undefined;
  /** Settles when the block is there; undefined when it is. */
  loading: Promise<void> | undefined;
  /** Readers that use it now. */
  users: number;
}

export interface BlockSource {
  readonly sizeBytes: number;
  /** Reads a block into page-aligned memory of BLOCK_BYTES. Only the last block of the source is shorter. */
  load(offsetBytes: number, lengthBytes: number, into: Uint8Array, signal: AbortSignal): Promise<void>;
}

/**
 * Reads a source by blocks, keeps the last ones, and reads ahead when they are asked for in their order. Its memory is the same
 * whatever is asked. It owns what it reads: `abandon` ends that, and has to be called before the source is closed.
 */
export class BlockCache implements Exported {
  readonly #source: BlockSource;
  readonly #signal: AbortSignal;
  #reading = new AbortController();
  /** Aborts what is being read now: the user's signal, and our own. */
  #aborted: AbortSignal;
  /** Least recently used first. */
  #places: Place[];
  #free = LOADS;
  readonly #waiting: (() => void)[] = [];
  #next = -1;
  #ahead = 0;

  constructor(source: BlockSource, signal: AbortSignal) {
    this.#source = source;
    this.#signal = signal;
    this.#aborted = AbortSignal.any([signal, this.#reading.signal]);
    const memory = pageAligned(PLACES * BLOCK_BYTES);
    this.#places = Array.from({ length: PLACES }, (_, index) => ({
      memory: memory.subarray(index * BLOCK_BYTES, (index + 1) * BLOCK_BYTES),
      block: undefined,
      loading: undefined,
      users: 0,
    }));
  }

  get sizeBytes(): number {
    return this.#source.sizeBytes;
  }

  expect(offsetBytes: number, lengthBytes: number): void {
    const first = Math.floor(offsetBytes / BLOCK_BYTES);
    const last = Math.floor((offsetBytes + lengthBytes - 1) / BLOCK_BYTES);
    // Read ahead is twice as much each time the next block is asked for, and nothing after a jump.
    if (first === this.#next || first === this.#next - 1) {
      if (last >= this.#next) this.#ahead = Math.min(MAX_AHEAD, Math.max(2, this.#ahead * 2));
    } else {
      this.#ahead = 0;
    }
    this.#next = last + 1;
    const end = Math.min(last + this.#ahead, Math.ceil(this.sizeBytes / BLOCK_BYTES) - 1);
    for (let block = first; block <= end; block++) this.#begin(block);
  }

  /**
   * Ends all that is being read, also ahead; resolves when nothing is any more. Whoever waits for a part gets an AbortError. What is
   * asked for afterwards is read anew.
   */
  async abandon(): Promise<void> {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#aborted = AbortSignal.any([this.#signal, this.#reading.signal]);
    await Promise.allSettled(this.#places.map(({ loading }) => loading));
  }

  async *pieces(offsetBytes: number, lengthBytes: number): AsyncGenerator<Uint8Array> {
    const aborted = this.#aborted;
    const endBytes = offsetBytes + lengthBytes;
    for (let at = offsetBytes; at < endBytes; ) {
      const block = Math.floor(at / BLOCK_BYTES);
      const place = await this.#place(block, aborted);
      place.users += 1;
      try {
        await place.loading;
        const start = at - block * BLOCK_BYTES;
        const end = Math.min(BLOCK_BYTES, endBytes - block * BLOCK_BYTES);
        yield place.memory.subarray(start, end);
        at += end - start;
      } finally {
        place.users -= 1;
      }
    }
  }

  async #place(block: number, aborted: AbortSignal): Promise<Place> {
    for (;;) {
      aborted.throwIfAborted();
      const place = this.#begin(block);
      if (place !== undefined) return place;
      await Promise.race(this.#places.map(({ loading }) => loading?.catch(() => undefined)).filter((one) => one !== undefined));
    }
  }

  /** The place of a block, loaded or being loaded; undefined while there is none to be had. */
  #begin(block: number): Place | undefined {
    const place =
      this.#places.find((one) => one.block === block) ??
      this.#places.find(({ users, loading }) => users === 0 && loading === undefined);
    if (place === undefined) return undefined;
    this.#places = [...this.#places.filter((one) => one !== place), place];
    if (place.block === block) return place;
    place.block = block;
    place.loading = this.#load(block, place.memory, this.#aborted).then(
      () => {
        place.loading = undefined;
      },
      (error: unknown) => {
        // Whoever waits for it is told; the next one tries again.
        place.block = undefined;
        place.loading = undefined;
        throw error;
      },
    );
    place.loading.catch(() => undefined);
    return place;
  }

  async #load(block: number, memory: Uint8Array, aborted: AbortSignal): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      aborted.throwIfAborted();
      const offset = block * BLOCK_BYTES;
      await this.#source.load(offset, Math.min(BLOCK_BYTES, this.sizeBytes - offset), memory, aborted);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
