import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { bytes } from '../../model/index.js';
import { parseLimit } from '../../sources/cgroup/parse.js';
import { readHostFile } from '../../sources/host/read-file.js';
import { errnoOf, LabError } from '../error.js';
import { handOutMemory, type Place } from './place.js';
import type { Cleanup } from './remove.js';

/** A memory cgroup made for one run. */
export interface LabCgroup {
  readonly path: string;
  readonly directory: string;
  /** Its last part, which no other cgroup has: how the kernel's log is searched for it, whatever the namespace. */
  readonly name: string;
  readonly cleanup: Cleanup;
}

/** A name that no other cgroup has. */
export function newName(): string {
  return `oomkit-lab-${process.pid}-${randomBytes(4).toString('hex')}`;
}

/** What the new cgroup will be called: known before it is made, so that the watchdog can be told first. */
export function planCgroup({ hierarchy, path, directory, needsLeaf }: Place): LabCgroup {
  const name = newName();
  const leaf = `${directory}/oomkit-self-${process.pid}`;
  return {
    name,
    path: `${path === '/' ? '' : path}/${name}`,
    directory: `${directory}/${name}`,
    cleanup: {
      version: hierarchy.version,
      directory: `${directory}/${name}`,
      ...(needsLeaf ? { leaf: { directory: leaf, home: directory } } : {}),
    },
  };
}

/** Makes the cgroup. `company` are processes of ours that must leave the place together with this one. Throws a LabError. */
export function createCgroup({ directory, cleanup }: LabCgroup, company: readonly number[]): void {
  try {
    const { leaf } = cleanup;
    if (leaf !== undefined) {
      mkdirSync(leaf.directory, { recursive: true });
      for (const pid of [process.pid, ...company]) writeFileSync(`${leaf.directory}/cgroup.procs`, String(pid));
      handOutMemory(leaf.home);
    }
    mkdirSync(directory);
  } catch (error) {
    if (error instanceof LabError) throw error;
    throw new LabError('create', directory, { detail: errnoOf(error) }, error);
  }
}

/**
 * Limits the cgroup, and gives the limit as the kernel rounded it, to whole pages. Without `swap` nothing of it is swapped out
 * when the limit is met. Throws a LabError when the kernel refuses, or cannot keep it from swapping.
 */
export function limitCgroup(version: 1 | 2, directory: string, limitBytes: number, swap: boolean): number {
  const file = version === 1 ? 'memory.limit_in_bytes' : 'memory.max';
  try {
    writeFileSync(`${directory}/${file}`, String(limitBytes));
  } catch (error) {
    throw new LabError('limit', `${directory}/${file}`, { limit: bytes(limitBytes), detail: errnoOf(error) }, error);
  }
  if (!swap) forbidSwap(version, directory);
  return parseLimit(readHostFile(`${directory}/${file}`)) ?? limitBytes;
}

/**
 * v1 could limit memory and swap together, but its counter would then be hit instead of memory's own, which is the one that
 * Kubernetes sets; a swappiness of 0 keeps reclaim for a limit from swapping just as well
 * (Documentation/admin-guide/cgroup-v1/memory.rst, 5.3, 6.18).
 */
function forbidSwap(version: 1 | 2, directory: string): void {
  const file = `${directory}/${version === 1 ? 'memory.swappiness' : 'memory.swap.max'}`;
  // Without the file the kernel was built without swap.
  if (!existsSync(file)) return;
  try {
    writeFileSync(file, '0');
  } catch (error) {
    throw new LabError('no-swap-control', file, { detail: errnoOf(error) }, error);
  }
}
