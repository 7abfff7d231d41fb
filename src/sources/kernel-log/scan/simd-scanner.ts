import type { AnchorPlan } from './anchor-plan.js';
import { type AnchorScanner, checkRange } from './anchor-scanner.js';
import { SCANNER_WASM } from './scanner-wasm.js';

/** The part of the WebAssembly API used here; src/ is compiled without the browser's types. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
}

interface ScannerExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly newlines: { readonly value: number };
  find(from: number, to: number): number;
  count(from: number, to: number): number;
}

/** The layout of the module's memory: scanner.wat describes it. */
const PAGE_BYTES = 65_536;
const TABLE_BYTES = 16;
const RECORDS_END = 112;
const LOOK_AHEAD = 116;
const RECORDS = 128;
const RECORD_BYTES = 32;
const BUFFER = 4096;
const READ_BEHIND_BUFFER = 32;

let compiled: object | undefined;

function instantiate(): ScannerExports {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(SCANNER_WASM), (char) => char.charCodeAt(0)));
  return new WebAssembly.Instance(compiled).exports as ScannerExports;
}

function writePlan(memory: ArrayBuffer, plan: AnchorPlan): void {
  const bytes = new Uint8Array(memory, 0, BUFFER);
  plan.bucketsByByte.forEach((buckets, position) => {
    const low = bytes.subarray(2 * position * TABLE_BYTES);
    const high = bytes.subarray((2 * position + 1) * TABLE_BYTES);
    buckets.forEach((bits, byte) => {
      low[byte & 0x0f] = (low[byte & 0x0f] ?? 0) | bits;
      high[byte >> 4] = (high[byte >> 4] ?? 0) | bits;
    });
  });
  const recordsEnd = RECORDS + plan.records.length * RECORD_BYTES;
  if (recordsEnd > BUFFER) throw new Error(`no room for ${plan.records.length} records`);
  plan.records.forEach(({ bucketBit, fingerprintOffset, anchor }, index) => {
    bytes.set([bucketBit, fingerprintOffset, anchor.length, 0, ...anchor], RECORDS + index * RECORD_BYTES);
  });
  const numbers = new DataView(memory);
  numbers.setUint32(RECORDS_END, recordsEnd, true);
  numbers.setUint32(LOOK_AHEAD, plan.maxFingerprintOffset + 3, true);
}

/** A scanner that searches 32 bytes at a time in WebAssembly. */
export class SimdScanner implements AnchorScanner {
  readonly kind = 'simd';
  readonly buffer: Uint8Array;
  readonly #exports: ScannerExports;

  /**
   * Throws whatever the engine throws when it has no WebAssembly or no SIMD, when a content security policy forbids it, or
   * when there is no memory for it.
   */
  constructor(capacity: number, plan: AnchorPlan) {
    this.#exports = instantiate();
    const { memory } = this.#exports;
    memory.grow(Math.ceil((BUFFER + capacity + READ_BEHIND_BUFFER) / PAGE_BYTES) - 1);
    writePlan(memory.buffer, plan);
    this.buffer = new Uint8Array(memory.buffer, BUFFER, capacity);
  }

  get newlines(): number {
    return this.#exports.newlines.value;
  }

  find(from: number, to: number): number {
    checkRange(from, to, this.buffer.length);
    const found = this.#exports.find(BUFFER + from, BUFFER + to);
    return found < 0 ? -1 : found - BUFFER;
  }

  countNewlines(from: number, to: number): number {
    checkRange(from, to, this.buffer.length);
    return this.#exports.count(BUFFER + from, BUFFER + to);
  }
}
