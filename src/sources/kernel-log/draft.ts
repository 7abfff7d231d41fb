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
import type { InvokedEvent, KilledEvent, OomKillEvent } from './lines/event.js';
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
  caller: string | undefined;
  /** How far the kernel's order of sections was followed (sections.ts). */
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
  selected: (SelectedTask & { readonly scope?: 'memcg' | 'node' }) | undefined;
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

export function newDraft(source: string, meta: LineMeta): ReportDraft {
  return {
    source,
    firstLine: meta.line,
    lastLine: meta.line,
    lastTimed: meta,
    host: meta.host,
    caller: undefined,
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

/** Functions that charge a memcg, and functions of the page allocator, whose failure is the node's. */
const CHARGING = /^(?:mem_cgroup_|try_charge|charge_memcg|__mem_cgroup)/;
const ALLOCATING = /^__alloc_(?:pages|frozen_pages)/;

/** The scope as far as the lines read prove it. */
export function scopeOf(draft: ReportDraft): OomScope {
  if (draft.oomKill?.globalOom === true) return 'node';
  if (draft.oomKill?.oomMemcg !== undefined || draft.limitOf !== undefined || draft.oomKill?.word === 'CONSTRAINT_MEMCG')
    return 'memcg';
  const said = draft.killed[0]?.scope ?? draft.selected?.scope;
  if (said !== undefined) return said;
  if (draft.counters.memory !== undefined || draft.stats.length > 0) return 'memcg';
  if (draft.memInfo.seen || draft.outcome !== 'unknown') return 'node';
  const callers = draft.stack.filter((frame) => !frame.uncertain).map((frame) => frame.symbol);
  if (callers.some((symbol) => CHARGING.test(symbol))) return 'memcg';
  if (callers.some((symbol) => ALLOCATING.test(symbol))) return 'node';
  return 'unknown';
}
