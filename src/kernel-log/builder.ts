import type {
  CgroupRef,
  KilledProcess,
  LogTime,
  MemcgCounter,
  MemcgCounters,
  OomConstraint,
  OomInvoker,
  OomOutcome,
  OomReport,
  OomScope,
  ReapedProcess,
  ReportSection,
  SelectedTask,
  StackFrame,
  StatEntry,
  TaskRef,
  TaskRow,
  TaskTable,
} from '../model/index.js';
import { isUnlimited } from '../model/index.js';
import { completenessOf } from './completeness.js';
import type { InvokedEvent, KilledEvent, LineEvent, OomKillEvent } from './lines/event.js';
import { decodeRow } from './lines/task-table.js';
import { MemInfoBuilder } from './mem-info-builder.js';
import type { LineMeta } from './meta.js';
import { pageSizeOf } from './page-size.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Frames kept of a call trace: the charge path is at its top. */
const MAX_FRAMES = 64;
/** Statistics kept of one cgroup; no kernel prints half as many. */
const MAX_STATS = 256;
/** Cgroups whose statistics are kept; kernels before 5.3 print every descendant. */
const MAX_CGROUPS = 4096;
const MAX_ROWS = 200_000;
const MAX_KILLS = 100_000;

interface StatsDraft {
  path: string;
  pathTruncated: boolean;
  line: number;
  format: 'one-line' | 'multi-line';
  entries: Record<string, StatEntry>;
  size: number;
}

/** Sections in the order in which the kernel prints them; a line of an earlier one does not belong to a report that is past it. */
const STAGES: Readonly<Partial<Record<LineEvent['kind'], number>>> = {
  invoked: 0,
  cpuset: 1,
  cpu: 2,
  'call-trace': 3,
  frame: 3,
  'limit-of': 4,
  counter: 5,
  stats: 6,
  stat: 6,
  'mem-info': 7,
  'mem-totals': 7,
  'mem-node': 7,
  'mem-zone': 7,
  'lowmem-reserve': 7,
  buddy: 7,
  hugepages: 7,
  'mem-pages': 7,
  'mem-swap': 7,
  'slab-title': 8,
  slab: 8,
  'table-title': 9,
  'table-header': 10,
  row: 10,
  selected: 11,
  'oom-kill': 11,
  killed: 12,
  'no-killable': 12,
  panic: 13,
};

/** Collects the lines of one report and makes an OomReport of them. */
export class ReportBuilder {
  readonly source: string;
  readonly firstLine: number;
  lastLine: number;
  lastUptime: number | undefined;
  readonly host: string | undefined;
  caller: string | undefined;
  stage = -1;

  #time: LogTime;
  #invoked: (InvokedEvent & { readonly line: number }) | undefined;
  #cpuset: { cpuset: string; memsAllowed: string } | undefined;
  #cpu: { pid: number; comm: string; release?: string; line: number } | undefined;
  #inStack = false;
  readonly #stack: StackFrame[] = [];
  #limitOf: { task: string; limit: string; line: number } | undefined;
  readonly #counters: Mutable<MemcgCounters> = {};
  readonly #stats: StatsDraft[] = [];
  readonly #memInfo = new MemInfoBuilder();
  #columns: readonly string[] = [];
  #headerLine: number | undefined;
  #titleSeen = false;
  readonly #rows: { pid: number; fields: readonly string[]; line: number }[] = [];
  readonly #pids = new Set<number>();
  #oomKill: (OomKillEvent & { readonly line: number }) | undefined;
  #selected: (SelectedTask & { readonly scope?: 'memcg' | 'node' }) | undefined;
  readonly #killed: (KilledEvent & { readonly line: number })[] = [];
  readonly #following: (KilledEvent & { readonly line: number })[] = [];
  #groupKill: { path?: string; implied: boolean; line: number } | undefined;
  readonly #alreadyExiting: TaskRef[] = [];
  readonly #reaped: ReapedProcess[] = [];
  readonly #unableToReap: TaskRef[] = [];
  #outcome: OomOutcome = 'unknown';
  #outcomeLine: number | undefined;
  #suppressed: { count: number; line: number } | undefined;

