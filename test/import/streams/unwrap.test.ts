import { describe, expect, it, vi } from 'vitest';
import type { CompressedFormat } from '../../../src/import/formats/image-format.js';
import { type Bounds, defaultBounds } from '../../../src/import/streams/bounds.js';
import { peek } from '../../../src/import/streams/peek.js';
import { unwrap } from '../../../src/import/streams/unwrap.js';
import { compress, hasTool } from '../../support/compress.js';
import { chunked, collect, diskBytes, noise, print } from '../../support/image-bytes.js';
import { tarArchive } from '../../support/tar-archive.js';

const DISK = diskBytes(400_000);
const MIB = 1024 * 1024;

describe('an image in wrappings', () => {
  it.each<[string, (CompressedFormat | 'tar')[]]>([
    ['none', []],
    ['gz', ['gz']],
    ['gz in tar', ['tar', 'gz']],
    ['tar in gz', ['gz', 'tar']],
    ['gz in tar in gz in tar', ['tar', 'gz', 'tar', 'gz']],
    ['tar in xz in zst in bz2', ['bz2', 'zst', 'xz', 'tar']],
  ])('is told by its content: %s', async (_, layers) => {
    const tools = (['xz', 'zst', 'bz2'] as const).filter((tool) => layers.includes(tool));
    if (!tools.every(hasTool)) return;
    const wrapped = layers.reduceRight((inner, layer) => wrap(layer, inner), DISK);
    const image = await unwrap(chunked(wrapped, [7001]), { shown: 'x', bounds: defaultBounds });
    expect(image).toMatchObject({ layers, format: 'raw' });
    expect(print(await collect(image.chunks))).toBe(print(DISK));
  });

  it('is not looked for deeper than the bound', async () => {
    const deep = wrap('gz', wrap('tar', wrap('gz', DISK)));
    const bounds: Bounds = { ...defaultBounds, depth: 3 };
    expect((await unwrap(chunked(deep, [7001]), { shown: 'x', bounds })).layers).toEqual(['gz', 'tar', 'gz']);
    for (const layer of ['gz', 'tar'] as const) {
      let isClosed = false;
      const source = (async function* () {
        try {
          yield* chunked(wrap(layer, deep), [7001]);
        } finally {
          isClosed = true;
        }
      })();
      await expect(unwrap(source, { shown: 'x', bounds })).rejects.toMatchObject({ code: 'too-deep', fault: 'image' });
      await vi.waitFor(() => expect(isClosed).toBe(true));
    }
  });

  it('may be dense, as empty disks are, and not past the bounds', async () => {
    const bounds: Bounds = { depth: 4, ratio: 100, freeBytes: 8 * MIB };
    const open = async (wrapped: Buffer) => collect((await unwrap(chunked(wrapped, [7001]), { shown: 'x', bounds })).chunks);
    // A thousand to one, and within what is free; then beyond it.
    expect((await open(compress('gz', Buffer.alloc(8 * MIB)))).length).toBe(8 * MIB);
    await expect(open(compress('gz', Buffer.alloc(9 * MIB)))).rejects.toMatchObject({ code: 'too-dense', fault: 'image' });
    // Beyond what is free, and not dense.
    const plain = Buffer.concat([noise(MIB), Buffer.alloc(9 * MIB)]);
    expect((await open(compress('gz', plain))).length).toBe(plain.length);
  });

  it('counts each layer of a bomb', async () => {
    const bounds: Bounds = { depth: 4, ratio: 2000, freeBytes: MIB };
    const bomb = compress('gz', compress('gz', compress('gz', Buffer.alloc(64 * MIB))));
    let read = 0;
    const image = await unwrap(chunked(bomb, [7001]), { shown: 'x', bounds });
    for await (const chunk of image.chunks) read += chunk.length;
    // Each layer alone is within a thousand to one: gzip can do no more, and nothing was said of the whole.
    expect(read).toBe(64 * MIB);
    const strict: Bounds = { ...bounds, ratio: 500 };
    const opened = unwrap(chunked(bomb, [7001]), { shown: 'x', bounds: strict }).then(({ chunks }) => collect(chunks));
    await expect(opened).rejects.toMatchObject({ code: 'too-dense' });
  });
});

describe('the beginning of a stream', () => {
  it.each([1, 100, 399_999, 400_000, 400_001])('of %i bytes is given back with the rest', async (length) => {
    for (const lengths of [[1000], [100_000, 1], [1_000_000]]) {
      const { head, chunks } = await peek(chunked(DISK, lengths), length);
      expect(print(head)).toBe(print(DISK.subarray(0, length)));
      expect(print(await collect(chunks))).toBe(print(DISK));
    }
  });
});

function wrap(layer: CompressedFormat | 'tar', inner: Buffer): Buffer {
  return layer === 'tar' ? tarArchive([{ name: 'disk', data: inner }]) : compress(layer, inner);
}
