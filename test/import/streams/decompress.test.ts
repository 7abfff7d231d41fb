import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ImportError } from '../../../src/import/error.js';
import { COMPRESSED_FORMATS, type CompressedFormat } from '../../../src/import/formats/image-format.js';
import { decompress } from '../../../src/import/streams/decompress.js';
import { DECODER_BYTES } from '../../../src/sources/streams/decoder-tools.js';
import { compress, hasTool } from '../../support/compress.js';
import { chunked, collect, diskBytes, noise, print, stalledAfter } from '../../support/image-bytes.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const DISK = diskBytes(2_500_000);
const OTHER = noise(100_000, 2);
const tools = { gz: true, xz: hasTool('xz'), zst: hasTool('zst'), bz2: hasTool('bz2') };
/** Compressed with what is here; the tests without a tool need no more than the beginning of a stream. */
const COMPRESSED = new Map(
  COMPRESSED_FORMATS.map((format) => [format, tools[format] ? compress(format, DISK) : Buffer.alloc(0)]),
);

describe.each(COMPRESSED_FORMATS.map((compression) => [compression] as const))('a stream of %s', (compression) => {
  const whole = COMPRESSED.get(compression) ?? Buffer.alloc(0);
  const second = tools[compression] ? compress(compression, OTHER) : Buffer.alloc(0);

  describe.skipIf(!tools[compression])('(skipped without its program)', () => {
    it('is what was compressed', async () => {
      expect(await plain(compression, whole)).toBe(print(DISK));
    });

    it('may be several streams one after another', async () => {
      expect(await plain(compression, Buffer.concat([whole, second, second]))).toBe(print(Buffer.concat([DISK, OTHER, OTHER])));
    });

    it('may be of nothing', async () => {
      expect(await plain(compression, compress(compression, Buffer.alloc(0)))).toBe(print(Buffer.alloc(0)));
    });

    it.each([0.5, 0.999])('is damaged when it ends at %d of its length', async (part) => {
      await expect(plain(compression, whole.subarray(0, whole.length * part))).rejects.toMatchObject({ code: 'damaged' });
    });

    it('is damaged when it ends in a second stream', async () => {
      const cut = Buffer.concat([whole, second.subarray(0, second.length / 2)]);
      await expect(plain(compression, cut)).rejects.toMatchObject({ code: 'damaged' });
    });

    it('is damaged when a byte of it is another', async () => {
      const wrong = Buffer.from(whole);
      wrong[Math.floor(wrong.length / 2)] = (wrong[Math.floor(wrong.length / 2)] ?? 0) ^ 0x55;
      await expect(plain(compression, wrong)).rejects.toMatchObject({
        code: 'damaged',
        problem: { params: { source: { value: 'x' }, format: { value: compression } } },
      });
    });

    it('is given up at once when it is damaged, though its source brings nothing more', async () => {
      // What a decoder takes in at once is decoded before it is known whether there is more.
      const wrong = Buffer.from(whole.subarray(0, whole.length / 2)).fill(0x55, 1000, 200_000);
      await expect(collect(decompress(compression, stalledAfter(wrong), 'x'))).rejects.toMatchObject({ code: 'damaged' });
    });

    it('is left at once by who wants no more of it, though its source brings nothing more', async () => {
      for await (const piece of decompress(compression, stalledAfter(whole.subarray(0, whole.length / 2)), 'x')) {
        expect(piece.length).toBeGreaterThan(0);
        break;
      }
    });

    it('fails as its source fails', async () => {
      const failing = async function* (): AsyncGenerator<Uint8Array> {
        yield* chunked(whole.subarray(0, whole.length / 2), [10_000]);
        throw new ImportError('source-cut', { source: 'x', reason: 'ECONNRESET' });
      };
      await expect(collect(decompress(compression, failing(), 'x'))).rejects.toMatchObject({ code: 'source-cut' });
    });

    it('closes its source when nobody reads on', async () => {
      let closed = false;
      const source = (async function* () {
        try {
          yield* chunked(whole, [1000]);
        } finally {
          closed = true;
        }
      })();
      for await (const chunk of decompress(compression, source, 'x')) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      expect(closed).toBe(true);
    });
  });
});

describe('a stream however its bytes come', () => {
  it.each(COMPRESSED_FORMATS.filter((compression) => tools[compression]))('is the same, of %s', async (compression) => {
    const data = noise(20_000, 2);
    const small = compress(compression, data);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 4 }), async (lengths) => {
        const chunks = decompress(compression, chunked(small, lengths), 'x');
        expect(print(await collect(chunks))).toBe(print(data));
      }),
      { numRuns: compression === 'gz' ? 30 : 5 },
    );
  });
});

