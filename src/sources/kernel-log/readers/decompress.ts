import { once } from 'node:events';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type Message, message } from '../../../model/index.js';
import type { LogSink } from './log-sink.js';
import { errnoOf } from './read-error.js';
import { runTool } from './tool.js';

export type CompressedFormat = 'gzip' | 'zstd' | 'xz';

/** Compressed bytes: an open file, whose offset is at its start, or a stream that is to be read once. */
export interface CompressedInput {
  readonly source: string;
  readonly fd?: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal | undefined;
}

/** The programs tried before the slower WebAssembly decoders. Their output goes to stdout. */
const TOOLS: Readonly<Record<'zstd' | 'xz', readonly [command: string, ...args: string[]]>> = {
  zstd: ['zstd', '-dcq'],
  xz: ['xz', '-dcq'],
};

/**
 * Decompresses `input` into the sink. What comes before a cut or a damaged place is kept; the result then says what went
 * wrong, and is undefined when all was well.
 */
export async function decompress(format: CompressedFormat, input: CompressedInput, sink: LogSink): Promise<Message | undefined> {
  const detail = format === 'gzip' ? await gunzip(input.chunks, sink) : await decompressWithTool(format, input, sink);
  return detail === undefined ? undefined : message('read.damaged', { path: input.source, detail });
}

/** gzip, of any number of members, by node:zlib. The result is what zlib complains about. */
async function gunzip(chunks: AsyncIterable<Uint8Array>, sink: LogSink): Promise<string | undefined> {
  const stream = createGunzip();
  const failure = new Promise<Error | undefined>((resolve) => {
    stream.once('end', () => resolve(undefined));
    stream.once('error', resolve);
  });
  stream.on('data', (chunk: Buffer) => sink.push(chunk));
  for await (const chunk of chunks) {
    if (stream.destroyed) break;
    if (!stream.write(chunk)) await Promise.race([failure, once(stream, 'drain').catch(() => undefined)]);
  }
  if (!stream.destroyed) stream.end();
  return (await failure)?.message;
}

async function decompressWithTool(format: 'zstd' | 'xz', input: CompressedInput, sink: LogSink): Promise<string | undefined> {
  const [command, ...args] = TOOLS[format];
  const result = await runTool(command, args, {
    input: input.fd ?? input.chunks,
    onOutput: (chunk) => sink.push(chunk),
    signal: input.signal,
  });
  if (result.status === 'missing') return format === 'zstd' ? unzstd(input.chunks, sink) : unxz(input, sink);
  return result.exitCode === 0 ? undefined : result.stderr || `${command} ended with exit code ${result.exitCode ?? 'none'}`;
}

/** An undamaged stream gives an empty piece at its headers at most; a damaged one gives them without end. */
const MAX_EMPTY_PIECES = 16;

/** zstd by WebAssembly. The decoder is synchronous: the compressed bytes, not the plain ones, are held in memory. */
async function unzstd(chunks: AsyncIterable<Uint8Array>, sink: LogSink): Promise<string | undefined> {
  const { ZSTDDecoder } = await import('zstddec/stream');
  const compressed: Uint8Array[] = [];
  for await (const chunk of chunks) compressed.push(chunk);
  const decoder = new ZSTDDecoder();
  await decoder.init();
  let empty = 0;
  try {
    for (const piece of decoder.decodeStreaming(compressed)) {
      sink.push(piece);
      empty = piece.length === 0 ? empty + 1 : 0;
      if (empty > MAX_EMPTY_PIECES) return 'damaged zstd data';
    }
    return undefined;
  } catch (error) {
    return detailOf(error);
  }
}

/** xz by WebAssembly. */
async function unxz({ chunks, signal }: CompressedInput, sink: LogSink): Promise<string | undefined> {
  const { XzReadableStream } = await import('xz-decompress');
  try {
    for await (const piece of new XzReadableStream(Readable.toWeb(Readable.from(chunks)))) sink.push(piece);
    return undefined;
  } catch (error) {
    // Failing to read the compressed bytes is not damage.
    signal?.throwIfAborted();
    if (errnoOf(error) !== undefined) throw error;
    return detailOf(error);
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
