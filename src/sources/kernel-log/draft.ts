import type {
  MemcgCounters,
  OomOutcome,
  OomScope,
  ReapedProcess,
  SelectedTask,
  StackFrame,
  StatEntry,
  TaskRef,
} from '../../model/index.js';
import type { InvokedEvent, KilledEvent, OomKillEvent, Quotable } from './lines/event.js';
import type { RawRow } from './lines/task-table.js';
import { MemInfoDraft } from './mem-info-draft.js';
import type { LineMeta } from './meta.js';

/** Something with the line it was read from. */
export type OnLine<T> = T & { readonly line: number };
export type KillOnLine = OnLine<KilledEvent>;

export interface StatsDraft {
  readonly path: string;
  readonly pathTruncated: boolean;
  readonly line: number;
  readonly format: 'one-line' | 'multi-line';
  readonly entries: Record<string, StatEntry>;
  size: number;
}

/** A report while its lines come in: what was read, as it was read. build.ts makes an OomReport of it. */
export interface ReportDraft {
  readonly source: string;
  readonly firstLine: number;
  lastLine: number;
  /** The last line that carried a time. */
  lastTimed: LineMeta;
  readonly host: string | undefined;
  /** The kernel reports something else here, with lines that an OOM report has too: it keeps them from one, and is given to nobody. */
  readonly isOtherDump: boolean;
  caller: string | undefined;
  /** How far the kernel's order of sections was followed (fit.ts). */
  stage: number;
  uptimeSeconds: number | undefined;
  wallClock: string | undefined;
  stamp: string | undefined;
  invoked: OnLine<InvokedEvent> | undefined;
  cpuset: { readonly cpuset: string; readonly memsAllowed: string } | undefined;
  cpu: OnLine<{ readonly pid: number; readonly comm: string; readonly release?: string }> | undefined;
  inStack: boolean;
  readonly stack: StackFrame[];
  limitOf: OnLine<{ readonly task: string; readonly limit: string }> | undefined;
  readonly counters: { -readonly [K in keyof MemcgCounters]: MemcgCounters[K] };
  readonly stats: StatsDraft[];
  readonly memInfo: MemInfoDraft;
  columns: readonly string[];
  headerLine: number | undefined;
  titleSeen: boolean;
  readonly rows: RawRow[];
  readonly pids: Set<number>;
  oomKill: OnLine<OomKillEvent> | undefined;
  selected: (SelectedTask & Quotable & { readonly scope?: 'memcg' | 'node' }) | undefined;
  readonly killed: KillOnLine[];
  readonly followingKills: KillOnLine[];
  groupKill: { readonly path?: string; readonly implied: boolean; readonly line: number } | undefined;
  readonly alreadyExiting: TaskRef[];
  readonly reaped: ReapedProcess[];
  readonly unableToReap: TaskRef[];
  outcome: OomOutcome;
  outcomeLine: number | undefined;
  suppressed: { readonly count: number; readonly line: number } | undefined;
}

export function newDraft(source: string, meta: LineMeta, isOtherDump = false): ReportDraft {
  return {
    source,
    firstLine: meta.line,
    lastLine: meta.line,
    lastTimed: meta,
    host: meta.host,
    isOtherDump,
    caller: isOtherDump ? meta.caller : undefined,
    stage: -1,
    uptimeSeconds: undefined,
    wallClock: undefined,
    stamp: undefined,
    invoked: undefined,
    cpuset: undefined,
    cpu: undefined,
    inStack: false,
    stack: [],
    limitOf: undefined,
    counters: {},
    stats: [],
    memInfo: new MemInfoDraft(),
    columns: [],
    headerLine: undefined,
    titleSeen: false,
    rows: [],
    pids: new Set(),
    oomKill: undefined,
    selected: undefined,
    killed: [],
    followingKills: [],
    groupKill: undefined,
    alreadyExiting: [],
    reaped: [],
    unableToReap: [],
    outcome: 'unknown',
    outcomeLine: undefined,
    suppressed: undefined,
  };
}

/**
 * Something was read that only the OOM killer prints. Mem-Info, the call trace and the CPU line are not: show_mem() and dump_stack()
 * have many callers.
 */
export function isOomReport(draft: ReportDraft): boolean {
  return (
    !draft.isOtherDump &&
    (draft.invoked !== undefined ||
      draft.limitOf !== undefined ||
      Object.keys(draft.counters).length > 0 ||
      draft.stats.length > 0 ||
      draft.headerLine !== undefined ||
      draft.rows.length > 0 ||
      draft.selected !== undefined ||
      draft.oomKill !== undefined ||
      isSettled(draft))
  );
}

