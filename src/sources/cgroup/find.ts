import type { ContainerIdentity } from '../../model/index.js';
import { HostError } from '../host/error.js';
import { type Host, procOf } from '../host/host.js';
import { listHostSubdirectories, readHostFile, readHostText } from '../host/read-file.js';
import { identifyCgroup } from './identity.js';
import { directoryOf, type MemoryHierarchy, pathOf } from './mounts.js';
import { parseProcCgroup } from './parse.js';

/** A cgroup and what its path tells. */
export interface KnownCgroup {
  readonly path: string;
  readonly identity: ContainerIdentity;
}

/** Shorter pieces of an id name too many containers. */
const SHORTEST_ID = 4;

/** Every cgroup of the hierarchy, parents before children; those that vanish meanwhile are left out. */
export function listCgroups(hierarchy: MemoryHierarchy): KnownCgroup[] {
  const found: KnownCgroup[] = [];
  const waiting = [hierarchy.directory];
  for (let directory = waiting.shift(); directory !== undefined; directory = waiting.shift()) {
    const names = listHostSubdirectories(directory);
    if (names === undefined) continue;
    const path = pathOf(hierarchy, directory);
    found.push({ path, identity: identifyCgroup(path) });
    for (const name of names.sort()) waiting.push(`${directory}/${name}`);
  }
  return found;
}

/** The containers: of the cgroups of each, the outermost. */
export function containersAmong(cgroups: readonly KnownCgroup[]): KnownCgroup[] {
  const outermost = new Map<string, KnownCgroup>();
  for (const cgroup of cgroups) {
    const { level, containerId, podUid } = cgroup.identity;
    if (level !== 'container' || containerId === undefined) continue;
    const key = `${podUid ?? ''}/${containerId}`;
    const known = outermost.get(key);
    if (known === undefined || cgroup.path.length < known.path.length) outermost.set(key, cgroup);
  }
  return [...outermost.values()];
}

/** The cgroup a process lives in. Throws a HostError when there is no such process. */
export function cgroupOfProcess(host: Host, hierarchy: MemoryHierarchy, pid: number | 'self'): string {
  const text = readHostText(`${procOf(host)}/${pid}/cgroup`);
  if (text === undefined) throw new HostError('no-process', String(pid));
  const path = parseProcCgroup(text).get(hierarchy.version === 1 ? 'memory' : '');
  if (path === undefined) throw new HostError('no-cgroup', String(pid));
  return path;
}

/**
 * The cgroup a user means: `self`, a pid, a path (of the cgroup, or of its directory), the beginning of a container's id, or a
 * pod's UID, in part or whole, with `-` or `_`. Throws a HostError when nothing, or more than one thing, is meant.
 */
export function findCgroup(host: Host, hierarchy: MemoryHierarchy, target: string): string {
  if (target === 'self') return cgroupOfProcess(host, hierarchy, 'self');
  if (target.startsWith('/')) return cgroupAtPath(hierarchy, target);
  if (/^\d{1,10}$/.test(target) && readHostFile(`${procOf(host)}/${target}/cgroup`) !== undefined) {
    return cgroupOfProcess(host, hierarchy, Number(target));
  }
  return cgroupById(hierarchy, target);
}

function cgroupAtPath(hierarchy: MemoryHierarchy, target: string): string {
  const isDirectory = target === hierarchy.directory || target.startsWith(`${hierarchy.directory}/`);
  const path = isDirectory ? pathOf(hierarchy, target.replace(/\/+$/, '')) : target.replace(/(?<=.)\/+$/, '');
  const directory = directoryOf(hierarchy, path);
  if (directory === undefined) throw new HostError('outside-hierarchy', path, { root: hierarchy.root });
  if (listHostSubdirectories(directory) === undefined) throw new HostError('no-match', target);
  return path;
}

function cgroupById(hierarchy: MemoryHierarchy, target: string): string {
  const wanted = target.toLowerCase();
  const cgroups = wanted.length < SHORTEST_ID ? [] : listCgroups(hierarchy);
  const matches = [
    ...containersAmong(cgroups).filter(({ identity }) => identity.containerId?.toLowerCase().startsWith(wanted)),
    ...cgroups.filter(
      ({ identity }) => identity.level === 'pod' && identity.podUid?.toLowerCase().startsWith(wanted.replaceAll('_', '-')),
    ),
  ];
  const [only, second] = matches;
  if (only === undefined) throw new HostError('no-match', target);
  if (second !== undefined) {
    throw new HostError('ambiguous', target, { count: matches.length, first: only.path, second: second.path });
  }
  return only.path;
}
