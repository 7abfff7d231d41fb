import { describe, expect, it } from 'vitest';
import { knownIssues } from '../../src/knowledge/issues/index.js';
import { matchKnownIssues } from '../../src/knowledge/match.js';
import { GIB, MIB } from '../../src/model/index.js';
import { bareFacts, changed, firingFacts, kernel } from './firing-facts.js';

type Change = Parameters<typeof changed>[1];

/** For each issue, changes to its firing facts after which it must not be cited any more: one symptom short. */
const nearMisses: Readonly<Record<string, Readonly<Record<string, Change>>>> = {
  'mglru-flusher-wakeup': {
    'the flusher is at work': { writebackBytes: 100 * MIB },
    'the page cache is clean': { dirtyBytes: MIB },
    'writeback is not known': { writebackBytes: undefined },
    'before MGLRU': kernel('6.0.12'),
    'with the fix': kernel('6.13.1'),
    'with the backported fix': kernel('6.12.104'),
    "a vendor's kernel": kernel('6.12.0-55.el10.x86_64'),
    'an unknown kernel': { kernelRelease: undefined, kernel: undefined },
    'the node ran out': { scope: 'node' },
  },
  'mglru-v1-writeback-throttle': {
    'cgroup v2': { cgroupVersion: 2 },
    'nothing under writeback': { writebackBytes: 0 },
    'before MGLRU': kernel('5.15.0'),
    'a later release': kernel('7.1.0'),
    'little of it unwritten': { dirtyBytes: 10 * MIB, writebackBytes: 30 * MIB },
  },
  'memcg-v1-dirty-throttling': {
    'cgroup v2': { cgroupVersion: 2 },
    'the cgroup version is not known': { cgroupVersion: undefined },
    'the page cache is clean': { dirtyBytes: 0, writebackBytes: 0 },
    'dirty is not known': { dirtyBytes: undefined },
    'writeback is swap-out, there is no page cache': { fileBytes: 0, dirtyBytes: 0, writebackBytes: 300 * MIB },
    'a small share': { dirtyBytes: 100 * MIB, writebackBytes: 50 * MIB },
    'the node ran out': { scope: 'node' },
  },
  'memcg-v1-writeback-throttle': {
    'with the fix': kernel('6.1.0'),
    "a vendor's kernel": kernel('4.18.0-553.el8_10.x86_64'),
    'an unknown kernel': { kernelRelease: undefined, kernel: undefined },
    'before the wake-up existed': kernel('4.4.0'),
    'cgroup v2': { cgroupVersion: 2 },
  },
  'nfs-uncommitted-pages': {
    'a local file system': { filesystemsInStack: ['ext4'] },
    'the page cache is clean': { dirtyBytes: 0, writebackBytes: 0 },
  },
  'cgroup-writeback-filesystem': {
    'a file system with cgroup writeback': { filesystemsInStack: ['xfs', 'ovl'] },
    'NFS, which has an entry of its own': { filesystemsInStack: ['nfs'] },
    'cgroup v1': { cgroupVersion: 1 },
    'a small share': { dirtyBytes: 10 * MIB, writebackBytes: 0 },
  },
  'page-fault-false-oom': {
    'the node is out of memory indeed': { nodeFreeBytes: 90 * MIB },
    'free memory is not known': { nodeFreeBytes: undefined },
    'a mask with flags': { gfpMask: '0xcc0' },
    'sysrq-f': { order: -1, invokerStack: ['moom_callback'] },
    'not from a page fault': { invokerStack: ['out_of_memory', '__alloc_pages_slowpath'] },
    'a memcg kill that was put off to the page fault': { scope: 'memcg' },
    'a kernel that cannot do it': kernel('6.1.100'),
  },
  'oom-badness-pause': {
    'with the fix': kernel('5.10.0'),
    'with the backported fix': kernel('5.4.144'),
    'the victim is not the sandbox': { victimComm: 'app' },
    'nothing else is larger': { taskRssBytes: 8192 },
    'not protected': { victimOomScoreAdj: 2 },
  },
  'rhel7-kmem-leak': {
    'the fixed build': kernel('3.10.0-1062.4.1.el7.x86_64'),
    'a later build': kernel('3.10.0-1160.119.1.el7.x86_64'),
    'another vendor': kernel('4.18.0-147.el8.x86_64'),
    'an unknown kernel': { kernelRelease: undefined, kernel: undefined },
    'little kernel memory': { kmemUsageBytes: 20 * MIB },
    'kmem accounting is off': { kmemUsageBytes: 0 },
    'no container': { limitedLevel: 'other' },
  },
  'constraint-none-memcg': {
    'a node that ran out': { scope: 'node' },
    'the right word': { constraint: 'CONSTRAINT_MEMCG' },
    'with the fix': kernel('5.2.0'),
    'with the backported fix': kernel('5.1.19'),
    'before the line existed': kernel('4.19.0'),
  },
  'memory-swap-limit': {
    'the memory counter failed too': { failcnt: 12 },
    'memory+swap never failed': { memorySwapFailcnt: 0 },
    'memory+swap is unlimited': { memorySwapLimitBytes: undefined },
    'memory+swap is below its limit': { memorySwapUsageBytes: 400 * MIB },
    'cgroup v2': { cgroupVersion: 2 },
  },
  'socket-buffers-charged': {
    'a small share': { sockBytes: 60 * MIB },
    'cgroup v1 charges them elsewhere': { cgroupVersion: 1 },
    'not known': { sockBytes: undefined },
  },
  'thp-resident-memory': {
    'small pages': { anonThpBytes: 100 * MIB },
    'little anonymous memory': { anonBytes: 40 * MIB, anonThpBytes: 40 * MIB },
    'not known': { anonThpBytes: undefined },
    'the node ran out': { scope: 'node' },
  },
  'tmpfs-outlives-container': {
    'shared memory that processes map': { heldByNoProcessBytes: 20 * MIB },
    'no task table': { heldByNoProcessBytes: undefined },
    'a small share': { shmemBytes: 100 * MIB },
    'not in Kubernetes': { qosClass: undefined },
    'a limit above the pod': { limitedLevel: 'kubepods' },
  },
  'pod-limit-first': {
    "the container's own limit": { limitedLevel: 'container' },
    'a limit above the pod': { limitedLevel: 'qos' },
    "the victim's cgroup is not known": { victimLevel: undefined },
  },
  'kubelet-oom-group': {
    'one process only': { victimCount: 1 },
    'no group kill': { groupKill: false },
    'a group kill outside Kubernetes': { victimLevel: 'other', qosClass: undefined },
    'a Docker container': { qosClass: undefined },
    'cgroup v1 has no group kill': { cgroupVersion: 1 },
  },
  'child-oom-unseen': {
    'the main process': { victimIsOldest: true },
    'the order of the processes is not known': { victimIsOldest: undefined },
    'the whole container was killed': { groupKill: true },
    "the pod's limit: the oldest process may be a sibling container's": { limitedLevel: 'pod' },
    'not in Kubernetes': { qosClass: undefined },
    'the sandbox': { victimComm: 'pause' },
  },
  'jvm-proc-cgroups': {
    'an older kernel': kernel('6.11.0'),
    "a vendor's kernel": kernel('6.12.0-55.el10.x86_64'),
    'another program': { victimComm: 'node' },
    'cgroup v1': { cgroupVersion: 1 },
    'the heap is small': { anonBytes: 100 * MIB },
  },
  'jvm-cgroup-v2': {
    'cgroup v1': { cgroupVersion: 1 },
    'another program': { victimComm: 'javac' },
    'an address space that holds no larger heap': { victimTotalVmBytes: 0.6 * GIB },
    'no limit known': { limitBytes: undefined },
    'a kernel for which the other entry speaks': kernel('6.14.0'),
    'no container': { limitedLevel: 'other' },
  },
  'node-cgroup-v2-heap': {
    'cgroup v1': { cgroupVersion: 1 },
    'another program': { victimComm: 'nodeos' },
    'little anonymous memory': { anonBytes: 100 * MIB },
    'the node ran out': { scope: 'node' },
  },
  'python-cpu-count': {
    'a few workers': { comms: ['python3', 'python3', 'gunicorn', 'sh'] },
    'many others': { comms: Array.from({ length: 40 }, () => 'postgres') },
    'little anonymous memory': { anonBytes: 40 * MIB },
    'no container': { limitedLevel: 'other' },
  },
};

