import type { AnchorPlan, AnchorRecord } from './anchor-plan.js';
import { type AnchorScanner, checkRange } from './anchor-scanner.js';

const NEWLINE = 0x0a;

/** A scanner in plain JavaScript: some fifteen times slower than the SIMD one, with the same results. */
export class PlainScanner implements AnchorScanner {
  readonly kind = 'plain';
  readonly buffer: Uint8Array;
  readonly #plan: AnchorPlan;
  #newlines = 0;

  constructor(capacity: number, plan: AnchorPlan) {
    this.buffer = new Uint8Array(capacity);
    this.#plan = plan;
  }

  get newlines(): number {
    return this.#newlines;
  }

  find(from: number, to: number): number {
    checkRange(from, to, this.buffer.length);
    const found = this.#search(from, to);
    this.#newlines = this.countNewlines(from, found < 0 ? to : found);
    return found;
  }

  countNewlines(from: number, to: number): number {
    checkRange(from, to, this.buffer.length);
    const range = this.buffer.subarray(from, to);
    let count = 0;
    for (let at = range.indexOf(NEWLINE); at >= 0; at = range.indexOf(NEWLINE, at + 1)) count++;
    return count;
  }

  #search(from: number, to: number): number {
    const buffer = this.buffer;
    const [first, second, third] = this.#plan.bucketsByByte;
    let best = -1;
    let last = to - 3;
    for (let at = from; at <= last; at += 2) {
      let buckets = first[buffer[at] ?? 0] ?? 0;
      if (buckets === 0) continue;
      buckets &= (second[buffer[at + 1] ?? 0] ?? 0) & (third[buffer[at + 2] ?? 0] ?? 0);
      if (buckets === 0) continue;
      for (const record of this.#plan.records) {
        const start = at - record.fingerprintOffset;
        if ((record.bucketBit & buckets) === 0 || start < from || start + record.anchor.length > to) continue;
        if ((best >= 0 && start >= best) || !this.#holds(record, start)) continue;
        best = start;
        // An anchor that begins before this one may have its fingerprint behind this one's: look on that far.
        last = Math.min(last, best + this.#plan.maxFingerprintOffset);
      }
    }
    return best;
  }

  #holds(record: AnchorRecord, start: number): boolean {
    return record.anchor.every((byte, index) => this.buffer[start + index] === byte);
  }
}
