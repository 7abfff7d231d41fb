import { headOfFile } from '../kernel-log/readers/head.js';
import { gunzipBeginning, isGzip } from '../streams/gunzip.js';
import { looksLikeBundle } from './manifest.js';

const HEAD_BYTES = 4096;

/** Whether a file is a bundle, by its first bytes: a gzip compressed tar archive that begins with a manifest. */
export function isBundle(path: string): boolean {
  try {
    const head = headOfFile(path, HEAD_BYTES);
    return head !== undefined && isGzip(head) && looksLikeBundle(gunzipBeginning(head));
  } catch {
    // Whoever reads it as something else says what is wrong with it.
    return false;
  }
}
