import type { Duplex } from 'node:stream';

/** Takes messages of known lengths off a stream. */
export class Input {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Duplex) {
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** The next bytes, of a small number; undefined when the stream ends before. */
  async take(lengthBytes: number): Promise<Buffer | undefined> {
    while (this.#rest.length < lengthBytes) {
      const { value, done } = await this.#chunks.next();
      if (done === true) return undefined;
      this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    }
    const taken = this.#rest.subarray(0, lengthBytes);
    this.#rest = this.#rest.subarray(lengthBytes);
    return taken;
  }
}
