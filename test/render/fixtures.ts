import {
  type Accounting,
  type AccountingLine,
  bytes,
  type Cause,
  type CgroupRef,
  type Diagnosis,
  type Incident,
  KIB,
  message,
  type OomReport,
  type Provenance,
  ratio,
  type TaskRow,
} from '../../src/model/index.js';

const PAGE = 4 * KIB;

/** A report with nothing in it but what is given. */
export function report(parts: Partial<OomReport>): OomReport {
  return {
    source: 'kern.log',
    firstLine: 1,
    lastLine: 1,
    scope: 'memcg',
    stack: [],
    counters: {},
    memcgStats: [],
    killed: [],
    followingKills: [],
    alreadyExiting: [],
    reaped: [],
    unableToReap: [],
    outcome: 'killed',
    pageSize: { bytes: PAGE, how: 'assumed' },
    completeness: { present: [], missing: [], truncatedStart: false, truncatedEnd: false },
    ...parts,
  };
}

function task(pid: number, comm: string, rssPages: number, line: number, more: Partial<TaskRow> = {}): TaskRow {
  return {
    pid,
    uid: 0,
    tgid: pid,
    totalVmBytes: 4 * rssPages * PAGE,
    rssBytes: rssPages * PAGE,
    oomScoreAdj: 0,
    comm,
    line,
    ...more,
  };
}

/** An accounting whose last line closes the identity. */
export function accounting(
  base: Omit<Accounting, 'lines' | 'scope'> & { scope?: Accounting['scope'] },
  lines: readonly Omit<AccountingLine, 'parts'>[],
  parts: Readonly<Record<string, AccountingLine['parts']>> = {},
): Accounting {
  return { scope: 'memcg', ...base, lines: lines.map((line) => ({ ...line, parts: parts[line.id] ?? [] })) };
}

function cgroup(path: string, line: number): CgroupRef {
  return { path, truncated: false, line };
}

const SEED = 'cdi-importer.log';
const seedLine = (...lines: number[]): Provenance[] => lines.map((line) => ({ source: SEED, line }));
const POD = '6b212546-f5dd-4fdf-bcc7-72a686638102';
const CONTAINER = 'ea887b1c9c5c8e734ac798fedd2bf5d39c0b7ce5ad961027dfc1ca138a23a2e8';

/** The incident the project began with: statistics cut out, 89 % of the charge in no process. Real numbers. */
export const seedReport: OomReport = report({
  source: SEED,
  lastLine: 12,
  time: { uptimeSeconds: 580237.375615 },
  cgroupVersion: 1,
  counters: {
    memory: { usageBytes: 585936 * KIB, limitBytes: 585936 * KIB, failcnt: 75129, line: 1 },
    memorySwap: { usageBytes: 585936 * KIB, failcnt: 0, line: 2 },
    kmem: { usageBytes: 24148 * KIB, failcnt: 0, line: 3 },
  },
  taskTable: {
    columns: ['pid', 'uid', 'tgid', 'total_vm', 'rss', 'pgtables_bytes', 'swapents', 'oom_score_adj', 'name'],
    headerLine: 6,
    rows: [
      task(17998, 'pause', 1, 7, { pageTablesBytes: 28672, swapBytes: 0, oomScoreAdj: -998 }),
      task(18524, 'cdi-importer', 5758, 8, { pageTablesBytes: 499712, swapBytes: 0, oomScoreAdj: 999 }),
      task(3422, 'qemu-img', 4380, 9, { pageTablesBytes: 327680, swapBytes: 0, oomScoreAdj: 999 }),
    ],
  },
  constraint: {
    word: 'CONSTRAINT_MEMCG',
    nodemask: '(null)',
    cpuset: CONTAINER,
    memsAllowed: '0-1',
    globalOom: false,
    task: 'cdi-importer',
    pid: 18524,
    uid: 0,
    line: 10,
  },
  oomMemcg: cgroup(`/kubepods/burstable/pod${POD}`, 10),
  taskMemcg: cgroup(`/kubepods/burstable/pod${POD}/${CONTAINER}`, 10),
  killed: [
    {
      pid: 18524,
      comm: 'cdi-importer',
      totalVmBytes: 2701352 * KIB,
      anonRssBytes: 23032 * KIB,
      fileRssBytes: 0,
      shmemRssBytes: 0,
      uid: 0,
      from: 'killed',
      line: 11,
    },
  ],
  reaped: [{ pid: 18524, comm: 'cdi-importer', anonRssBytes: 0, fileRssBytes: 0, shmemRssBytes: 0, line: 12 }],
  outcomeLine: 11,
  pageSize: { bytes: PAGE, how: 'measured', line: 11 },
  completeness: {
    present: ['counters', 'task-table', 'oom-kill', 'killed'],
    missing: ['header', 'cpu', 'stack', 'statistics'],
    truncatedStart: true,
    truncatedEnd: false,
  },
});

