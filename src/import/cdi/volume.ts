import { chmodSync, existsSync } from 'node:fs';
import { type ImportReport, message } from '../../model/index.js';
import { errnoOf, ImportError } from '../error.js';
import { importImage } from '../run/import-image.js';
import type { ImportRequest, Preallocation } from '../run/request.js';
import type { ByteSource } from '../sources/source.js';
import { defaultBounds } from '../streams/bounds.js';
import { checkpointOf } from '../target/checkpoint.js';
import type { CdiRequest } from './environment.js';
import type { CdiSurroundings } from './surroundings.js';

/** What qemu, which is in the same group, needs. */
const DISK_MODE = 0o660;
const DIRTY_LIMIT_BYTES = 64 * 1024 * 1024;

/** Imports to the volume, whatever an earlier importer left on it. */
export async function importToVolume(
  target: string,
  isBlock: boolean,
  request: CdiRequest,
  { paths, retry, signal, memory, onProgress, say }: CdiSurroundings,
  location: string,
  open: (preallocation: Preallocation) => Promise<ByteSource>,
): Promise<ImportReport> {
  const scratchDirectory = existsSync(paths.scratch) ? paths.scratch : undefined;
  const stateDirectory = scratchDirectory ?? paths.state;
  const importWith = async (preallocation: Preallocation): Promise<ImportReport> => {
    const source = await open(preallocation);
    const asked: ImportRequest = {
      source,
      location,
      target,
      cacheMode: 'auto',
      dirtyLimitBytes: DIRTY_LIMIT_BYTES,
      ...(memory === undefined ? {} : { memory }),
      preallocation,
      overhead: request.overhead,
      allowOvercommit: false,
      verify: false,
      resume: checkpointOf(target, stateDirectory) !== undefined,
      force: true,
      mode: DISK_MODE,
      stateDirectory,
      bounds: defaultBounds,
      retry,
      signal,
      onProgress,
      onNote: say,
      ...(scratchDirectory === undefined ? {} : { scratchDirectory }),
      ...(request.volumeBytes === undefined ? {} : { volumeBytes: request.volumeBytes }),
      ...(request.checksum === undefined ? {} : { checksum: request.checksum }),
    };
    say(message(request.wasKilled ? 'import.cdi.start-killed' : 'import.cdi.start', { source: source.shown, target }));
    return importImage(asked);
  };
  const report = await importWith(!request.preallocation ? 'off' : isBlock ? 'full' : 'falloc').catch((error: unknown) => {
    // As CDI does: what cannot be reserved is written.
    if (!cannotReserve(error)) throw error;
    return importWith('full');
  });
  if (!isBlock) chmodSync(target, DISK_MODE);
  return report;
}

function cannotReserve(error: unknown): boolean {
  if (!(error instanceof ImportError)) return false;
  return error.code === 'no-fallocate' || (error.code === 'target-io' && errnoOf(error.cause) === 'EOPNOTSUPP');
}
