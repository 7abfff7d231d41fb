import { mkdirSync } from 'node:fs';
import { planCgroup } from '../lab/cgroup/lab-cgroup.js';
import { findPlace } from '../lab/cgroup/place.js';
import { LabError } from '../lab/error.js';
import { cgroupOfProcess } from '../sources/cgroup/find.js';
import { directoryOf, findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import { thisHost } from '../sources/host/host.js';
import { cpuHomeOf, preparePeriod } from './cpu-quota.js';
import type { CountedCgroup } from './figures.js';
import type { GuardState } from './undo.js';

type Made = GuardState['cgroups'][number];

/** Cgroups for a guarded command: one without a limit that counts its pages, and on v1 one that rations its CPU time. */
export interface Scratch {
  readonly version: 1 | 2;
  readonly memory: Made;
  readonly cpu?: Made;
}

/**
 * What can be made here, before it is made: the watchdog is told first. Undefined where there is no place for a memory cgroup (a
 * container whose cgroups are read-only, a user without delegation), or only by moving this process about.
 */
export function planScratch(): Scratch | undefined {
  try {
    const hierarchy = findMemoryHierarchy(thisHost);
    const place = findPlace(thisHost, hierarchy);
    const home = directoryOf(hierarchy, cgroupOfProcess(thisHost, hierarchy, 'self'));
    if (place.needsLeaf || home === undefined) return undefined;
    const { directory, name } = planCgroup(place);
    const cpuHome = hierarchy.version === 1 ? cpuHomeOf(thisHost, 'self') : undefined;
    return {
      version: hierarchy.version,
      memory: { directory, home },
      ...(cpuHome === undefined ? {} : { cpu: { directory: `${cpuHome}/${name}`, home: cpuHome } }),
    };
  } catch (error) {
    if (error instanceof HostError || error instanceof LabError) return undefined;
    throw error;
  }
}

/**
 * The memory cgroups processes are charged to with others, as what a target is within: at most what waits there waits of them.
 * Nothing where it is the root, which stands for the whole machine.
 */
export function surroundings(pids: readonly (number | 'self')[]): { readonly within?: readonly CountedCgroup[] } {
  try {
    const hierarchy = findMemoryHierarchy(thisHost);
    const paths = new Set(pids.map((pid) => cgroupOfProcess(thisHost, hierarchy, pid)));
    const within = [...paths].flatMap((path) => {
      const directory = path === '/' ? undefined : directoryOf(hierarchy, path);
      return directory === undefined ? [] : [{ version: hierarchy.version, directory }];
    });
    return within.length < paths.size ? {} : { within };
  } catch (error) {
    if (error instanceof HostError) return {};
    throw error;
  }
}

/** Makes what of the plan the kernel lets it; undefined when not even the memory cgroup. */
export function makeScratch({ cpu, ...plan }: Scratch): Scratch | undefined {
  if (!make(plan.memory)) return undefined;
  return cpu !== undefined && makeCpuCgroup(cpu) ? { ...plan, cpu } : plan;
}

/** Makes a cgroup that can hold what is in it by a quota; false when the kernel refuses. */
export function makeCpuCgroup(planned: Made): boolean {
  return make(planned) && preparePeriod(thisHost, planned.directory);
}

function make({ directory }: Made): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch {
    return false;
  }
}
