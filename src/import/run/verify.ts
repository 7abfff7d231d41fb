import { bytes } from '../../model/index.js';
import { SEGMENT_BYTES, SegmentDigests } from '../digest.js';
import { ImportError } from '../error.js';
import { FileReader } from '../file-reader.js';
import { targetError } from '../target/facts.js';

/** Reads a target back, past the page cache, and compares it. Throws an ImportError that names the first place that differs. */
export async function verifyTarget(
  path: string,
  sizeBytes: number,
  digests: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const found = new SegmentDigests();
  try {
    const reader = FileReader.open(path);
    try {
      for await (const piece of reader.read(0, sizeBytes)) {
        signal.throwIfAborted();
        found.update(piece);
      }
    } finally {
      reader.close();
    }
  } catch (error) {
    signal.throwIfAborted();
    throw targetError(error, path);
  }
  const all = found.finish();
  const at = digests.findIndex((digest, index) => digest !== all[index]);
  if (at >= 0) throw new ImportError('verify-mismatch', { target: path, at: bytes(at * SEGMENT_BYTES) });
}
