import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { MIB } from '../../model/index.js';
import { looksLikeBundle } from './manifest.js';

/** Deflate expands at most 1032 times, so a head has at most 4 MiB. */
const HEAD_BYTES = 4096;
const MAX_HEAD_BYTES = 8 * MIB;

/** Whether a file is a bundle, by its first bytes: a gzip compressed tar archive that begins with a manifest. */
export function isBundle(path: string): boolean {
  try {
    const head = beginningOf(path);
    if (head[0] !== 0x1f || head[1] !== 0x8b) return false;
    return looksLikeBundle(gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_HEAD_BYTES }));
  } catch {
    // Whoever reads it as something else says what is wrong with it.
    return false;
  }
}

function beginningOf(path: string): Uint8Array {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.subarray(0, readSync(file, buffer, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}
