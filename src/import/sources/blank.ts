import type { ByteSource } from './source.js';

const PIECE = new Uint8Array(1024 * 1024);

/** An empty disk. */
export function blankSource(sizeBytes: number): ByteSource {
  return {
    shown: 'blank',
    sizeBytes,
    canRange: true,
    identity: { sizeBytes, digest: 'blank' },
    read: async function* (offset, signal) {
      for (let at = offset; at < sizeBytes; at += PIECE.length) {
        signal.throwIfAborted();
        yield PIECE.subarray(0, Math.min(PIECE.length, sizeBytes - at));
      }
    },
    readAt: async (_offset, length) => new Uint8Array(length),
    close: async () => undefined,
  };
}
