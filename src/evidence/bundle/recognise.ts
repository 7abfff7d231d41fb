import { closeSync, openSync, readSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { MIB } from '../../model/index.js';
import { looksLikeManifest, MANIFEST } from './manifest.js';

/** Deflate expands at most 1032 times, so a head has at most 4 MiB. */
const HEAD_BYTES = 4096;
const MAX_HEAD_BYTES = 8 * MIB;
/** A header of a tar archive, and the place of its magic (POSIX.1-2017, pax, ustar). */
const TAR_HEADER_BYTES = 512;
const USTAR_MAGIC_AT = 257;

/** Whether a file is a bundle, by its first bytes: a gzip compressed tar archive that begins with a manifest. */
export function isBundle(path: string): boolean {
  try {
    const head = beginningOf(path);
    if (head[0] !== 0x1f || head[1] !== 0x8b) return false;
    const tar = gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_HEAD_BYTES });
    if (!tar.toString('latin1', 0, MANIFEST.length + 1).startsWith(`${MANIFEST}\0`)) return false;
    if (tar.toString('latin1', USTAR_MAGIC_AT, USTAR_MAGIC_AT + 5) !== 'ustar') return false;
    return looksLikeManifest(tar.toString('utf8', TAR_HEADER_BYTES, TAR_HEADER_BYTES + 256));
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
