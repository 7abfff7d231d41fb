import type {
  CgroupCounter,
  CgroupMemory,
  KilledProcess,
  MemcgCounter,
  MemcgCounters,
  OomReport,
  ProcessMemory,
  StatEntry,
  TaskRow,
  WritableFile,
} from '../../model/index.js';

/** What is known of a live cgroup. */
export interface LiveCgroup {
  readonly memory: CgroupMemory;
  readonly processes: readonly ProcessMemory[];
  /** Absent where the system does not tell. */
  readonly pageSizeBytes?: number;
  readonly kernelRelease?: string;
  /** ISO 8601, UTC. */
  readonly observedAt: string;
}

/** A cgroup as it is now, and the one whose limit it would run into. */
export interface Observation {
  readonly target: LiveCgroup;
  /** The cgroup with the smallest limit up the tree; the target itself when that is its own, or none can be seen. */
  readonly limited: LiveCgroup;
  /** Files open for writing by the largest processes of the target. */
  readonly writableFiles: readonly WritableFile[];
  /** Swap free on the machine; 0 when it has none or does not tell. */
  readonly freeSwapBytes: number;
}

const USUAL_PAGE_BYTES = 4096;

/**
 * A live cgroup in the shape of the report the kernel would write if it killed now, so that accounting and diagnosis take it as
 * they take a log. Every figure names its own file; its `line` is its number in this report. The victim is the process with the
 * highest badness, which is whom the kernel would choose.
 */
export function liveReport({ memory, processes, pageSizeBytes, kernelRelease, observedAt }: LiveCgroup): OomReport {
  const number = numbering();
  const pageSize = pageSizeBytes ?? USUAL_PAGE_BYTES;
  const counters = countersOf(memory, number);
  const entries = statEntries(memory, number);
  const rows = processes.map((process) => taskRow(process, number));
  const limitBytes = memory.effectiveLimit?.bytes ?? memory.usage.usageBytes ?? 0;
  const victim = likelyVictim(processes, limitBytes, pageSize);
  const memoryLine = counters.memory?.line ?? 1;
  return {
    source: memory.directory,
    firstLine: 1,
    lastLine: number() - 1,
    time: { wallClock: observedAt },
    ...(kernelRelease === undefined ? {} : { kernel: { release: kernelRelease, line: memoryLine } }),
    scope: 'memcg',
    stack: [],
    oomMemcg: { path: memory.path, truncated: false, line: memoryLine },
    ...(victim === undefined ? {} : { taskMemcg: { path: victim.cgroup, truncated: false, line: memoryLine } }),
    cgroupVersion: memory.version,
    counters,
    memcgStats: [{ path: memory.path, pathTruncated: false, line: memoryLine, format: 'multi-line', entries }],
    taskTable: { columns: [], rows },
    killed: victim === undefined ? [] : [killed(victim, rows)],
    followingKills: [],
    alreadyExiting: [],
    reaped: [],
    unableToReap: [],
    outcome: 'unknown',
    pageSize: { bytes: pageSize, how: pageSizeBytes === undefined ? 'assumed' : 'measured' },
    completeness: {
      present: ['limit', 'counters', 'statistics', 'task-table'],
      missing: [],
      truncatedStart: false,
      truncatedEnd: false,
    },
  };
}

/** Whom the OOM killer would choose: most memory, moved by oom_score_adj. Source: oom_badness(), mm/oom_kill.c (6.18). */
export function likelyVictim(
  processes: readonly ProcessMemory[],
  limitBytes: number,
  pageSizeBytes: number,
): ProcessMemory | undefined {
  const points = ({ rssBytes, swapBytes, pageTablesBytes, oomScoreAdj }: ProcessMemory): number =>
    (rssBytes + (swapBytes ?? 0) + (pageTablesBytes ?? 0)) / pageSizeBytes + (oomScoreAdj * limitBytes) / pageSizeBytes / 1000;
  // -1000 forbids the kill.
  const killable = processes.filter(({ oomScoreAdj, rssBytes }) => oomScoreAdj > -1000 && rssBytes > 0);
  return killable.reduce<ProcessMemory | undefined>(
    (worst, process) => (worst === undefined || points(process) > points(worst) ? process : worst),
    undefined,
  );
}

