import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { ByteStream } from '../../../src/sources/heap/byte-stream.js';
import { collectBytes, gunzip, peek } from '../../../src/sources/heap/byte-stream.js';
import { HeapProfileError } from '../../../src/sources/heap/errors.js';
import { expectHeapError } from './heap-error.js';

const TEXT = Buffer.from('a heap profile\n'.repeat(5000));

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const all = (stream: ByteStream): Promise<Uint8Array> => collectBytes(stream, 10_000_000);

describe('gunzip', () => {
  it.each([1, 7, 100_000])('decompresses chunks of %i bytes', async (size) => {
    expect(TEXT.equals(await all(gunzip(inChunks(gzipSync(TEXT), size))))).toBe(true);
  });

  it('reads streams of several gzip members, as gzip itself does', async () => {
    const twice = Buffer.concat([gzipSync(TEXT), gzipSync(TEXT)]);
    expect(await all(gunzip(inChunks(twice, 64)))).toHaveLength(2 * TEXT.length);
  });

  it.each([4, 60, -4])('says that a stream cut at %i is truncated', async (at) => {
    await expectHeapError('truncated', () => all(gunzip(inChunks(gzipSync(TEXT).subarray(0, at), 16))));
  });

  it('says that a stream with a wrong checksum is damaged', async () => {
    const damaged = gzipSync(TEXT);
    damaged[damaged.length - 8] = (damaged[damaged.length - 8] ?? 0) ^ 1;
    await expectHeapError('malformed', () => all(gunzip(inChunks(damaged, 16))));
  });

  it('passes on the error of its source', async () => {
    const failure = new HeapProfileError('timeout', 'too slow');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield gzipSync(TEXT).subarray(0, 40);
      throw failure;
    }
    await expect(all(gunzip(failing()))).rejects.toBe(failure);
  });

  it('closes its source when it is left early', async () => {
    let closed = false;
    const member = gzipSync(TEXT);
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield member;
      } finally {
        closed = true;
      }
    }
    for await (const _ of gunzip(endless())) break;
    expect(closed).toBe(true);
  });
});

describe('collectBytes', () => {
  it('stops at the bound instead of filling memory', async () => {
    let yielded = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        yielded++;
        yield new Uint8Array(1000);
      }
    }
    await expectHeapError('too-large', () => collectBytes(endless(), 4500));
    expect(yielded).toBe(5);
  });
});

describe('peek', () => {
  it.each([1, 10, 1000, 1_000_000])('gives the first bytes and then the whole stream, in chunks of %i', async (size) => {
    const { head, stream } = await peek(inChunks(TEXT, size), 100);
    expect(head.length).toBeGreaterThanOrEqual(100);
    expect(TEXT.subarray(0, head.length).equals(head)).toBe(true);
    expect(TEXT.equals(await all(stream))).toBe(true);
  });

  it('gives what there is of a shorter stream', async () => {
    const { head, stream } = await peek(inChunks(TEXT.subarray(0, 30), 7), 100);
    expect(head).toHaveLength(30);
    expect(await all(stream)).toHaveLength(30);
  });
});
