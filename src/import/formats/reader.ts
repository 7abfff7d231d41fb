import { bytes, KIB, type MessageValue, MIB, message, nested } from '../../model/index.js';
import { isTooDense } from '../streams/bounds.js';
import type { ImageBounds } from './bounds.js';
import type { StructuredFormat } from './image-format.js';
import type { PinnedPart } from './inspected.js';
import { imageHeaderIn } from './recognise.js';
import { hex, ImageRefused, type ImageRefusedCode } from './refused.js';

/** Reads a part of an image, whole. A shorter answer means that the source ended. */
export type ReadAt = (offsetBytes: number, lengthBytes: number) => Promise<Uint8Array>;

/** Headers are read in such blocks, so that a source over HTTP is asked seldom. */
const BLOCK_BYTES = 64 * KIB;
/** All headers together: the largest is qcow2's, one cluster of 2 MiB. */
const MAX_PINNED_BYTES = 4 * MIB;
/** Tables are read in such pieces: the memory they take does not grow with the image. */
const PIECE_BYTES = 256 * KIB;
/** Parts are asked for ahead, as a source over HTTP takes its time for each. */
const MAX_AHEAD = 8;
const MAX_AHEAD_BYTES = 4 * MIB;

/** A piece of a table, and where it lies in the table. */
export interface TablePiece {
  readonly view: DataView;
  readonly startBytes: number;
}

/** A part of an image that is asked for among others. */
export interface AskedPart {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/**
 * Reads an image whose every byte may be forged: nothing outside the file, no more than the bounds allow, no table held whole.
 * Everything it finds wrong is an ImageRefused that names the field.
 */
export class ImageReader {
  readonly format: StructuredFormat;
  readonly sizeBytes: number;
  readonly bounds: ImageBounds;
  readonly #readAt: ReadAt;
  readonly #blocks = new Map<number, Uint8Array>();
  #readBytes = 0;

  constructor(readAt: ReadAt, sizeBytes: number, format: StructuredFormat, bounds: ImageBounds) {
    this.#readAt = readAt;
    this.sizeBytes = sizeBytes;
    this.format = format;
    this.bounds = bounds;
  }

  /** What stands for the name of a file that the image does not name. */
  get unnamed(): MessageValue {
    return nested(message('image.unnamed'));
  }