const seedAccounting: Accounting = accounting(
  {
    cgroup: `/kubepods/burstable/pod${POD}`,
    chargedBytes: 585936 * KIB,
    chargedHow: 'measured',
    chargedFrom: seedLine(1),
    limitBytes: 585936 * KIB,
    processes: { count: 3, rssBytes: (1 + 5758 + 4380) * PAGE, pageTablesBytes: 856064, from: seedLine(7, 8, 9) },
    heldByNoProcessBytes: 521232 * KIB,
  },
  [
    { id: 'anon', bytes: 40556 * KIB, how: 'derived', note: message('test.derived.anon', { count: 3 }), from: seedLine(7, 8, 9) },
    { id: 'file', bytes: 0, how: 'absent', from: [] },
    { id: 'shmem', bytes: 0, how: 'absent', from: [] },
    { id: 'kernel', bytes: 24148 * KIB, how: 'measured', from: seedLine(3) },
    {
      id: 'unexplained',
      bytes: 521232 * KIB,
      how: 'derived',
      note: message('test.derived.unexplained'),
      from: seedLine(1, 3, 7, 8, 9),
    },
  ],
);

const writeback: Cause = {
  id: 'page-cache-writeback',
  confidence: 0.8,
  title: message('test.writeback.title'),
  because: [
    {
      statement: message('test.writeback.unheld', { size: bytes(521232 * KIB), share: ratio(521232 / 585936) }),
      from: seedLine(1, 3, 7, 8, 9),
    },
    { statement: message('test.writeback.converter', { comm: 'qemu-img' }), from: seedLine(9) },
    { statement: message('test.writeback.failcnt', { count: 75129 }), from: seedLine(1) },
  ],
  against: [{ statement: message('test.writeback.no-stats'), from: seedLine(4) }],
  advice: [
    {
      action: message('test.writeback.direct'),
      snippet: { language: 'sh', text: 'qemu-img convert -t none -T none -O raw source.qcow2 /data/disk.img' },
      cost: message('test.writeback.direct.cost'),
      verify: message('test.writeback.direct.verify', { size: bytes(64 * 1024 * KIB) }),
    },
    {
      action: message('test.writeback.raise'),
      snippet: { language: 'yaml', text: 'resources:\n  limits:\n    memory: 1Gi\n' },
    },
  ],
};

const tmpfsRival: Cause = {
  id: 'tmpfs',
  confidence: 0.2,
  title: message('test.tmpfs.title'),
  because: [{ statement: message('test.tmpfs.possible'), from: seedLine(1) }],
  against: [{ statement: message('test.tmpfs.unmapped', { comm: 'cdi-importer', size: bytes(0) }), from: seedLine(11) }],
  advice: [
    {
      action: message('test.tmpfs.look'),
      snippet: {
        language: 'sh',
        text: `grep -E '^(total_)?(cache|shmem|dirty|writeback) ' /sys/fs/cgroup/memory/kubepods/burstable/pod${POD}/memory.stat`,
      },
    },
  ],
};

export const seed: Diagnosis = {
  incident: {
    id: 'cdi-importer.log:1',
    scope: 'memcg',
    container: { level: 'container', podUid: POD, containerId: CONTAINER, qosClass: 'burstable', driver: 'cgroupfs' },
    limited: { level: 'pod', podUid: POD, qosClass: 'burstable', driver: 'cgroupfs' },
    report: seedReport,
  },
  accounting: seedAccounting,
  causes: [writeback, tmpfsRival],
  knownIssues: [],
  warnings: [message('test.gap.statistics')],
};

const TMPFS_LOG = 'node-7/kern.log';
const tmpfsLine = (...lines: number[]): Provenance[] => lines.map((line) => ({ source: TMPFS_LOG, line }));

