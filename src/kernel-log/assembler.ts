import type { OomReport } from '../model/index.js';
import { ReportBuilder } from './builder.js';
import type { KilledEvent, LineEvent } from './lines/event.js';
import type { LineMeta } from './meta.js';

/** Settled reports kept for stragglers: group kills, kills without a report, the reaper. */
const SETTLED_KEPT = 16;
/** Reports that can be open at once: interleaved CPUs or files. */
const OPEN_KEPT = 8;
/** After this many lines without one of its own, an open report is given up as truncated. */
const PATIENCE_LINES = 2000;
/** A straggler belongs to a report at most this many seconds old: the kernel's ratelimit interval is 5 s (mm/oom_kill.c). */
const STRAGGLER_SECONDS = 15;

/** Hosts whose kernel release is remembered. */
const HOSTS_KEPT = 10_000;
/** The kernel prints at most ten reports in five seconds (DEFAULT_RATELIMIT_INTERVAL, include/linux/ratelimit_types.h). */
const RATELIMIT_SECONDS = 5;

/** Lines that are proof of a report on their own; any other needs one that is open. */
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
  #open: ReportBuilder[] = [];
  #settled: ReportBuilder[] = [];
  /** The release each host's kernel named, for reports that do not name it. */
  readonly #releases = new Map<string, { readonly release: string; readonly line: number }>();
  #suppressed: { event: Extract<LineEvent, { kind: 'suppressed' }>; meta: LineMeta } | undefined;

  constructor(source: string, emit: (report: OomReport) => void) {
    this.#source = source;
    this.#emit = emit;
  }

  /** A report is being read: every line may belong to it. */
  get reading(): boolean {
    return this.#open.length > 0;
  }

  /** The columns of the table being read, to repair wrapped rows. */
  get columns(): readonly string[] {
    return this.#open.at(-1)?.columns ?? [];
  }

  /** Tells that lines went by; open reports that waited too long are closed. */
  passed(line: number): void {
    const first = this.#open[0];
    if (first !== undefined && line - first.lastLine > PATIENCE_LINES) {
      for (const builder of this.#open.filter((candidate) => line - candidate.lastLine > PATIENCE_LINES)) this.#close(builder);
    }
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
    for (const builder of [...this.#settled, ...this.#open].sort((a, b) => a.firstLine - b.firstLine)) this.#deliver(builder);
    this.#open = [];
    this.#settled = [];
  }

  #noteRelease(release: string, meta: LineMeta): void {
    const host = meta.host ?? '';
    if (this.#releases.size < HOSTS_KEPT || this.#releases.has(host)) this.#releases.set(host, { release, line: meta.line });
  }

  #deliver(builder: ReportBuilder): void {
    this.#emit(builder.build(this.#releases.get(builder.host ?? '')));
  }

  #route(event: LineEvent, meta: LineMeta): void {
    let builder = event.kind === 'invoked' ? undefined : this.#best(event, meta);
    if (builder === undefined) {
      if (!FOUNDING.has(event.kind)) return;
      builder = this.#start(meta);
    }
    builder.apply(event, meta);
    if (builder.settled) this.#settle(builder);
  }

  #best(event: LineEvent, meta: LineMeta): ReportBuilder | undefined {
    let best: ReportBuilder | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const builder of this.#open) {
      const misfit = builder.misfit(event, meta);
      if (misfit !== undefined && misfit <= least) {
        best = builder;
        least = misfit;
      }
    }
    return best;
  }

  #start(meta: LineMeta): ReportBuilder {
    const builder = new ReportBuilder(this.#source, meta);
    if (this.#suppressed !== undefined && meta.line - this.#suppressed.meta.line <= 4)
      builder.apply(this.#suppressed.event, this.#suppressed.meta);
    this.#suppressed = undefined;
    this.#open.push(builder);
    if (this.#open.length > OPEN_KEPT) {
      const oldest = this.#open[0];
      if (oldest !== undefined) this.#close(oldest);
    }
    return builder;
  }

  #takeKill(event: KilledEvent, meta: LineMeta): void {
    const known = this.#settled.findLast((builder) => builder.hasKilled(event.pid) && near(builder, meta));
    if (event.quoted) {
      // Another program repeats the kernel's line: news only if the kernel's own is not in the text.
      if (known !== undefined || this.#open.some((builder) => builder.hasTask(event.pid))) return;
    }
    const open = this.#best(event, meta);
    if (open !== undefined) {
      open.apply(event, meta);
      this.#settle(open);
      return;
    }
    const group = this.#settled.findLast((builder) => builder.groupKill && near(builder, meta) && sameScope(builder, event));
    if (group !== undefined && (known === undefined || known === group)) {
      group.apply(event, meta);
      return;
    }
    if (known !== undefined) {
      this.#repeatedKill(known, event, meta);
      return;
    }
    const owner = this.#settled.findLast((builder) => this.#ownsUnreported(builder, event, meta));
    if (owner !== undefined) {
      owner.addFollowingKill(event, meta);
      return;
    }
    const builder = this.#start(meta);
    builder.apply(event, meta);
    this.#settle(builder);
  }

  /** The kill follows a report closely and its victim stood in that report's table, or has the name of a task that did. */
  #ownsUnreported(builder: ReportBuilder, event: KilledEvent, meta: LineMeta): boolean {
    if (!near(builder, meta) || !sameScope(builder, event)) return false;
    if (builder.hasTask(event.pid)) return true;
    const age =
      meta.uptimeSeconds === undefined || builder.lastUptime === undefined ? undefined : meta.uptimeSeconds - builder.lastUptime;
    return age !== undefined && age <= RATELIMIT_SECONDS && builder.hasComm(event.comm);
  }

  /** A victim named twice is a group kill; the kills in between, which had no report of their own, belong to it. */
  #repeatedKill(known: ReportBuilder, event: KilledEvent, meta: LineMeta): void {
    const between = this.#settled
      .slice(this.#settled.indexOf(known) + 1)
      .filter((builder) => builder.killOnly && near(builder, meta));
    if (known.kills[0]?.pid !== event.pid || between.length === 0) return;
    known.implyGroupKill(
      between.flatMap((builder) => [...builder.kills]),
      meta,
    );
    this.#settled = this.#settled.filter((builder) => !between.includes(builder));
  }

  #takeStraggler(
    event: Extract<LineEvent, { kind: 'group-kill' | 'already-exiting' | 'reaped' | 'unable-to-reap' }>,
    meta: LineMeta,
  ): void {
    const all = [...this.#settled, ...this.#open];
    const owner =
      event.kind === 'group-kill' || event.kind === 'already-exiting'
        ? all.findLast((builder) => near(builder, meta))
        : (all.findLast((builder) => builder.hasKilled(event.pid)) ??
          all.findLast((builder) => builder.hasTask(event.pid) && near(builder, meta)) ??
          all.findLast((builder) => near(builder, meta)));
    owner?.apply(event, meta);
  }

  /** The panic behind a report concludes it; a report that has no killable process is settled already. */
  #takePanic(event: LineEvent, meta: LineMeta): void {
    const builder = this.#best(event, meta) ?? this.#settled.findLast((candidate) => near(candidate, meta));
    if (builder === undefined) return;
    builder.apply(event, meta);
    if (this.#open.includes(builder)) this.#settle(builder);
  }

  #settle(builder: ReportBuilder): void {
    this.#open = this.#open.filter((candidate) => candidate !== builder);
    if (!this.#settled.includes(builder)) this.#settled.push(builder);
    while (this.#settled.length > SETTLED_KEPT) {
      const oldest = this.#settled.shift();
      if (oldest !== undefined) this.#deliver(oldest);
    }
  }

  #close(builder: ReportBuilder): void {
    this.#settle(builder);
  }
}

function near(builder: ReportBuilder, meta: LineMeta): boolean {
  if (meta.host !== undefined && builder.host !== undefined && meta.host !== builder.host) return false;
  if (meta.uptimeSeconds === undefined || builder.lastUptime === undefined) return true;
  return Math.abs(meta.uptimeSeconds - builder.lastUptime) <= STRAGGLER_SECONDS;
}

function sameScope(builder: ReportBuilder, event: KilledEvent): boolean {
  const scope = builder.scope();
  return event.scope === undefined || scope === 'unknown' || scope === event.scope;
}
