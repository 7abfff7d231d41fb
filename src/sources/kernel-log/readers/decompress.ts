import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { bytes, KIB, type Message, message } from '../../../model/index.js';
import { DECODER_BYTES, DECODER_TOOLS, needsMoreMemory, toolEnvironment } from '../../streams/decoder-tools.js';
import { GzipError, gunzip } from '../../streams/gunzip.js';
import { zstdFrames } from '../../streams/zstd-frames.js';
import type { LogSink } from './log-sink.js';
import { errnoOf, ReadError } from './read-error.js';
import { firstLine, runTool } from './tool.js';

export type CompressedFormat = 'gzip' | 'zstd' | 'xz';

/** Compressed bytes, from their beginning. */
export interface CompressedInput {
  readonly source: string;
  /** The file they are in, open, where they are in one: a tool reads it by itself. */
  readonly fd?: number;
  /** To be read once. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** The bytes anew, where they can be read twice. */
  readonly again?: () => AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

type Push = (piece: Uint8Array) => void;

/**
 * Decompresses `input` into the sink: everything that can be decoded, whatever comes behind it. The result says what was wrong, and is
 * undefined when all was well. Throws a ReadError when decoding would take more memory than a log is worth.
 */
export async function decompress(format: CompressedFormat, input: CompressedInput, sink: LogSink): Promise<Message | undefined> {
  const detail = await (format === 'gzip'
    ? readGzip(input, sink)
    : format === 'zstd'
      ? readZstd(input, sink)
      : readXz(input, sink));
  return detail === undefined ? undefined : message('read.damaged', { path: input.source, detail });
}

/**
 * gzip by Node, which is faster, as long as all is well. What it threw away with an error, and what lies behind NULs, which it takes
 * for the end, is decoded once more where the input is still to be had; a pipe is read by our own decoder from the beginning.
 */
async function readGzip(input: CompressedInput, sink: LogSink): Promise<string | undefined> {
  if (input.again === undefined) return gunzipAll(input.chunks, (piece) => sink.push(piece));
  let given = 0;
  const isWhole = await gunzipByNode(input.chunks, (piece) => {
    given += piece.length;
    sink.push(piece);
  });
  return isWhole ? undefined : gunzipAll(input.again(), beyond(given, sink));
}

async function gunzipAll(chunks: AsyncIterable<Uint8Array>, push: Push): Promise<string | undefined> {
  try {
    for await (const piece of gunzip(chunks)) push(piece);
    return undefined;
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    return error.message;
  }
}

/** Of each call to its decoder: larger pieces are faster, and more memory. */
const NODE_PIECE_BYTES = 64 * KIB;

/** Whether every byte of the input was decoded, and in order. */
async function gunzipByNode(chunks: AsyncIterable<Uint8Array>, push: Push): Promise<boolean> {
  const decoder = createGunzip({ chunkSize: NODE_PIECE_BYTES });
  const ended = new Promise<boolean>((resolve) => {
    decoder.once('end', () => resolve(true));
    decoder.once('error', () => resolve(false));
  });
  decoder.on('data', push);
  let offered = 0;
  try {
    for await (const chunk of chunks) {
      if (decoder.destroyed) return false;
      offered += chunk.length;
      if (!decoder.write(chunk)) await Promise.race([ended, once(decoder, 'drain').catch(() => undefined)]);
    }
    if (!decoder.destroyed) decoder.end();
    return (await ended) && decoder.bytesWritten === offered;
  } finally {
    decoder.destroy();
  }
}

/**
 * zstd by its tool, or by WebAssembly where there is none. Of what the tool decoded in the step that met an error it prints nothing
 * (ZSTD_decompressStream(), 1.5): what is missing is decoded once more, where the input is still to be had.
 */
async function readZstd(input: CompressedInput, sink: LogSink): Promise<string | undefined> {
  let given = 0;
  const failure = await runDecoder('zstd', input, (piece) => {
    given += piece.length;
    sink.push(piece);
  });
  if (failure === 'missing') return unzstd(input.source, input.chunks, (piece) => sink.push(piece));
  if (failure === undefined || input.again === undefined) return failure;
  await unzstd(input.source, input.again(), beyond(given, sink));
  return failure;
}

async function readXz(input: CompressedInput, sink: LogSink): Promise<string | undefined> {
  const failure = await runDecoder('xz', input, (piece) => sink.push(piece));
  return failure === 'missing' ? unxz(input, sink) : failure;
}

/** Runs the tool of a format. What it complained about, and undefined when it succeeded. */
async function runDecoder(format: 'zstd' | 'xz', input: CompressedInput, push: Push): Promise<'missing' | string | undefined> {
  const { command, args } = DECODER_TOOLS[format === 'zstd' ? 'zst' : format];
  const result = await runTool(command, args, {
    input: input.fd ?? input.chunks,
    onOutput: push,
    env: toolEnvironment(),
    signal: input.signal,
  });
  if (result.status === 'missing') return 'missing';
  if (result.exitCode === 0) return undefined;
  if (needsMoreMemory(result.stderr)) throw tooMuchMemory(format, input.source);
  return firstLine(result.stderr) || `${command} ended with exit code ${result.exitCode ?? 'none'}`;
}

/** An undamaged part gives an empty piece at most; a damaged one gives them without end. */
const MAX_EMPTY_PIECES = 16;
/** Each leaves its window behind in the decoder's memory. */
const MAX_DAMAGED_FRAMES = 8;

/** zstd by WebAssembly. The decoder is synchronous: the compressed bytes, not the plain ones, are held in memory. */
async function unzstd(source: string, chunks: AsyncIterable<Uint8Array>, push: Push): Promise<string | undefined> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const compressed: Uint8Array[] = [];
  for await (const chunk of chunks) compressed.push(chunk);
  const decoder = new ZSTDDecoder();
  await decoder.init();
  const frames = zstdFrames(Buffer.concat(compressed));
  let damaged = 0;
  for (let next = frames.next(); ; next = frames.next()) {
    if (next.done === true) return next.value ?? (damaged > 0 ? 'damaged zstd data' : undefined);
    const { parts, windowBytes, isTruncated } = next.value;
    if (windowBytes > DECODER_BYTES) throw tooMuchMemory('zstd', source);
    const isWhole = decodeFrame((part) => decoder.decodeStreaming(part), parts, push);
    if (!isWhole && !isTruncated) damaged++;
    if (damaged > MAX_DAMAGED_FRAMES) return 'damaged zstd data';
  }
}

