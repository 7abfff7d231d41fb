import { HostError } from '../host/error.js';
import { type Host, procOf } from '../host/host.js';
import { type Mount, parseMountinfo } from '../host/mountinfo.js';
import { readHostText } from '../host/read-file.js';

/** How a host arranges its cgroups. hybrid: a v2 tree stands beside v1's controllers, of which memory is one. */
export type CgroupLayout = 'v1' | 'v2' | 'hybrid';

/** The hierarchy that accounts for memory. */
export interface MemoryHierarchy {
  readonly version: 1 | 2;
  readonly layout: CgroupLayout;
  /** The directory it is mounted on. */
  readonly directory: string;
  /** The cgroup that the directory shows: `/`, or the container's own in a container without a cgroup namespace. */
  readonly root: string;
}

/** The memory hierarchy by the mounts this process sees. Throws a HostError when there is none. */
export function findMemoryHierarchy(host: Host): MemoryHierarchy {
  const path = `${procOf(host)}/self/mountinfo`;
  const text = readHostText(path);
  if (text === undefined) throw new HostError('no-mountinfo', path);
  const hierarchy = memoryHierarchyOf(parseMountinfo(text));
  if (hierarchy === undefined) throw new HostError('no-memory-hierarchy', path);
  return { ...hierarchy, directory: `${host.root}${hierarchy.directory}` };
}

/** A controller belongs to one hierarchy: where v1 has memory, a v2 mount beside it has not (Documentation/admin-guide/cgroup-v2.rst, 6.18). */
export function memoryHierarchyOf(mounts: readonly Mount[]): MemoryHierarchy | undefined {
  const unified = mounts.find(({ fileSystem }) => fileSystem === 'cgroup2');
  const memory = mounts.find(({ fileSystem, superOptions }) => fileSystem === 'cgroup' && superOptions.includes('memory'));
  if (memory !== undefined)
    return {
      version: 1,
      layout: unified === undefined ? 'v1' : 'hybrid',
      directory: memory.mountPoint,
      root: memory.root,
    };
  return unified === undefined ? undefined : { version: 2, layout: 'v2', directory: unified.mountPoint, root: unified.root };
}

/** The directory of a cgroup; undefined when it lies outside what is mounted. */
export function directoryOf({ directory, root }: MemoryHierarchy, path: string): string | undefined {
  if (root === '/' || root === '') return join(directory, path);
  if (path === root) return directory;
  return path.startsWith(`${root}/`) ? join(directory, path.slice(root.length)) : undefined;
}

/** The cgroup of a directory of the hierarchy: the other way round. */
export function pathOf({ directory, root }: MemoryHierarchy, inside: string): string {
  return join(root === '/' ? '' : root, inside.slice(directory.length)) || '/';
}

function join(directory: string, path: string): string {
  const relative = path.replace(/^\/+|\/+$/g, '');
  return relative === '' ? directory : `${directory}/${relative}`;
}
