import { closeSync, fstatSync, openSync } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { bytes, type Message, message } from '../../../model/index.js';
import { detectFormat, HEAD_BYTES, type SourceFormat } from '../format.js';
import { copyFile, fileChunks, meteredChunks, peek } from './chunks.js';
import { type CompressedFormat, type CompressedInput, decompress } from './decompress.js';
import { headOfFile, readHead } from './head.js';
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
export async function readRegularFile(path: string, sink: LogSink, context: ReadContext): Promise<SourceOutcome> {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const format = detectFormat(readHead(fd, HEAD_BYTES));
    const meter = new ReadMeter(path, context, size);
    assertReadable(format, path);
    let damage: Message | undefined;
    if (isCompressed(format)) damage = await decompress(format, compressedFile(path, fd, meter, context.signal), sink);
    else await copyFile(fd, sink, meter);
    // How much of a compressed file was wanted only its decoder knows.
    const seen = isCompressed(format) ? fstatSync(fd).size : meter.bytes;
    if (seen < size) damage = message('read.truncated', { path, size: bytes(size), seen: bytes(seen) });
    return { ...outcome(path, damage), binary: format === 'binary' };
  } finally {
    closeSync(fd);
  }
}

function compressedFile(source: string, fd: number, meter: ReadMeter, signal: AbortSignal | undefined): CompressedInput {
  const again = (): AsyncIterable<Uint8Array> => fileChunks(fd, new ReadMeter(source, signal === undefined ? {} : { signal }));
  return { source, fd, chunks: fileChunks(fd, meter), again, signal };
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

/** The format of a regular file by its first bytes. Throws the errno error of a system call. */
export function formatOfFile(path: string): SourceFormat {
  return detectFormat(headOfFile(path, HEAD_BYTES) ?? new Uint8Array());
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
