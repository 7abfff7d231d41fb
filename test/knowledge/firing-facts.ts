import type { SymptomFacts } from '../../src/knowledge/symptom-facts.js';
import { GIB, MIB, parseKernelVersion } from '../../src/model/index.js';

/** Facts about a kernel, as symptomFacts() would state them. */
export function kernel(release: string): Pick<SymptomFacts, 'kernelRelease' | 'kernel'> {
  const version = parseKernelVersion(release);
  return { kernelRelease: release, ...(version === undefined ? {} : { kernel: version }) };
}

/** A report of which only the scope is known: no issue fits it. */
export const bareFacts: SymptomFacts = {
  scope: 'memcg',
  groupKill: false,
  victimCount: 1,
  invokerStack: [],
  filesystemsInStack: [],
  comms: [],
};

const container: SymptomFacts = {
  ...bareFacts,
  limitedLevel: 'container',
  victimLevel: 'container',
  qosClass: 'burstable',
  chargedBytes: 512 * MIB,
  limitBytes: 512 * MIB,
};

const dirtyOnV1: SymptomFacts = {
  ...container,
  ...kernel('5.10.0'),
  cgroupVersion: 1,
  fileBytes: 480 * MIB,
  dirtyBytes: 300 * MIB,
  writebackBytes: 100 * MIB,
};

const java: SymptomFacts = {
  ...container,
  ...kernel('5.15.0'),
  cgroupVersion: 2,
  anonBytes: 500 * MIB,
  victimComm: 'java',
  victimTotalVmBytes: 8 * GIB,
};

/** For each issue, facts under which it must be cited. */
export const firingFacts: Readonly<Record<string, SymptomFacts>> = {
  'mglru-flusher-wakeup': {
    ...container,
    ...kernel('6.8.0'),
    cgroupVersion: 2,
    fileBytes: 500 * MIB,
    dirtyBytes: 498 * MIB,
    writebackBytes: 0,
  },
  'mglru-v1-writeback-throttle': { ...dirtyOnV1, ...kernel('6.19.3') },
  'memcg-v1-dirty-throttling': dirtyOnV1,
  'memcg-v1-writeback-throttle': dirtyOnV1,
  'nfs-uncommitted-pages': {
    ...dirtyOnV1,
    cgroupVersion: 2,
    invokerStack: ['nfs_write_begin', 'nfs_file_write'],
    filesystemsInStack: ['nfs'],
  },
  'cgroup-writeback-filesystem': {
    ...dirtyOnV1,
    cgroupVersion: 2,
    invokerStack: ['ceph_write_begin', 'ceph_write_iter'],
    filesystemsInStack: ['ceph'],
  },
  'page-fault-false-oom': {
    ...bareFacts,
    ...kernel('5.10.12'),
    scope: 'node',
    gfpMask: '0x0',
    order: 0,
    invokerStack: ['out_of_memory', 'pagefault_out_of_memory', 'exc_page_fault'],
    nodeFreeBytes: 9 * GIB,
    nodeHighWatermarkBytes: 96 * MIB,
  },
  'oom-badness-pause': {
    ...container,
    ...kernel('4.19.90'),
    limitedLevel: 'pod',
    qosClass: 'guaranteed',
    victimComm: 'pause',
    victimOomScoreAdj: -998,
    victimRssBytes: 4096,
    taskRssBytes: GIB,
  },
  'rhel7-kmem-leak': { ...container, ...kernel('3.10.0-957.21.3.el7.x86_64'), cgroupVersion: 1, kmemUsageBytes: 200 * MIB },
  'constraint-none-memcg': { ...bareFacts, ...kernel('5.1.3'), constraint: 'CONSTRAINT_NONE' },
  'memory-swap-limit': {
    ...container,
    cgroupVersion: 1,
    failcnt: 0,
    memorySwapUsageBytes: 512 * MIB,
    memorySwapLimitBytes: 512 * MIB,
    memorySwapFailcnt: 38,
  },
  'socket-buffers-charged': { ...container, cgroupVersion: 2, sockBytes: 380 * MIB },
  'thp-resident-memory': { ...container, anonBytes: 480 * MIB, anonThpBytes: 400 * MIB },
  'tmpfs-outlives-container': { ...container, shmemBytes: 450 * MIB, heldByNoProcessBytes: 460 * MIB },
  'pod-limit-first': { ...container, limitedLevel: 'pod' },
  'kubelet-oom-group': { ...container, cgroupVersion: 2, groupKill: true, victimCount: 3, victimComm: 'worker' },
  'child-oom-unseen': { ...container, cgroupVersion: 1, victimIsOldest: false, victimComm: 'uwsgi', processCount: 4 },
  'jvm-proc-cgroups': { ...java, ...kernel('6.14.0-1018-aws') },
  'jvm-cgroup-v2': java,
  'node-cgroup-v2-heap': { ...container, cgroupVersion: 2, anonBytes: 470 * MIB, victimComm: 'node' },
  'python-cpu-count': { ...container, anonBytes: 490 * MIB, comms: Array.from({ length: 33 }, () => 'python3') },
};

/** Firing facts with some changed; a fact set to undefined is taken out. */
export function changed(id: string, change: { readonly [K in keyof SymptomFacts]?: SymptomFacts[K] | undefined }): SymptomFacts {
  const merged = { ...firingFacts[id], ...change };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined)) as unknown as SymptomFacts;
}
