import { closeSync, openSync, readSync, type Stats } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { detectFormat, HEAD_BYTES, type SourceFormat } from '../format.js';
import { copyFile, fileChunks, meteredChunks, peek } from './chunks.js';
import { type CompressedFormat, decompress } from './decompress.js';
import type { LogSink } from './log-sink.js';
import { ReadError } from './read-error.js';
import { type ReadContext, ReadMeter, type SourceOutcome } from './reading.js';

/** Formats oomkit knows but cannot read, with the command that can. */
export const READ_WITH: Readonly<Partial<Record<SourceFormat, string>>> = {
  bzip2: 'bzip2 -dc',
  lz4: 'lz4 -dc',
  journal: 'journalctl -k -o json --file',
};

/** Reads a regular file of any size, plain or compressed, into the sink. Throws a ReadError or the errno error of a system call. */
export async function readRegularFile(path: string, stats: Stats, sink: LogSink, context: ReadContext): Promise<SourceOutcome> {
  const fd = openSync(path, 'r');
  try {
    const format = detectFormat(readHead(fd));
    const meter = new ReadMeter(path, context, stats.size);
    if (!isCompressed(format)) {
      assertReadable(format, path);
      await copyFile(fd, sink, meter);
      return { source: path, binary: format === 'binary' };
    }
    const input = { source: path, fd, chunks: fileChunks(fd, meter), signal: context.signal };
    return outcome(path, await decompress(format, input, sink));
  } finally {
    closeSync(fd);
  }
}

/** Reads a pipe or another stream, plain or compressed, into the sink, and closes it. */
export async function readStream(source: string, stream: Readable, sink: LogSink, context: ReadContext): Promise<SourceOutcome> {
  const { signal } = context;
  if (signal !== undefined) addAbortSignal(signal, stream);
  try {
    const meter = new ReadMeter(source, context);
    const { head, chunks } = await peek(meteredChunks(stream, meter), HEAD_BYTES);
    const format = detectFormat(head);
    if (isCompressed(format)) return outcome(source, await decompress(format, { source, chunks, signal }, sink));
    assertReadable(format, source);
    for await (const chunk of chunks) sink.push(chunk);
    return { source, binary: format === 'binary' };
  } finally {
    // A decompressor may have given up before the end: an open pipe would keep the process waiting.
    stream.destroy();
  }
}

/** The format of a file by its first bytes. Throws the errno error of a system call. */
export function formatOfFile(path: string): SourceFormat {
  const fd = openSync(path, 'r');
  try {
    return detectFormat(readHead(fd));
  } finally {
    closeSync(fd);
  }
}

function readHead(fd: number): Uint8Array {
  const buffer = new Uint8Array(HEAD_BYTES);
  return buffer.subarray(0, readSync(fd, buffer, { position: 0 }));
}

function isCompressed(format: SourceFormat): format is CompressedFormat {
  return format === 'gzip' || format === 'zstd' || format === 'xz';
}

function assertReadable(format: SourceFormat, path: string): void {
  const command = READ_WITH[format];
  if (command !== undefined) throw new ReadError('unsupported-format', path, { format, command });
}

function outcome(source: string, damage: SourceOutcome['damage']): SourceOutcome {
  return damage === undefined ? { source } : { source, damage };
}