type Numbering = () => number;

function numbering(): Numbering {
  let last = 0;
  return () => {
    last += 1;
    return last;
  };
}

const USAGE_FILES = {
  1: {
    memory: 'memory.usage_in_bytes',
    memorySwap: 'memory.memsw.usage_in_bytes',
    kmem: 'memory.kmem.usage_in_bytes',
    swap: undefined,
  },
  2: { memory: 'memory.current', memorySwap: undefined, kmem: undefined, swap: 'memory.swap.current' },
} as const;

function countersOf({ counters, directory, version, effectiveLimit }: CgroupMemory, number: Numbering): MemcgCounters {
  const limited: CgroupMemory['counters'] = {
    ...counters,
    memory: { ...counters.memory, ...(effectiveLimit === undefined ? {} : { limitBytes: effectiveLimit.bytes }) },
  };
  const entries = (['memory', 'memorySwap', 'kmem', 'swap'] as const).flatMap((name) => {
    const counter = limited[name];
    const file = USAGE_FILES[version][name];
    if (counter === undefined || file === undefined) return [];
    return [[name, memcgCounter(counter, `${directory}/${file}`, number())] as const];
  });
  return Object.fromEntries(entries);
}

function memcgCounter({ usageBytes, limitBytes, hits }: CgroupCounter, source: string, line: number): MemcgCounter {
  return { usageBytes, ...(limitBytes === undefined ? {} : { limitBytes }), failcnt: hits ?? 0, line, source };
}

function statEntries({ stat, directory }: CgroupMemory, number: Numbering): Record<string, StatEntry> {
  const source = `${directory}/memory.stat`;
  return Object.fromEntries(Object.entries(stat).map(([key, value]) => [key, { value, line: number(), source }]));
}

function taskRow(process: ProcessMemory, number: Numbering): TaskRow {
  const { pid, uid, tgid, parentPid, totalVmBytes, rssBytes, rssAnonBytes, rssFileBytes, rssShmemBytes } = process;
  const { pageTablesBytes, swapBytes, oomScoreAdj, comm, source } = process;
  return {
    pid,
    uid,
    tgid,
    ...(parentPid === undefined ? {} : { parentPid }),
    totalVmBytes,
    rssBytes,
    ...(rssAnonBytes === undefined ? {} : { rssAnonBytes }),
    ...(rssFileBytes === undefined ? {} : { rssFileBytes }),
    ...(rssShmemBytes === undefined ? {} : { rssShmemBytes }),
    ...(pageTablesBytes === undefined ? {} : { pageTablesBytes }),
    ...(swapBytes === undefined ? {} : { swapBytes }),
    oomScoreAdj,
    comm,
    line: number(),
    source,
  };
}

function killed(victim: ProcessMemory, rows: readonly TaskRow[]): KilledProcess {
  const { pid, comm, totalVmBytes, rssAnonBytes, rssFileBytes, rssShmemBytes, pageTablesBytes, uid, oomScoreAdj } = victim;
  return {
    pid,
    comm,
    line: rows.find((row) => row.pid === pid)?.line ?? 1,
    totalVmBytes,
    ...(rssAnonBytes === undefined ? {} : { anonRssBytes: rssAnonBytes }),
    ...(rssFileBytes === undefined ? {} : { fileRssBytes: rssFileBytes }),
    ...(rssShmemBytes === undefined ? {} : { shmemRssBytes: rssShmemBytes }),
    ...(pageTablesBytes === undefined ? {} : { pageTablesBytes }),
    uid,
    oomScoreAdj,
    from: 'selected',
  };
}
