import type { OomReport } from '../../src/model/index.js';

/** A report in which every field of the type is there: the compiler sees to it. */
type Full<T> = T extends readonly (infer E)[]
  ? readonly Full<E>[]
  : T extends object
    ? string extends keyof T
      ? T
      : { readonly [K in keyof T]-?: Full<NonNullable<T[K]>> }
    : T;

const ref = { pid: 7, comm: 'worker', line: 9 };
const cgroup = { path: '/kubepods', truncated: false, line: 4 };
const counter = { usageBytes: 4096, limitBytes: 8192, failcnt: 1, line: 5, source: 'memory.current' };
const killed = {
  ...ref,
  totalVmBytes: 4096,
  anonRssBytes: 4096,
  fileRssBytes: 0,
  shmemRssBytes: 0,
  pageTablesBytes: 4096,
  uid: 0,
  oomScoreAdj: -998,
  from: 'oom-kill' as const,
};

export const fullReport = {
  source: '-',
  firstLine: 1,
  lastLine: 90,
  time: { uptimeSeconds: 1.5, wallClock: '2024-05-01T12:00:00', stamp: 'May  1 12:00:00' },
  host: 'node-1',
  kernel: { release: '6.8.0', line: 2 },
  scope: 'unknown',
  scopeLine: 8,
  invokedBy: {
    comm: 'worker',
    pid: 7,
    gfpMask: '0xcc0',
    gfpFlags: ['GFP_KERNEL'],
    order: -1,
    oomScoreAdj: 0,
    oomAdj: 0,
    nodemask: '0',
    cpuset: '/',
    memsAllowed: '0',
    line: 1,
  },
  stack: [{ symbol: 'out_of_memory', uncertain: true, line: 3 }],
  constraint: {
    word: 'CONSTRAINT_MEMCG',
    nodemask: '(null)',
    cpuset: '/',
    memsAllowed: '0',
    globalOom: false,
    task: 'worker',
    pid: 7,
    uid: 0,
    line: 8,
  },
  oomMemcg: cgroup,
  taskMemcg: cgroup,
  cgroupVersion: 2,
  counters: { memory: counter, memorySwap: counter, kmem: counter, swap: counter },
  memcgStats: [
    {
      path: '/a',
      pathTruncated: true,
      line: 6,
      format: 'multi-line',
      entries: { anon: { value: 4096, line: 7, source: 'memory.stat' } },
    },
  ],
  memInfo: {
    line: 10,
    totals: { free: { value: 4096, line: 11, source: 'meminfo' } },
    nodes: [{ node: 0, values: { active_anon: 1 }, line: 12 }],
    zones: [
      {
        node: 0,
        name: 'DMA',
        freeBytes: 1,
        minBytes: 1,
        lowBytes: 1,
        highBytes: 1,
        values: { managed: 1 },
        lowmemReserve: [0, 1],
        line: 13,
      },
    ],
    buddies: [{ node: 0, zone: 'DMA', counts: [{ blockBytes: 4096, count: 1, types: 'UM' }], totalBytes: 4096, line: 14 }],
    hugepages: [{ node: 0, total: 1, free: 0, surplus: 0, pageBytes: 2097152, line: 15 }],
    unreclaimableSlabs: [{ name: 'kmalloc-8', usedBytes: 1, totalBytes: 2, line: 16 }],
    pageCacheBytes: 1,
    swapCacheBytes: 1,
    freeSwapBytes: 1,
    totalSwapBytes: 1,
    ramBytes: 1,
    reservedBytes: 1,
  },
  taskTable: {
    columns: ['pid'],
    headerLine: 20,
    rows: [
      {
        pid: 7,
        uid: 0,
        tgid: 7,
        parentPid: 1,
        totalVmBytes: 1,
        rssBytes: 1,
        rssAnonBytes: 1,
        rssFileBytes: 0,
        rssShmemBytes: 0,
        pageTablesBytes: 1,
        swapBytes: 0,
        oomScoreAdj: 0,
        oomAdj: 0,
        comm: 'worker',
        line: 21,
        source: 'status',
      },
    ],
  },
  selected: { ...ref, score: 900 },
  killed: [killed],
  groupKill: { path: '/a', implied: true, line: 22 },
  followingKills: [killed],
  alreadyExiting: [ref],
  reaped: [{ ...ref, anonRssBytes: 0, fileRssBytes: 0, shmemRssBytes: 0 }],
  unableToReap: [ref],
  outcome: 'panic',
  outcomeLine: 23,
  suppressed: { count: 3, line: 1 },
  pageSize: { bytes: 65536, how: 'measured', line: 9 },
  completeness: { present: ['header'], missing: ['cpu'], truncatedStart: true, truncatedEnd: true },
} satisfies Full<OomReport>;