const idsFor = (facts: Parameters<typeof matchKnownIssues>[0]): string[] => matchKnownIssues(facts).map((match) => match.id);

describe('matchKnownIssues', () => {
  it('cites nothing when nothing is known', () => {
    expect(idsFor(bareFacts)).toEqual([]);
    expect(idsFor({ ...bareFacts, scope: 'node' })).toEqual([]);
    expect(idsFor({ ...bareFacts, scope: 'unknown' })).toEqual([]);
  });

  it('has facts for and near misses against every issue', () => {
    const ids = knownIssues.map((issue) => issue.id).sort();
    expect(Object.keys(firingFacts).sort()).toEqual(ids);
    expect(Object.keys(nearMisses).sort()).toEqual(ids);
  });

  for (const [id, misses] of Object.entries(nearMisses)) {
    describe(id, () => {
      it('is cited when its symptoms are there', () => {
        expect(idsFor(changed(id, {}))).toContain(id);
      });

      for (const [why, change] of Object.entries(misses)) {
        it(`is not cited: ${why}`, () => {
          expect(idsFor(changed(id, change))).not.toContain(id);
        });
      }
    });
  }

  it('is sure of decisive symptoms whatever the kernel', () => {
    for (const id of ['page-fault-false-oom', 'oom-badness-pause', 'constraint-none-memcg']) {
      expect(idsFor(changed(id, { kernel: undefined, kernelRelease: undefined }))).toContain(id);
      expect(idsFor(changed(id, kernel('4.18.0-147.el8.x86_64')))).toContain(id);
    }
  });

  it('states the numbers of the report and links', () => {
    const match = matchKnownIssues(changed('memory-swap-limit', {})).find((candidate) => candidate.id === 'memory-swap-limit');
    const fits = match?.why.params.fits;
    expect(fits?.kind === 'message' && fits.value.params.failcnt).toEqual({ kind: 'count', value: 38 });
    expect(match?.links).toContain('https://github.com/bluek8s/kubedirector/issues/356');
    expect(match).not.toHaveProperty('fix');
  });
});
