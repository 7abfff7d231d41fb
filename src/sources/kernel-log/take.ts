import { isUnlimited, type MemcgCounter } from '../../model/index.js';
import { hasKilled, type KillOnLine, type ReportDraft, type StatsDraft } from './draft.js';
import { stageOf } from './fit.js';
import type { KilledEvent, LineEvent } from './lines/event.js';
import { isTimed, type LineMeta } from './meta.js';

/** Frames kept of a call trace: the charge path is at its top. */
const MAX_FRAMES = 64;
/** Statistics kept of one cgroup; no kernel prints half as many. */
const MAX_STATS = 256;
/** Cgroups whose statistics are kept; kernels before 5.3 print every descendant. */
const MAX_CGROUPS = 4096;
const MAX_ROWS = 200_000;
const MAX_KILLS = 100_000;

/** Takes a line into a report. The caller has asked misfit() before. */
export function take(draft: ReportDraft, event: LineEvent, meta: LineMeta): void {
  noteMeta(draft, event, meta);
  const line = meta.line;
  switch (event.kind) {
    case 'invoked':
      draft.invoked = { ...event, line };
      break;
    case 'cpuset':
      draft.cpuset = event;
      break;
    case 'cpu':
      draft.cpu = { ...event, line };
      break;
    case 'frame':
      if (draft.inStack && draft.stack.length < MAX_FRAMES)
        draft.stack.push({ symbol: event.symbol, uncertain: event.uncertain, line });
      break;
    case 'limit-of':
      draft.limitOf = { ...event, line };
      break;
    case 'counter':
      draft.counters[event.name] = toCounter(event, line);
      break;
    case 'stats':
      takeStats(draft, event, line);
      break;
    case 'stat':
      takeStat(draft, event.key, event.value, line);
      break;
    case 'table-title':
      draft.titleSeen = true;
      break;
    case 'table-header':
      draft.columns = event.columns;
      draft.headerLine = line;
      break;
    case 'row':
      if (draft.rows.length < MAX_ROWS) {
        draft.rows.push({ pid: event.pid, fields: event.fields, line });
        draft.pids.add(event.pid);
      }
      break;
    case 'oom-kill':
      draft.oomKill = { ...event, line };
      break;
    case 'selected':
      draft.selected = { ...event, line };
      break;
    case 'killed':
      takeKill(draft, { ...event, line });
      break;
    case 'group-kill':
      draft.groupKill = { path: event.path, implied: false, line };
      break;
    case 'already-exiting':
      draft.alreadyExiting.push({ pid: event.pid, comm: event.comm, line });
      break;
    case 'reaped': {
      const { kind: _kind, ...reaped } = event;
      draft.reaped.push({ ...reaped, line });
      break;
    }
    case 'unable-to-reap':
      draft.unableToReap.push({ pid: event.pid, comm: event.comm, line });
      break;
    case 'no-killable':
    case 'panic':
      draft.outcome = event.kind === 'panic' ? 'panic' : 'no-killable-process';
      draft.outcomeLine ??= line;
      break;
    case 'suppressed':
      draft.suppressed = { count: event.count, line };
      break;
    case 'call-trace':
    case 'release':
    case 'other-dump':
      break;
    default:
      draft.memInfo.take(event, line);
  }
}

/** A kill without a report of its own, of a task that this report's table shows: the kernel limits reports to ten in five seconds. */
export function takeFollowingKill(draft: ReportDraft, event: KilledEvent, meta: LineMeta): void {
  if (hasKilled(draft, event.pid) || draft.followingKills.length >= MAX_KILLS) return;
  draft.followingKills.push({ ...event, line: meta.line });
  draft.lastLine = Math.max(draft.lastLine, meta.line);
  if (isTimed(meta)) draft.lastTimed = meta;
}

/** The first victim was printed again: a group kill whose announcement is missing; `others` were killed in between. */
export function takeImpliedGroup(draft: ReportDraft, others: readonly KillOnLine[], meta: LineMeta): void {
  draft.groupKill ??= { implied: true, line: meta.line };
  for (const kill of others) takeKill(draft, kill);
  draft.lastLine = Math.max(draft.lastLine, meta.line);
}

function noteMeta(draft: ReportDraft, event: LineEvent, meta: LineMeta): void {
  draft.lastLine = Math.max(draft.lastLine, meta.line);
  if (isTimed(meta)) draft.lastTimed = meta;
  draft.uptimeSeconds ??= meta.uptimeSeconds;
  draft.wallClock ??= meta.wallClock;
  draft.stamp ??= meta.stamp;
  // The reaper is a kernel thread with a caller id of its own.
  if (event.kind !== 'reaped' && event.kind !== 'unable-to-reap') draft.caller ??= meta.caller;
  draft.stage = Math.max(draft.stage, stageOf(event) ?? -1);
  if (event.kind !== 'frame') draft.inStack = event.kind === 'call-trace' || event.kind === 'cpu' || event.kind === 'invoked';
}

function takeStats(draft: ReportDraft, event: Extract<LineEvent, { kind: 'stats' }>, line: number): void {
  if (draft.stats.length >= MAX_CGROUPS) return;
  const entries: StatsDraft['entries'] = {};
  for (const [key, value] of Object.entries(event.entries ?? {})) entries[key] = { value, line };
  const format = event.entries === undefined ? 'multi-line' : 'one-line';
  draft.stats.push({
    path: event.path,
    pathTruncated: event.pathTruncated,
    line,
    format,
    entries,
    size: Object.keys(entries).length,
  });
}

function takeStat(draft: ReportDraft, key: string, value: number, line: number): void {
  let stats = draft.stats.at(-1);
  if (stats === undefined) {
    // The title was cut away.
    stats = { path: '', pathTruncated: true, line, format: 'multi-line', entries: {}, size: 0 };
    draft.stats.push(stats);
  }
  if (stats.size >= MAX_STATS) return;
  stats.entries[key] = { value, line };
  stats.size++;
}

function takeKill(draft: ReportDraft, kill: KillOnLine): void {
  draft.outcome = 'killed';
  draft.outcomeLine ??= kill.line;
  if (draft.killed.some((known) => known.pid === kill.pid)) {
    if (draft.killed[0]?.pid === kill.pid && draft.killed.length > 1) draft.groupKill ??= { implied: true, line: kill.line };
    return;
  }
  if (draft.killed.length < MAX_KILLS) draft.killed.push(kill);
}

function toCounter(event: Extract<LineEvent, { kind: 'counter' }>, line: number): MemcgCounter {
  const limit = isUnlimited(event.limitBytes) ? {} : { limitBytes: event.limitBytes };
  return { usageBytes: event.usageBytes, ...limit, failcnt: event.failcnt, line };
}