/** A whole cgroup v2 report with names from Kubernetes, killed by a full tmpfs. Numbers of a real 5.10 kernel. */
export const tmpfs: Diagnosis = {
  incident: {
    id: 'node-7/kern.log:33',
    time: '2024-05-01T12:00:03.342355Z',
    scope: 'memcg',
    kernel: '5.10.0-32-cloud-amd64',
    container: {
      level: 'container',
      podUid: 'd2edc532-07e7-4014-8f69-5c0254c1e58e',
      containerId: '4e9c4516c8641bd94be911bcd8368e888035a4e05c9b413c1d9cda6783a8764b',
      qosClass: 'burstable',
      runtime: 'containerd',
      driver: 'systemd',
      namespace: 'reports',
      podName: 'nightly-28571040-x7k2p',
      containerName: 'writer',
    },
    limited: {
      level: 'container',
      podUid: 'd2edc532-07e7-4014-8f69-5c0254c1e58e',
      containerId: '4e9c4516c8641bd94be911bcd8368e888035a4e05c9b413c1d9cda6783a8764b',
      namespace: 'reports',
      podName: 'nightly-28571040-x7k2p',
      containerName: 'writer',
    },
    report: report({
      source: TMPFS_LOG,
      firstLine: 33,
      lastLine: 108,
      host: 'node-7',
      kernel: { release: '5.10.0-32-cloud-amd64', line: 34 },
      time: { uptimeSeconds: 5.341833, wallClock: '2024-05-01T12:00:03.342355Z' },
      cgroupVersion: 2,
      invokedBy: { comm: 'report-writer', gfpMask: '0xcc0', gfpFlags: ['GFP_KERNEL'], order: 0, oomScoreAdj: 999, line: 33 },
      stack: [{ symbol: 'shmem_write_begin', uncertain: false, line: 49 }],
      counters: {
        memory: { usageBytes: 98304 * KIB, limitBytes: 98304 * KIB, failcnt: 21, line: 68 },
        swap: { usageBytes: 0, failcnt: 0, line: 69 },
      },
      taskTable: {
        columns: ['pid', 'rss'],
        headerLine: 103,
        rows: [
          task(308, 'report-writer', 425, 104, {
            rssAnonBytes: 249 * PAGE,
            rssFileBytes: PAGE,
            rssShmemBytes: 175 * PAGE,
            pageTablesBytes: 40960,
            swapBytes: 0,
            oomScoreAdj: 999,
          }),
        ],
      },
      oomMemcg: cgroup('/kubepods.slice/kubepods-burstable.slice/cri-containerd-4e9c.scope', 105),
      killed: [{ pid: 308, comm: 'report-writer', uid: 0, oomScoreAdj: 999, anonRssBytes: 996 * KIB, from: 'killed', line: 106 }],
      pageSize: { bytes: PAGE, how: 'measured', line: 106 },
      completeness: {
        present: ['header', 'cpu', 'stack', 'counters', 'statistics', 'task-table', 'oom-kill', 'killed'],
        missing: [],
        truncatedStart: false,
        truncatedEnd: false,
      },
    }),
  },
  accounting: accounting(
    {
      cgroup: '/kubepods.slice/kubepods-burstable.slice/cri-containerd-4e9c.scope',
      chargedBytes: 98304 * KIB,
      chargedHow: 'measured',
      chargedFrom: tmpfsLine(68),
      limitBytes: 98304 * KIB,
      workingSetBytes: 98304 * KIB,
      processes: { count: 1, rssBytes: 425 * PAGE, from: tmpfsLine(104) },
      heldByNoProcessBytes: 98304 * KIB - 425 * PAGE,
    },
    [
      { id: 'anon', bytes: 1081344, how: 'measured', from: tmpfsLine(71) },
      { id: 'file', bytes: 0, how: 'measured', from: tmpfsLine(72, 76) },
      { id: 'shmem', bytes: 99213312, how: 'measured', from: tmpfsLine(76) },
      { id: 'kernel', bytes: 0, how: 'measured', from: tmpfsLine(73, 74, 75) },
      { id: 'unexplained', bytes: 98304 * KIB - 1081344 - 99213312, how: 'derived', from: tmpfsLine(68) },
    ],
    {
      file: [
        { id: 'dirty', bytes: 0, how: 'measured', from: tmpfsLine(78) },
        { id: 'mapped', bytes: 0, how: 'measured', from: tmpfsLine(77) },
      ],
      shmem: [{ id: 'unevictable', bytes: 4 * 1024 * KIB, how: 'measured', from: tmpfsLine(77) }],
      kernel: [{ id: 'socket-buffers', bytes: 2048 * KIB, how: 'measured', from: tmpfsLine(75) }],
    },
  ),
  causes: [
    {
      id: 'tmpfs',
      confidence: 0.97,
      title: message('test.tmpfs.title'),
      because: [
        {
          statement: message('test.tmpfs.full', { size: bytes(99213312), share: ratio(99213312 / (98304 * KIB)) }),
          from: tmpfsLine(76),
        },
        { statement: message('test.tmpfs.stack', { symbol: 'shmem_write_begin' }), from: tmpfsLine(49) },
      ],
      against: [],
      advice: [],
    },
  ],
  knownIssues: [
    {
      id: 'v1-dirty-throttling',
      title: message('test.issue.title'),
      why: message('test.issue.why'),
      fix: message('test.issue.fix'),
      workaround: message('test.issue.workaround'),
      links: ['https://www.kernel.org/doc/html/latest/admin-guide/cgroup-v2.html#writeback'],
    },
  ],
  warnings: [],
};

