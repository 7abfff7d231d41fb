import { createReadStream } from 'node:fs';
import { GzipError, gunzip } from '../streams/gunzip.js';
import { BundleError } from './error.js';
import { type Bundle, type BundleArchive, type BundleBounds, openBundle, USUAL_BOUNDS } from './open-bundle.js';

/** Reads a bundle into memory; nothing is written to disk. Its size is bounded. Throws a BundleError. */
export async function readBundle(path: string, bounds: BundleBounds = USUAL_BOUNDS): Promise<Bundle> {
  return openBundle(await gunzipFile(path, bounds.maxBytes), path, bounds);
}

/** Decompresses a file up to a bound; of a damaged one, what comes before the damage. */
async function gunzipFile(path: string, maxBytes: number): Promise<BundleArchive> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of gunzip(createReadStream(path) as AsyncIterable<Uint8Array>)) {
      length += piece.length;
      if (length > maxBytes) throw new BundleError('too-large', path);
      pieces.push(piece);
    }
    return { tar: Buffer.concat(pieces) };
  } catch (error) {
    if (error instanceof GzipError) return { tar: Buffer.concat(pieces), damage: error.message };
    if (error instanceof Error && 'syscall' in error) throw new BundleError('read', path, { detail: error.message });
    throw error;
  }
}
