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
 * the stream's output is read.
 */
export async function pump(chunks: AsyncIterable<Uint8Array>, sink: Sink): Promise<void> {
  const gone = new Promise<void>((resolve) => {
    sink.once('close', resolve);
    sink.once('error', resolve);
  });
  for await (const chunk of chunks) {
    if (sink.destroyed) return;
    // The stream keeps it until it comes to it, and the chunk is valid until the next one is asked for.
    if (sink.write(Buffer.from(chunk))) continue;
    await Promise.race([new Promise<void>((resolve) => sink.once('drain', resolve)), gone]);
  }
  sink.end();
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
