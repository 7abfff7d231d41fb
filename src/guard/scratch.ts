import { mkdirSync } from 'node:fs';
import { planCgroup } from '../lab/cgroup/lab-cgroup.js';
import { findPlace } from '../lab/cgroup/place.js';
import { LabError } from '../lab/error.js';
import { cgroupOfProcess } from '../sources/cgroup/find.js';
import { directoryOf, findMemoryHierarchy } from '../sources/cgroup/mounts.js';
import { parseProcCgroup } from '../sources/cgroup/parse.js';
import { HostError } from '../sources/host/error.js';
import { procOf, thisHost } from '../sources/host/host.js';
import { parseMountinfo } from '../sources/host/mountinfo.js';
import { readHostText } from '../sources/host/read-file.js';
import type { GuardState } from './undo.js';

type Made = GuardState['cgroups'][number];

/** Cgroups for a guarded command: one without a limit that counts its pages, and on v1 one that freezes it. */
export interface Scratch {
  readonly version: 1 | 2;
  readonly memory: Made;
  readonly freezer?: Made;
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
    const freezer = hierarchy.version === 1 ? freezerHome() : undefined;
    return {
      version: hierarchy.version,
      memory: { directory, home },
      ...(freezer === undefined ? {} : { freezer: { directory: `${freezer}/${name}`, home: freezer } }),
    };
  } catch (error) {
    if (error instanceof HostError || error instanceof LabError) return undefined;
    throw error;
  }
}

/** Makes one of them; false when the kernel refuses. */
export function make({ directory }: Made): boolean {
  try {
    mkdirSync(directory);
    return true;
  } catch {
    return false;
  }
}

/** The directory of this process's cgroup in v1's freezer hierarchy; undefined where there is none. */
function freezerHome(): string | undefined {
  const self = `${procOf(thisHost)}/self`;
  const mount = parseMountinfo(readHostText(`${self}/mountinfo`) ?? '').find(
    ({ fileSystem, superOptions }) => fileSystem === 'cgroup' && superOptions.includes('freezer'),
  );
  const path = parseProcCgroup(readHostText(`${self}/cgroup`) ?? '').get('freezer');
  if (mount === undefined || path === undefined) return undefined;
  return directoryOf({ version: 1, layout: 'v1', directory: mount.mountPoint, root: mount.root }, path);
}
