import { bytes, type Message, message } from '../../model/index.js';
import { SEGMENT_BYTES } from '../digest.js';
import { ImportError } from '../error.js';
import { isSame } from '../sources/source.js';
import { roundUp } from '../target/aligned.js';
import { type WriteWay, writeWay } from '../target/cache-mode.js';
import { type Checkpoint, checkpointPath, keyOf, readCheckpoint, tailDigest } from '../target/checkpoint.js';
import { type TargetFacts, targetError, targetFacts } from '../target/facts.js';
import { probeDirect } from '../target/probe.js';
import type { ImportRequest } from './request.js';

/** What is known and decided before anything is written. */
export interface Plan {
  readonly facts: TargetFacts;
  readonly way: WriteWay;
  readonly checkpointPath: string;
  /** Where to begin: 0, or what an earlier import left. */
  readonly startBytes: number;
  /** The earlier import, when it is taken up. */
  readonly resumed?: Checkpoint;
}

/** Decides how to write, and where to begin. Nothing on the target is changed. Throws an ImportError when it must not be written. */
export async function planImport(request: ImportRequest): Promise<Plan> {
  const facts = targetFacts(request.target);
  const { target, cacheMode, force, source } = request;
  if (facts.kind === 'file' && source.identity.file?.startsWith(`${facts.identity}:`) === true) {
    throw new ImportError('same-file', { target });
  }
  if (facts.isInMemory && cacheMode !== 'writeback' && cacheMode !== 'unsafe' && cacheMode !== 'writethrough') {
    throw new ImportError('target-memory', { target });
  }
  const path = checkpointPath(facts, request.stateDirectory);
  const earlier = readCheckpoint(path);
  const isOurs = earlier !== undefined && earlier.target === facts.identity;
  if (facts.kind === 'file' && facts.sizeBytes > 0 && !isOurs && !force) throw new ImportError('target-exists', { target });
  if (request.resume && !isOurs) request.onNote?.(message('import.note.nothing-to-resume', { target }));
  const resumed = isOurs && request.resume ? await takeUp(earlier, request, facts) : undefined;
  const way = wayOf(facts, request);
  const startBytes =
    resumed === undefined ? 0 : request.verify ? floorTo(resumed.durableBytes, SEGMENT_BYTES) : resumed.durableBytes;
  if (startBytes > 0) request.onNote?.(message('import.note.resumed', { target, at: bytes(startBytes) }));
  else if (isOurs && (resumed !== undefined || !request.resume)) request.onNote?.(message('import.note.stale', { target }));
  return { facts, way, checkpointPath: path, startBytes, ...(resumed === undefined ? {} : { resumed }) };
}

/** How a target is written. Throws an ImportError when the mode that was asked for is not possible there. */
export function wayOf(facts: TargetFacts, { cacheMode, target, onNote }: ImportRequest): WriteWay {
  const needsProbe = cacheMode === 'auto' || cacheMode === 'none' || cacheMode === 'directsync';
  const { bufferingLoop } = facts;
  const way = writeWay(cacheMode, needsProbe ? probe(facts) : 'refused', bufferingLoop !== undefined);
  if (way === undefined) throw new ImportError('no-direct', { target, mode: cacheMode });
  if (way.name === 'bounded') onNote?.(message('import.note.bounded', { target }));
  if (way.buffering === 'loop-device' && bufferingLoop !== undefined) {
    onNote?.(message('import.note.loop', { target, device: bufferingLoop }));
  }
  return way;
}

/** The least that is worth a wait: what is under way, and as much again. */
const LEAST_DIRTY_BYTES = 16 * 1024 * 1024;

/** How much may wait for the disk: what was asked for, and a quarter of the cgroup's limit at most, of which the program needs half. */
export function dirtyBound({ dirtyLimitBytes, memory }: ImportRequest): number {
  const { limitBytes } = memory ?? {};
  if (limitBytes === undefined) return dirtyLimitBytes;
  return Math.min(dirtyLimitBytes, Math.max(LEAST_DIRTY_BYTES, Math.floor(limitBytes / 4)));
}

