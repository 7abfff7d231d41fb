/** The beginning of a stream, and the whole of it, the beginning included. */
export interface Peeked {
  readonly head: Uint8Array;
  readonly chunks: AsyncGenerator<Uint8Array>;
}

/** Reads the beginning of a stream, less when the stream is shorter, and gives it back. */
export async function peek(chunks: AsyncIterable<Uint8Array>, lengthBytes: number): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let length = 0;
  let isDone = false;
  try {
    while (length < lengthBytes && !isDone) {
      const { value, done } = await iterator.next();
      isDone = done === true;
      if (done === true) break;
      // A chunk is valid until the next one is asked for, and a Buffer's own slice is no copy.
      pieces.push(Uint8Array.from(value));
      length += value.length;
    }
  } catch (error) {
    await iterator.return?.();
    throw error;
  }
  const begun = Buffer.concat(pieces);
  const whole = goOn(begun, iterator, isDone);
  // A generator that never began ends without closing what it would have read: here a connection, or a program.
  await whole.next();
  return { head: begun.subarray(0, lengthBytes), chunks: whole };
}

async function* goOn(begun: Uint8Array, iterator: AsyncIterator<Uint8Array>, isDone: boolean): AsyncGenerator<Uint8Array> {
  try {
    yield new Uint8Array();
    if (begun.length > 0) yield begun;
    while (!isDone) {
      const { value, done } = await iterator.next();
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}
