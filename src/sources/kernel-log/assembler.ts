import type { OomReport } from '../../model/index.js';
import { buildReport } from './build.js';
import { hasComm, hasKilled, isKillOnly, isOomReport, isSettled, newDraft, type ReportDraft, scopeOf } from './draft.js';
import { misfit } from './fit.js';
import type { KilledEvent, LineEvent } from './lines/event.js';
import { gapSeconds, type LineMeta } from './meta.js';
import { take, takeFollowingKill, takeImpliedGroup } from './take.js';

/** Settled reports kept for stragglers: group kills, kills without a report, the reaper. */
const SETTLED_KEPT = 16;
/** Reports that can be open at once: interleaved CPUs or files. */
const OPEN_KEPT = 8;
/** After this many lines without one of its own, an open report is given up as truncated. */
const PATIENCE_LINES = 2000;
/**
 * After this many, lines of the report are no longer expected one by one: its next anchor will be found. What is no OOM report by
 * then is given up.
 */
const ATTENTION_LINES = 50;
/** Fields of the shortest row that any kernel prints (2.6.31), for a row that stands alone. */
const ROW_FIELDS = 7;
/** A straggler belongs to a report at most this many seconds old: the kernel's ratelimit interval is 5 s (mm/oom_kill.c). */
const STRAGGLER_SECONDS = 15;

/** Hosts whose kernel release is remembered. */
const HOSTS_KEPT = 10_000;
/** The kernel prints at most ten reports in five seconds (DEFAULT_RATELIMIT_INTERVAL, include/linux/ratelimit_types.h). */
const RATELIMIT_SECONDS = 5;

/** Lines that can begin a report; any other needs one that is open. Mem-Info begins one that other lines have to prove. */
const FOUNDING: ReadonlySet<LineEvent['kind']> = new Set([
  'invoked',
  'limit-of',
  'counter',
  'stats',
  'mem-info',
  'table-header',
  'row',
  'selected',
  'oom-kill',
  'killed',
  'no-killable',
]);

/** Puts recognised lines together to reports. */
export class ReportAssembler {
  readonly #source: string;
  readonly #emit: (report: OomReport) => void;
  #open: ReportDraft[] = [];
  #settled: ReportDraft[] = [];
  /** The release each host's kernel named, for reports that do not name it. */
  readonly #releases = new Map<string, { readonly release: string; readonly line: number }>();
  #line = 0;
  #suppressed: { event: Extract<LineEvent, { kind: 'suppressed' }>; meta: LineMeta } | undefined;

