import { concat } from './concat.js';
import { crc32 } from './crc32.js';
import { INPUT_PADDING, Inflate } from './inflate.js';

/** Why a gzip stream could not be read to its end. */
export interface GzipDamage {
  /** It ends before its data does. Else something in it is wrong. */
  readonly isTruncated: boolean;
  /** In zlib's words. */
  readonly detail: string;
}

/** A gzip stream that is damaged, thrown behind all that could be decoded. */
export class GzipError extends Error {
  override readonly name = 'GzipError';
  readonly isTruncated: boolean;

  constructor({ isTruncated, detail }: GzipDamage) {
    super(detail);
    this.isTruncated = isTruncated;
  }
}

/** A byte may stand for 1032: so much of the input is decoded at once that what comes of it is held easily. */
const SLICE_BYTES = 8192;
/** The magic, the method, flags, the time, the compressor's flags and the system (RFC 1952, 2.3). */
const FIXED_HEADER_BYTES = 10;
/** Names and comments have no bound of their own. */
const LONGEST_HEADER_BYTES = 1 << 17;
const TRAILER_BYTES = 8;
/** Two bytes that tell gzip, and the method, deflate. */
const MAGIC = [0x1f, 0x8b, 8] as const;
const FLAG = { headerCrc: 2, extra: 4, name: 8, comment: 16, reserved: 0xe0 } as const;

/** Whether bytes begin as a gzip stream does. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The decompressed bytes of a gzip stream of any number of members, as they come. NULs behind a member are padding, as of tapes and
 * crashed file systems. Behind damage the next member is looked for, and at the end a GzipError is thrown. An error of the source
 * passes through unchanged.
 */
export async function* gunzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  const decoder = new Gunzip((piece) => pieces.push(piece));
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      decoder.push(chunk.subarray(at, at + SLICE_BYTES));
      yield* pieces.splice(0);
    }
  }
  const damage = decoder.end();
  if (damage !== undefined) throw new GzipError(damage);
}

/** What the beginning of a gzip stream decompresses to, as far as it goes. */
export function gunzipBeginning(bytes: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  new Gunzip((piece) => pieces.push(piece)).push(bytes);
  return concat(pieces);
}

/** Decompresses gzip members, whose bytes come in pieces of any size, and goes on behind a damaged one. */
class Gunzip {
  readonly #inflate: Inflate;
  /** What was not used yet: part of a header, of a block's header or of a trailer. */
  #held = new Uint8Array();
  /** Members that were read to their end. */
  #members = 0;
  #isInMember = false;
  #crc = 0;
  #length = 0;
  /** The first that was found; behind it a member may begin anywhere. */
  #damage: string | undefined;

  constructor(emit: (piece: Uint8Array) => void) {
    this.#inflate = new Inflate((piece) => {
      this.#crc = crc32(piece, this.#crc);
      this.#length += piece.length;
      emit(piece);
    });
  }

  push(bytes: Uint8Array): void {
    const end = this.#held.length + bytes.length;
    const input = new Uint8Array(end + INPUT_PADDING);
    input.set(this.#held);
    input.set(bytes, this.#held.length);
    let at = 0;
    for (let next: number | undefined = at; next !== undefined; ) {
      at = next;
      next = this.#isInMember ? this.#readMember(input, at, end) : this.#findMember(input.subarray(0, end), at);
    }
    this.#held = input.slice(at, end);
  }

  /** What is wrong with the stream, now that it is over. */
  end(): GzipDamage | undefined {
    if (this.#damage !== undefined) return { isTruncated: false, detail: this.#damage };
    if (this.#members > 0 && !this.#isInMember && this.#held.length === 0) return undefined;
    return { isTruncated: true, detail: 'unexpected end of file' };
  }

  /** Where the data of the next member begins, or how far there is none; undefined when only more bytes can tell. */
  #findMember(input: Uint8Array, from: number): number | undefined {
    let at = from;
    if (this.#damage === undefined) {
      while (this.#members > 0 && input[at] === 0) at++;
      const length = headerLength(input, at);
      if (length === 'more') return at > from ? at : undefined;
      if (length !== 'none') return this.#beginMember(at + length);
      this.#damage = this.#members === 0 ? 'incorrect header check' : 'trailing garbage';
    }
    for (; at < input.length; at++) {
      at = input.indexOf(MAGIC[0], at);
      if (at < 0) return input.length;
      const length = isUsual(input, at) ? headerLength(input, at) : 'none';
      if (length === 'more') return at > from ? at : undefined;
      if (length !== 'none') return this.#beginMember(at + length);
    }
    return at > from ? at : undefined;
  }

  #beginMember(at: number): number {
    this.#isInMember = true;
    this.#inflate.reset();
    this.#crc = 0;
    this.#length = 0;
    return at;
  }

  /** Where it stopped in the member; undefined when it needs more bytes. */
  #readMember(input: Uint8Array<ArrayBuffer>, at: number, end: number): number | undefined {
    const inflate = this.#inflate;
    if (!inflate.ended) {
      const next = inflate.run(input, at, end);
      if (inflate.failure !== undefined) return this.#endMember(next, inflate.failure);
      return inflate.ended || next > at ? next : undefined;
    }
    if (end - at < TRAILER_BYTES) return undefined;
    const trailer = new DataView(input.buffer, at, TRAILER_BYTES);
    this.#members++;
    if (trailer.getUint32(0, true) !== this.#crc) return this.#endMember(at + TRAILER_BYTES, 'incorrect data check');
    const isLength = trailer.getUint32(4, true) === this.#length % 2 ** 32;
    return this.#endMember(at + TRAILER_BYTES, isLength ? undefined : 'incorrect length check');
  }

  #endMember(at: number, damage: string | undefined): number {
    this.#isInMember = false;
    this.#damage ??= damage;
    return at;
  }
}

/** How long the header at a place is (RFC 1952, 2.3); `more` when only more bytes can tell, `none` when there is none. */
function headerLength(input: Uint8Array, from: number): number | 'more' | 'none' {
  if (MAGIC.some((byte, index) => from + index < input.length && input[from + index] !== byte)) return 'none';
  if (input.length - from < FIXED_HEADER_BYTES) return 'more';
  const flags = input[from + 3] ?? 0;
  if ((flags & FLAG.reserved) !== 0) return 'none';
  let at = from + FIXED_HEADER_BYTES;
  if ((flags & FLAG.extra) !== 0) at += 2 + (input[at] ?? 0) + ((input[at + 1] ?? 0) << 8);
  for (const text of [FLAG.name, FLAG.comment]) {
    if ((flags & text) === 0) continue;
    const end = input.indexOf(0, at);
    if (end < 0) return input.length - from > LONGEST_HEADER_BYTES ? 'none' : 'more';
    at = end + 1;
  }
  if ((flags & FLAG.headerCrc) !== 0) at += 2;
  return at > input.length ? 'more' : at - from;
}

/** Whether what compressors write stands in the flags of the compressor and the system: three bytes of magic also come by chance. */
function isUsual(input: Uint8Array, from: number): boolean {
  const [compressor = 0, system = 0] = input.subarray(from + 8, from + FIXED_HEADER_BYTES);
  return [0, 2, 4].includes(compressor) && (system <= 13 || system === 255);
}
