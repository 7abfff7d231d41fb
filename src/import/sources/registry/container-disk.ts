import { createHash } from 'node:crypto';
import { ImportError } from '../../error.js';
import { isCompressed } from '../../formats/image-format.js';
import { HEAD_BYTES, recognise } from '../../formats/recognise.js';
import { type Bounds, RatioGuard } from '../../streams/bounds.js';
import { decompress } from '../../streams/decompress.js';
import { peek } from '../../streams/peek.js';
import { tarMembers } from '../../streams/tar.js';
import type { ByteSource } from '../source.js';
import type { Descriptor, ImageLayers } from './manifest.js';

/** The bytes of a layer, as it is stored. */
export type ReadLayer = (layer: Descriptor, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/** Where KubeVirt looks for a disk in an image: docs/containerdisks. */
const DISK = /^disk\/(?!\.wh\.)[^/]+$/;
/** Whiteouts of the directory, of all in it, or of all there is; or something else in the directory's place. */
const HIDES_ALL = /^(?:\.wh\.disk|(?:disk\/)?\.wh\.\.wh\.\.opq|disk)$/;

/** The disk in a container image. Its size stands in the layer, and so is not known before. */
export function containerDisk(shown: string, image: ImageLayers, readLayer: ReadLayer, bounds: Bounds): ByteSource {
  return {
    shown,
    canRange: false,
    identity: { digest: image.digest },
    read: async function* (offset, signal) {
      let left = offset;
      for await (const chunk of readDisk(shown, image, readLayer, bounds, signal)) {
        if (chunk.length > left) yield chunk.subarray(left);
        left = Math.max(0, left - chunk.length);
      }
    },
    close: async () => undefined,
  };
}

/**
 * What lies in a higher layer hides what lies below, by its name or by a whiteout: OCI image-spec 1.1, layer.md. Each layer that is
 * read must have its digest.
 */
async function* readDisk(
  source: string,
  { layers }: ImageLayers,
  readLayer: ReadLayer,
  bounds: Bounds,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const hidden = new Set<string>();
  for (const layer of [...layers].reverse()) {
    const hash = createHash('sha256');
    const stored = hashed(readLayer(layer, signal), (chunk) => hash.update(chunk));
    const guard = new RatioGuard(bounds, source);
    const names: string[] = [];
    let found: string | undefined;
    for await (const { name, kind, sizeBytes, chunks } of tarMembers(
      guard.leaving(plain(guard.entering(stored), source)),
      source,
    )) {
      names.push(name);
      if (sizeBytes === 0 || kind === 'other' || !DISK.test(name) || hidden.has(name)) continue;
      if (found !== undefined) throw new ImportError('several-members', { source, first: found, second: name });
      if (kind === 'sparse') throw new ImportError('format-unsupported', { source, format: 'sparse tar' });
      found = name;
      yield* chunks;
    }
    const digest = `sha256:${hash.digest('hex')}`;
    if (digest !== layer.digest) throw new ImportError('digest-mismatch', { source, wanted: layer.digest, found: digest });
    if (found !== undefined) return;
    if (names.some((name) => HIDES_ALL.test(name))) break;
    for (const name of names) hidden.add(name.replace(/\/\.wh\./, '/'));
  }
  throw new ImportError('no-disk', { source });
}

/** A layer's tar, whatever it is compressed with. */
async function* plain(chunks: AsyncIterable<Uint8Array>, shown: string): AsyncGenerator<Uint8Array> {
  const peeked = await peek(chunks, HEAD_BYTES);
  const format = recognise(peeked.head);
  yield* isCompressed(format) ? decompress(format, peeked.chunks, shown) : peeked.chunks;
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, update: (chunk: Uint8Array) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    update(chunk);
    yield chunk;
  }
}
