import { createHash } from 'node:crypto';
import { ImportError } from '../error.js';
import type { PinnedPart } from '../formats/inspected.js';
import type { ByteSource } from '../sources/source.js';
import { BLOCK_BYTES, BlockCache } from './block-cache.js';
import type { Exported } from './nbd/serve.js';

/** A source that can be read anywhere. */
export type SeekableSource = ByteSource & Required<Pick<ByteSource, 'readAt' | 'sizeBytes'>>;

export function isSeekable(source: ByteSource): source is SeekableSource {
  return source.readAt !== undefined && source.sizeBytes !== undefined;
}

export interface ImageBytesOptions {
  readonly signal: AbortSignal;
  /** Of the whole source, where it was read before. */
  readonly digests?: BlockDigests;
  /** Told how much came from the source. */
  readonly onRead?: (bytes: number) => void;
}

/**
 * An image in a source: all of it, or the part that is a member of an archive. It is read through a cache, by whoever inspects it and
 * whoever converts it, and both see the same bytes: a part that was pinned, or the whole source where its digests are known, is
 * compared each time it is read anew. Whoever made it calls `abandon` before the source is closed.
 */
export class ImageBytes implements Exported {
  readonly shown: string;
  readonly #source: SeekableSource;
  readonly #options: ImageBytesOptions;
  readonly #cache: BlockCache;
  #startBytes = 0;
  #lengthBytes: number;
  #pinned: readonly PinnedPart[] = [];
  #reads = 0;

  constructor(source: SeekableSource, options: ImageBytesOptions) {
    this.#source = source;
    this.#options = options;
    this.shown = source.shown;
    this.#lengthBytes = source.sizeBytes;
    this.#cache = new BlockCache({ sizeBytes: source.sizeBytes, load: (...wanted) => this.#load(...wanted) }, options.signal);
  }

  get sizeBytes(): number {
    return this.#lengthBytes;
  }

  /** Whether something is being read from the source now. */
  get isReading(): boolean {
    return this.#reads > 0;
  }

  /** Throws an ImportError when the source has changed. */
  confirm(): void {
    this.#source.confirm?.();
  }

  /** From now on, only a part of the source is the image. */
  narrow(startBytes: number, lengthBytes: number): void {
    this.#startBytes = startBytes;
    this.#lengthBytes = lengthBytes;
  }

  /** From now on, these parts have to read as they did. */
  pin(parts: readonly PinnedPart[]): void {
    this.#pinned = parts;
  }

  expect(offsetBytes: number, lengthBytes: number): void {
    this.#cache.expect(this.#startBytes + offsetBytes, lengthBytes);
  }

  pieces(offsetBytes: number, lengthBytes: number): AsyncIterable<Uint8Array> {
    return this.#cache.pieces(this.#startBytes + offsetBytes, lengthBytes);
  }

  /** Ends what is being read, and resolves when nothing is; it may be read again. */
  abandon(): Promise<void> {
    return this.#cache.abandon();
  }

  /** A copy of a part; shorter when the image ends before. */
  async readAt(offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    const length = Math.max(0, Math.min(lengthBytes, this.sizeBytes - offsetBytes));
    const part = new Uint8Array(length);
    if (length === 0) return part;
    this.expect(offsetBytes, length);
    let filled = 0;
    for await (const piece of this.pieces(offsetBytes, length)) {
      part.set(piece, filled);
      filled += piece.length;
    }
    return part;
  }

  async #load(offsetBytes: number, lengthBytes: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    const { digests, onRead } = this.#options;
    this.#reads += 1;
    const part = await this.#source.readAt(offsetBytes, lengthBytes, signal, into).finally(() => {
      this.#reads -= 1;
    });
    onRead?.(lengthBytes);
    const isKnown = digests === undefined || digests.agrees(offsetBytes, part);
    if (!isKnown || !this.#agreesWithPinned(offsetBytes, part)) throw new ImportError('source-changed', { source: this.shown });
  }

  #agreesWithPinned(offsetBytes: number, part: Uint8Array): boolean {
    return this.#pinned.every((pin) => {
      const at = this.#startBytes + pin.offsetBytes;
      const start = Math.max(at, offsetBytes);
      const end = Math.min(at + pin.bytes.length, offsetBytes + part.length);
      if (start >= end) return true;
      const now = part.subarray(start - offsetBytes, end - offsetBytes);
      return Buffer.compare(now, pin.bytes.subarray(start - at, end - at)) === 0;
    });
  }
}

/** Enough to make a second block of the same digest hopeless to find, and 32 bytes for each MiB of the source. */
const DIGEST_BYTES = 16;

/** A digest of each block of a source, taken as it streams past. */
export class BlockDigests {
  readonly #digests: Buffer;
  #block = 0;
  #filled = 0;
  #hash = createHash('sha256');

  constructor(sizeBytes: number) {
    this.#digests = Buffer.alloc(Math.ceil(sizeBytes / BLOCK_BYTES) * DIGEST_BYTES);
  }

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const length = Math.min(piece.length - at, BLOCK_BYTES - this.#filled);
      this.#hash.update(piece.subarray(at, at + length));
      this.#filled += length;
      at += length;
      if (this.#filled === BLOCK_BYTES) this.finish();
    }
  }

  /** Ends the last block, which may be shorter. */
  finish(): void {
    if (this.#filled === 0) return;
    this.#hash.digest().copy(this.#digests, this.#block * DIGEST_BYTES, 0, DIGEST_BYTES);
    this.#hash = createHash('sha256');
    this.#block += 1;
    this.#filled = 0;
  }

  /** Whether a block, whole, is what streamed past. */
  agrees(offsetBytes: number, block: Uint8Array): boolean {
    const at = (offsetBytes / BLOCK_BYTES) * DIGEST_BYTES;
    const found = createHash('sha256').update(block).digest().subarray(0, DIGEST_BYTES);
    return found.equals(this.#digests.subarray(at, at + DIGEST_BYTES));
  }
}
