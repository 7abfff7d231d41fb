import {
  type Accounting,
  type AccountingLineId,
  type CgroupLevel,
  type ContainerIdentity,
  type KernelVersion,
  type Loose,
  type OomReport,
  type OomScope,
  parseKernelVersion,
  present,
  type QosClass,
  type TaskRow,
} from '../model/index.js';

/** What a known issue can be recognised by. Sizes in bytes; a fact the report does not give is absent. */
export interface SymptomFacts {
  readonly kernelRelease?: string;
  readonly kernel?: KernelVersion;
  readonly cgroupVersion?: 1 | 2;
  readonly scope: OomScope;
  /** The word of the `oom-kill:` line. */
  readonly constraint?: string;
  /** The level of the cgroup whose limit was hit. */
  readonly limitedLevel?: CgroupLevel;
  /** The level of the cgroup in which the victim lived. */
  readonly victimLevel?: CgroupLevel;
  /** Known only inside the kubelet's tree of cgroups. */
  readonly qosClass?: QosClass;

  readonly chargedBytes?: number;
  readonly limitBytes?: number;
  readonly failcnt?: number;
  /** v1's memory+swap counter. */
  readonly memorySwapUsageBytes?: number;
  readonly memorySwapLimitBytes?: number;
  readonly memorySwapFailcnt?: number;
  /** v2's swap counter. */
  readonly swapLimitBytes?: number;
  readonly kmemUsageBytes?: number;

  readonly anonBytes?: number;
  readonly anonThpBytes?: number;
  readonly fileBytes?: number;
  readonly dirtyBytes?: number;
  readonly writebackBytes?: number;
  readonly shmemBytes?: number;
  readonly kernelBytes?: number;
  readonly sockBytes?: number;

  /** The invoker's `gfp_mask=`, as printed. */
  readonly gfpMask?: string;
  readonly order?: number;
  /** Functions on the invoker's stack, innermost first, without the uncertain ones. */
  readonly invokerStack: readonly string[];
  /** File systems whose functions are on that stack. */
  readonly filesystemsInStack: readonly string[];

  readonly groupKill: boolean;
  /** Processes killed, or already exiting when a group kill came to them. */
  readonly victimCount: number;
  readonly victimComm?: string;
  readonly victimRssBytes?: number;
  readonly victimTotalVmBytes?: number;
  readonly victimOomScoreAdj?: number;
  /** Whether the victim heads the task table: the kernel lists a cgroup's oldest process first. Sandboxes (`pause`) do not count. */
  readonly victimIsOldest?: boolean;
  /** One name a process of the task table. */
  readonly comms: readonly string[];
  readonly processCount?: number;
  readonly taskRssBytes?: number;
  readonly heldByNoProcessBytes?: number;

  /** Free memory and the sum of the high watermarks of the zones a global report prints. */
  readonly nodeFreeBytes?: number;
  readonly nodeHighWatermarkBytes?: number;
}

/** Gathers the facts of one report. `limited` is the cgroup whose limit was hit, `container` the one of the victim. */
export function symptomFacts(
  report: OomReport,
  accounting: Accounting | undefined,
  limited?: ContainerIdentity,
  container?: ContainerIdentity,
): SymptomFacts {
  const { memory, memorySwap, swap, kmem } = report.counters;
  const certain = report.stack.filter((frame) => !frame.uncertain).map((frame) => frame.symbol);
  const rows = processRows(report);
  // What is not known is absent and not undefined.
  return present({
    kernelRelease: report.kernel?.release,
    kernel: report.kernel === undefined ? undefined : parseKernelVersion(report.kernel.release),
    cgroupVersion: report.cgroupVersion,
    scope: report.scope,
    constraint: report.constraint?.word,
    limitedLevel: limited?.level,
    victimLevel: container?.level,
    qosClass: container?.qosClass ?? limited?.qosClass,
    chargedBytes: accounting?.chargedBytes ?? memory?.usageBytes,
    limitBytes: accounting?.limitBytes ?? memory?.limitBytes,
    failcnt: memory?.failcnt,
    memorySwapUsageBytes: memorySwap?.usageBytes,
    memorySwapLimitBytes: memorySwap?.limitBytes,
    memorySwapFailcnt: memorySwap?.failcnt,
    swapLimitBytes: swap?.limitBytes,
    kmemUsageBytes: kmem?.usageBytes,
    anonBytes: line(accounting, 'anon'),
    anonThpBytes: part(accounting, 'anon', 'thp'),
    fileBytes: line(accounting, 'file'),
    dirtyBytes: part(accounting, 'file', 'dirty'),
    writebackBytes: part(accounting, 'file', 'writeback'),
    shmemBytes: line(accounting, 'shmem'),
    kernelBytes: line(accounting, 'kernel'),
    sockBytes: part(accounting, 'kernel', 'sock'),
    gfpMask: report.invokedBy?.gfpMask,
    order: report.invokedBy?.order,
    invokerStack: certain,
    filesystemsInStack: filesystemsOf(certain),
    groupKill: report.groupKill !== undefined,
    victimCount: report.killed.length + report.alreadyExiting.length,
    ...victimFacts(report, rows),
    comms: rows.map((row) => row.comm),
    processCount: report.taskTable === undefined ? undefined : rows.length,
    taskRssBytes: accounting?.processes?.rssBytes,
    heldByNoProcessBytes: accounting?.heldByNoProcessBytes,
    nodeFreeBytes: sumOfZones(report, 'freeBytes'),
    nodeHighWatermarkBytes: sumOfZones(report, 'highBytes'),
  } satisfies Loose<Required<SymptomFacts>>);
}

