import { accessSync, constants, writeFileSync } from 'node:fs';
import { cgroupOfProcess } from '../../sources/cgroup/find.js';
import { directoryOf, type MemoryHierarchy } from '../../sources/cgroup/mounts.js';
import type { Host } from '../../sources/host/host.js';
import { readHostFile } from '../../sources/host/read-file.js';
import { LabError } from '../error.js';

/** A cgroup below which others may be made. */
export interface Place {
  readonly hierarchy: MemoryHierarchy;
  /** The cgroup's path and its directory. */
  readonly path: string;
  readonly directory: string;
  /**
   * v2, where the only place is the caller's own cgroup: it must hold no processes before its children can be limited, so oomkit
   * moves into a leaf of it first. Source: Documentation/admin-guide/cgroup-v2.rst, "No Internal Process Constraint" (6.18).
   */
  readonly needsLeaf: boolean;
}

/**
 * Where a memory cgroup can be made. The nearest cgroup from the caller's own upward that lets it: limits further up then still
 * hold for the command, as they hold for the caller. v1: any that can be written. v2: one that already hands the memory controller
 * to its children, else the caller's own when it was delegated and holds nobody else.
 * Throws a LabError that says what to do when there is none.
 */
export function findPlace(host: Host, hierarchy: MemoryHierarchy, self: readonly number[] = [process.pid]): Place {
  const own = cgroupOfProcess(host, hierarchy, 'self');
  const candidates = upward(own).flatMap((path) => {
    const directory = directoryOf(hierarchy, path);
    return directory === undefined ? [] : [{ path, directory }];
  });
  const isFit = hierarchy.version === 1 ? isWritable : handsOutMemory;
  const fit = candidates.find(({ directory }) => isFit(directory));
  if (fit !== undefined) return { hierarchy, ...fit, needsLeaf: false };
  if (hierarchy.version === 1) throw new LabError('no-place-v1', hierarchy.directory);
  const [nearest] = candidates;
  if (nearest === undefined || !isDelegated(nearest.directory)) throw new LabError('no-place-v2', own);
  const others = processesOf(nearest.directory).filter((pid) => !self.includes(pid));
  if (others.length > 0) throw new LabError('internal-processes', nearest.path, { count: others.length });
  return { hierarchy, ...nearest, needsLeaf: true };
}

/** Lets the children of a v2 cgroup be limited. Throws a LabError when the kernel refuses. */
export function handOutMemory(directory: string): void {
  try {
    writeFileSync(`${directory}/cgroup.subtree_control`, '+memory');
  } catch (error) {
    throw new LabError('no-place-v2', directory, {}, error);
  }
}

/** A cgroup's path, its parent's, and so on to the root. */
function upward(path: string): string[] {
  if (path === '/') return ['/'];
  return [path, ...upward(path.slice(0, path.lastIndexOf('/')) || '/')];
}

function handsOutMemory(directory: string): boolean {
  return controllersIn(`${directory}/cgroup.subtree_control`).includes('memory') && isWritable(directory);
}

function isDelegated(directory: string): boolean {
  return controllersIn(`${directory}/cgroup.controllers`).includes('memory') && isWritable(directory);
}

function controllersIn(file: string): string[] {
  return (readHostFile(file) ?? '').trim().split(' ');
}

/** To make a cgroup needs the directory, to move a process there the nearest common ancestor's cgroup.procs. */
export function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
    accessSync(`${directory}/cgroup.procs`, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function processesOf(directory: string): number[] {
  return (readHostFile(`${directory}/cgroup.procs`) ?? '').split('\n').filter(Boolean).map(Number);
}