const NODE_LOG = 'kmsg';
const nodeLine = (...lines: number[]): Provenance[] => lines.map((line) => ({ source: NODE_LOG, line }));

/** A node that ran out: a greedy process, many small ones, and kills that followed without a report. */
export const node: Diagnosis = {
  incident: {
    id: 'kmsg:1',
    scope: 'node',
    kernel: '5.10.0-32-cloud-amd64',
    container: { level: 'container', podUid: '7ded2ed4-b988-4f8e-8b21-7640cc77dfdf', qosClass: 'besteffort', driver: 'cgroupfs' },
    report: report({
      source: NODE_LOG,
      lastLine: 80,
      scope: 'node',
      time: { uptimeSeconds: 191.91744 },
      kernel: { release: '5.10.0-32-cloud-amd64', line: 2 },
      constraint: { word: 'CONSTRAINT_NONE', globalOom: true, line: 60 },
      taskTable: {
        columns: ['pid', 'rss'],
        rows: [
          task(15424, 'init', 311, 56),
          task(15425, 'batch', 352931, 57, { oomScoreAdj: 1000 }),
          ...Array.from({ length: 40 }, (_, index) => task(16887 + index, 'usleep', 35, 58)),
        ],
      },
      killed: [{ pid: 15425, comm: 'batch', uid: 0, oomScoreAdj: 1000, from: 'killed', line: 61 }],
      followingKills: Array.from({ length: 7 }, (_, index) => ({
        pid: 16887 + index,
        comm: 'usleep',
        from: 'killed' as const,
        line: 62 + index,
      })),
      suppressed: { count: 3, line: 1 },
      completeness: { present: ['header'], missing: [], truncatedStart: false, truncatedEnd: true },
    }),
  },
  accounting: accounting(
    {
      scope: 'node',
      chargedBytes: (374585 - 13112) * PAGE,
      chargedHow: 'derived',
      chargedFrom: nodeLine(30, 50),
      limitBytes: 374585 * PAGE,
      processes: { count: 42, rssBytes: (311 + 352931 + 40 * 35) * PAGE, from: nodeLine(56, 57, 58) },
    },
    [
      { id: 'anon', bytes: (700 + 352867) * PAGE, how: 'measured', from: nodeLine(26) },
      { id: 'file', bytes: 38 * PAGE, how: 'measured', from: nodeLine(27) },
      { id: 'shmem', bytes: 751 * PAGE, how: 'measured', from: nodeLine(30) },
      { id: 'kernel', bytes: (1990 + 2101 + 713) * PAGE, how: 'measured', from: nodeLine(29, 30) },
      {
        id: 'unexplained',
        bytes: (374585 - 13112 - 700 - 352867 - 38 - 751 - 1990 - 2101 - 713) * PAGE,
        how: 'derived',
        from: nodeLine(30),
      },
    ],
  ),
  causes: [
    {
      id: 'node-memory',
      confidence: 0.93,
      title: message('test.node.title', { comm: 'batch', share: ratio(352931 / 374585) }),
      because: [],
      against: [],
      advice: [],
    },
  ],
  knownIssues: [],
  warnings: [],
};