  constructor(source: string, meta: LineMeta) {
    this.source = source;
    this.firstLine = meta.line;
    this.lastLine = meta.line;
    this.lastUptime = meta.uptimeSeconds;
    this.host = meta.host;
    this.#time = {
      ...(meta.uptimeSeconds === undefined ? {} : { uptimeSeconds: meta.uptimeSeconds }),
      ...(meta.wallClock === undefined ? {} : { wallClock: meta.wallClock }),
      ...(meta.stamp === undefined ? {} : { stamp: meta.stamp }),
    };
  }

  /** The report has its conclusion: only stragglers (group kills, the reaper) can still come. */
  get settled(): boolean {
    return this.#killed.length > 0 || this.#outcome !== 'unknown';
  }

  get columns(): readonly string[] {
    return this.#columns;
  }

  get groupKill(): boolean {
    return this.#groupKill !== undefined;
  }

  /** Nothing but a kill line was read. */
  get killOnly(): boolean {
    return (
      this.stage === 12 &&
      this.#invoked === undefined &&
      this.#oomKill === undefined &&
      this.#rows.length === 0 &&
      this.#selected === undefined
    );
  }

  get kills(): readonly (KilledEvent & { readonly line: number })[] {
    return this.#killed;
  }

  hasTask(pid: number): boolean {
    return this.#pids.has(pid);
  }

  hasComm(comm: string): boolean {
    return this.#rows.some((row) => row.fields.at(-1) === comm);
  }

  hasKilled(pid: number): boolean {
    return this.#killed.some((kill) => kill.pid === pid) || this.#following.some((kill) => kill.pid === pid);
  }

  /**
   * How badly a line fits: 0 is perfect, undefined means that it cannot belong here. Reports of two CPUs or two files may
   * be interleaved, so a section that is already there, an order the kernel never prints, another host, another caller id
   * or a leap in time all speak against it.
   */
  misfit(event: LineEvent, meta: LineMeta): number | undefined {
    if (meta.host !== undefined && this.host !== undefined && meta.host !== this.host) return undefined;
    if (meta.caller !== undefined && this.caller !== undefined && meta.caller !== this.caller && event.kind !== 'reaped')
      return undefined;
    const stage = STAGES[event.kind] ?? this.stage;
    if (stage < this.stage - (event.kind === 'row' || this.stage === 11 ? 1 : 0) && !this.#mayComeLate(event)) return undefined;
    if (this.#alreadyHas(event)) return undefined;
    let misfit = Math.min((meta.line - this.lastLine) / 1000, 1);
    if (meta.uptimeSeconds !== undefined && this.lastUptime !== undefined) {
      const gap = Math.abs(meta.uptimeSeconds - this.lastUptime);
      if (gap > 120) return undefined;
      misfit += gap;
    }
    if (event.kind === 'cpu' && this.#invoked !== undefined && !sameComm(this.#invoked.comm, event.comm)) return undefined;
    if (
      event.kind === 'oom-kill' &&
      event.pid !== undefined &&
      this.#pids.size > 0 &&
      !this.#pids.has(event.pid) &&
      event.cutIn === undefined
    )
      misfit += 5;
    if (event.kind === 'killed' && this.#killed.length === 0) {
      const expected = this.#oomKill?.cutIn === undefined ? this.#oomKill?.pid : undefined;
      if (expected !== undefined && expected !== event.pid) return undefined;
      if (this.#pids.size > 0 && !this.#pids.has(event.pid)) misfit += 5;
      const scope = this.scope();
      if (event.scope !== undefined && scope !== 'unknown' && event.scope !== scope) return undefined;
    }
    return misfit;
  }

  #mayComeLate(event: LineEvent): boolean {
    return event.kind === 'stats' && this.stage === 6;
  }

  #alreadyHas(event: LineEvent): boolean {
    switch (event.kind) {
      case 'invoked':
        return true;
      case 'cpu':
        return this.#cpu !== undefined;
      case 'cpuset':
        return this.#cpuset !== undefined;
      case 'limit-of':
        return this.#limitOf !== undefined;
      case 'counter':
        return this.#counters[event.name] !== undefined;
      case 'stats':
        return this.#stats.some((stats) => stats.path === event.path);
      case 'stat':
        return this.#stats.at(-1)?.entries[event.key] !== undefined;
      case 'mem-info':
        return this.#memInfo.titled;
      case 'table-header':
        return this.#headerLine !== undefined;
      case 'oom-kill':
        return this.#oomKill !== undefined;
      case 'selected':
        return this.#selected !== undefined;
      default:
        return false;
    }
  }

  /** Takes a line in. The caller has asked misfit() before. */
  apply(event: LineEvent, meta: LineMeta): void {
    const line = meta.line;
    this.lastLine = Math.max(this.lastLine, line);
    if (meta.uptimeSeconds !== undefined) this.lastUptime = meta.uptimeSeconds;
    if (event.kind !== 'reaped' && event.kind !== 'unable-to-reap') this.caller ??= meta.caller;
    this.stage = Math.max(this.stage, STAGES[event.kind] ?? -1);
    if (event.kind !== 'frame') this.#inStack = event.kind === 'call-trace' || event.kind === 'cpu' || event.kind === 'invoked';
    this.#takeTime(meta);
    switch (event.kind) {
      case 'invoked':
        this.#invoked = { ...event, line };
        break;
      case 'cpuset':
        this.#cpuset = event;
        break;
      case 'cpu':
        this.#cpu = { ...event, line };
        break;
      case 'frame':
        if (this.#inStack && this.#stack.length < MAX_FRAMES)
          this.#stack.push({ symbol: event.symbol, uncertain: event.uncertain, line });
        break;
      case 'limit-of':
        this.#limitOf = { ...event, line };
        break;
      case 'counter':
        this.#counters[event.name] = toCounter(event, line);
        break;
      case 'stats':
        this.#takeStats(event, line);
        break;
      case 'stat':
        this.#takeStat(event.key, event.value, line);
        break;
      case 'table-title':
        this.#titleSeen = true;
        break;
      case 'table-header':
        this.#columns = event.columns;
        this.#headerLine = line;
        break;
      case 'row':
        if (this.#rows.length < MAX_ROWS) {
          this.#rows.push({ pid: event.pid, fields: event.fields, line });
          this.#pids.add(event.pid);
        }
        break;
      case 'oom-kill':
        this.#oomKill = { ...event, line };
        break;
      case 'selected':
        this.#selected = {
          pid: event.pid,
          comm: event.comm,
          score: event.score,
          line,
          ...(event.scope === undefined ? {} : { scope: event.scope }),
        };
        break;
      case 'killed':
        this.#takeKill(event, line);
        break;
      case 'group-kill':
        this.#groupKill = { path: event.path, implied: false, line };
        break;
      case 'already-exiting':
        this.#alreadyExiting.push({ pid: event.pid, comm: event.comm, line });
        break;
      case 'reaped':
        this.#reaped.push({ ...event, line });
        break;
      case 'unable-to-reap':
        this.#unableToReap.push({ pid: event.pid, comm: event.comm, line });
        break;
      case 'no-killable':
      case 'panic':
        this.#outcome = event.kind === 'panic' ? 'panic' : 'no-killable-process';
        this.#outcomeLine ??= line;
        break;
      case 'suppressed':
        this.#suppressed = { count: event.count, line };
        break;
      case 'call-trace':
      case 'release':
        break;
      default:
        this.#memInfo.apply(event, line);
    }
  }

  /** A kill that had no report of its own, of a task in this report's table: the kernel limits reports to ten in five seconds. */
  addFollowingKill(event: KilledEvent, meta: LineMeta): void {
    if (this.hasKilled(event.pid) || this.#following.length >= MAX_KILLS) return;
    this.#following.push({ ...event, line: meta.line });
    this.lastLine = Math.max(this.lastLine, meta.line);
    if (meta.uptimeSeconds !== undefined) this.lastUptime = meta.uptimeSeconds;
  }

  /** The first victim was printed again: a group kill whose announcement is missing; `others` were killed in between. */
  implyGroupKill(others: readonly (KilledEvent & { readonly line: number })[], meta: LineMeta): void {
    this.#groupKill ??= { implied: true, line: meta.line };
    for (const kill of others) this.#takeKill(kill, kill.line);
    this.lastLine = Math.max(this.lastLine, meta.line);
  }

  /** The scope as far as the lines read prove it. */
  scope(): OomScope {
    if (this.#oomKill?.globalOom === true) return 'node';
    if (this.#oomKill?.oomMemcg !== undefined || this.#limitOf !== undefined || this.#oomKill?.word === 'CONSTRAINT_MEMCG')
      return 'memcg';
    const said = this.#killed[0]?.scope ?? this.#selected?.scope;
    if (said !== undefined) return said;
    if (this.#counters.memory !== undefined || this.#stats.length > 0) return 'memcg';
    if (this.#memInfo.seen || this.#outcome !== 'unknown') return 'node';
    const certain = this.#stack.filter((frame) => !frame.uncertain).map((frame) => frame.symbol);
    if (certain.some((symbol) => /^(?:mem_cgroup_|try_charge|charge_memcg|__mem_cgroup)/.test(symbol))) return 'memcg';
    if (certain.some((symbol) => /^__alloc_(?:pages|frozen_pages)/.test(symbol))) return 'node';
    return 'unknown';
  }

  #takeTime(meta: LineMeta): void {
    this.#time = {
      ...this.#time,
      ...(this.#time.uptimeSeconds === undefined && meta.uptimeSeconds !== undefined
        ? { uptimeSeconds: meta.uptimeSeconds }
        : {}),
      ...(this.#time.wallClock === undefined && meta.wallClock !== undefined ? { wallClock: meta.wallClock } : {}),
      ...(this.#time.stamp === undefined && meta.stamp !== undefined ? { stamp: meta.stamp } : {}),
    };
  }

  #takeStats(event: Extract<LineEvent, { kind: 'stats' }>, line: number): void {
    if (this.#stats.length >= MAX_CGROUPS) return;
    const entries: Record<string, StatEntry> = {};
    for (const [key, value] of Object.entries(event.entries ?? {})) entries[key] = { value, line };
    this.#stats.push({
      path: event.path,
      pathTruncated: event.pathTruncated,
      line,
      format: event.entries === undefined ? 'multi-line' : 'one-line',
      entries,
      size: Object.keys(entries).length,
    });
  }

  #takeStat(key: string, value: number, line: number): void {
    let stats = this.#stats.at(-1);
    if (stats === undefined) {
      // The title was cut away; only a report that shows its counters can be printing statistics now.
      stats = { path: '', pathTruncated: true, line, format: 'multi-line', entries: {}, size: 0 };
      this.#stats.push(stats);
    }
    if (stats.size >= MAX_STATS) return;
    stats.entries[key] = { value, line };
    stats.size++;
  }

  #takeKill(event: KilledEvent, line: number): void {
    this.#outcome = 'killed';
    this.#outcomeLine ??= line;
    const first = this.#killed[0];
    if (this.#killed.some((kill) => kill.pid === event.pid)) {
      if (first?.pid === event.pid && this.#killed.length > 1) this.#groupKill ??= { implied: true, line };
      return;
    }
    if (this.#killed.length < MAX_KILLS) this.#killed.push({ ...event, line });
  }

  /** The report as far as it was read. `release` is the kernel's as another line of the log names it, for reports that do not. */
  build(release?: { readonly release: string; readonly line: number }): OomReport {
    const kernel = this.#cpu?.release === undefined ? release : { release: this.#cpu.release, line: this.#cpu.line };
    const pageSize = pageSizeOf({
      buddies: this.#memInfo.buddies.flatMap((buddy) => {
        const first = buddy.counts[0];
        return first === undefined ? [] : [{ blockBytes: first.blockBytes, line: buddy.line }];
      }),
      victims: this.#victimSizes(),
      ...(kernel === undefined ? {} : { release: kernel.release }),
    });
    const scope = this.scope();
    const taskTable = this.#taskTable(pageSize.bytes);
    const memInfo = this.#memInfo.build(pageSize.bytes);
    const killed = this.#killedProcesses(taskTable);
    const oomMemcg = this.#oomMemcgRef();
    const taskMemcg = this.#taskMemcgRef();
    const memcgStats = this.#stats.map(({ size: _size, ...stats }) => stats);
    const version = this.#counters.memorySwap !== undefined ? 1 : this.#counters.swap !== undefined ? 2 : undefined;
    return {
      source: this.source,
      firstLine: this.firstLine,
      lastLine: this.lastLine,
      ...(Object.keys(this.#time).length === 0 ? {} : { time: this.#time }),
      ...(this.host === undefined ? {} : { host: this.host }),
      ...(kernel === undefined ? {} : { kernel }),
      scope,
      ...(this.#invoked === undefined ? {} : { invokedBy: this.#invoker(this.#invoked) }),
      stack: this.#stack,
      ...(this.#oomKill === undefined ? {} : { constraint: toConstraint(this.#oomKill) }),
      ...(oomMemcg === undefined ? {} : { oomMemcg }),
      ...(taskMemcg === undefined ? {} : { taskMemcg }),
      ...(version === undefined ? {} : { cgroupVersion: version }),
      counters: this.#counters,
      memcgStats,
      ...(memInfo === undefined ? {} : { memInfo }),
      ...(taskTable === undefined ? {} : { taskTable }),
      ...(this.#selected === undefined
        ? {}
        : {
            selected: {
              pid: this.#selected.pid,
              comm: this.#selected.comm,
              score: this.#selected.score,
              line: this.#selected.line,
            },
          }),
      killed,
      ...(this.#groupKill === undefined ? {} : { groupKill: this.#groupKill }),
      followingKills: this.#following.map(toKilled),
      alreadyExiting: this.#alreadyExiting,
      reaped: this.#reaped.map(({ pid, comm, line, anonRssBytes, fileRssBytes, shmemRssBytes }) => ({
        pid,
        comm,
        line,
        ...(anonRssBytes === undefined ? {} : { anonRssBytes }),
        ...(fileRssBytes === undefined ? {} : { fileRssBytes }),
        ...(shmemRssBytes === undefined ? {} : { shmemRssBytes }),
      })),
      unableToReap: this.#unableToReap,
      outcome: this.#outcome,
      ...(this.#outcomeLine === undefined ? {} : { outcomeLine: this.#outcomeLine }),
      ...(this.#suppressed === undefined ? {} : { suppressed: this.#suppressed }),
      pageSize,
      completeness: completenessOf({
        scope,
        concluded: this.settled,
        present: this.#sections(memcgStats.some((stats) => Object.keys(stats.entries).length > 0)),
      }),
    };
  }

  #sections(hasStatistics: boolean): Set<ReportSection> {
    const present = new Set<ReportSection>();
    if (this.#invoked !== undefined) present.add('header');
    if (this.#cpu !== undefined) present.add('cpu');
    if (this.#stack.length > 0) present.add('stack');
    if (this.#limitOf !== undefined) present.add('limit');
    if (this.#counters.memory !== undefined) present.add('counters');
    if (hasStatistics) present.add('statistics');
    if (this.#memInfo.seen) present.add('mem-info');
    if (this.#rows.length > 0 || (this.#headerLine !== undefined && this.settled)) present.add('task-table');
    if (this.#oomKill !== undefined) present.add('oom-kill');
    if (this.#killed.length > 0) present.add('killed');
    return present;
  }

  #victimSizes(): { totalVmPages: number; totalVmBytes: number; line: number }[] {
    const totalVm = this.#columns.indexOf('total_vm');
    if (totalVm < 0) return [];
    return this.#killed.slice(0, 16).flatMap((kill) => {
      const row = this.#rows.find((candidate) => candidate.pid === kill.pid);
      const totalVmPages = Number(row?.fields[totalVm]);
      return kill.totalVmBytes !== undefined && totalVmPages > 0
        ? [{ totalVmPages, totalVmBytes: kill.totalVmBytes, line: kill.line }]
        : [];
    });
  }

  #taskTable(pageBytes: number): TaskTable | undefined {
    if (this.#rows.length === 0 && this.#headerLine === undefined && !this.#titleSeen) return undefined;
    return {
      columns: this.#columns,
      ...(this.#headerLine === undefined ? {} : { headerLine: this.#headerLine }),
      rows: this.#rows
        .map((row) => decodeRow(row, this.#columns, pageBytes, row.line))
        .filter((row): row is TaskRow => row !== undefined),
    };
  }

  #invoker(invoked: InvokedEvent & { readonly line: number }): OomInvoker {
    const { kind: _kind, ...fields } = invoked;
    // The CPU line repeats the comm, which frees it from a prefix nobody could take off.
    const comm =
      this.#cpu !== undefined && invoked.comm.endsWith(this.#cpu.comm) && this.#cpu.comm !== '' ? this.#cpu.comm : invoked.comm;
    return {
      ...fields,
      comm,
      ...(this.#cpu === undefined ? {} : { pid: this.#cpu.pid }),
      ...(this.#cpuset === undefined ? {} : { cpuset: this.#cpuset.cpuset, memsAllowed: this.#cpuset.memsAllowed }),
    };
  }

  #oomMemcgRef(): CgroupRef | undefined {
    if (this.#oomKill?.oomMemcg !== undefined) {
      return { path: this.#oomKill.oomMemcg, truncated: this.#oomKill.cutIn === 'oom_memcg', line: this.#oomKill.line };
    }
    if (this.#limitOf !== undefined) return { path: this.#limitOf.limit, truncated: false, line: this.#limitOf.line };
    // The first cgroup whose statistics are printed is the one at its limit.
    const first = this.#stats[0];
    if (first === undefined || first.path === '') return undefined;
    return { path: first.path, truncated: first.pathTruncated, line: first.line };
  }

  #taskMemcgRef(): CgroupRef | undefined {
    if (this.#oomKill?.taskMemcg !== undefined) {
      return { path: this.#oomKill.taskMemcg, truncated: this.#oomKill.cutIn === 'task_memcg', line: this.#oomKill.line };
    }
    if (this.#limitOf !== undefined) return { path: this.#limitOf.task, truncated: false, line: this.#limitOf.line };
    if (this.#groupKill?.path !== undefined) return { path: this.#groupKill.path, truncated: false, line: this.#groupKill.line };
    return undefined;
  }

  #killedProcesses(table: TaskTable | undefined): KilledProcess[] {
    const nameOf = (pid: number): string | undefined => table?.rows.find((row) => row.pid === pid)?.comm;
    if (this.#killed.length > 0) {
      return this.#killed.map((kill) => {
        const killed = toKilled(kill);
        return killed.comm === '' ? { ...killed, comm: nameOf(kill.pid) ?? '' } : killed;
      });
    }
    const chosen = this.#oomKill;
    if (chosen?.pid !== undefined && chosen.cutIn === undefined) {
      return [
        {
          pid: chosen.pid,
          comm: chosen.task ?? nameOf(chosen.pid) ?? '',
          line: chosen.line,
          from: 'oom-kill',
          ...(chosen.uid === undefined ? {} : { uid: chosen.uid }),
        },
      ];
    }
    if (this.#selected !== undefined) {
      return [{ pid: this.#selected.pid, comm: this.#selected.comm, line: this.#selected.line, from: 'selected' }];
    }
    return [];
  }
}

/** Comms agree when one is the other's tail: an unknown prefix may stand in front, and long kernel thread names are cut. */
function sameComm(a: string, b: string): boolean {
  return a === b || a.endsWith(b) || b.startsWith(a) || a.startsWith(b);
}

function toCounter(event: Extract<LineEvent, { kind: 'counter' }>, line: number): MemcgCounter {
  return {
    usageBytes: event.usageBytes,
    ...(isUnlimited(event.limitBytes) ? {} : { limitBytes: event.limitBytes }),
    failcnt: event.failcnt,
    line,
  };
}

function toConstraint(event: OomKillEvent & { readonly line: number }): OomConstraint {
  const { kind: _kind, oomMemcg: _oomMemcg, taskMemcg: _taskMemcg, cutIn: _cutIn, ...fields } = event;
  return fields;
}

function toKilled(kill: KilledEvent & { readonly line: number }): KilledProcess {
  const { kind: _kind, scope: _scope, quoted: _quoted, ...fields } = kill;
  return { ...fields, from: 'killed' };
}
