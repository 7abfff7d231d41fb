import type { Message } from '../../model/index.js';
import type { Checksum } from '../digest.js';
import type { RetryPolicy } from '../sources/retry.js';
import type { ByteSource } from '../sources/source.js';
import type { Bounds } from '../streams/bounds.js';
import type { CacheMode } from '../target/cache-mode.js';

/** off: zeros become holes. falloc: all space is reserved. full: all is written. By qemu-img's names. */
export const preallocations = ['off', 'falloc', 'full'] as const;
export type Preallocation = (typeof preallocations)[number];

/** How far an import has come. Bytes. */
export interface ImportProgress {
  readonly bytesRead: number;
  /** Of the source, where it is known. */
  readonly sourceBytes?: number;
  /** Written to the target so far, without zeros that were left out; absent where only qemu-img knows. */
  readonly bytesWritten?: number;
  /** How much of the image has been taken in. */
  readonly position: number;
  readonly sizeBytes?: number;
}

/** What the memory cgroup of the importer tells. Bytes. */
export interface OwnMemory {
  /** Its limit, or that of a cgroup above it. */
  readonly limitBytes?: number;
  /** What is dirty or under writeback in it, whoever wrote it; undefined where that is not known. */
  dirtyBytes(): number | undefined;
}

export interface ImportRequest {
  readonly source: ByteSource;
  /** What the user named, whole: it tells whether a checkpoint is of the same source, and is never shown. */
  readonly location: string;
  readonly target: string;
  readonly cacheMode: CacheMode;
  readonly dirtyLimitBytes: number;
  /** Undefined where the cgroup is the machine's root, or cannot be read. */
  readonly memory?: OwnMemory;
  readonly preallocation: Preallocation;
  /** The size of a target file: the image must fit, and is grown to it. */
  readonly sizeBytes?: number;
  /** Instead of it, the size of the volume the target file has to itself; there may be less room, or more, than that. */
  readonly volumeBytes?: number;
  /** The share of a file system's room that is kept back for its own use. */
  readonly overhead?: number;
  /** A sparse image may be larger than the room there is now. */
  readonly allowOvercommit: boolean;
  readonly checksum?: Checksum;
  readonly verify: boolean;
  readonly resume: boolean;
  /** A file that is there may be overwritten. */
  readonly force: boolean;
  /** Of a new file. */
  readonly mode?: number;
  /** Where checkpoints of block devices are kept. */
  readonly stateDirectory: string;
  /** Where an image is kept that can only be read from start to end and has to be converted. */
  readonly scratchDirectory?: string;
  readonly bounds: Bounds;
  readonly member?: string;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Something the user should know that does not end the import. */
  readonly onNote?: (note: Message) => void;
}
