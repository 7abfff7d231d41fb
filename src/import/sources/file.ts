import { fstatSync, statSync } from 'node:fs';
import { errnoOf, ImportError } from '../error.js';
import { FileReader } from '../file-reader.js';
import { targetFacts } from '../target/facts.js';
import type { ByteSource } from './source.js';
import { streamSource } from './stream.js';

/** A local file, block device, or named pipe. Throws an ImportError when it cannot be read. */
export function fileSource(path: string): ByteSource {
  try {
    const stats = statSync(path);
    if (stats.isFIFO() || stats.isCharacterDevice()) return streamSource(path);
    if (!stats.isFile() && !stats.isBlockDevice()) throw new ImportError('source-io', { source: path, reason: 'EISDIR' });
    const sizeBytes = stats.isFile() ? stats.size : targetFacts(path).sizeBytes;
    if (sizeBytes === 0) throw new ImportError('source-empty', { source: path });
    return openFile(path, sizeBytes);
  } catch (error) {
    throw sourceError(error, path);
  }
}

function openFile(path: string, sizeBytes: number): ByteSource {
  const reader = FileReader.open(path);
  const stateOf = (): string => {
    const { dev, ino, mtimeMs, size } = fstatSync(reader.fd);
    return `${dev}:${ino}:${mtimeMs}:${size}`;
  };
  const file = stateOf();
  const confirm = (): void => {
    if (stateOf() !== file) throw new ImportError('source-changed', { source: path });
  };
  return {
    shown: path,
    sizeBytes,
    canRange: true,
    identity: { sizeBytes, file },
    read: async function* (offset, signal) {
      let at = offset;
      try {
        for await (const piece of reader.read(offset)) {
          signal.throwIfAborted();
          at += piece.length;
          yield piece;
        }
      } catch (error) {
        signal.throwIfAborted();
        throw sourceError(error, path);
      }
      // Somebody wrote to it meanwhile: what was read is neither the old file nor the new one.
      if (at !== sizeBytes) throw new ImportError('source-changed', { source: path });
      confirm();
    },
    confirm,
    readAt: async (offset, length, _signal, into) => {
      try {
        const part = await (into === undefined ? reader.readAt(offset, length) : reader.readInto(offset, length, into));
        if (part.length === length) return part;
      } catch (error) {
        throw sourceError(error, path);
      }
      throw new ImportError('source-changed', { source: path });
    },
    close: async () => reader.close(),
  };
}

function sourceError(error: unknown, source: string): ImportError {
  if (error instanceof ImportError) return error;
  const reason = errnoOf(error);
  if (reason === 'ENOENT' || reason === 'ENOTDIR') return new ImportError('source-missing', { source, status: reason });
  if (reason === 'EACCES' || reason === 'EPERM') return new ImportError('source-denied', { source, status: reason });
  return new ImportError('source-io', { source, reason: reason ?? String(error) }, { cause: error });
}