function probe(facts: TargetFacts) {
  try {
    return probeDirect(facts);
  } catch (error) {
    throw targetError(error, facts.path);
  }
}

/** The checkpoint, when what it tells still holds; else a note says why it is dropped. */
async function takeUp(earlier: Checkpoint, request: ImportRequest, facts: TargetFacts): Promise<Checkpoint | undefined> {
  const drop = (why: string): undefined => {
    const note: Message = message(`import.note.dropped.${why}`, { target: request.target });
    request.onNote?.(note);
    return undefined;
  };
  if (earlier.state === 'rejected') return drop('rejected');
  if (earlier.sourceKey !== keyOf(request.location)) return drop('other-source');
  if (!isSame(earlier.identity, request.source.identity)) return drop('changed-source');
  if (facts.kind === 'file' && facts.sizeBytes < earlier.durableBytes) return drop('changed-target');
  if ((await tailDigest(facts.path, earlier.durableBytes)) !== earlier.tail) return drop('changed-target');
  if (request.verify && earlier.segments === undefined && earlier.durableBytes > 0) return drop('no-digests');
  return earlier;
}

/** How large the image may be, and how large the target becomes. */
export interface Sizes {
  readonly limitBytes: number;
  /** Undefined: as large as the image. */
  readonly targetBytes?: number;
}

/**
 * The sizes of a target. With an overhead the room is CDI's: the space over 1 + overhead, in whole MiB
 * (pkg/util/util.go, GetUsableSpace, 1.66), and the target is grown as far as that goes. A volume's size is CDI's too
 * (pkg/importer/data-processor.go): an image may fill the volume, and a smaller one is grown to what the overhead leaves.
 */
export function sizesOf({ kind, roomBytes }: TargetFacts, request: ImportRequest): Sizes {
  const { sizeBytes, volumeBytes, overhead, allowOvercommit, target } = request;
  if (kind === 'block') return { limitBytes: roomBytes };
  if (volumeBytes !== undefined) {
    const available = Math.min(roomBytes, volumeBytes);
    return { limitBytes: available, targetBytes: usableBytes(available, overhead ?? 0) };
  }
  const usable = overhead === undefined ? roomBytes : usableBytes(roomBytes, overhead);
  const room = allowOvercommit ? Number.POSITIVE_INFINITY : usable;
  if (sizeBytes === undefined) return { limitBytes: room };
  const targetBytes = overhead === undefined ? sizeBytes : Math.min(sizeBytes, usable);
  if (targetBytes > room) throw new ImportError('target-too-small', { target, needed: bytes(targetBytes), room: bytes(room) });
  return { limitBytes: targetBytes, targetBytes };
}

/** What an overhead leaves of a file system, in whole MiB. */
export function usableBytes(availableBytes: number, overhead: number): number {
  return floorTo(Math.ceil(availableBytes / (1 + overhead)), USABLE_UNIT_BYTES);
}

const USABLE_UNIT_BYTES = 1024 * 1024;
/** A disk is made of sectors: QEMU counts an image that is not as if it were (bdrv_getlength() in block.c, QEMU 10). */
const SECTOR_BYTES = 512;

/** Throws when an image of a known size does not fit. */
export function checkFits(imageBytes: number, { limitBytes }: Sizes, target: string): void {
  const needed = roundUp(imageBytes, SECTOR_BYTES);
  if (needed > limitBytes) throw new ImportError('target-too-small', { target, needed: bytes(needed), room: bytes(limitBytes) });
}

/** The size of the target file for an image. */
export function finalBytes(imageBytes: number, { targetBytes }: Sizes): number {
  return Math.max(roundUp(imageBytes, SECTOR_BYTES), targetBytes ?? 0);
}

function floorTo(value: number, unit: number): number {
  return value - (value % unit);
}
