import { lstatSync, readFileSync, realpathSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errnoOf, ImportError } from '../error.js';
import { bufferingLoop } from './loop.js';

/** include/uapi/linux/magic.h (6.18). */
const MEMORY_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);
const OVERLAYFS = 0x794c7630;
/** The kernel counts sectors of 512 bytes whatever the disk's are: include/linux/blk_types.h (6.18). */
const SECTOR_BYTES = 512;

/** What is known of a target before it is touched. */
export interface TargetFacts {
  /** Without symbolic links: /dev/disk/by-id/… leads to /dev/sda. */
  readonly path: string;
  readonly kind: 'file' | 'block';
  readonly exists: boolean;
  /** Device and inode of a file, the device's number of a block device. */
  readonly identity?: string;
  /** How much fits: of a block device its size, of a file what is free and what the file itself holds. */
  readonly roomBytes: number;
  /** Bytes the file holds. */
  readonly sizeBytes: number;
  /** The least a block device takes at once. */
  readonly blockBytes: number;
  readonly isInMemory: boolean;
  readonly isOverlay: boolean;
  /** The loop device at or below it that writes through the page cache, as it is called in /dev. */
  readonly bufferingLoop?: string;
}

/** Looks at a target without changing it. Throws an ImportError when nothing can be written there. */
export function targetFacts(target: string): TargetFacts {
  const stats = statIfThere(target);
  if (stats === undefined) return newFile(target);
  if (stats.isDirectory()) throw new ImportError('target-directory', { target });
  const path = realpathSync(target);
  if (stats.isBlockDevice()) return blockDevice(path, stats.rdev);
  if (!stats.isFile()) throw new ImportError('target-kind', { target });
  return {
    ...fileSystem(dirname(path), target, stats.blocks * SECTOR_BYTES),
    path,
    exists: true,
    identity: `${stats.dev}:${stats.ino}`,
    sizeBytes: stats.size,
  };
}

function newFile(target: string): TargetFacts {
  // A link to nowhere would be written where nobody looks.
  if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw new ImportError('target-kind', { target });
  return { ...fileSystem(dirname(target), target, 0), path: target, exists: false, sizeBytes: 0 };
}

function fileSystem(directory: string, target: string, heldBytes: number) {
  try {
    const { type, bavail, bsize } = statfsSync(directory);
    const loop = bufferingLoop(deviceNumber(statSync(directory).dev));
    return {
      kind: 'file' as const,
      roomBytes: bavail * bsize + heldBytes,
      blockBytes: SECTOR_BYTES,
      isInMemory: MEMORY_FILE_SYSTEMS.has(type),
      isOverlay: type === OVERLAYFS,
      ...(loop === undefined ? {} : { bufferingLoop: loop }),
    };
  } catch (error) {
    throw targetError(error, target);
  }
}

function blockDevice(path: string, rdev: number): TargetFacts {
  const number = deviceNumber(rdev);
  const loop = bufferingLoop(number);
  const directory = `/sys/dev/block/${number}`;
  const sectors = Number(readIfThere(`${directory}/size`));
  // A partition has no queue of its own.
  const block = readIfThere(`${directory}/queue/logical_block_size`) ?? readIfThere(`${directory}/../queue/logical_block_size`);
  if (!(sectors > 0)) throw new ImportError('target-kind', { target: path });
  return {
    path,
    kind: 'block',
    exists: true,
    identity: number,
    roomBytes: sectors * SECTOR_BYTES,
    sizeBytes: sectors * SECTOR_BYTES,
    blockBytes: Number(block ?? SECTOR_BYTES),
    isInMemory: false,
    isOverlay: false,
    ...(loop === undefined ? {} : { bufferingLoop: loop }),
  };
}

/** `major:minor`, from the number stat(2) gives: makedev(3), glibc and musl. */
export function deviceNumber(rdev: number): string {
  const number = BigInt(rdev);
  const major = ((number >> 8n) & 0xfffn) | ((number >> 32n) & 0xfffff000n);
  const minor = (number & 0xffn) | ((number >> 12n) & 0xffffff00n);
  return `${major}:${minor}`;
}

function statIfThere(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw targetError(error, path);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** An ImportError for what the system said of a target. */
export function targetError(error: unknown, target: string): ImportError {
  if (error instanceof ImportError) return error;
  const reason = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
  switch (reason) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EFBIG':
      return new ImportError('target-full', { target, reason }, { cause: error });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ImportError('target-permission', { target, reason }, { cause: error });
    case 'EBUSY':
      return new ImportError('target-busy', { target }, { cause: error });
    default:
      return new ImportError('target-io', { target, reason }, { cause: error });
  }
}
