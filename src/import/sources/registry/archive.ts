import { ImportError } from '../../error.js';
import { tarMembers } from '../../streams/tar.js';
import type { ByteSource } from '../source.js';
import { MAX_MANIFEST_BYTES } from './manifest.js';

const JSON_START = /^\s*\{/;

/** The small files of an OCI archive by name: index.json and the manifests. The layers are read when they are needed. */
export async function archiveIndex(archive: ByteSource, signal: AbortSignal): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  let total = 0;
  for await (const { name, kind, sizeBytes, chunks } of tarMembers(archive.read(0, signal), archive.shown)) {
    const isNamed = kind === 'file' && (name === 'index.json' || name.startsWith('blobs/'));
    if (!isNamed || sizeBytes > MAX_MANIFEST_BYTES) continue;
    const pieces: Uint8Array[] = [];
    for await (const piece of chunks) {
      // A layer that is small is no JSON: gzip, zstd and tar begin otherwise.
      if (pieces.length === 0 && !JSON_START.test(Buffer.from(piece.subarray(0, 64)).toString('latin1'))) break;
      pieces.push(Buffer.from(piece));
    }
    if (pieces.length === 0) continue;
    total += sizeBytes;
    if (total > 8 * MAX_MANIFEST_BYTES) throw new ImportError('bad-answer', { source: archive.shown, what: 'index.json' });
    files.set(name, Buffer.concat(pieces));
  }
  return files;
}

/** The version that a name stands for in an archive's index: the only image, or the one so annotated. Throws an ImportError. */
export function versionInIndex(index: Uint8Array | undefined, name: string | undefined, source: string): string {
  try {
    const { manifests = [] } = JSON.parse(Buffer.from(index ?? []).toString('utf8')) as {
      manifests?: { digest: string; annotations?: Readonly<Record<string, string>> }[];
    };
    const named = manifests.filter(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === name);
    const chosen = name === undefined ? manifests : named;
    if (chosen.length === 1 && chosen[0] !== undefined) return chosen[0].digest;
  } catch {
    // Told below.
  }
  throw new ImportError('bad-answer', { source, what: 'index.json' });
}

/** One blob of an archive. It is found by reading through the archive: an offset has to be skipped to. */
export async function* blobInArchive(archive: ByteSource, digest: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const wanted = `blobs/${digest.replace(':', '/')}`;
  for await (const { name, chunks } of tarMembers(archive.read(0, signal), archive.shown)) {
    if (name !== wanted) continue;
    yield* chunks;
    return;
  }
  throw new ImportError('bad-answer', { source: archive.shown, what: digest });
}
