/**
 * One report of the kernel's OOM killer (mm/oom_kill.c dump_header() to oom_reaper), as parsed from a log. Sizes are bytes;
 * pages and kB were converted with the page size the report itself proves. Every part knows the 1-based line it was read
 * from. Absent means the log did not say.
 */
export interface OomReport {
  /** What was read: a path, `-`, `kmsg`, `journal`. */
  readonly source: string;
  readonly firstLine: number;
  readonly lastLine: number;
  readonly time?: LogTime;
  readonly host?: string;
  /** The kernel's release, from the `CPU: … PID: … Comm: …` line. */
  readonly kernel?: { readonly release: string; readonly line: number };
  /** memcg: a cgroup's limit was hit. node: the machine (or the cpuset or mempolicy part of it) ran out. unknown: the text cannot tell. */
  readonly scope: OomScope;
  /** The line that tells the scope; absent where the scope is unknown. */
  readonly scopeLine?: number;
  readonly invokedBy?: OomInvoker;
  readonly stack: readonly StackFrame[];
  /** The `oom-kill:` line, 5.0 and later (and RHEL 8). */
  readonly constraint?: OomConstraint;
  /** The cgroup whose limit was hit. */
  readonly oomMemcg?: CgroupRef;
  /** The cgroup in which the victim lived. */
  readonly taskMemcg?: CgroupRef;
  /** v1 by a `memory+swap:` line with figures in it, v2 by a `swap:` line; never by the statistics' keys. */
  readonly cgroupVersion?: 1 | 2;
  readonly counters: MemcgCounters;
  /** `Memory cgroup stats for …`: one entry for each cgroup printed (kernels before 5.3 print every descendant). */
  readonly memcgStats: readonly MemcgStats[];
  readonly memInfo?: MemInfo;
  readonly taskTable?: TaskTable;
  /** `Kill process P (comm) score S or sacrifice child`, before 5.1: who was selected, not always who was killed. */
  readonly selected?: SelectedTask;
  /** Every `Killed process` line, in order, without the repetition of the first victim in a group kill. */
  readonly killed: readonly KilledProcess[];
  /** `Tasks in … are going to be killed due to memory.oom.group set`. `implied` when only the repeated victim shows it. */
  readonly groupKill?: { readonly path?: string; readonly implied: boolean; readonly line: number };
  /** Kills of tasks of this report's table that followed without a report of their own (the kernel limits reports to 10 in 5 s). */
  readonly followingKills: readonly KilledProcess[];
  readonly alreadyExiting: readonly TaskRef[];
  readonly reaped: readonly ReapedProcess[];
  readonly unableToReap: readonly TaskRef[];
  readonly outcome: OomOutcome;
  readonly outcomeLine?: number;
  /** `oom_kill_process: N callbacks suppressed`: reports the kernel left out before this one. */
  readonly suppressed?: { readonly count: number; readonly line: number };
  readonly pageSize: PageSize;
  readonly completeness: Completeness;
}

export type OomScope = 'memcg' | 'node' | 'unknown';
export type OomOutcome = 'killed' | 'no-killable-process' | 'panic' | 'unknown';

export interface LogTime {
  /** Seconds since boot, as printk stamps them. */
  readonly uptimeSeconds?: number;
  /** ISO 8601. Ends in Z or an offset when the log gave a zone; without one the zone is unknown. */
  readonly wallClock?: string;
  /** The stamp as printed, when it cannot be made an ISO 8601 time: syslog's has no year. */
  readonly stamp?: string;
}

export interface OomInvoker {
  readonly comm: string;
  readonly pid?: number;
  /** As printed, e.g. `0xcc0`. */
  readonly gfpMask?: string;
  /** Symbolic flags as printed since 4.6; empty for older kernels and for `0x0()`. */
  readonly gfpFlags: readonly string[];
  /** -1 is sysrq-f. */
  readonly order?: number;
  readonly oomScoreAdj?: number;
  readonly oomAdj?: number;
  readonly nodemask?: string;
  readonly cpuset?: string;
  readonly memsAllowed?: string;
  readonly line: number;
}

export interface StackFrame {
  readonly symbol: string;
  /** Printed with `?`: found on the stack, not proven to be a caller. */
  readonly uncertain: boolean;
  readonly line: number;
}

export interface OomConstraint {
  /** `CONSTRAINT_NONE`, `CONSTRAINT_MEMCG`, … as printed; unknown words are kept. */
  readonly word: string;
  readonly nodemask?: string;
  readonly cpuset?: string;
  readonly memsAllowed?: string;
  readonly globalOom: boolean;
  readonly task?: string;
  readonly pid?: number;
  readonly uid?: number;
  readonly line: number;
}

export interface CgroupRef {
  readonly path: string;
  /** The text was cut inside the path. */
  readonly truncated: boolean;
  readonly line: number;
}

export interface MemcgCounter {
  readonly usageBytes: number;
  /** Absent when unlimited. */
  readonly limitBytes?: number;
  readonly failcnt: number;
  readonly line: number;
  /** The file it was read from, when that is not the report's source: see `ReportFact`. */
  readonly source?: string;
}

export interface MemcgCounters {
  readonly memory?: MemcgCounter;
  readonly memorySwap?: MemcgCounter;
  readonly kmem?: MemcgCounter;
  readonly swap?: MemcgCounter;
}