/** Whether a frame was decoded to its end; what comes before damage was pushed. */
function decodeFrame(
  decode: (parts: Iterable<Uint8Array>) => Iterable<Uint8Array>,
  parts: Iterable<Uint8Array>,
  push: Push,
): boolean {
  let empty = 0;
  const counted = function* (): Generator<Uint8Array> {
    for (const part of parts) {
      empty = 0;
      yield part;
    }
  };
  try {
    for (const piece of decode(counted())) {
      push(piece);
      empty += piece.length === 0 ? 1 : 0;
      if (empty > MAX_EMPTY_PIECES) return false;
    }
    return true;
  } catch {
    // The decoder throws when a frame does not end.
    return false;
  }
}

/** What the decoder makes of this much is lost with an error in it: less than the index and the footer that follow the data in xz. */
const XZ_STEP_BYTES = 16;

/** xz by WebAssembly. */
async function unxz({ chunks, signal }: CompressedInput, sink: LogSink): Promise<string | undefined> {
  const { XzReadableStream } = await import('xz-decompress');
  const steps = Readable.from(inSteps(chunks), { highWaterMark: 1 });
  try {
    for await (const piece of new XzReadableStream(Readable.toWeb(steps))) sink.push(piece);
    return undefined;
  } catch (error) {
    // Failing to read the compressed bytes is not damage.
    signal?.throwIfAborted();
    if (errnoOf(error) !== undefined) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

async function* inSteps(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += XZ_STEP_BYTES) yield chunk.subarray(at, at + XZ_STEP_BYTES);
  }
}

/** Gives a sink what it has not had yet of a stream that is decoded again. */
function beyond(given: number, sink: LogSink): Push {
  let left = given;
  return (piece) => {
    const skipped = Math.min(left, piece.length);
    left -= skipped;
    if (skipped < piece.length) sink.push(piece.subarray(skipped));
  };
}

function tooMuchMemory(format: 'zstd' | 'xz', path: string): ReadError {
  const command = format === 'zstd' ? 'zstd -dc --long=31' : 'xz -dc';
  return new ReadError('decoder-memory', path, { limit: bytes(DECODER_BYTES), command });
}