/** The report has its conclusion: only stragglers (group kills, the reaper) can still come. */
export function isSettled(draft: ReportDraft): boolean {
  return draft.killed.length > 0 || draft.outcome !== 'unknown';
}

/** Nothing but kill lines were read. */
export function isKillOnly(draft: ReportDraft): boolean {
  return (
    draft.killed.length > 0 &&
    draft.invoked === undefined &&
    draft.oomKill === undefined &&
    draft.selected === undefined &&
    draft.rows.length === 0 &&
    draft.counters.memory === undefined
  );
}

export function hasKilled(draft: ReportDraft, pid: number): boolean {
  return draft.killed.some((kill) => kill.pid === pid) || draft.followingKills.some((kill) => kill.pid === pid);
}

export function hasComm(draft: ReportDraft, comm: string): boolean {
  return draft.rows.some((row) => row.fields.at(-1) === comm);
}

/** Functions that charge a memcg. */
const CHARGING = /^(?:mem_cgroup_|try_charge|charge_memcg|__mem_cgroup)/;
/** What calls out_of_memory() for the node: the page allocator, whose slow path may be inlined, a fault that found no page, and SysRq-f. */
const CALLER_OF_NODE = /^(?:__alloc_(?:pages|frozen_pages)|pagefault_out_of_memory|moom_callback)/;
const OUT_OF_MEMORY = /^out_of_memory(?:\.|$)/;

/** A scope, with the line that tells it. */
export interface ToldScope {
  readonly scope: OomScope;
  /** Absent where nothing tells the scope. */
  readonly line?: number;
}

/**
 * The scope as far as a line says it. That a process was killed, that none could be, or that Mem-Info was printed tells nothing:
 * memory cgroups have the first two as well, and had the third until 3.8.
 */
export function tellScope(draft: ReportDraft): ToldScope {
  const { oomKill, limitOf } = draft;
  if (oomKill?.oomMemcg !== undefined || oomKill?.word === 'CONSTRAINT_MEMCG') return { scope: 'memcg', line: oomKill.line };
  if (limitOf !== undefined) return { scope: 'memcg', line: limitOf.line };
  if (oomKill !== undefined && isOfNode(oomKill) && !isHearsay(draft, oomKill)) return { scope: 'node', line: oomKill.line };
  const [kill] = draft.killed;
  for (const words of [kill, draft.selected]) {
    if (words?.scope === undefined || (words.scope === 'node' && isHearsay(draft, words))) continue;
    return { scope: words.scope, line: words.line };
  }
  const ofCgroup = [...Object.values(draft.counters), ...draft.stats][0];
  if (ofCgroup !== undefined) return { scope: 'memcg', line: ofCgroup.line };
  return scopeOfStack(draft);
}

export function scopeOf(draft: ReportDraft): OomScope {
  return tellScope(draft).scope;
}

/** What constrained_alloc() (mm/oom_kill.c) finds for anything but a memory cgroup. */
function isOfNode({ globalOom, word }: OomKillEvent): boolean {
  return globalOom || word === 'CONSTRAINT_CPUSET' || word === 'CONSTRAINT_MEMORY_POLICY';
}

/**
 * Words that another program repeats, or that stand behind an unknown prefix, with no second line of the kernel beside them. Of
 * "out of memory" anybody may speak, and the machine is not to be blamed for it; the words of a memory cgroup are the kernel's own.
 */
function isHearsay(draft: ReportDraft, { quoted, byMonitor = false }: Quotable): boolean {
  const witnesses = [draft.invoked, draft.oomKill, draft.selected, draft.killed[0]].filter((line) => line !== undefined);
  return quoted && !byMonitor && witnesses.length < 2;
}

/** out_of_memory() was called for a charge, or for the node: only its own caller tells, since charges of kernel memory come out of the allocator. */
function scopeOfStack(draft: ReportDraft): ToldScope {
  const callers = draft.stack.filter((frame) => !frame.uncertain);
  const charging = callers.find((frame) => CHARGING.test(frame.symbol));
  if (charging !== undefined) return { scope: 'memcg', line: charging.line };
  const callee = callers.findIndex((frame) => OUT_OF_MEMORY.test(frame.symbol));
  const caller = callee < 0 ? undefined : callers[callee + 1];
  return caller !== undefined && CALLER_OF_NODE.test(caller.symbol) ? { scope: 'node', line: caller.line } : { scope: 'unknown' };
}