  /** The header blocks read so far, in the order of the image. */
  get pinned(): PinnedPart[] {
    return [...this.#blocks]
      .map(([block, data]) => ({ offsetBytes: block * BLOCK_BYTES, bytes: data }))
      .sort((one, other) => one.offsetBytes - other.offsetBytes);
  }

  /** A part of a header: kept, as what the inspection rests on. */
  async header(field: string, offsetBytes: number, lengthBytes: number): Promise<DataView> {
    this.requireInside(field, offsetBytes, lengthBytes);
    const result = new Uint8Array(lengthBytes);
    for (let position = offsetBytes; position < offsetBytes + lengthBytes; ) {
      const block = Math.floor(position / BLOCK_BYTES);
      const data = await this.#block(field, block);
      const part = data.subarray(position - block * BLOCK_BYTES, offsetBytes + lengthBytes - block * BLOCK_BYTES);
      result.set(part, position - offsetBytes);
      position += part.length;
    }
    return new DataView(result.buffer);
  }

  /** A part of a table or of the data, to be looked at once. */
  async part(field: string, offsetBytes: number, lengthBytes: number): Promise<DataView> {
    this.requireInside(field, offsetBytes, lengthBytes);
    this.#readBytes += lengthBytes;
    if (this.#readBytes > this.bounds.maxMetadataBytes) this.#refuseMetadata(field, this.#readBytes);
    const data = await this.#readAt(offsetBytes, lengthBytes);
    if (data.length < lengthBytes) this.#refuseTruncated(field, offsetBytes + data.length);
    return new DataView(data.buffer, data.byteOffset, lengthBytes);
  }

  /** A table from its start to its end, in pieces of a multiple of 16 bytes. */
  async *table(field: string, offsetBytes: number, lengthBytes: number): AsyncGenerator<TablePiece> {
    this.requireInside(field, offsetBytes, lengthBytes);
    for (let startBytes = 0; startBytes < lengthBytes; startBytes += PIECE_BYTES) {
      const length = Math.min(PIECE_BYTES, lengthBytes - startBytes);
      yield { view: await this.part(field, offsetBytes + startBytes, length), startBytes };
    }
  }

  /** Parts of no more than a length, in the order they are named; the next ones are read ahead. */
  async *parts<T extends AskedPart>(
    field: string,
    asked: Iterable<T>,
    mostBytes: number,
  ): AsyncGenerator<{ readonly view: DataView; readonly asked: T }> {
    const ahead = Math.max(1, Math.min(MAX_AHEAD, Math.floor(MAX_AHEAD_BYTES / mostBytes)));
    const pending: { readonly reading: Promise<DataView>; readonly asked: T }[] = [];
    for (const one of asked) {
      const reading = this.part(field, one.offsetBytes, one.lengthBytes);
      // What fails is thrown when its turn comes; until then, and when that never comes, it is nobody's.
      reading.catch(() => undefined);
      pending.push({ reading, asked: one });
      const first = pending.length < ahead ? undefined : pending.shift();
      if (first !== undefined) yield { view: await first.reading, asked: first.asked };
    }
    for (const { reading, asked: one } of pending) yield { view: await reading, asked: one };
  }

  /** Refuses what a field points to unless it lies in the file; `at` is where the field itself is. */
  requireInside(field: string, offsetBytes: number, lengthBytes: number, at?: number): void {
    if (offsetBytes + lengthBytes <= this.sizeBytes) return;
    if (at === undefined && offsetBytes === 0) this.#refuseTruncated(field, this.sizeBytes);
    this.refuse(
      'outside-file',
      { field, end: hex(offsetBytes + lengthBytes), size: bytes(this.sizeBytes), sizeHex: hex(this.sizeBytes) },
      at ?? offsetBytes,
    );
  }

  /** Refuses a field whose value is not allowed; `allowed` says what is, in the format's own terms. */
  require(holds: boolean, field: string, at: number, value: number | string, allowed: string): void {
    if (!holds) this.refuseField(field, at, value, allowed);
  }

  /** The same, for where a field is looked at very often. */
  refuseField(field: string, at: number, value: number | string, allowed: string): never {
    this.refuse('bad-field', { field, value: String(value), allowed }, at);
  }

  /** Refuses a disk larger than the bound. */
  requireVirtualSize(virtualSizeBytes: number, at: number): void {
    const limit = this.bounds.maxVirtualSizeBytes;
    if (virtualSizeBytes > limit) this.refuse('too-large', { size: bytes(virtualSizeBytes), limit: bytes(limit) }, at);
  }

  /** Refuses tables larger than the bound before they are read. */
  requireMetadata(field: string, lengthBytes: number): void {
    if (lengthBytes > this.bounds.maxMetadataBytes) this.#refuseMetadata(field, lengthBytes);
  }

  /** Refuses an image whose parts would take more than the file has: some are used again and again. */
  requireNotReused(storedBytes: number): void {
    if (storedBytes > this.sizeBytes) this.refuse('overlapping', { data: bytes(storedBytes), size: bytes(this.sizeBytes) });
  }

  /** Refuses a disk with more data than such a file can hold, however it is compressed. */
  requireSparse(dataBytes: number): void {
    if (!isTooDense(this.sizeBytes, dataBytes, this.bounds)) return;
    this.refuse('too-dense', { in: bytes(this.sizeBytes), out: bytes(dataBytes), ratio: this.bounds.ratio });
  }

  /** Refuses a disk that begins as an image does. */
  requireNoImageIn({ buffer, byteOffset, byteLength }: DataView, at: number): void {
    const found = imageHeaderIn(new Uint8Array(buffer, byteOffset, byteLength));
    if (found !== undefined) this.refuse('nested-format', { found }, at);
  }

  /** Refuses an image that is the difference to another one, which it names or not. */
  refuseBacking(name: string | undefined, at: number): never {
    this.refuse('backing-file', { name: name ?? this.unnamed }, at);
  }

  refuse(code: ImageRefusedCode, params: ConstructorParameters<typeof ImageRefused>[1], at?: number): never {
    throw new ImageRefused(code, { format: this.format, ...params }, at);
  }

  #refuseMetadata(field: string, lengthBytes: number): never {
    this.refuse('too-much-metadata', { field, bytes: bytes(lengthBytes), limit: bytes(this.bounds.maxMetadataBytes) });
  }

  #refuseTruncated(field: string, at: number): never {
    this.refuse('truncated', { field, size: bytes(this.sizeBytes) }, at);
  }

  async #block(field: string, block: number): Promise<Uint8Array> {
    const known = this.#blocks.get(block);
    if (known !== undefined) return known;
    if ((this.#blocks.size + 1) * BLOCK_BYTES > MAX_PINNED_BYTES) this.#refuseMetadata(field, MAX_PINNED_BYTES + BLOCK_BYTES);
    const offsetBytes = block * BLOCK_BYTES;
    const lengthBytes = Math.min(BLOCK_BYTES, this.sizeBytes - offsetBytes);
    const data = await this.#readAt(offsetBytes, lengthBytes);
    if (data.length < lengthBytes) this.#refuseTruncated(field, offsetBytes + data.length);
    // A copy: what a source hands out may be reused.
    const kept = data.slice(0, lengthBytes);
    this.#blocks.set(block, kept);
    return kept;
  }
}
