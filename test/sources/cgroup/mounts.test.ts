import { describe, expect, it } from 'vitest';
import { directoryOf, findMemoryHierarchy, memoryHierarchyOf, pathOf } from '../../../src/sources/cgroup/mounts.js';
import { HostError } from '../../../src/sources/host/error.js';
import { hostAt } from '../../../src/sources/host/host.js';
import { parseMountinfo } from '../../../src/sources/host/mountinfo.js';
import { paths, trees } from '../../fixtures-cgroup-trees.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

describe('the memory hierarchy', () => {
  it.each([
    ['v1', 1, 'v1', '/sys/fs/cgroup/memory', '/'],
    ['v2', 2, 'v2', '/sys/fs/cgroup', '/'],
    ['hybrid', 1, 'hybrid', '/sys/fs/cgroup/memory', paths.hybrid.container],
  ] as const)('of a %s host', (name, version, layout, directory, root) => {
    const host = trees[name];
    expect(findMemoryHierarchy(host)).toEqual({ version, layout, directory: `${host.root}${directory}`, root });
  });

  it('is v2 beside v1 controllers that do not include memory', () => {
    const mounts = parseMountinfo(
      '1 0 0:1 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n2 0 0:2 / /sys/fs/cgroup/unified rw - cgroup2 none rw\n',
    );
    expect(memoryHierarchyOf(mounts)).toMatchObject({ version: 2, directory: '/sys/fs/cgroup/unified' });
  });

  it('is missing: the error says where it was looked for', () => {
    const empty = hostAt(temporaryDirectory());
    expect(() => findMemoryHierarchy(empty)).toThrow(HostError);
    expect(memoryHierarchyOf(parseMountinfo('1 0 0:1 / / rw - ext4 /dev/vda rw'))).toBeUndefined();
  });
});

describe('a path and its directory', () => {
  it('are each other’s reverse, also where a container sees only its own part', () => {
    const hierarchy = findMemoryHierarchy(trees.hybrid);
    const directory = directoryOf(hierarchy, paths.hybrid.worker);
    expect(directory).toBe(`${trees.hybrid.root}/sys/fs/cgroup/memory/worker`);
    expect(pathOf(hierarchy, directory ?? '')).toBe(paths.hybrid.worker);
    expect(pathOf(hierarchy, hierarchy.directory)).toBe(paths.hybrid.container);
    expect(directoryOf(hierarchy, '/docker/another')).toBeUndefined();
  });

  it('of the root have no slash too many', () => {
    const hierarchy = findMemoryHierarchy(trees.v2);
    expect(directoryOf(hierarchy, '/')).toBe(hierarchy.directory);
    expect(pathOf(hierarchy, hierarchy.directory)).toBe('/');
  });
});

describe('mountinfo', () => {
  it('has octal escapes, optional fields and lines cut short', () => {
    const [mount, ...others] = parseMountinfo(
      '36 35 98:0 /a\\040b /mnt\\134x rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n36 35\n\n',
    );
    expect(mount).toEqual({
      device: '98:0',
      root: '/a b',
      mountPoint: '/mnt\\x',
      fileSystem: 'ext3',
      source: '/dev/root',
      superOptions: ['rw', 'errors=continue'],
    });
    expect(others).toEqual([]);
  });
});
