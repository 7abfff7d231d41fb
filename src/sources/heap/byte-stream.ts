import { concat } from '../streams/concat.js';
import { gunzip as decompressed, GzipError } from '../streams/gunzip.js';
import { HeapProfileError } from './errors.js';

/** Bytes as they arrive from a file or a connection. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** One buffer as a stream. */
export async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * The decompressed bytes of a gzip stream, as they come.
 * Throws HeapProfileError `truncated` when the stream ends early and `malformed` when it is damaged, behind all that could be
 * decoded. An error of the source passes through unchanged.
 */
export async function* gunzip(source: ByteStream): AsyncGenerator<Uint8Array> {
  try {
    yield* decompressed(source);
  } catch (error) {
    if (!(error instanceof GzipError)) throw error;
    throw error.isTruncated
      ? new HeapProfileError('truncated', 'the gzip stream ends before its data does', { cause: error })
      : new HeapProfileError('malformed', `the gzip stream is damaged: ${error.message}`, { cause: error });
  }
}

/** All the bytes of a stream. Throws HeapProfileError `too-large` as soon as there are more than `maxBytes`. */
export async function collectBytes(source: ByteStream, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxBytes) throw new HeapProfileError('too-large', `more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return concat(chunks);
}

/** The first bytes of a stream, at least `count` unless it is shorter, and the whole stream to read after them. */
export async function peek(source: ByteStream, count: number): Promise<{ head: Uint8Array; stream: ByteStream }> {
  const { head, stream, failure } = await peekBeforeDamage(source, count);
  if (failure !== undefined) throw failure.error;
  return { head, stream };
}

/** The same of a stream of which what comes before damage is wanted: its error is thrown after that, where it is read. */
export async function peekBeforeDamage(
  source: ByteStream,
  count: number,
): Promise<{ head: Uint8Array; stream: ByteStream; failure?: { readonly error: unknown } }> {
  const chunks = source[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  while (length < count && !ended) {
    try {
      const next = await chunks.next();
      if (next.done) ended = true;
      else {
        taken.push(next.value);
        length += next.value.length;
      }
    } catch (error) {
      ended = true;
      failure = { error };
    }
  }
  const head = concat(taken);
  if (failure === undefined) return { head, stream: resume(head, chunks) };
  const { error } = failure;
  return { head, stream: resume(head, { next: () => Promise.reject(error) }), failure };
}

async function* resume(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
