import {
  type CgroupRef,
  isWholeList,
  type KilledProcess,
  type LogTime,
  type MemcgCounters,
  type OomConstraint,
  type OomInvoker,
  type OomReport,
  type PageSize,
  type ReportSection,
  type TaskTable,
} from '../../model/index.js';
import { completenessOf } from './completeness.js';
import { isSettled, type KillOnLine, type OnLine, type ReportDraft, tellScope } from './draft.js';
import type { InvokedEvent, OomKillEvent } from './lines/event.js';
import { decodeRows } from './lines/task-table.js';
import { pageSizeOf } from './page-size.js';

/** Victims looked at to prove the page size. */
const PROOFS = 16;

/**
 * The report as far as it was read. `release` is the kernel's as another line of the log names it, for reports that do not.
 */
export function buildReport(draft: ReportDraft, release?: OnLine<{ readonly release: string }>): OomReport {
  const kernel = draft.cpu?.release === undefined ? release : { release: draft.cpu.release, line: draft.cpu.line };
  const pageSize = measurePage(draft, kernel?.release);
  const { scope, line: scopeLine } = tellScope(draft);
  const taskTable = taskTableOf(draft, pageSize.bytes);
  const memInfo = draft.memInfo.build(pageSize.bytes);
  const memcgStats = draft.stats.map(({ size: _size, ...stats }) => stats);
  const time = timeOf(draft);
  const oomMemcg = oomMemcgOf(draft);
  const taskMemcg = taskMemcgOf(draft);
  const cgroupVersion = cgroupVersionOf(draft.counters);
  return {
    source: draft.source,
    firstLine: draft.firstLine,
    lastLine: draft.lastLine,
    ...(time === undefined ? {} : { time }),
    ...(draft.host === undefined ? {} : { host: draft.host }),
    ...(kernel === undefined ? {} : { kernel }),
    scope,
    ...(scopeLine === undefined ? {} : { scopeLine }),
    ...(draft.invoked === undefined ? {} : { invokedBy: invokerOf(draft, draft.invoked) }),
    stack: draft.stack,
    ...(draft.oomKill === undefined ? {} : { constraint: toConstraint(draft.oomKill) }),
    ...(oomMemcg === undefined ? {} : { oomMemcg }),
    ...(taskMemcg === undefined ? {} : { taskMemcg }),
    ...(cgroupVersion === undefined ? {} : { cgroupVersion }),
    counters: draft.counters,
    memcgStats,
    ...(memInfo === undefined ? {} : { memInfo }),
    ...(taskTable === undefined ? {} : { taskTable }),
    ...(draft.selected === undefined ? {} : { selected: selectedOf(draft.selected) }),
    killed: killedOf(draft, taskTable),
    ...(draft.groupKill === undefined ? {} : { groupKill: draft.groupKill }),
    followingKills: draft.followingKills.map(toKilled),
    alreadyExiting: draft.alreadyExiting,
    reaped: draft.reaped,
    unableToReap: draft.unableToReap,
    outcome: draft.outcome,
    ...(draft.outcomeLine === undefined ? {} : { outcomeLine: draft.outcomeLine }),
    ...(draft.suppressed === undefined ? {} : { suppressed: draft.suppressed }),
    pageSize,
    completeness: completenessOf({
      scope,
      concluded: isSettled(draft),
      present: sectionsOf(draft),
      partial: partialSectionsOf(draft),
    }),
  };
}

/**
 * v2 prints `swap:` since 5.3. Before, it printed `memory+swap:` and `kmem:` like v1, but counted in neither: both 0 beside a
 * usage is v2, or v1 with swap and kernel memory accounting switched off. Source: mem_cgroup_print_oom_info(), mm/memcontrol.c, 4.19.
 */
function cgroupVersionOf({ memory, memorySwap, kmem, swap }: MemcgCounters): 1 | 2 | undefined {
  if (swap !== undefined) return 2;
  if (memorySwap === undefined) return undefined;
  const idle = memorySwap.usageBytes === 0 && (kmem?.usageBytes ?? 0) === 0 && (memory?.usageBytes ?? 0) > 0;
  return idle ? undefined : 1;
}

function timeOf({ uptimeSeconds, wallClock, stamp }: ReportDraft): LogTime | undefined {
  if (uptimeSeconds === undefined && wallClock === undefined && stamp === undefined) return undefined;
  return {
    ...(uptimeSeconds === undefined ? {} : { uptimeSeconds }),
    ...(wallClock === undefined ? {} : { wallClock }),
    ...(stamp === undefined ? {} : { stamp }),
  };
}

function sectionsOf(draft: ReportDraft): Set<ReportSection> {
  const present = new Set<ReportSection>();
  const add = (section: ReportSection, there: boolean): void => {
    if (there) present.add(section);
  };
  add('header', draft.invoked !== undefined);
  add('cpu', draft.cpu !== undefined);
  add('stack', draft.stack.length > 0);
  add('limit', draft.limitOf !== undefined);
  add('counters', draft.counters.memory !== undefined);
  add(
    'statistics',
    draft.stats.some((stats) => stats.size > 0),
  );
  add('mem-info', draft.memInfo.seen);
  // An empty table is a whole one when the report goes on: no process could be killed.
  add('task-table', draft.rows.length > 0 || (draft.headerLine !== undefined && isSettled(draft)));
  add('oom-kill', draft.oomKill !== undefined);
  add('killed', draft.killed.length > 0);
  return present;
}

