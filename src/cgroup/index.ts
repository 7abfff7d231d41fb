/** Memory cgroups v1 and v2: where they are, what they are charged, who they belong to. */
export { cgroupOfProcess, containersAmong, findCgroup, type KnownCgroup, listCgroups } from './find.js';
export { type Detail, type LimitCache, type ReadCgroupFile, readCgroupMemory } from './memory.js';
export { type CgroupLayout, directoryOf, findMemoryHierarchy, type MemoryHierarchy } from './mounts.js';
