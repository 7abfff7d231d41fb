import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileReader, syncDirectory } from '../file-reader.js';
import type { ImageFormat } from '../formats/image-format.js';
import type { SourceIdentity } from '../sources/source.js';
import { type TargetFacts, targetFacts } from './facts.js';

/** How far an import has come, kept beside a file or in a state directory for a block device. While it is there, the target is no image. */
export interface Checkpoint {
  readonly version: 1;
  /** partial: the import may go on. rejected: what was written is not to be used. */
  readonly state: 'partial' | 'rejected';
  /** A hash of the whole location, which may hold secrets. */
  readonly sourceKey: string;
  readonly source: string;
  readonly identity: SourceIdentity;
  readonly target: string;
  readonly format: ImageFormat;
  /** What the source was wrapped in. */
  readonly layers: readonly ImageFormat[];
  /** All before it is on the disk. */
  readonly durableBytes: number;
  /** SHA-256 of the last bytes before it: whoever wrote to the target since has most likely changed them. */
  readonly tail: string;
  /** SHA-256 of each whole segment before it, when the import is to be verified. */
  readonly segments?: readonly string[];
  readonly updatedAt: string;
}

const TAIL_BYTES = 64 * 1024;

/** The hash of a location, to know it again. */
export function keyOf(location: string): string {
  return createHash('sha256').update(location).digest('hex');
}

/** Where the checkpoint of a target is. */
export function checkpointPath({ kind, path, identity }: TargetFacts, stateDirectory: string): string {
  if (kind === 'file') return `${path}.oomkit-import.json`;
  return join(stateDirectory, `block-${identity?.replace(':', '-')}.json`);
}

/** The checkpoint; undefined when there is none, or none that can be read. */
export function readCheckpoint(path: string): Checkpoint | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isCheckpoint(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What an import has left of a target: undefined when it left nothing unfinished. */
export function checkpointOf(
  target: string,
  stateDirectory: string,
): { readonly path: string; readonly state: Checkpoint['state'] } | undefined {
  try {
    const path = checkpointPath(targetFacts(target), stateDirectory);
    const checkpoint = readCheckpoint(path);
    return checkpoint === undefined ? undefined : { path, state: checkpoint.state };
  } catch {
    return undefined;
  }
}

/** Replaces it at once: a reader, also one after a power failure, sees the old one or the new one. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  const fd = openSync(draft, 'w', 0o600);
  try {
    writeSync(fd, JSON.stringify(checkpoint));
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(draft, path);
  syncDirectory(dirname(path));
}

export function removeCheckpoint(path: string): void {
  rmSync(`${path}.new`, { force: true });
  rmSync(path, { force: true });
  syncDirectory(dirname(path));
}

/** The hash of what the target holds before an offset; of nothing at its start. */
export async function tailDigest(target: string, offsetBytes: number): Promise<string> {
  const hash = createHash('sha256');
  if (offsetBytes > 0) {
    const reader = FileReader.open(target);
    try {
      for await (const piece of reader.read(Math.max(0, offsetBytes - TAIL_BYTES), offsetBytes)) hash.update(piece);
    } finally {
      reader.close();
    }
  }
  return hash.digest('hex');
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== 'object' || value === null) return false;
  const { version, state, sourceKey, identity, target, format, layers, durableBytes, tail } = value as Partial<Checkpoint>;
  return (
    version === 1 &&
    (state === 'partial' || state === 'rejected') &&
    typeof sourceKey === 'string' &&
    typeof identity === 'object' &&
    identity !== null &&
    typeof target === 'string' &&
    typeof format === 'string' &&
    Array.isArray(layers) &&
    Number.isSafeInteger(durableBytes) &&
    Number(durableBytes) >= 0 &&
    typeof tail === 'string'
  );
}
