import { createCipheriv, createHash } from 'node:crypto';

/** Bytes without a pattern, the same for the same seed. */
export function noise(length: number, seed = 1): Buffer {
  const key = createHash('sha256').update(`seed ${seed}`).digest();
  return createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length));
}

/** A raw disk as disks are: noise, and holes between of sizes around those at which zeros are told from data. */
export function diskBytes(length: number, seed = 1): Buffer {
  const disk = noise(length, seed);
  const holes = [4096, 65_536, 65_537, 200_000, 1_048_576, 1_100_000];
  let at = 70_000;
  for (let index = 0; at < length; index++) {
    const hole = holes[index % holes.length] ?? 0;
    disk.fill(0, at, Math.min(at + hole, length));
    at += hole + 50_000 + 60_000 * (index % 3);
  }
  return disk;
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What a test compares instead of millions of bytes: it says where they are of another length, and no more. */
export function print(bytes: Uint8Array): string {
  return `${bytes.length} ${sha256(bytes)}`;
}

/** All of a stream, each chunk copied when it comes: it is valid until the next one is asked for. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const chunk of chunks) pieces.push(Buffer.from(chunk));
  return Buffer.concat(pieces);
}

/** A stream of these bytes in chunks of these lengths, over and over. One buffer is used for all chunks, as sources do. */
export async function* chunked(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(Math.max(...lengths));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const length = Math.min(lengths[turn % lengths.length] ?? 1, bytes.length - at);
    buffer.set(bytes.subarray(at, at + length));
    yield buffer.subarray(0, length);
    buffer.fill(0xee);
    at += length;
  }
}

/** These bytes in one piece, and then nothing for ever: neither more nor an end. */
export async function* stalledAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  await new Promise(() => undefined);
}
