import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../../../src/import/convert/block-cache.js';
import { BlockDigests, ImageBytes, type SeekableSource } from '../../../src/import/convert/image-bytes.js';
import { noise } from '../../support/image-bytes.js';
import { bytesSource } from '../../support/import-request.js';

const { signal } = new AbortController();

/** A source that counts: what it was asked for, and how often at a time. */
function counted(bytes: Uint8Array, fail: (offset: number) => Error | undefined = () => undefined) {
  const state = { offsets: [] as number[], now: 0, most: 0 };
  const source = bytesSource(bytes, {
    readAt: async (offset, length, _signal, into) => {
      state.offsets.push(offset);
      state.now += 1;
      state.most = Math.max(state.most, state.now);
      await new Promise((resolve) => setImmediate(resolve));
      state.now -= 1;
      const failure = fail(offset);
      if (failure !== undefined) throw failure;
      const part = into?.subarray(0, length) ?? new Uint8Array(length);
      part.set(bytes.subarray(offset, offset + length));
      return part;
    },
  }) as SeekableSource;
  return { source, state };
}

/** A source whose every read waits until its signal aborts it, unless it is open. */
function heldSource(bytes: Uint8Array) {
  const held: AbortSignal[] & { isOpen?: boolean } = [];
  const source = bytesSource(bytes, {
    readAt: async (offset, length, aborted, into) => {
      if (held.isOpen !== true) {
        held.push(aborted);
        await new Promise((_, reject) => aborted.addEventListener('abort', () => reject(aborted.reason), { once: true }));
      }
      const part = into?.subarray(0, length) ?? new Uint8Array(length);
      part.set(bytes.subarray(offset, offset + length));
      return part;
    },
  }) as SeekableSource;
  return { source, held };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the bytes of an image', () => {
  it('are those of the source, whatever is asked for in whatever order', async () => {
    const bytes = noise(40 * BLOCK_BYTES + 12_345);
    const image = new ImageBytes(counted(bytes).source, { signal });
    let seed = 1;
    for (let turn = 0; turn < 300; turn++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const offset = seed % bytes.length;
      const length = Math.min(1 + (seed % 2_000_000), bytes.length - offset);
      const part = await image.readAt(offset, length);
      expect(part.length).toBe(length);
      expect(Buffer.compare(part, bytes.subarray(offset, offset + length))).toBe(0);
    }
    expect((await image.readAt(bytes.length - 5, 100)).length).toBe(5);
    expect((await image.readAt(bytes.length + 5, 100)).length).toBe(0);
  });

  it('are asked for once while they are read in their order, ahead, a few at a time', async () => {
    const bytes = noise(60 * BLOCK_BYTES);
    const { source, state } = counted(bytes);
    let read = 0;
    const image = new ImageBytes(source, { signal, onRead: (count) => (read += count) });
    for (let at = 0; at < bytes.length; at += 65_536) await image.readAt(at, 65_536);
    expect([...state.offsets].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 60 }, (_, index) => index * BLOCK_BYTES),
    );
    expect(read).toBe(bytes.length);
    expect(state.most).toBeGreaterThan(1);
    expect(state.most).toBeLessThanOrEqual(6);
    // Nothing is read ahead of a jump.
    const before = state.offsets.length;
    await image.readAt(5 * BLOCK_BYTES, 10);
    expect(state.offsets.length).toBe(before + 1);
  });

  it('are right for more readers at a time than there is room for', async () => {
    const bytes = noise(64 * BLOCK_BYTES);
    const image = new ImageBytes(counted(bytes).source, { signal });
    const parts = await Promise.all(
      Array.from({ length: 64 }, (_, index) => image.readAt(((index * 29) % 64) * BLOCK_BYTES, BLOCK_BYTES)),
    );
    parts.forEach((part, index) => {
      const at = ((index * 29) % 64) * BLOCK_BYTES;
      expect(Buffer.compare(part, bytes.subarray(at, at + BLOCK_BYTES))).toBe(0);
    });
  });

  it('are tried again after a failure, which is told to whoever asked', async () => {
    let isBroken = true;
    const bytes = noise(2 * BLOCK_BYTES);
    const image = new ImageBytes(counted(bytes, () => (isBroken ? new Error('broken') : undefined)).source, { signal });
    await expect(image.readAt(0, 10)).rejects.toThrow('broken');
    isBroken = false;
    expect(Buffer.compare(await image.readAt(0, 10), bytes.subarray(0, 10))).toBe(0);
  });

  it('must read as they did where they were pinned', async () => {
    const bytes = noise(50 * BLOCK_BYTES);
    const image = new ImageBytes(counted(bytes).source, { signal });
    const offsetBytes = 3 * BLOCK_BYTES - 100;
    image.pin([{ offsetBytes, bytes: Uint8Array.prototype.slice.call(bytes, offsetBytes, offsetBytes + 200) }]);
    await image.readAt(offsetBytes, 200);
    bytes[3 * BLOCK_BYTES + 99] = 1 + (bytes[3 * BLOCK_BYTES + 99] ?? 0);
    for (let at = 5; at < 50; at++) await image.readAt(at * BLOCK_BYTES, 1);
    expect((await image.readAt(offsetBytes, 100)).length).toBe(100);
    await expect(image.readAt(offsetBytes, 200)).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('must be those the checksum was of', async () => {
    const bytes = noise(4 * BLOCK_BYTES + 700);
    const digests = new BlockDigests(bytes.length);
    for (let at = 0; at < bytes.length; at += 100_001) digests.update(bytes.subarray(at, at + 100_001));
    digests.finish();
    const { source } = counted(bytes);
    const all = await new ImageBytes(source, { signal, digests }).readAt(0, bytes.length);
    expect(Buffer.compare(all, bytes)).toBe(0);
    bytes[bytes.length - 1] = 1 + (bytes[bytes.length - 1] ?? 0);
    const image = new ImageBytes(source, { signal, digests });
    expect((await image.readAt(0, 4 * BLOCK_BYTES)).length).toBe(4 * BLOCK_BYTES);
    await expect(image.readAt(4 * BLOCK_BYTES, 10)).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('are read no more once they are given up, also ahead, and can be read anew', async () => {
    const bytes = noise(20 * BLOCK_BYTES);
    const { source, held } = heldSource(bytes);
    const image = new ImageBytes(source, { signal });
    const waiting = [image.readAt(0, BLOCK_BYTES), image.readAt(BLOCK_BYTES, 3 * BLOCK_BYTES)];
    const told = Promise.allSettled(waiting);
    await until(() => held.length === 6);
    await image.abandon();
    expect(held.map(({ aborted }) => aborted)).toEqual(Array(6).fill(true));
    expect(image.isReading).toBe(false);
    for (const one of await told) expect(one).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    // Those that waited for their turn never come to it.
    expect(held.length).toBe(6);
    held.isOpen = true;
    expect(Buffer.compare(await image.readAt(0, 10), bytes.subarray(0, 10))).toBe(0);
    await image.abandon();
  });

  it('are waited for when they are given up: nothing writes into the memory afterwards', async () => {
    const bytes = noise(BLOCK_BYTES);
    let release = (): void => undefined;
    const source = bytesSource(bytes, {
      readAt: async () => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return bytes;
      },
    }) as SeekableSource;
    const image = new ImageBytes(source, { signal });
    const part = image.readAt(0, 10);
    await until(() => image.isReading);
    let isDone = false;
    const done = image.abandon().then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isDone).toBe(false);
    release();
    await done;
    await part;
  });

  it('are a part of the source only, once they are narrowed', async () => {
    const bytes = noise(3 * BLOCK_BYTES);
    const image = new ImageBytes(counted(bytes).source, { signal });
    image.narrow(512, 2 * BLOCK_BYTES);
    expect(image.sizeBytes).toBe(2 * BLOCK_BYTES);
    expect(Buffer.compare(await image.readAt(10, 1000), bytes.subarray(522, 1522))).toBe(0);
    expect((await image.readAt(2 * BLOCK_BYTES - 1, 100)).length).toBe(1);
  });
});
