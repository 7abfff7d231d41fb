import { bytes, MIB } from '../model/index.js';
import { cgroupOfProcess } from '../sources/cgroup/find.js';
import { readCgroupMemory } from '../sources/cgroup/memory.js';
import { findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import { thisHost } from '../sources/host/host.js';
import { GuardError } from './error.js';
import { type GuardBounds, LEAST_DIRTY_BYTES } from './policy.js';

/**
 * Two seconds of work for a disk of 32 MB/s, which keeps it busy; a tenth of the 600M of a CDI importer. Twice that for all cached
 * pages: as many clean ones as dirty.
 */
const USUAL_DIRTY_BYTES = 64 * MIB;
/** Of a limit, the part that is left to dirty pages where nothing was asked for. */
const SHARE_OF_LIMIT = 1 / 4;

/** The bounds to keep near. Throws a GuardError when those asked for make no sense under the limit. */
export function boundsFor(asked: Partial<GuardBounds>, limitBytes: number | undefined): GuardBounds {
  const room = limitBytes === undefined ? USUAL_DIRTY_BYTES : Math.floor(limitBytes * SHARE_OF_LIMIT);
  const usual = Math.max(LEAST_DIRTY_BYTES, Math.min(USUAL_DIRTY_BYTES, room, asked.cacheBytes ?? USUAL_DIRTY_BYTES));
  const dirtyBytes = asked.dirtyBytes ?? usual;
  const cacheBytes = asked.cacheBytes ?? 2 * dirtyBytes;
  if (cacheBytes < dirtyBytes) {
    throw new GuardError('cache-below-dirty', { cache: bytes(cacheBytes), dirty: bytes(dirtyBytes) });
  }
  if (limitBytes !== undefined && dirtyBytes >= limitBytes) {
    throw new GuardError('bound-above-limit', { dirty: bytes(dirtyBytes), limit: bytes(limitBytes) });
  }
  return { dirtyBytes, cacheBytes };
}

/** The smallest limit a process, or a cgroup, lives under; undefined without one or where it cannot be read. */
export function limitOver(target: { readonly pid: number | 'self' } | { readonly cgroup: string }): number | undefined {
  try {
    const hierarchy = findMemoryHierarchy(thisHost);
    const path = 'cgroup' in target ? target.cgroup : cgroupOfProcess(thisHost, hierarchy, target.pid);
    return readCgroupMemory(hierarchy, path)?.effectiveLimit?.bytes;
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}
