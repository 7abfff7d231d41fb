import { execFileSync } from 'node:child_process';
import { constants, deflateRawSync, gzipSync, inflateRawSync, crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/sources/streams/crc32.js';
import { type GzipError, gunzip, gunzipBeginning } from '../../../src/sources/streams/gunzip.js';
import { INPUT_PADDING, Inflate } from '../../../src/sources/streams/inflate.js';

const LINES = Array.from(
  { length: 4000 },
  (_, at) => `[${at}.${(at * 7919) % 1_000_003}] eth${at % 7}: ${(at * at).toString(36)}\n`,
);
const TEXT = Buffer.from(LINES.join(''));
const END = Buffer.from('the newest line\n');

interface Read {
  readonly text: Buffer;
  readonly damage?: string;
  readonly isTruncated?: boolean;
}

/** Everything that comes out of a stream, given in pieces of one length, and what it fails with. */
async function read(stream: Uint8Array, length = 1 << 20): Promise<Read> {
  const pieces: Uint8Array[] = [];
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < stream.length; at += length) yield stream.subarray(at, at + length);
  };
  try {
    for await (const piece of gunzip(chunks())) pieces.push(piece);
    return { text: Buffer.concat(pieces) };
  } catch (error) {
    const { message, isTruncated } = error as GzipError;
    return { text: Buffer.concat(pieces), damage: message, isTruncated };
  }
}

/** Deflate of a stream in pieces of one length. */
function inflate(
  stream: Uint8Array,
  length: number,
): { readonly text: Buffer; readonly failure?: string; readonly used: number } {
  const pieces: Uint8Array[] = [];
  const decoder = new Inflate((piece) => pieces.push(piece));
  let held = 0;
  for (let to = Math.min(length, stream.length); ; to = Math.min(to + length, stream.length)) {
    const input = new Uint8Array(to - held + INPUT_PADDING);
    input.set(stream.subarray(held, to));
    held += decoder.run(input, 0, to - held);
    if (decoder.ended || decoder.failure !== undefined || to === stream.length) break;
  }
  const text = Buffer.concat(pieces);
  return { text, used: held, ...(decoder.failure === undefined ? {} : { failure: decoder.failure }) };
}

/** What zlib decodes of the longest beginning of a stream that it takes: all that there is. */
function mostOf(stream: Buffer): { readonly text: Buffer; readonly fails: boolean } {
  const decode = (length: number): Buffer | undefined => {
    try {
      return inflateRawSync(stream.subarray(0, length), { finishFlush: constants.Z_SYNC_FLUSH });
    } catch {
      return undefined;
    }
  };
  let [good, bad] = [0, stream.length + 1];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (decode(middle) === undefined) bad = middle;
    else good = middle;
  }
  return { text: decode(good) ?? Buffer.alloc(0), fails: good < stream.length };
}

