import { closeSync, constants, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALIGNMENT } from '../../../src/import/target/aligned.js';
import { writeWay } from '../../../src/import/target/cache-mode.js';
import { runsOf, ZERO_RUN_BYTES } from '../../../src/import/target/runs.js';
import { BLOCK_BYTES, ImageWriter, type WriterOptions } from '../../../src/import/target/writer.js';
import { libc } from '../../../src/sources/host/libc.js';
import { chunked, noise, print } from '../../support/image-bytes.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

describe('a writer past the page cache', () => {
  it('writes every length, filled up with zeros to what the disk takes', async () => {
    const lengths = [1, 511, 512, 513, 4095, 4096, 4097, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 9 * BLOCK_BYTES + 777];
    for (const unitBytes of [512, ALIGNMENT]) {
      for (const length of lengths) {
        const disk = noise(length, length);
        const { file, size } = await written(disk, [100_000], { unitBytes });
        const whole = Math.ceil(length / unitBytes) * unitBytes;
        expect(size).toBe(length);
        expect(print(file)).toBe(print(Buffer.concat([disk, Buffer.alloc(whole - length)])));
      }
    }
  });

  it('writes the same however the bytes come, zeros left out and not', async () => {
    const piece = fc.record({
      isZero: fc.boolean(),
      length: fc.oneof(
        fc.integer({ min: 1, max: 200_000 }),
        fc.constantFrom(ZERO_RUN_BYTES - 1, ZERO_RUN_BYTES, ZERO_RUN_BYTES + 1, BLOCK_BYTES),
      ),
    });
    const pieces = fc.array(piece, { minLength: 1, maxLength: 12 });
    const chunkLengths = fc.array(fc.integer({ min: 1000, max: 300_000 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(pieces, chunkLengths, fc.boolean(), async (made, lengths, isSkipped) => {
        const disk = Buffer.concat(made.map(({ isZero, length }) => (isZero ? Buffer.alloc(length) : noise(length, length))));
        const { file } = await written(disk, lengths, { zeros: isSkipped ? 'skip' : 'write' });
        // A file ends where the last thing was written; the importer gives it its length.
        const same = Buffer.alloc(Math.max(disk.length, file.length));
        file.copy(same);
        expect(print(same.subarray(0, disk.length))).toBe(print(disk));
        expect(same.subarray(disk.length).every((byte) => byte === 0)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('leaves zeros out as holes, and writes them when it is told to', async () => {
    const disk = Buffer.alloc(8 * BLOCK_BYTES + 4096);
    noise(4096).copy(disk, 8 * BLOCK_BYTES);
    expect((await written(disk, [BLOCK_BYTES], { zeros: 'skip' })).heldBytes).toBeLessThanOrEqual(64 * 1024);
    expect((await written(disk, [BLOCK_BYTES], { zeros: 'write' })).heldBytes).toBeGreaterThanOrEqual(disk.length);
  });

  it('has a durable point before which all is there, a file of that length, and nothing of it lost by later writes', async () => {
    const path = join(temporaryDirectory(), 'disk.img');
    const { fd, writer } = openWriter(path, {});
    try {
      const disk = Buffer.alloc(6 * BLOCK_BYTES);
      noise(BLOCK_BYTES).copy(disk);
      noise(BLOCK_BYTES, 2).copy(disk, 5 * BLOCK_BYTES);
      await writer.write(disk.subarray(0, 4 * BLOCK_BYTES + 10));
      await writer.settle();
      const durable = await writer.flush();
      expect(durable).toBe(4 * BLOCK_BYTES);
      expect(statSync(path).size).toBeGreaterThanOrEqual(durable);
      await writer.write(disk.subarray(4 * BLOCK_BYTES + 10));
      await writer.finish();
      expect(print(readFileSync(path))).toBe(print(disk));
    } finally {
      closeSync(fd);
    }
  });

  it('tells what a write failed with, to who writes on and to who waits', async () => {
    const fd = openSync('/dev/null', constants.O_RDONLY);
    try {
      const { writer } = openWriter(undefined, {}, fd);
      const write = async () => {
        for (let block = 0; block < 20; block++) await writer.write(noise(BLOCK_BYTES));
      };
      await expect(write()).rejects.toMatchObject({ code: 'EBADF' });
      await expect(writer.finish()).rejects.toMatchObject({ code: 'EBADF' });
      await expect(writer.flush()).rejects.toThrow();
      expect(writer.frontierBytes).toBe(0);
    } finally {
      closeSync(fd);
    }
  });
});

describe('the runs of a block', () => {
  it('are all of it in order, each as long as can be, and zeros where there are zeros', () => {
    const kinds = fc.array(fc.constantFrom('zeros', 'noise', 'one byte'), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: ZERO_RUN_BYTES }), (made, last) => {
        const block = Buffer.alloc(made.length * ZERO_RUN_BYTES);
        made.forEach((kind, index) => {
          if (kind === 'noise') noise(ZERO_RUN_BYTES).copy(block, index * ZERO_RUN_BYTES);
          if (kind === 'one byte') block[index * ZERO_RUN_BYTES] = 1;
        });
        const length = block.length - ZERO_RUN_BYTES + last;
        const runs = runsOf(block, length);
        expect(runs[0]?.start).toBe(0);
        expect(runs.at(-1)?.end).toBe(length);
        runs.forEach((run, index) => {
          expect(run.end).toBeGreaterThan(run.start);
          if (index > 0) expect(run).toMatchObject({ start: runs[index - 1]?.end, isZero: !runs[index - 1]?.isZero });
          for (let part = run.start; part < run.end; part += ZERO_RUN_BYTES) {
            expect(made[part / ZERO_RUN_BYTES] === 'zeros').toBe(run.isZero);
          }
        });
      }),
    );
  });
});

/** A file written whole, with O_DIRECT. */
async function written(disk: Buffer, lengths: readonly number[], choice: Partial<WriterOptions>) {
  const path = join(temporaryDirectory(), 'disk.img');
  const { fd, writer } = openWriter(path, choice);
  try {
    for await (const chunk of chunked(disk, lengths)) await writer.write(chunk);
    const size = await writer.finish();
    return { size, file: readFileSync(path), heldBytes: statSync(path).blocks * 512 };
  } finally {
    closeSync(fd);
  }
}

function openWriter(path: string | undefined, choice: Partial<WriterOptions>, open?: number) {
  const way = writeWay('none', 'proven');
  if (way === undefined) throw new Error('none is a way');
  const fd = open ?? openSync(path ?? '', constants.O_RDWR | constants.O_CREAT | constants.O_DIRECT);
  const dirtyLimitBytes = 64 * BLOCK_BYTES;
  const usual = { fd, way, offsetBytes: 0, zeros: 'skip', unitBytes: ALIGNMENT, dirtyLimitBytes, libc: libc() } as const;
  return { fd, writer: new ImageWriter({ ...usual, ...choice }) };
}
