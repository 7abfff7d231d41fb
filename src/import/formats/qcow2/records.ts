import { KIB } from '../../../model/index.js';
import type { ImageReader } from '../reader.js';
import { hex } from '../refused.js';

/** More than a record of a sane image, so that a table of small records is read in few pieces. */
const WINDOW_BYTES = 64 * KIB;

/** Reads records of varying length one after another, from a window that moves over them. */
export class RecordReader {
  readonly #reader: ImageReader;
  readonly #field: string;
  readonly #endBytes: number;
  #window: DataView | undefined;
  #windowAt = 0;
  #at: number;

  /** From an offset of the image on, and no further than a length. */
  constructor(reader: ImageReader, field: string, offsetBytes: number, lengthBytes: number) {
    this.#reader = reader;
    this.#field = field;
    this.#at = offsetBytes;
    this.#endBytes = offsetBytes + lengthBytes;
  }

  /** Where in the image the next record begins. */
  get at(): number {
    return this.#at;
  }

  async take(lengthBytes: number): Promise<DataView> {
    const endBytes = this.#at + lengthBytes;
    this.#reader.require(endBytes <= this.#endBytes, this.#field, this.#at, hex(endBytes), `0x0..${hex(this.#endBytes)}`);
    this.#reader.requireInside(this.#field, this.#at, lengthBytes);
    const from = this.#at - this.#windowAt;
    if (this.#window === undefined || from < 0 || from + lengthBytes > this.#window.byteLength) {
      const mostBytes = Math.min(this.#endBytes, this.#reader.sizeBytes) - this.#at;
      const length = Math.max(lengthBytes, Math.min(WINDOW_BYTES, mostBytes));
      this.#window = await this.#reader.part(this.#field, this.#at, length);
      this.#windowAt = this.#at;
    }
    const view = new DataView(this.#window.buffer, this.#window.byteOffset + this.#at - this.#windowAt, lengthBytes);
    this.#at += lengthBytes;
    return view;
  }

  skip(lengthBytes: number): void {
    this.#at += lengthBytes;
  }

  align(multiple: number): void {
    this.#at = Math.ceil(this.#at / multiple) * multiple;
  }
}