  constructor(source: string, emit: (report: OomReport) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  /** A report is being read: the next line may belong to it. */
  get reading(): boolean {
    return this.#open.some((draft) => this.#line - draft.lastLine <= ATTENTION_LINES);
  }

  /** The columns of the table being read, to repair wrapped rows. */
  get columns(): readonly string[] {
    return this.#open.at(-1)?.columns ?? [];
  }

  /** Tells that lines went by; open reports that waited too long are closed. */
  passed(line: number): void {
    this.#line = line;
    const isLate = (draft: ReportDraft): boolean =>
      line - draft.lastLine > (isOomReport(draft) ? PATIENCE_LINES : ATTENTION_LINES);
    if (this.#open.some(isLate)) for (const draft of this.#open.filter(isLate)) this.#settle(draft);
  }

  take(event: LineEvent, meta: LineMeta): void {
    this.passed(meta.line);
    if ((event.kind === 'cpu' || event.kind === 'release') && event.release !== undefined) this.#noteRelease(event.release, meta);
    switch (event.kind) {
      case 'release':
        return;
      case 'suppressed':
        this.#suppressed = { event, meta };
        return;
      case 'other-dump':
        this.#begin(newDraft(this.#source, meta, true));
        return;
      case 'killed':
        this.#takeKill(event, meta);
        return;
      case 'group-kill':
      case 'already-exiting':
      case 'reaped':
      case 'unable-to-reap':
        this.#takeStraggler(event, meta);
        return;
      case 'panic':
        this.#takePanic(event, meta);
        return;
      default:
        this.#route(event, meta);
    }
  }

  /** Ends the input: every report is complete as far as it goes. */
  end(): void {
    const reports = [...this.#settled, ...this.#open.filter(isOomReport)];
    for (const draft of reports.sort((a, b) => a.firstLine - b.firstLine)) this.#deliver(draft);
    this.#open = [];
    this.#settled = [];
  }

  #noteRelease(release: string, meta: LineMeta): void {
    const host = meta.host ?? '';
    if (this.#releases.size < HOSTS_KEPT || this.#releases.has(host)) this.#releases.set(host, { release, line: meta.line });
  }

  #deliver(draft: ReportDraft): void {
    this.#emit(buildReport(draft, this.#releases.get(draft.host ?? '')));
  }

  #route(event: LineEvent, meta: LineMeta): void {
    let draft = event.kind === 'invoked' ? undefined : this.#best(event, meta);
    if (draft === undefined) {
      if (!founds(event)) return;
      draft = this.#start(meta);
    }
    take(draft, event, meta);
    if (isSettled(draft)) this.#settle(draft);
  }

  #best(event: LineEvent, meta: LineMeta): ReportDraft | undefined {
    let best: ReportDraft | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const draft of this.#open) {
      const points = misfit(draft, event, meta);
      if (points !== undefined && points <= least) {
        best = draft;
        least = points;
      }
    }
    return best;
  }

  #start(meta: LineMeta): ReportDraft {
    const draft = newDraft(this.#source, meta);
    if (this.#suppressed !== undefined && meta.line - this.#suppressed.meta.line <= 4)
      take(draft, this.#suppressed.event, this.#suppressed.meta);
    this.#suppressed = undefined;
    this.#begin(draft);
    return draft;
  }

  #begin(draft: ReportDraft): void {
    // Whatever is no OOM report so far will not become one behind the head of another of that host.
    this.#open = this.#open.filter(
      (candidate) => candidate.isOtherDump || isOomReport(candidate) || !mayShareHost(candidate.host, draft.host),
    );
    this.#open.push(draft);
    if (this.#open.length > OPEN_KEPT) {
      const oldest = this.#open.find((candidate) => candidate.isOtherDump) ?? this.#open[0];
      if (oldest !== undefined) this.#settle(oldest);
    }
  }

  #takeKill(event: KilledEvent, meta: LineMeta): void {
    const known = this.#settled.findLast((draft) => hasKilled(draft, event.pid) && near(draft, meta));
    if (event.quoted) {
      // Another program repeats the kernel's line: news only if the kernel's own is not in the text.
      if (known !== undefined || this.#open.some((draft) => draft.pids.has(event.pid))) return;
    }
    const open = this.#best(event, meta);
    if (open !== undefined) {
      take(open, event, meta);
      this.#settle(open);
      return;
    }
    const group = this.#settled.findLast(
      (draft) => draft.groupKill !== undefined && near(draft, meta) && sameScope(draft, event),
    );
    if (group !== undefined && (known === undefined || known === group)) {
      take(group, event, meta);
      return;
    }
    if (known !== undefined) {
      this.#repeatedKill(known, event, meta);
      return;
    }
    const owner = this.#settled.findLast((draft) => this.#ownsUnreported(draft, event, meta));
    if (owner !== undefined) {
      takeFollowingKill(owner, event, meta);
      return;
    }
    if (!hasSizes(event)) return;
    const draft = this.#start(meta);
    take(draft, event, meta);
    this.#settle(draft);
  }

  /** The kill follows a report closely and its victim stood in that report's table, or has the name of a task that did. */
  #ownsUnreported(draft: ReportDraft, event: KilledEvent, meta: LineMeta): boolean {
    if (!near(draft, meta) || !sameScope(draft, event)) return false;
    if (draft.pids.has(event.pid)) return true;
    const age = gapSeconds(meta, draft.lastTimed);
    return age !== undefined && age <= RATELIMIT_SECONDS && hasComm(draft, event.comm);
  }

  /** A victim named twice is a group kill; the kills in between, which had no report of their own, belong to it. */
  #repeatedKill(known: ReportDraft, event: KilledEvent, meta: LineMeta): void {
    const between = this.#settled
      .slice(this.#settled.indexOf(known) + 1)
      .filter((draft) => isKillOnly(draft) && near(draft, meta));
    if (known.killed[0]?.pid !== event.pid || between.length === 0) return;
    takeImpliedGroup(
      known,
      between.flatMap((draft) => [...draft.killed]),
      meta,
    );
    this.#settled = this.#settled.filter((draft) => !between.includes(draft));
  }

  #takeStraggler(
    event: Extract<LineEvent, { kind: 'group-kill' | 'already-exiting' | 'reaped' | 'unable-to-reap' }>,
    meta: LineMeta,
  ): void {
    const all = [...this.#settled, ...this.#open.filter(isOomReport)];
    const owner =
      event.kind === 'group-kill' || event.kind === 'already-exiting'
        ? all.findLast((draft) => near(draft, meta))
        : (all.findLast((draft) => hasKilled(draft, event.pid) && near(draft, meta)) ??
          all.findLast((draft) => draft.pids.has(event.pid) && near(draft, meta)) ??
          all.findLast((draft) => near(draft, meta)));
    if (owner !== undefined) take(owner, event, meta);
  }

  /** The panic behind a report concludes it; a report that has no killable process is settled already. */
  #takePanic(event: LineEvent, meta: LineMeta): void {
    const best = this.#best(event, meta);
    const draft = best !== undefined && isOomReport(best) ? best : this.#settled.findLast((candidate) => near(candidate, meta));
    if (draft === undefined) return;
    take(draft, event, meta);
    if (this.#open.includes(draft)) this.#settle(draft);
  }

  #settle(draft: ReportDraft): void {
    this.#open = this.#open.filter((candidate) => candidate !== draft);
    if (!isOomReport(draft)) return;
    if (!this.#settled.includes(draft)) this.#settled.push(draft);
    while (this.#settled.length > SETTLED_KEPT) {
      const oldest = this.#settled.shift();
      if (oldest !== undefined) this.#deliver(oldest);
    }
  }
}

/** Whether a line can be the first one read of a report. */
function founds(event: LineEvent): boolean {
  if (event.kind === 'row') return event.fields.length >= ROW_FIELDS;
  // The announcement of a kill is followed by the kill itself, which is worth more when somebody quotes it.
  if (event.kind === 'selected' && event.quoted && event.byMonitor !== true) return false;
  return FOUNDING.has(event.kind);
}

/** Kernels since 2.6.32 print what a victim held; the words alone, with no report around them, are somebody's talk. */
function hasSizes({ totalVmBytes, anonRssBytes }: KilledEvent): boolean {
  return totalVmBytes !== undefined || anonRssBytes !== undefined;
}

/** Lines without a host may be of any. */
function mayShareHost(a: string | undefined, b: string | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function near(draft: ReportDraft, meta: LineMeta): boolean {
  if (!mayShareHost(draft.host, meta.host)) return false;
  return (gapSeconds(meta, draft.lastTimed) ?? 0) <= STRAGGLER_SECONDS;
}

function sameScope(draft: ReportDraft, event: KilledEvent): boolean {
  const scope = scopeOf(draft);
  return event.scope === undefined || scope === 'unknown' || scope === event.scope;
}
