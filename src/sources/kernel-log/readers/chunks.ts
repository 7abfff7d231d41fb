import { readSync } from 'node:fs';
import type { LogSink } from './log-sink.js';
import type { ReadMeter } from './reading.js';

const CHUNK_BYTES = 256 * 1024;

/** Reads an open file from its start to its end into the sink. Synchronous reads into the sink's own buffer are the fastest way. */
export async function copyFile(fd: number, sink: LogSink, meter: ReadMeter): Promise<void> {
  for (let position = 0; ; ) {
    const length = readSync(fd, sink.reserve(), { position });
    if (length === 0) return;
    position += length;
    sink.advance(length);
    await meter.add(length);
  }
}

/** The chunks of an open file; they belong to the receiver. */
export async function* fileChunks(fd: number, meter: ReadMeter): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const buffer = new Uint8Array(CHUNK_BYTES);
    const length = readSync(fd, buffer, { position });
    if (length === 0) return;
    position += length;
    await meter.add(length);
    yield buffer.subarray(0, length);
  }
}

/** The chunks of a stream, counted; they belong to the receiver. */
export async function* meteredChunks(stream: AsyncIterable<Uint8Array>, meter: ReadMeter): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    await meter.add(chunk.length);
    yield chunk;
  }
}

/** The first bytes of a stream, and the stream from its beginning. */
export interface Peeked {
  readonly head: Uint8Array;
  readonly chunks: AsyncGenerator<Uint8Array>;
}

/** Looks at the first `length` bytes of a stream without losing them; fewer when the stream is shorter. */
export async function peek(stream: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
  const iterator = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  for (let seen = 0; seen < length; ) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    seen += next.value.length;
  }
  const rest = { [Symbol.asyncIterator]: () => iterator };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* rest;
  }
  return { head: Buffer.concat(first).subarray(0, length), chunks: chunks() };
}