/** Statistics without all of their kinds of memory, and a table whose columns nothing names. */
function partialSectionsOf(draft: ReportDraft): Set<ReportSection> {
  const partial = new Set<ReportSection>();
  if (draft.stats.some((stats) => stats.size > 0 && !isWholeList(stats))) partial.add('statistics');
  if (draft.rows.length > 0 && draft.headerLine === undefined) partial.add('task-table');
  return partial;
}

function measurePage(draft: ReportDraft, release: string | undefined): PageSize {
  const totalVm = draft.columns.indexOf('total_vm');
  const victims = totalVm < 0 ? [] : draft.killed.slice(0, PROOFS);
  return pageSizeOf({
    buddies: draft.memInfo.buddies.flatMap(({ counts: [first], line }) =>
      first === undefined ? [] : [{ blockBytes: first.blockBytes, line }],
    ),
    victims: victims.flatMap((kill) => {
      const totalVmPages = Number(draft.rows.find((row) => row.pid === kill.pid)?.fields[totalVm]);
      return kill.totalVmBytes !== undefined && totalVmPages > 0
        ? [{ totalVmPages, totalVmBytes: kill.totalVmBytes, line: kill.line }]
        : [];
    }),
    ...(release === undefined ? {} : { release }),
  });
}

function taskTableOf(draft: ReportDraft, pageBytes: number): TaskTable | undefined {
  if (draft.rows.length === 0 && draft.headerLine === undefined && !draft.titleSeen) return undefined;
  return {
    columns: draft.columns,
    ...(draft.headerLine === undefined ? {} : { headerLine: draft.headerLine }),
    rows: decodeRows(draft.rows, draft.columns, pageBytes),
  };
}

function invokerOf(draft: ReportDraft, invoked: OnLine<InvokedEvent>): OomInvoker {
  const { kind: _kind, ...fields } = invoked;
  const { cpu, cpuset } = draft;
  // The CPU line repeats the comm, which frees it from a prefix nobody could take off.
  const comm = cpu !== undefined && cpu.comm !== '' && invoked.comm.endsWith(cpu.comm) ? cpu.comm : invoked.comm;
  return {
    ...fields,
    comm,
    ...(cpu === undefined ? {} : { pid: cpu.pid }),
    ...(cpuset === undefined ? {} : { cpuset: cpuset.cpuset, memsAllowed: cpuset.memsAllowed }),
  };
}

function oomMemcgOf({ oomKill, limitOf, stats: [first] }: ReportDraft): CgroupRef | undefined {
  if (oomKill?.oomMemcg !== undefined)
    return { path: oomKill.oomMemcg, truncated: oomKill.cutIn === 'oom_memcg', line: oomKill.line };
  if (limitOf !== undefined) return { path: limitOf.limit, truncated: false, line: limitOf.line };
  // The first cgroup whose statistics are printed is the one at its limit.
  if (first === undefined || first.path === '') return undefined;
  return { path: first.path, truncated: first.pathTruncated, line: first.line };
}

function taskMemcgOf({ oomKill, limitOf, groupKill }: ReportDraft): CgroupRef | undefined {
  if (oomKill?.taskMemcg !== undefined) {
    return { path: oomKill.taskMemcg, truncated: oomKill.cutIn === 'task_memcg', line: oomKill.line };
  }
  if (limitOf !== undefined) return { path: limitOf.task, truncated: false, line: limitOf.line };
  if (groupKill?.path !== undefined) return { path: groupKill.path, truncated: false, line: groupKill.line };
  return undefined;
}

/** The victims: as killed, else as the `oom-kill:` line or the score line names one. */
function killedOf(draft: ReportDraft, table: TaskTable | undefined): KilledProcess[] {
  const nameOf = (pid: number): string => table?.rows.find((row) => row.pid === pid)?.comm ?? '';
  if (draft.killed.length > 0)
    return draft.killed.map(toKilled).map((kill) => (kill.comm === '' ? { ...kill, comm: nameOf(kill.pid) } : kill));
  const { oomKill, selected } = draft;
  if (oomKill?.pid !== undefined && oomKill.cutIn === undefined) {
    const uid = oomKill.uid === undefined ? {} : { uid: oomKill.uid };
    return [{ pid: oomKill.pid, comm: oomKill.task ?? nameOf(oomKill.pid), line: oomKill.line, from: 'oom-kill', ...uid }];
  }
  return selected === undefined ? [] : [{ pid: selected.pid, comm: selected.comm, line: selected.line, from: 'selected' }];
}

function selectedOf({ pid, comm, score, line }: NonNullable<ReportDraft['selected']>): NonNullable<OomReport['selected']> {
  return { pid, comm, score, line };
}

function toConstraint(event: OnLine<OomKillEvent>): OomConstraint {
  const {
    kind: _kind,
    oomMemcg: _oomMemcg,
    taskMemcg: _taskMemcg,
    cutIn: _cutIn,
    quoted: _quoted,
    byMonitor: _byMonitor,
    ...fields
  } = event;
  return fields;
}

function toKilled(kill: KillOnLine): KilledProcess {
  const { kind: _kind, scope: _scope, quoted: _quoted, byMonitor: _byMonitor, ...fields } = kill;
  return { ...fields, from: 'killed' };
}
