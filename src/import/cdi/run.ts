import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bytes, message } from '../../model/index.js';
import { ImportError } from '../error.js';
import { unpackArchive } from './archive.js';
import { blankDisk } from './blank.js';
import { type CdiRequest, readCdiEnvironment } from './environment.js';
import { labelsOfServer } from './labels.js';
import { touchDone, untilReady } from './node-pull.js';
import { DISK_NAME } from './paths.js';
import { cdiLocation, openCdiSource } from './source.js';
import type { CdiSurroundings } from './surroundings.js';
import {
  type CdiStage,
  COMPLETE,
  failureText,
  type TerminationMessage,
  terminationText,
  writeTermination,
} from './termination.js';
import { importToVolume } from './volume.js';

/**
 * Does what CDI's controller expects of its importer, by the environment it gives: imports, and leaves a termination message. The
 * exit code: 0 when it is done, when it needs a scratch volume, and when the checksum is another one, which must not be tried again; else 1. Throws an AbortError
 * when the signal ends it, and any error that is a defect.
 */
export async function runCdiImport(surroundings: CdiSurroundings): Promise<number> {
  const { env, paths, signal, say, inWords } = surroundings;
  const leave = (text: string): void => {
    if (!writeTermination(paths.terminationMessage, text)) {
      say(message('import.cdi.no-termination', { path: paths.terminationMessage, text }));
    }
  };
  let stage: CdiStage = 'start';
  try {
    const request = readCdiEnvironment(env);
    const done = await importAsAsked(request, surroundings, (next) => {
      stage = next;
    });
    if (done !== undefined) leave(terminationText(done));
    return 0;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ImportError && NEEDS_SCRATCH.has(error.code)) {
      say(error.problem);
      leave(terminationText({ scratchSpaceRequired: true, preallocationApplied: false, message: COMPLETE }));
      return 0;
    }
    const told = error instanceof ImportError ? inWords(error.problem) : String(error);
    const text = failureText(error, told, stage, env.IMPORTER_SOURCE ?? '');
    const isOtherContent = error instanceof ImportError && error.code === 'checksum-mismatch';
    leave(isOtherContent ? terminationText({ message: text }) : text);
    if (!(error instanceof ImportError)) throw error;
    say(error.problem);
    return isOtherContent ? 0 : 1;
  }
}

/** What can only be read from its start to its end, and has to be read anywhere: the controller starts again with a second volume. */
const NEEDS_SCRATCH: ReadonlySet<string> = new Set(['needs-scratch', 'needs-scratch-wrapped']);

/** The termination message of an import that came to its end; undefined where CDI leaves none. */
async function importAsAsked(
  request: CdiRequest,
  surroundings: CdiSurroundings,
  reach: (stage: CdiStage) => void,
): Promise<TerminationMessage | undefined> {
  const { env, paths, retry, signal, say } = surroundings;
  const isBlock = existsSync(paths.blockDevice);
  const target = isBlock ? paths.blockDevice : join(paths.data, DISK_NAME);
  if (request.source === 'none') {
    reach('blank');
    // A claim for an empty disk is one.
    if (isBlock && !request.preallocation) {
      say(message('import.cdi.nothing'));
      return undefined;
    }
    await importToVolume(target, isBlock, request, surroundings, 'blank', async (mode) => blankDisk(target, request, mode));
    return { preallocationApplied: request.preallocation, message: COMPLETE };
  }
  if (request.contentType === 'archive' && isBlock) {
    throw new ImportError('cdi-unsupported', { what: 'archive to a block device' });
  }
  const ready = await untilReady(request, surroundings);
  reach('connect');
  const location = cdiLocation(ready);
  const source = await openCdiSource(ready, paths, location, retry, env, signal);
  try {
    reach('process');
    if (request.contentType === 'archive') {
      await unpackArchive(source, ready, surroundings);
      return { scratchSpaceRequired: false, preallocationApplied: false, message: COMPLETE };
    }
    const report = await importToVolume(target, isBlock, ready, surroundings, location.location, async () => source);
    say(
      message('import.cdi.done', {
        source: report.source,
        target,
        size: bytes(report.virtualSizeBytes),
        read: bytes(report.bytesRead),
      }),
    );
    const labels = ready.isNodePull ? await labelsOfServer(ready.endpoint, signal) : {};
    touchDone(ready.doneFile, say);
    return {
      scratchSpaceRequired: false,
      preallocationApplied: ready.preallocation,
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      message: COMPLETE,
    };
  } finally {
    await source.close();
  }
}
