import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { BundleError } from './error.js';
import { type Bundle, type BundleArchive, type BundleBounds, openBundle, USUAL_BOUNDS } from './open-bundle.js';

/** Reads a bundle into memory; nothing is written to disk. Its size is bounded. Throws a BundleError. */
export async function readBundle(path: string, bounds: BundleBounds = USUAL_BOUNDS): Promise<Bundle> {
  return openBundle(await gunzipFile(path, bounds.maxBytes), path, bounds);
}

/** Decompresses a file up to a bound; of a damaged one, what comes before the damage. */
async function gunzipFile(path: string, maxBytes: number): Promise<BundleArchive> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const file = createReadStream(path);
  const unzip = createGunzip();
  file.once('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of file.pipe(unzip) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > maxBytes) throw new BundleError('too-large', path);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof BundleError) throw error;
    if (error instanceof Error && 'syscall' in error) throw new BundleError('read', path, { detail: error.message });
    return { tar: Buffer.concat(chunks), damage: error instanceof Error ? error.message : String(error) };
  } finally {
    file.destroy();
  }
  return { tar: Buffer.concat(chunks) };
}
