import { describe, expect, it } from 'vitest';
import { cgroupOfProcess, containersAmong, findCgroup, listCgroups } from '../../../src/sources/cgroup/find.js';
import { findMemoryHierarchy } from '../../../src/sources/cgroup/mounts.js';
import { APP_ID, PAUSE_ID, POD_UID, paths, trees } from '../../fixtures-cgroup-trees.js';

const v2 = findMemoryHierarchy(trees.v2);
const find = (target: string): string => findCgroup(trees.v2, v2, target);

describe('a cgroup is found by', () => {
  it.each([
    ['self', paths.v2.app],
    ['a pid', paths.v2.pause, '4700'],
    ['its path', paths.v2.pod, `${paths.v2.pod}/`],
    ['its directory', paths.v2.pod, `${v2.directory}${paths.v2.pod}`],
    ['the root', '/', '/'],
    ['a container id', paths.v2.app, APP_ID],
    ['the beginning of a container id', paths.v2.pause, PAUSE_ID.slice(0, 6).toUpperCase()],
    ['a pod UID', paths.v2.pod, POD_UID],
    ['the beginning of a pod UID as systemd spells it', paths.v2.pod, POD_UID.slice(0, 13).replaceAll('-', '_')],
  ])('%s', (kind, path, target = kind) => {
    expect(find(target)).toBe(path);
  });

  it('a pid whose path only the v1 hierarchy has', () => {
    expect(cgroupOfProcess(trees.v1, findMemoryHierarchy(trees.v1), 4711)).toBe(paths.v1.app);
    expect(findCgroup(trees.hybrid, findMemoryHierarchy(trees.hybrid), '9')).toBe(paths.hybrid.worker);
  });
});

describe('what is not found is an error:', () => {
  it.each([
    ['/system.slice/gone.service', 'no-match'],
    ['4799', 'no-match'],
    ['5d2', 'no-match'],
    ['feedbeef', 'no-match'],
  ])('%s', (target, code) => {
    expect(() => find(target)).toThrow(expect.objectContaining({ code, subject: target }));
  });

  it('a process that is gone', () => {
    expect(() => cgroupOfProcess(trees.v2, v2, 99)).toThrow(expect.objectContaining({ code: 'no-process' }));
  });
});

describe('the tree', () => {
  const cgroups = listCgroups(v2);

  it('is walked whole, parents first', () => {
    expect(cgroups.map(({ path }) => path)).toEqual([
      '/',
      '/kubepods.slice',
      '/system.slice',
      '/kubepods.slice/kubepods-burstable.slice',
      '/system.slice/sshd.service',
      paths.v2.pod,
      paths.v2.app,
      paths.v2.pause,
    ]);
  });

  it('has containers with identities; a cgroup inside a container is not one more', () => {
    const inner = {
      path: `${paths.v2.app}/inner`,
      identity: { level: 'container', containerId: APP_ID, podUid: POD_UID } as const,
    };
    const containers = containersAmong([inner, ...cgroups]);
    expect(containers.map(({ path }) => path)).toEqual([paths.v2.app, paths.v2.pause]);
    expect(containers[0]?.identity).toMatchObject({ podUid: POD_UID, containerId: APP_ID, qosClass: 'burstable' });
  });
});
