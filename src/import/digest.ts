import { createHash, type Hash } from 'node:crypto';
import { ImportError } from './error.js';

/** The algorithms of CDI's checksums, and the length of each in hexadecimal digits. */
const LENGTHS = { md5: 32, sha1: 40, sha256: 64, sha512: 128 } as const;

/** What a stream must hash to. */
export interface Checksum {
  readonly algorithm: keyof typeof LENGTHS;
  readonly hex: string;
}

/** `sha256:…`; undefined when it is no checksum. */
export function parseChecksum(text: string): Checksum | undefined {
  const [name = '', hex = '', ...more] = text.trim().toLowerCase().split(':');
  const algorithm = (Object.keys(LENGTHS) as (keyof typeof LENGTHS)[]).find((known) => known === name);
  if (algorithm === undefined || more.length > 0 || !/^[0-9a-f]+$/.test(hex) || hex.length !== LENGTHS[algorithm])
    return undefined;
  return { algorithm, hex };
}

/** Hashes a stream as it passes, and compares at its end. */
export class ChecksumCheck {
  readonly #wanted: Checksum;
  readonly #hash: Hash;
  readonly #subject: string;

  constructor(wanted: Checksum, subject: string) {
    this.#wanted = wanted;
    this.#subject = subject;
    this.#hash = createHash(wanted.algorithm);
  }

  update(piece: Uint8Array): void {
    this.#hash.update(piece);
  }

  /** Throws an ImportError when the stream was another one. */
  confirm(): void {
    const { algorithm, hex } = this.#wanted;
    const found = this.#hash.digest('hex');
    if (found !== hex) throw new ImportError('checksum-mismatch', { source: this.#subject, algorithm, wanted: hex, found });
  }
}

/** A target is compared part by part, so that a difference has a place. */
export const SEGMENT_BYTES = 64 * 1024 * 1024;

/** SHA-256 of each segment of a stream. */
export class SegmentDigests {
  readonly #digests: string[];
  #hash = createHash('sha256');
  #filled = 0;

  /** Goes on after these segments. */
  constructor(known: readonly string[] = []) {
    this.#digests = [...known];
  }

  update(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; ) {
      const length = Math.min(piece.length - at, SEGMENT_BYTES - this.#filled);
      this.#hash.update(piece.subarray(at, at + length));
      this.#filled += length;
      at += length;
      if (this.#filled === SEGMENT_BYTES) this.#close();
    }
  }

  /** Of the segments that are complete. */
  get complete(): readonly string[] {
    return this.#digests;
  }

  /** Of all, the last of which may be shorter. */
  finish(): readonly string[] {
    if (this.#filled > 0) this.#close();
    return this.#digests;
  }

  #close(): void {
    this.#digests.push(this.#hash.digest('hex'));
    this.#hash = createHash('sha256');
    this.#filled = 0;
  }
}