function line(accounting: Accounting | undefined, id: AccountingLineId): number | undefined {
  const found = accounting?.lines.find((candidate) => candidate.id === id);
  return found === undefined || found.how === 'absent' ? undefined : found.bytes;
}

function part(accounting: Accounting | undefined, lineId: AccountingLineId, id: string): number | undefined {
  return accounting?.lines.find((candidate) => candidate.id === lineId)?.parts.find((candidate) => candidate.id === id)?.bytes;
}

/** One row a process: some kernels list a thread group's members too. */
function processRows(report: OomReport): readonly TaskRow[] {
  const byTgid = new Map<number, TaskRow>();
  for (const row of report.taskTable?.rows ?? []) if (!byTgid.has(row.tgid)) byTgid.set(row.tgid, row);
  return [...byTgid.values()];
}

type VictimFact = 'victimComm' | 'victimRssBytes' | 'victimTotalVmBytes' | 'victimOomScoreAdj' | 'victimIsOldest';

function victimFacts(report: OomReport, rows: readonly TaskRow[]): Loose<Required<Pick<SymptomFacts, VictimFact>>> {
  const victim = report.killed[0];
  const row =
    victim === undefined ? undefined : rows.find((candidate) => candidate.pid === victim.pid || candidate.tgid === victim.pid);
  const processes = rows.filter((candidate) => candidate.comm !== 'pause');
  // Without its header the table may have lost its first rows as well.
  const tableIsWhole = report.taskTable?.headerLine !== undefined && row !== undefined;
  return {
    victimComm: victim?.comm,
    victimRssBytes: killedRss(report) ?? row?.rssBytes,
    victimTotalVmBytes: victim?.totalVmBytes ?? row?.totalVmBytes,
    victimOomScoreAdj: victim?.oomScoreAdj ?? row?.oomScoreAdj,
    victimIsOldest: tableIsWhole ? processes[0]?.pid === row.pid : undefined,
  };
}

function killedRss(report: OomReport): number | undefined {
  const victim = report.killed[0];
  if (victim?.anonRssBytes === undefined) return undefined;
  return victim.anonRssBytes + (victim.fileRssBytes ?? 0) + (victim.shmemRssBytes ?? 0);
}

function sumOfZones(report: OomReport, field: 'freeBytes' | 'highBytes'): number | undefined {
  const values = (report.memInfo?.zones ?? []).map((zone) => zone[field]);
  if (values.length === 0 || values.some((value) => value === undefined)) return undefined;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** Functions of a file system begin with its name (fs/<name>/). `nfsd_` is the server and writes to another one. */
const FILESYSTEM_PREFIXES: readonly (readonly [name: string, symbol: RegExp])[] = [
  ['xfs', /^_*xfs_/],
  ['ext4', /^_*ext4_/],
  ['btrfs', /^_*btrfs_/],
  ['f2fs', /^_*f2fs_/],
  ['nfs', /^_*nfs\d?_/],
  ['ceph', /^_*ceph_/],
  ['cifs', /^_*(cifs|smb2)_/],
  ['fuse', /^_*fuse_/],
  ['9p', /^_*(v9fs|p9)_/],
  ['gfs2', /^_*gfs2_/],
  ['ocfs2', /^_*ocfs2_/],
  ['zfs', /^_*(zpl|zfs)_/],
  ['ovl', /^_*ovl_/],
  ['tmpfs', /^_*shmem_/],
];

function filesystemsOf(symbols: readonly string[]): readonly string[] {
  return FILESYSTEM_PREFIXES.filter(([, pattern]) => symbols.some((symbol) => pattern.test(symbol))).map(([name]) => name);
}