/** One kill of a container that restarts and is killed again: the container's id changes, the story does not. */
export function crashLoop(restart: number): Diagnosis {
  const at = (line: number): Provenance[] => [{ source: 'kern.log', line }];
  const line = 100 * restart;
  const pid = 4000 + 37 * restart;
  const limited: NonNullable<Incident['limited']> = {
    level: 'container',
    podUid: '33381ae0-064f-47ba-8377-297f91cbc226',
    containerId: String(restart).repeat(64),
    qosClass: 'guaranteed',
  };
  return {
    incident: {
      id: `kern.log:${line}`,
      time: `2024-05-01T12:0${restart}:00Z`,
      scope: 'memcg',
      limited,
      container: limited,
      report: report({
        firstLine: line,
        lastLine: line + 20,
        oomMemcg: cgroup(`/kubepods/pod33381ae0-064f-47ba-8377-297f91cbc226/${String(restart).repeat(64)}`, line + 1),
        counters: { memory: { usageBytes: 131072 * KIB, limitBytes: 131072 * KIB, failcnt: 9, line } },
        killed: [
          { pid, comm: 'main', uid: 1000, from: 'killed', line: line + 19 },
          { pid: pid + 1, comm: 'helper', uid: 1000, from: 'killed', line: line + 20 },
        ],
        groupKill: { implied: false, line: line + 18 },
      }),
    },
    accounting: accounting(
      { chargedBytes: 131072 * KIB, chargedHow: 'measured', chargedFrom: at(line), limitBytes: 131072 * KIB },
      [
        { id: 'anon', bytes: 130000 * KIB, how: 'measured', from: at(line + 5) },
        { id: 'file', bytes: 400 * KIB, how: 'measured', from: at(line + 6) },
        { id: 'shmem', bytes: 0, how: 'measured', from: at(line + 7) },
        { id: 'kernel', bytes: 700 * KIB, how: 'measured', from: at(line + 8) },
        { id: 'unexplained', bytes: -28 * KIB, how: 'derived', from: at(line) },
      ],
    ),
    causes: [
      {
        id: 'anon-memory',
        confidence: 0.95,
        title: message('test.anon.title', { comm: 'main' }),
        because: [
          {
            statement: message('test.anon.share', { size: bytes(130000 * KIB), share: ratio(130000 / 131072) }),
            from: at(line + 5),
          },
        ],
        against: [],
        advice: [{ action: message('test.anon.advice', { comm: 'main' }) }],
      },
    ],
    knownIssues: [],
    warnings: [],
  };
}

const HOSTILE = '\u001b[31m`evil`|<script>alert(1)</script>\u202etxt.exe\u009b2J\n# @all [x](javascript:1)';

/** Every text a log can carry, hostile. */
export const hostile: Diagnosis = {
  incident: {
    id: HOSTILE,
    time: HOSTILE,
    scope: 'memcg',
    kernel: HOSTILE,
    container: {
      level: 'container',
      podUid: HOSTILE,
      containerId: HOSTILE,
      nestedIn: HOSTILE,
      namespace: HOSTILE,
      podName: HOSTILE,
      containerName: HOSTILE,
    },
    limited: { level: 'other' },
    report: report({
      source: `${HOSTILE}.log`,
      host: HOSTILE,
      invokedBy: { comm: HOSTILE, gfpMask: HOSTILE, gfpFlags: [HOSTILE], order: 0, line: 1 },
      oomMemcg: cgroup(`/${HOSTILE}/${'x'.repeat(5000)}`, 3),
      taskTable: { columns: [], rows: [task(7, HOSTILE, 10, 4), task(8, '`', 5, 5), task(9, '', 5, 6)] },
      killed: [{ pid: 7, comm: HOSTILE, from: 'selected', line: 5 }],
      followingKills: [{ pid: 8, comm: HOSTILE, from: 'killed', line: 6 }],
    }),
  },
  accounting: accounting(
    {
      cgroup: HOSTILE,
      chargedBytes: 1024 * KIB,
      chargedHow: 'measured',
      chargedFrom: [{ source: HOSTILE, line: 1 }],
      processes: { count: 3, rssBytes: 80 * KIB, from: [{ source: HOSTILE, line: 4 }] },
    },
    [{ id: 'anon', bytes: 1024 * KIB, how: 'derived', from: [{ source: HOSTILE }] }],
    { anon: [{ id: HOSTILE, bytes: 512 * KIB, how: 'measured', from: [] }] },
  ),
  causes: [
    {
      id: 'anon-memory',
      confidence: 0.5,
      title: message('test.anon.title', { comm: HOSTILE }),
      because: [{ statement: message('test.anon.advice', { comm: HOSTILE }), from: [{ source: HOSTILE, line: 2 }] }],
      against: [{ statement: message(HOSTILE), from: [] }],
      advice: [
        {
          action: message('test.anon.advice', { comm: HOSTILE }),
          snippet: { language: 'sh', text: `\`\`\`\necho ${HOSTILE}\n` },
        },
      ],
    },
  ],
  knownIssues: [],
  warnings: [message('test.anon.advice', { comm: HOSTILE })],
};
