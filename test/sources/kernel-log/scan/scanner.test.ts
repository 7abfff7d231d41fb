import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { planAnchors } from '../../../../src/sources/kernel-log/scan/anchor-plan.js';
import { ANCHORS } from '../../../../src/sources/kernel-log/scan/anchors.js';
import { PlainScanner } from '../../../../src/sources/kernel-log/scan/plain-scanner.js';
import { type AnchorScanner, createPlainScanner, createScanner } from '../../../../src/sources/kernel-log/scan/scanner.js';
import { SimdScanner } from '../../../../src/sources/kernel-log/scan/simd-scanner.js';

const CAPACITY = 40_000;
const NEWLINE = 0x0a;
const ENCODED = ANCHORS.map((anchor) => new TextEncoder().encode(anchor));

/** The obvious search, byte by byte. */
function naiveFind(bytes: Uint8Array, from: number, to: number): number {
  for (let start = from; start < to; start++) {
    for (const anchor of ENCODED) {
      if (start + anchor.length <= to && anchor.every((byte, index) => bytes[start + index] === byte)) return start;
    }
  }
  return -1;
}

function naiveNewlines(bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (bytes[at] === NEWLINE) count++;
  return count;
}

/** Compares one search with the naive one, and the counts on the way. */
function expectSameAsNaive(scanner: AnchorScanner, from: number, to: number): void {
  const expected = naiveFind(scanner.buffer, from, to);
  expect(scanner.find(from, to)).toBe(expected);
  expect(scanner.newlines).toBe(naiveNewlines(scanner.buffer, from, expected < 0 ? to : expected));
  expect(scanner.countNewlines(from, to)).toBe(naiveNewlines(scanner.buffer, from, to));
}

const alphabet = [...new Set(ANCHORS.join('\n'))].map((char) => char.charCodeAt(0));
/** Whole anchors, their heads and tails (which join into overlapping anchors), newlines and bytes that are in none. */
const piece = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ANCHORS) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...ANCHORS), fc.nat(28)).map(([anchor, length]) => anchor.slice(0, length)) },
  { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...ANCHORS), fc.nat(28)).map(([anchor, length]) => anchor.slice(length)) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\n\n', 'x', ' ', '#'.repeat(70)) },
);
const inputs = {
  'random bytes': fc.uint8Array({ maxLength: 700 }),
  "bytes of the anchors' alphabet": fc
    .array(fc.constantFrom(...alphabet), { maxLength: 700 })
    .map((bytes) => Uint8Array.from(bytes)),
  'pieces of anchors': fc.array(piece, { maxLength: 40 }).map((pieces) => new TextEncoder().encode(pieces.join(''))),
};

const scanners = { createScanner, createPlainScanner };

describe.each(Object.entries(scanners))('%s', (name, create) => {
  const scanner = create(CAPACITY);

  it('is of the kind its name says', () => {
    expect(scanner.kind).toBe(name === 'createScanner' ? 'simd' : 'plain');
    expect(scanner.buffer.length).toBe(CAPACITY);
  });

  it.each(Object.entries(inputs))('agrees with a naive search on %s, wherever they lie', (_name, bytes) => {
    fc.assert(
      fc.property(bytes, fc.nat(100), fc.nat(40), fc.nat(40), (input, at, skipped, left) => {
        // What lies around the searched range is anchors too, and must not be found.
        for (let fill = 0; fill < 1000; fill++) scanner.buffer[fill] = 'oom-kill'.charCodeAt(fill % 8);
        scanner.buffer.set(input, at);
        const from = at + Math.min(skipped, input.length);
        const to = Math.max(from, at + input.length - left);
        expectSameAsNaive(scanner, from, to);
      }),
      { numRuns: 1500 },
    );
  });

  it.each(ANCHORS)('finds "%s" at every alignment, alone in a range that holds just it', (anchor) => {
    const bytes = new TextEncoder().encode(anchor);
    for (let from = 0; from < 34; from++) {
      for (let start = from; start < from + 36; start++) {
        scanner.buffer.fill(NEWLINE, 0, 100);
        scanner.buffer.set(bytes, start);
        const end = start + bytes.length;
        expect([scanner.find(from, end), scanner.newlines]).toEqual([start, start - from]);
        expect([scanner.find(from, end - 1), scanner.newlines]).toEqual([naiveFind(scanner.buffer, from, end - 1), start - from]);
      }
    }
  });

  it('finds anchors across and near the blocks of 16 KiB in which it works', () => {
    for (const from of [0, 1, 37]) {
      for (const block of [16_384, 32_768]) {
        for (let start = from + block - 40; start < from + block + 40; start++) {
          scanner.buffer.fill(NEWLINE);
          scanner.buffer.set(ENCODED[start % ENCODED.length] ?? [], start);
          expect([scanner.find(from, CAPACITY), scanner.newlines]).toEqual([start, start - from]);
        }
      }
    }
  });

  it('counts every newline of a full buffer', () => {
    scanner.buffer.fill(NEWLINE);
    expect(scanner.countNewlines(0, CAPACITY)).toBe(CAPACITY);
    expect([scanner.find(0, CAPACITY), scanner.newlines]).toEqual([-1, CAPACITY]);
    expect([scanner.find(7, 7), scanner.newlines]).toEqual([-1, 0]);
  });

  it('refuses a range outside its buffer', () => {
    for (const [from, to] of [
      [-1, 5],
      [5, 4],
      [0, CAPACITY + 1],
      [Number.NaN, 5],
    ] as const) {
      expect(() => scanner.find(from, to)).toThrow(RangeError);
      expect(() => scanner.countNewlines(from, to)).toThrow(RangeError);
    }
  });
});

describe.each(Object.entries({ SimdScanner, PlainScanner }))('%s', (_name, Scanner) => {
  it('finds the anchor that begins first, even where one that begins later is noticed before it', () => {
    const plan = planAnchors(['abcdefghijkl', 'defg', 'xyz!'], [['ijk', 'jkl'], ['def'], ['efg'], ['xyz', 'yz!']]);
    const scanner = new Scanner(200, plan);
    for (let start = 0; start < 80; start++) {
      scanner.buffer.fill(NEWLINE);
      scanner.buffer.set(new TextEncoder().encode('abcdefghijkl xyz!'), start);
      expect([scanner.find(0, 200), scanner.newlines]).toEqual([start, start]);
      expect(scanner.find(start + 1, 200)).toBe(start + 3);
      expect(scanner.find(start + 4, 200)).toBe(start + 13);
    }
  });
});

describe('two scanners', () => {
  it('do not share their buffers', () => {
    const one = createScanner(100);
    const other = createScanner(100);
    one.buffer.set(new TextEncoder().encode('oom-kill'));
    expect(other.find(0, 100)).toBe(-1);
    expect(one.find(0, 100)).toBe(0);
  });
});

describe('createScanner without SIMD', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.resetModules();
  });

  it.each([
    ['WebAssembly is missing', undefined],
    [
      'compiling fails, as without SIMD or under a content security policy',
      {
        Module: class {
          constructor() {
            throw new Error('refused to compile');
          }
        },
      },
    ],
  ])('falls back to plain JavaScript when %s', async (_why, api) => {
    vi.stubGlobal('WebAssembly', api);
    vi.resetModules();
    const fresh = await import('../../../../src/sources/kernel-log/scan/scanner.js');
    const scanner = fresh.createScanner(64);
    expect(scanner.kind).toBe('plain');
    scanner.buffer.set(new TextEncoder().encode('\njava invoked oom-killer'));
    expect([scanner.find(0, 24), scanner.newlines]).toEqual([14, 1]);
  });
});
