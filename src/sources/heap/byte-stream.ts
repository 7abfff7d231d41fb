import { HeapProfileError } from './errors.js';

/** Bytes as they arrive from a file or a connection. */
export type ByteStream = AsyncIterable<Uint8Array>;

/** One buffer as a stream. */
export async function* streamOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Whether the bytes begin as a gzip stream does (RFC 1952, section 2.3.1). */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * The decompressed bytes of a gzip stream, as they come.
 * Throws HeapProfileError `truncated` when the stream ends early and `malformed` when it is damaged. An error of the source
 * passes through unchanged.
 */
export async function* gunzip(source: ByteStream): AsyncGenerator<Uint8Array> {
  const chunks = source[Symbol.asyncIterator]();
  let sourceFailure: { readonly error: unknown } | undefined;
  const compressed = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = await chunks.next().catch((error: unknown) => {
        sourceFailure = { error };
        throw error;
      });
      if (next.done) controller.close();
      else controller.enqueue(new Uint8Array(next.value));
    },
  });
  const reader = compressed.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (sourceFailure) throw sourceFailure.error;
    throw gzipError(error);
  } finally {
    // Cancelling does not reach the source through a full pipe, and a reader that stops early must not leave it open.
    await reader.cancel().catch(() => undefined);
    await chunks.return?.();
  }
}

/** Node says "unexpected end of file", browsers "truncated"; there is no common code for it. */
function gzipError(error: unknown): HeapProfileError {
  const reason = error instanceof Error ? error.message : String(error);
  return /unexpected end|truncated/i.test(reason)
    ? new HeapProfileError('truncated', 'the gzip stream ends before its data does', { cause: error })
    : new HeapProfileError('malformed', `the gzip stream is damaged: ${reason}`, { cause: error });
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
  const all = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    all.set(chunk, offset);
    offset += chunk.length;
  }
  return all;
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
  const head = await collectBytes(fromArray(taken), length);
  if (failure === undefined) return { head, stream: resume(head, chunks) };
  const { error } = failure;
  return { head, stream: resume(head, { next: () => Promise.reject(error) }), failure };
}

async function* fromArray(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function* resume(head: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (head.length > 0) yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}