/** One cgroup's statistics: sizes in bytes, events as counts, under the kernel's own keys. */
export interface MemcgStats {
  readonly path: string;
  readonly pathTruncated: boolean;
  readonly line: number;
  /** one-line: `cache:0KB rss:…` (before 5.3); multi-line: `anon 4096` (5.3 and later). */
  readonly format: 'one-line' | 'multi-line';
  readonly entries: Readonly<Record<string, StatEntry>>;
}

export interface StatEntry {
  /** Bytes for sizes, a plain number for event counts. */
  readonly value: number;
  readonly line: number;
  /** The file it was read from, when that is not the report's source: see `ReportFact`. */
  readonly source?: string;
}

/** The node's memory as a global report prints it (show_mem(), mm/show_mem.c and mm/page_alloc.c). Sizes in bytes. */
export interface MemInfo {
  readonly line: number;
  /** Sums over all nodes: `active_anon`, `slab_unreclaimable`, `free`, … under the kernel's keys, in lower case. */
  readonly totals: Readonly<Record<string, StatEntry>>;
  readonly nodes: readonly { readonly node: number; readonly values: Readonly<Record<string, number>>; readonly line: number }[];
  readonly zones: readonly Zone[];
  readonly buddies: readonly BuddyList[];
  readonly hugepages: readonly HugepagePool[];
  readonly unreclaimableSlabs: readonly {
    readonly name: string;
    readonly usedBytes: number;
    readonly totalBytes: number;
    readonly line: number;
  }[];
  readonly pageCacheBytes?: number;
  readonly swapCacheBytes?: number;
  readonly freeSwapBytes?: number;
  readonly totalSwapBytes?: number;
  readonly ramBytes?: number;
  readonly reservedBytes?: number;
}

export interface Zone {
  readonly node?: number;
  readonly name: string;
  readonly freeBytes?: number;
  readonly minBytes?: number;
  readonly lowBytes?: number;
  readonly highBytes?: number;
  readonly values: Readonly<Record<string, number>>;
  readonly lowmemReserve?: readonly number[];
  readonly line: number;
}

export interface BuddyList {
  readonly node?: number;
  readonly zone: string;
  /** Free blocks by order, from order 0. */
  readonly counts: readonly { readonly blockBytes: number; readonly count: number; readonly types?: string }[];
  readonly totalBytes?: number;
  readonly line: number;
}

export interface HugepagePool {
  readonly node?: number;
  readonly total: number;
  readonly free: number;
  readonly surplus: number;
  readonly pageBytes: number;
  readonly line: number;
}

export interface TaskTable {
  /** The column names as printed; empty when the header line is missing. */
  readonly columns: readonly string[];
  readonly headerLine?: number;
  readonly rows: readonly TaskRow[];
}

/** One row of the table. What a process holds, in bytes; names as in the kernel's columns. */
export interface TaskRow {
  readonly pid: number;
  readonly uid: number;
  readonly tgid: number;
  /** Of a live process: the kernel's log does not tell. */
  readonly parentPid?: number;
  readonly totalVmBytes: number;
  readonly rssBytes: number;
  readonly rssAnonBytes?: number;
  readonly rssFileBytes?: number;
  readonly rssShmemBytes?: number;
  readonly pageTablesBytes?: number;
  readonly swapBytes?: number;
  readonly oomScoreAdj?: number;
  readonly oomAdj?: number;
  readonly comm: string;
  readonly line: number;
  /** The file it was read from, when that is not the report's source: see `ReportFact`. */
  readonly source?: string;
}

export interface TaskRef {
  readonly pid: number;
  readonly comm: string;
  readonly line: number;
}

export interface SelectedTask extends TaskRef {
  readonly score: number;
}

export interface KilledProcess extends TaskRef {
  readonly totalVmBytes?: number;
  readonly anonRssBytes?: number;
  readonly fileRssBytes?: number;
  readonly shmemRssBytes?: number;
  readonly pageTablesBytes?: number;
  readonly uid?: number;
  readonly oomScoreAdj?: number;
  /** `oom-kill`: only the `oom-kill:` line names it; `selected`: only the score line does. */
  readonly from: 'killed' | 'oom-kill' | 'selected';
}

export interface ReapedProcess extends TaskRef {
  readonly anonRssBytes?: number;
  readonly fileRssBytes?: number;
  readonly shmemRssBytes?: number;
}

export interface PageSize {
  readonly bytes: number;
  /** measured: two figures of the report prove it. assumed: 4 KiB, nothing in the report tells. */
  readonly how: 'measured' | 'assumed';
  readonly line?: number;
}

/** The parts a report can have. Which ones are expected depends on its scope. */
export type ReportSection =
  | 'header'
  | 'cpu'
  | 'stack'
  | 'limit'
  | 'counters'
  | 'statistics'
  | 'mem-info'
  | 'task-table'
  | 'oom-kill'
  | 'killed';

export interface Completeness {
  readonly present: readonly ReportSection[];
  /** What the text lacks; a section that is in `present` as well has lost lines that are known to belong to it. */
  readonly missing: readonly ReportSection[];
  /** The log begins inside the report. */
  readonly truncatedStart: boolean;
  /** The log ends, or another report begins, before a process was killed. */
  readonly truncatedEnd: boolean;
}