describe('deflate', () => {
  const kinds = [
    ['as logs are compressed', TEXT, {}],
    ['fast', TEXT, { level: 1 }],
    ['stored', TEXT, { level: 0 }],
    ['with fixed codes', TEXT, { strategy: constants.Z_FIXED }],
    ['with codes alone', TEXT, { strategy: constants.Z_HUFFMAN_ONLY }],
    ['with runs alone', Buffer.concat([TEXT, Buffer.alloc(400_000, 7)]), { strategy: constants.Z_RLE }],
    ['of one byte', Buffer.from('x'), {}],
    ['of nothing', Buffer.alloc(0), {}],
    ['of a long run', Buffer.alloc(3_000_000, 'ab'), {}],
  ] as const;

  it.each(kinds)('%s is what zlib makes of it, in pieces of any length', (_, data, options) => {
    const stream = deflateRawSync(data, options);
    for (const length of [1, 2, 3, 7, 64, 1000, stream.length + 1]) {
      const { text, failure, used } = inflate(Buffer.concat([stream, Buffer.from('behind')]), length);
      expect(failure).toBeUndefined();
      expect(data.equals(text)).toBe(true);
      expect(used).toBe(stream.length);
    }
  });

  it('that is cut or damaged anywhere gives as much as there is, not a byte less than zlib can', () => {
    const streams = kinds.slice(0, 6).map(([, data, options]) => deflateRawSync(data.subarray(0, 60_000), options));
    const damage = fc.record({
      of: fc.constantFrom(...streams),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), { maxLength: 3 }),
      length: fc.constantFrom(1, 50, 5000, 1 << 20),
    });
    fc.assert(
      fc.property(damage, ({ of, cut, flips, length }) => {
        const stream = Buffer.from(of.subarray(0, Math.ceil(of.length * cut)));
        for (const [place, byte] of flips) if (stream.length > 0) stream[Math.floor(place * (stream.length - 1))] = byte;
        const most = mostOf(stream);
        const own = inflate(stream, length);
        expect({ equal: own.text.equals(most.text), fails: own.failure !== undefined }).toEqual({
          equal: true,
          fails: most.fails,
        });
      }),
      { numRuns: 200 },
    );
  });

  it('that is made of any bytes ends, with what zlib makes of it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const stream = Buffer.from(bytes);
        const most = mostOf(stream);
        expect(inflate(stream, 1000).text.equals(most.text)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('crc32', () => {
  it('is zlib’s, over pieces too', () => {
    for (const length of [0, 1, 2, 3, 4, 5, 100, 4099]) {
      const bytes = TEXT.subarray(0, length);
      expect(crc32(bytes, 0)).toBe(zlibCrc32(bytes));
      expect(crc32(bytes.subarray(length >> 1), crc32(bytes.subarray(0, length >> 1), 0))).toBe(zlibCrc32(bytes));
    }
  });
});

describe('a gzip stream', () => {
  const stream = gzipSync(TEXT);

  it.each([1, 5, 100, 9000])('of several members is read, in chunks of %i', async (length) => {
    const { text, damage } = await read(Buffer.concat([stream, gzipSync(''), gzipSync(END)]), length);
    expect({ damage, same: text.equals(Buffer.concat([TEXT, END])) }).toEqual({ damage: undefined, same: true });
  });

  it('may have a name, a comment and more in its header', async () => {
    const header = Buffer.from([
      0x1f,
      0x8b,
      8,
      2 | 4 | 8 | 16,
      0,
      0,
      0,
      0,
      0,
      3,
      3,
      0,
      1,
      2,
      3,
      ...Buffer.from('name\0comment\0'),
      9,
      9,
    ]);
    const named = Buffer.concat([header, stream.subarray(10)]);
    for (const length of [1, 1000]) expect((await read(named, length)).text.equals(TEXT)).toBe(true);
  });

  it('made by gzip itself is read', async () => {
    expect((await read(execFileSync('gzip', ['-c'], { input: TEXT }))).text.equals(TEXT)).toBe(true);
  });

  it.each([
    ['a stray byte', Buffer.from([0]), undefined],
    ['the NULs of a tape', Buffer.alloc(5000), undefined],
    ['a byte of garbage', Buffer.from('x'), 'trailing garbage'],
    ['much garbage', Buffer.alloc(100_000, 'no gzip\x1f\x8b'), 'trailing garbage'],
    ['NULs and garbage', Buffer.concat([Buffer.alloc(600), Buffer.from('x')]), 'trailing garbage'],
    ['the beginning of another', stream.subarray(0, 5), 'unexpected end of file'],
  ])('gives all of its text, though %s follows it', async (_, behind, expected) => {
    for (const length of [1, 4096, 1 << 20]) {
      const { text, damage } = await read(Buffer.concat([stream, behind]), length);
      expect({ damage, same: text.equals(TEXT) }).toEqual({ damage: expected, same: true });
    }
  });

  it.each([
    ['NULs', Buffer.alloc(700), undefined],
    ['garbage', Buffer.alloc(700, 'garbage'), 'trailing garbage'],
  ])('goes on behind %s', async (_, between, expected) => {
    for (const length of [1, 1 << 20]) {
      const { text, damage } = await read(Buffer.concat([stream, between, gzipSync(END)]), length);
      expect({ damage, same: text.equals(Buffer.concat([TEXT, END])) }).toEqual({ damage: expected, same: true });
    }
  });

  it.each([
    [-8, 'incorrect data check'],
    [-4, 'incorrect length check'],
  ])('whose trailer is wrong at %i gives all of its text, and what follows', async (at, expected) => {
    const wrong = Buffer.from(stream);
    wrong[stream.length + at] = (wrong[stream.length + at] ?? 0) ^ 1;
    const { text, damage, isTruncated } = await read(Buffer.concat([wrong, gzipSync(END)]));
    expect({ damage, isTruncated, same: text.equals(Buffer.concat([TEXT, END])) }).toEqual({
      damage: expected,
      isTruncated: false,
      same: true,
    });
  });

  it('that is damaged in the middle gives what comes before, and the members behind it', async () => {
    const wrong = Buffer.from(stream);
    wrong.fill(0, 20_000, 20_100);
    const { text, damage } = await read(Buffer.concat([wrong, gzipSync(END)]));
    expect(damage).toBeDefined();
    const common = text.findIndex((byte, at) => byte !== TEXT[at]);
    expect(common).toBeGreaterThan(TEXT.length / 3);
    expect(text.subarray(-END.length).equals(END)).toBe(true);
  });

  it.each([0, 1, 4, 12, 5000, -9, -1])('that is cut at %i gives all that it still has', async (at) => {
    const cut = stream.subarray(0, at === 0 ? 0 : at);
    const { text, damage, isTruncated } = await read(cut, 3000);
    expect({ damage, isTruncated }).toEqual({ damage: 'unexpected end of file', isTruncated: true });
    expect(text.equals(cut.length < 10 ? Buffer.alloc(0) : mostOf(cut.subarray(10)).text)).toBe(true);
  });

  it('has a beginning that can be looked at', () => {
    const beginning = Buffer.from(gunzipBeginning(stream.subarray(0, 4096)));
    expect(beginning.equals(mostOf(stream.subarray(10, 4096)).text)).toBe(true);
    expect(gunzipBeginning(Buffer.from('no gzip'))).toHaveLength(0);
  });

  it('of nothing but small members is read in time', async () => {
    const many = Buffer.concat(Array<Buffer>(20_000).fill(gzipSync('x')));
    expect((await read(many)).text).toHaveLength(20_000);
  });
});
