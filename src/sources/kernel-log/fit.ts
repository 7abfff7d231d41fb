import { type ReportDraft, scopeOf } from './draft.js';
import type { LineEvent } from './lines/event.js';
import { gapSeconds, type LineMeta } from './meta.js';

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
/** Lines that reports of other parts of the kernel have as well. */
const OF_OTHER_DUMPS: ReadonlySet<LineEvent['kind']> = new Set([
  'cpuset',
  'cpu',
  'call-trace',
  'frame',
  'mem-info',
  'mem-totals',
  'mem-node',
  'mem-zone',
  'lowmem-reserve',
  'buddy',
  'hugepages',
  'mem-pages',
  'mem-swap',
  'slab-title',
  'slab',
]);
/** The stage of the `oom-kill:` and score lines: rows may still trickle in behind them. */
const CHOSEN = 11;
/** A report is printed within milliseconds; over a slow serial console it takes a minute. */
const LONGEST_REPORT_SECONDS = 120;

/** The section a line belongs to, by the kernel's order; undefined for stragglers, which have none. */
export function stageOf(event: LineEvent): number | undefined {
  return STAGES[event.kind];
}

/**
 * How badly a line fits a report: 0 is perfect, undefined means that it cannot belong there. Reports of two CPUs or two
 * files may be interleaved, so a section that is already there, an order the kernel never prints, another host, another
 * caller id or a leap in time all speak against it.
 */
export function misfit(draft: ReportDraft, event: LineEvent, meta: LineMeta): number | undefined {
  if (meta.host !== undefined && draft.host !== undefined && meta.host !== draft.host) return undefined;
  if (meta.caller !== undefined && draft.caller !== undefined && meta.caller !== draft.caller) return undefined;
  if (draft.isOtherDump && !OF_OTHER_DUMPS.has(event.kind)) return undefined;
  const stage = stageOf(event) ?? draft.stage;
  const slack = event.kind === 'row' || draft.stage === CHOSEN ? 1 : 0;
  if (stage < draft.stage - slack || alreadyHas(draft, event)) return undefined;
  let points = Math.min((meta.line - draft.lastLine) / 1000, 1);
  const gap = gapSeconds(meta, draft.lastTimed) ?? 0;
  if (gap > LONGEST_REPORT_SECONDS) return undefined;
  points += gap;
  const names = namesOtherTask(draft, event);
  return names === undefined ? undefined : points + names;
}

/** Whether the line speaks of a task the report does not know: undefined when that rules it out, else points against it. */
function namesOtherTask(draft: ReportDraft, event: LineEvent): number | undefined {
  const strange = (pid: number): number => (draft.pids.size > 0 && !draft.pids.has(pid) ? 5 : 0);
  if (event.kind === 'cpu' && draft.invoked !== undefined && !sameComm(draft.invoked.comm, event.comm)) return undefined;
  if (event.kind === 'oom-kill' && event.pid !== undefined && event.cutIn === undefined) return strange(event.pid);
  if (event.kind === 'killed' && draft.killed.length === 0) {
    const expected = draft.oomKill?.cutIn === undefined ? draft.oomKill?.pid : undefined;
    if (expected !== undefined && expected !== event.pid) return undefined;
    const scope = scopeOf(draft);
    if (event.scope !== undefined && scope !== 'unknown' && event.scope !== scope) return undefined;
    return strange(event.pid);
  }
  return 0;
}

/** Comms agree when one is the other's tail: an unknown prefix may stand in front, and long kernel thread names are cut. */
function sameComm(a: string, b: string): boolean {
  return a.endsWith(b) || b.startsWith(a) || a.startsWith(b);
}

function alreadyHas(draft: ReportDraft, event: LineEvent): boolean {
  switch (event.kind) {
    case 'invoked':
      return true;
    case 'cpu':
      return draft.cpu !== undefined;
    case 'cpuset':
      return draft.cpuset !== undefined;
    case 'limit-of':
      return draft.limitOf !== undefined;
    case 'counter':
      return draft.counters[event.name] !== undefined;
    case 'stats':
      return draft.stats.some((stats) => stats.path === event.path);
    case 'stat':
      return draft.stats.at(-1)?.entries[event.key] !== undefined;
    case 'mem-info':
      // Since 3.9 a report has the statistics of a memory cgroup or those of the node, never both.
      return draft.memInfo.titled || draft.stats.some((stats) => stats.path !== '');
    case 'table-header':
      return draft.headerLine !== undefined;
    case 'oom-kill':
      return draft.oomKill !== undefined;
    case 'selected':
      return draft.selected !== undefined;
    default:
      return false;
  }
}
