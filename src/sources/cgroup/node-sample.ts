import type { CgroupMemory, ContainerIdentity } from '../../model/index.js';
import { readHostFile } from '../host/read-file.js';
import { containersAmong, type KnownCgroup, listCgroups } from './find.js';
import { type LimitCache, readCgroupMemory } from './memory.js';
import { directoryOf, type MemoryHierarchy } from './mounts.js';

/** One cgroup of a sample. */
export interface SampledCgroup {
  readonly identity: ContainerIdentity;
  readonly memory: CgroupMemory;
}

/** `busy`: the containers when there are any, and otherwise every cgroup with processes. `all`: every cgroup. */
export type SampleScope = 'busy' | 'all';

/** The memory of the node's cgroups at one moment, in brief. What vanishes while it is read is left out. */
export function sampleNode(hierarchy: MemoryHierarchy, scope: SampleScope): SampledCgroup[] {
  return readCgroups(hierarchy, chosenCgroups(hierarchy, scope));
}

/** Reads the cgroups; the limits of those above them are read once. */
export function readCgroups(hierarchy: MemoryHierarchy, cgroups: readonly KnownCgroup[]): SampledCgroup[] {
  const limits: LimitCache = new Map();
  return cgroups.flatMap(({ path, identity }) => {
    const memory = readCgroupMemory(hierarchy, path, limits, 'brief');
    return memory === undefined ? [] : [{ identity, memory }];
  });
}

function chosenCgroups(hierarchy: MemoryHierarchy, scope: SampleScope): readonly KnownCgroup[] {
  const cgroups = listCgroups(hierarchy);
  if (scope === 'all') return cgroups;
  const containers = containersAmong(cgroups);
  return containers.length > 0 ? containers : cgroups.filter(({ path }) => hasProcesses(hierarchy, path));
}

function hasProcesses(hierarchy: MemoryHierarchy, path: string): boolean {
  const directory = directoryOf(hierarchy, path);
  return directory !== undefined && (readHostFile(`${directory}/cgroup.procs`) ?? '').trim() !== '';
}
