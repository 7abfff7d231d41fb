import type { Readable, Writable } from 'node:stream';

/** What chunks are written to: Node's streams and those of tar-stream. */
export interface Sink {
  readonly destroyed: boolean;
  write(chunk: Buffer): boolean;
  end(last?: Buffer): unknown;
  once(event: 'close' | 'drain' | 'error', listener: () => void): unknown;
}

/**
 * Sends chunks into a stream, at its pace, and ends it. What the chunks fail with destroys the stream, so that it is thrown where
 * the stream's output is read. Resolves at once when the stream is gone, even while a chunk is waited for.
 */
export async function pump(chunks: AsyncIterable<Uint8Array>, sink: Sink): Promise<void> {
  const reader = new ChunkReader(chunks);
  let wake = (): void => undefined;
  for (const event of ['close', 'error'] as const) sink.once(event, () => wake());
  /** What a promise brings; undefined when the stream is gone before. */
  const whileThere = <T>(promise: Promise<T>): Promise<T | undefined> =>
    new Promise((resolve, reject) => {
      wake = () => resolve(undefined);
      promise.then(resolve, reject);
    });
  while (!sink.destroyed) {
    const next = await whileThere(reader.next());
    if (next?.done === true) return void sink.end();
    if (next === undefined || sink.destroyed) break;
    // The stream keeps it until it comes to it, and the chunk is valid until the next one is asked for.
    if (!sink.write(Buffer.from(next.value))) await whileThere(new Promise((resolve) => sink.once('drain', () => resolve(true))));
  }
  await reader.close();
}

/** Reads chunks one by one, and can be closed while one is asked for. */
export class ChunkReader {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #isAsking = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#iterator = chunks[Symbol.asyncIterator]();
  }

  async next(): Promise<IteratorResult<Uint8Array, unknown>> {
    this.#isAsking = true;
    try {
      return await this.#iterator.next();
    } finally {
      this.#isAsking = false;
    }
  }

  /**
   * Closes what is read; where a chunk is asked for, as soon as that has come. It is not waited for, since it may never come: whoever
   * owns the source ends that, by the signal that the source is read with.
   */
  async close(): Promise<void> {
    const closed = this.#iterator.return?.();
    if (this.#isAsking) closed?.catch(() => undefined);
    else await closed;
  }
}

/** What comes out of `output` while chunks go into `input`. `ended` is awaited at the end and may throw. */
export async function* through(
  chunks: AsyncIterable<Uint8Array>,
  input: Writable,
  output: Readable,
  ended: () => Promise<void> = async () => undefined,
): AsyncGenerator<Uint8Array> {
  let failure: { readonly error: unknown } | undefined;
  const pumping = pump(chunks, input).catch((error: unknown) => {
    failure = { error };
    output.destroy();
    input.destroy();
  });
  try {
    for await (const piece of output) yield piece as Uint8Array;
    if (failure === undefined) await ended();
  } catch (error) {
    if (failure === undefined) throw error;
  } finally {
    input.destroy();
    output.destroy();
    await pumping;
  }
  if (failure !== undefined) throw failure.error;
}