describe('what follows the stream', () => {
  const gz = gzipSync(DISK);

  it('of gz may be zeros, as tapes leave them, in whatever chunks', async () => {
    const padded = Buffer.concat([gz, Buffer.alloc(5000)]);
    for (const first of [gz.length - 1, gz.length, gz.length + 1, padded.length]) {
      const chunks = chunked(padded, [first, 1, 1500]);
      expect(print(await collect(decompress('gz', chunks, 'x')))).toBe(print(DISK));
    }
  });

  it.each([
    ['garbage', noise(200_000, 9)],
    ['a little garbage', Buffer.from('end')],
    ['garbage after zeros', Buffer.concat([Buffer.alloc(5000), Buffer.from([1])])],
    ['another stream after zeros', Buffer.concat([Buffer.alloc(5000), gz])],
  ])('of gz may not be %s, in whatever chunks', async (_, rest) => {
    const wrong = Buffer.concat([gz, rest]);
    for (const first of [gz.length - 1, gz.length, gz.length + 1, wrong.length]) {
      const chunks = chunked(wrong, [first, 1, 1500]);
      await expect(collect(decompress('gz', chunks, 'x'))).rejects.toMatchObject({ code: 'damaged' });
    }
  });

  it.each((['zst', 'bz2'] as const).filter((compression) => tools[compression]))(
    'of %s may not be garbage',
    async (compression) => {
      const wrong = Buffer.concat([COMPRESSED.get(compression) ?? gz, noise(200_000, 9)]);
      await expect(plain(compression, wrong)).rejects.toMatchObject({ code: 'damaged' });
    },
  );

  it.skipIf(!tools.xz)('of xz may be padding and no garbage', async () => {
    const whole = COMPRESSED.get('xz') ?? Buffer.alloc(0);
    expect(await plain('xz', Buffer.concat([whole, Buffer.alloc(8)]))).toBe(print(DISK));
    await expect(plain('xz', Buffer.concat([whole, noise(1000)]))).rejects.toMatchObject({ code: 'damaged' });
  });
});

describe('a decoder', () => {
  it.skipIf(!tools.zst)('of zstd takes a window up to the bound and none beyond', async () => {
    const log = Math.log2(DECODER_BYTES);
    const data = noise(100_000);
    const frame = compress('zst', data, `--long=${log}`);
    // RFC 8878, 3.1.1.1.2: the exponent of the window's size over 1 KiB, and three bits of mantissa.
    expect(frame[5]).toBe((log - 10) << 3);
    expect(await plain('zst', frame)).toBe(print(data));
    for (const window of [((log - 10) << 3) + 1, (log - 9) << 3, (31 - 10) << 3]) {
      const asking = Buffer.from(frame);
      asking[5] = window;
      await expect(plain('zst', asking)).rejects.toMatchObject({ code: 'decoder-memory' });
    }
  });

  it.skipIf(!tools.xz)('of xz takes a dictionary up to the bound and none beyond', async () => {
    const data = noise(100_000);
    expect(await plain('xz', compress('xz', data, '--lzma2=preset=0,dict=64MiB'))).toBe(print(data));
    await expect(plain('xz', compress('xz', data, '--lzma2=preset=0,dict=65MiB'))).rejects.toMatchObject({
      code: 'decoder-memory',
    });
  });

  it('does not heed options for the tools in the environment', async () => {
    for (const [name, value] of [
      ['XZ_OPT', '--memlimit=1'],
      ['XZ_DEFAULTS', '--format=raw'],
      ['BZIP2', '-t'],
      ['ZSTD_NBTHREADS', '99'],
    ] as const) {
      process.env[name] = value;
      onTestFinished(() => void delete process.env[name]);
    }
    for (const compression of COMPRESSED_FORMATS.filter((each) => tools[each])) {
      expect(await plain(compression, COMPRESSED.get(compression) ?? Buffer.alloc(0))).toBe(print(DISK));
    }
  });
});

describe('without the tools', () => {
  it.skipIf(!tools.xz)('xz is decompressed by WebAssembly', async () => {
    const whole = COMPRESSED.get('xz') ?? Buffer.alloc(0);
    const several = Buffer.concat([whole, compress('xz', OTHER)]);
    withoutTools();
    expect(await plain('xz', whole)).toBe(print(DISK));
    await expect(plain('xz', whole.subarray(0, whole.length / 2))).rejects.toMatchObject({ code: 'damaged' });
    await expect(plain('xz', whole.subarray(0, whole.length - 10))).rejects.toMatchObject({ code: 'damaged' });
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* chunked(whole.subarray(0, 100_000), [10_000]);
      throw new ImportError('source-cut', { source: 'x', reason: 'ECONNRESET' });
    };
    await expect(collect(decompress('xz', failing(), 'x'))).rejects.toMatchObject({ code: 'source-cut' });
    expect(await plain('xz', several)).toBe(print(Buffer.concat([DISK, OTHER])));
  });

  it.each([
    ['zst', 'zstd'],
    ['bz2', 'bzip2'],
  ] as const)('%s names the package that is missing', async (compression, name) => {
    withoutTools();
    await expect(plain(compression, COMPRESSED.get(compression) ?? Buffer.alloc(0))).rejects.toMatchObject({
      code: 'tool-missing',
      problem: { params: { tool: { value: name }, package: { value: name } } },
    });
  });
});

/** The print of what a stream stands for, which comes in pieces that fit nothing. */
function plain(compression: CompressedFormat, bytes: Buffer): Promise<string> {
  return collect(decompress(compression, chunked(bytes, [60_001]), 'x')).then(print);
}

/** A PATH on which nothing is, until the test ends. */
function withoutTools(): void {
  const path = process.env.PATH;
  process.env.PATH = temporaryDirectory();
  onTestFinished(() => {
    process.env.PATH = path;
  });
}
