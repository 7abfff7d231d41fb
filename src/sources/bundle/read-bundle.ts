import { createReadStream } from 'node:fs';
import { GzipError, gunzip } from '../streams/gunzip.js';
import { BundleError } from './error.js';
import { type Bundle, type BundleArchive, type BundleBounds, openBundle, USUAL_BOUNDS } from './open-bundle.js';
import { publicFileText } from './public-text.js';

/**
 * Reads a bundle into memory; nothing is written to disk. Its size is bounded. Secrets that an older oomkit left in it are taken out.
 * Throws a BundleError.
 */
export async function readBundle(path: string, bounds: BundleBounds = USUAL_BOUNDS): Promise<Bundle> {
  const bundle = await openBundle(await gunzipFile(path, bounds.maxBytes), path, bounds);
  return { ...bundle, files: new Map([...bundle.files].map(([name, content]) => [name, publicContent(name, content)])) };
}

/** The same bytes where nothing is to be taken out. */
function publicContent(name: string, content: Uint8Array): Uint8Array {
  const text = Buffer.from(content).toString('utf8');
  const safe = publicFileText(name, text);
  return safe === text ? content : Buffer.from(safe, 'utf8');
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
