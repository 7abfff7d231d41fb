import { ImportError } from '../error.js';
import { type ImageFormat, isCompressed } from '../formats/image-format.js';
import { HEAD_BYTES, recognise } from '../formats/recognise.js';
import { type Bounds, RatioGuard } from './bounds.js';
import { decompress } from './decompress.js';
import { peek } from './peek.js';
import { diskInTar } from './tar.js';

/** An image out of what it was wrapped in. */
export interface Unwrapped {
  /** Outermost first. */
  readonly layers: readonly ImageFormat[];
  readonly format: ImageFormat;
  /** The image's beginning, as much as `recognise` looks at. */
  readonly head: Uint8Array;
  readonly chunks: AsyncGenerator<Uint8Array>;
}

export interface UnwrapOptions {
  readonly shown: string;
  readonly bounds: Bounds;
  /** The member of an archive that is meant. */
  readonly member?: string;
  /** The archive itself is meant: it is not taken off. */
  readonly keepsTar?: boolean;
}

/** Takes compression and archives off a stream, one after another, each told by its content. Throws an ImportError past the bounds. */
export async function unwrap(
  chunks: AsyncIterable<Uint8Array>,
  { shown, bounds, member, keepsTar = false }: UnwrapOptions,
): Promise<Unwrapped> {
  const layers: ImageFormat[] = [];
  let peeked = await peek(chunks, HEAD_BYTES);
  for (;;) {
    const format = recognise(peeked.head);
    if ((format === 'tar' && keepsTar) || (format !== 'tar' && !isCompressed(format))) return { layers, format, ...peeked };
    if (layers.length === bounds.depth) {
      await peeked.chunks.return(undefined);
      throw new ImportError('too-deep', { source: shown, depth: bounds.depth });
    }
    layers.push(format);
    const guard = new RatioGuard(bounds, shown);
    const entering = guard.entering(peeked.chunks);
    const leaving = format === 'tar' ? diskInTar(entering, shown, member) : decompress(format, entering, shown);
    peeked = await peek(guard.leaving(leaving), HEAD_BYTES);
  }
}
