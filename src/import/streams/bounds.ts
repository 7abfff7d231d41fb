import { bytes } from '../../model/index.js';
import { ImportError } from '../error.js';

/** How much may come out of how little. */
export interface Bounds {
  /** Layers of compression and archives around an image. */
  readonly depth: number;
  /** Bytes out for each byte in, once there are more than `freeBytes`: an empty disk compresses well. */
  readonly ratio: number;
  readonly freeBytes: number;
}

export const defaultBounds: Bounds = { depth: 4, ratio: 4096, freeBytes: 1024 ** 3 };

/** Whether more came out of so much than a real image holds. */
export function isTooDense(
  inBytes: number,
  outBytes: number,
  { ratio, freeBytes }: Pick<Bounds, 'ratio' | 'freeBytes'>,
): boolean {
  return outBytes > freeBytes && outBytes > ratio * inBytes;
}

/** Counts what goes into a decoder and what comes out, and throws when that is out of proportion. */
export class RatioGuard {
  readonly #bounds: Bounds;
  readonly #shown: string;
  #in = 0;
  #out = 0;

  constructor(bounds: Bounds, shown: string) {
    this.#bounds = bounds;
    this.#shown = shown;
  }

  async *entering(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#in += chunk.length;
      yield chunk;
    }
  }

  async *leaving(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#out += chunk.length;
      if (isTooDense(this.#in, this.#out, this.#bounds)) {
        const { ratio } = this.#bounds;
        throw new ImportError('too-dense', { source: this.#shown, in: bytes(this.#in), out: bytes(this.#out), ratio });
      }
      yield chunk;
    }
  }
}
