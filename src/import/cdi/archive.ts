import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bytes, message } from '../../model/index.js';
import { ChecksumCheck } from '../digest.js';
import { ImportError } from '../error.js';
import { readWithRetries } from '../sources/retry.js';
import type { ByteSource } from '../sources/source.js';
import { defaultBounds } from '../streams/bounds.js';
import { tarEntries } from '../streams/tar.js';
import { unwrap } from '../streams/unwrap.js';
import type { CdiRequest } from './environment.js';
import type { CdiSurroundings } from './surroundings.js';
import { TreeWriter } from './tree-writer.js';

/**
 * Unpacks a tar archive, compressed or not, into the volume: regular files and directories, with their permissions and not their
 * owners. Anything else in it is refused: a link would lead what comes after it out of the volume. Throws an ImportError.
 */
export async function unpackArchive(source: ByteSource, request: CdiRequest, surroundings: CdiSurroundings): Promise<void> {
  const { paths, signal, retry, onProgress, say } = surroundings;
  const check = request.checksum === undefined ? undefined : new ChecksumCheck(request.checksum, source.shown);
  let bytesRead = 0;
  const reading = new AbortController();
  const read = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of readWithRetries(source, 0, retry, AbortSignal.any([signal, reading.signal]))) {
      bytesRead += chunk.length;
      check?.update(chunk);
      yield chunk;
    }
  };
  const { format, chunks } = await unwrap(read(), { shown: source.shown, bounds: defaultBounds, keepsTar: true });
  const tree = new TreeWriter(paths.data, source.shown, request.volumeBytes, (position) =>
    onProgress({ bytesRead, position, ...(source.sizeBytes === undefined ? {} : { sourceBytes: source.sizeBytes }) }),
  );
  try {
    if (format !== 'tar') throw new ImportError('archive-none', { source: source.shown, format });
    for await (const entry of tarEntries(chunks, source.shown)) {
      signal.throwIfAborted();
      if (entry.kind === 'directory') tree.directory(entry.name, entry.mode);
      else if (entry.kind === 'file') await tree.file(entry.name, entry.mode, entry.chunks);
      else throw new ImportError('archive-entry', { source: source.shown, name: entry.name, kind: entry.kind });
    }
    check?.confirm();
    await tree.finish();
  } catch (error) {
    if (error instanceof ImportError && error.code === 'checksum-mismatch') empty(paths.data);
    throw error;
  } finally {
    reading.abort();
    await chunks.return(undefined);
    tree.close();
  }
  say(message('import.cdi.unpacked', { source: source.shown, target: paths.data, files: tree.files, size: bytes(tree.bytes) }));
}

/** Takes away what is on the volume: it is not what was asked for. */
function empty(directory: string): void {
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true, force: true });
}
