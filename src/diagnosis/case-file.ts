import { processesOf, type Statistics, statistics } from '../accounting/index.js';
import {
  type Accounting,
  type AccountingLine,
  type AccountingLineId,
  type AccountingPart,
  type Citation,
  type Growth,
  type Incident,
  type KilledProcess,
  type Message,
  MIB,
  type OomReport,
  type Provenance,
  type TaskRow,
  type TerminationJudgement,
  whereRead,
} from '../model/index.js';
import { judgeGrowth, killTime } from './growth/judge.js';
import { judgeTermination } from './termination/judge-termination.js';

/** Which counter stood at its limit. */
export type LimitHit = 'memory' | 'memory+swap' | 'kmem';

/** A counter this close to its limit is at it: the failing charge may be a batch of 64 pages or a huge page. */
const AT_LIMIT = 0.97;

/** A process with what it held when the report was printed. */
export interface Holder {
  readonly pid: number;
  readonly comm: string;
  readonly residentBytes: number;
  /** Where a row does not tell anon from the rest, all that is resident. */
  readonly anonBytes: number;
  readonly line: number;
}

/** Everything the rules ask of one incident, computed once. */
export class CaseFile {
  readonly incident: Incident;
  readonly report: OomReport;
  readonly accounting: Accounting | undefined;
  /** One row a process, the largest first. */
  readonly tasks: readonly TaskRow[];
  /** Tasks without the pod's sandbox, which holds a page and explains nothing. */
  readonly workTasks: readonly TaskRow[];
  readonly victim: KilledProcess | undefined;
  /** The victim's row of the table. */
  readonly victimRow: TaskRow | undefined;
  /** The memcg's statistics, where they cover the whole of it; lines of them may be lost. */
  readonly statistics: Statistics | undefined;
  /** How the container ended, where the cluster was asked. */
  readonly end: TerminationJudgement | undefined;
  /** How the memory went before the kill, where a metrics server has it. */
  readonly growth: Growth | undefined;
  readonly #ownSources: ReadonlyMap<number, Provenance>;

  constructor(incident: Incident, accounting: Accounting | undefined) {
    this.incident = incident;
    this.report = incident.report;
    this.accounting = accounting;
    this.tasks = [...processesOf(this.report)].sort((a, b) => b.rssBytes - a.rssBytes);
    this.workTasks = this.tasks.filter((row) => !(row.comm === 'pause' && row.rssBytes < 4 * MIB));
    this.victim = this.report.killed[0];
    this.victimRow = this.tasks.find((row) => row.pid === this.victim?.pid);
    this.statistics = statistics(this.report);
    this.end = incident.kubernetes === undefined ? undefined : judgeTermination(incident.kubernetes);
    const { history, container } = incident;
    this.growth = history === undefined ? undefined : judgeGrowth(history, killTime(incident), container?.containerId);
    this.#ownSources = ownSources(this.report);
  }

  get isMemcg(): boolean {
    return this.incident.scope === 'memcg';
  }

  get isNode(): boolean {
    return this.incident.scope === 'node';
  }

  /** Kubernetes alone tells of the kill: there is no report of the kernel. */
  get isClusterOnly(): boolean {
    return this.incident.kubernetes?.hasKernelReport === false;
  }

  get chargedBytes(): number {
    return this.accounting?.chargedBytes ?? 0;
  }

  line(id: AccountingLineId): AccountingLine | undefined {
    return this.accounting?.lines.find((candidate) => candidate.id === id);
  }

  part(id: AccountingLineId, part: string): AccountingPart | undefined {
    return this.line(id)?.parts.find((candidate) => candidate.id === part);
  }

  /** A line's part of the charge, 0..1; 0 when it is absent. */
  share(id: AccountingLineId): number {
    return this.shareOf(this.line(id)?.bytes ?? 0);
  }

  /** Bytes as a part of the charge, 0..1. */
  shareOf(bytes: number): number {
    return this.chargedBytes > 0 ? Math.max(0, bytes) / this.chargedBytes : 0;
  }

  /** Charged, in no process, and of a kind that no line of the report tells: page cache, tmpfs, shared memory or kernel memory. */
  get heldOfUnknownKind(): number {
    const unexplained = this.line('unexplained')?.bytes ?? 0;
    return Math.max(0, Math.min(unexplained, this.accounting?.heldByNoProcessBytes ?? 0));
  }

  /** The process that is known to have held the most: by the task table, or by a kill line whose process is not in it. */
  get holder(): Holder | undefined {
    const [largest] = this.workTasks;
    const ofTable: Holder[] =
      largest === undefined
        ? []
        : [{ ...largest, residentBytes: largest.rssBytes, anonBytes: largest.rssAnonBytes ?? largest.rssBytes }];
    const ofKills = this.report.killed.map(
      ({ pid, comm, line, anonRssBytes = 0, fileRssBytes = 0, shmemRssBytes = 0 }): Holder => ({
        pid,
        comm,
        line,
        residentBytes: anonRssBytes + fileRssBytes + shmemRssBytes,
        anonBytes: anonRssBytes,
      }),
    );
    return [...ofTable, ...ofKills].filter(({ anonBytes }) => anonBytes > 0).sort((a, b) => b.anonBytes - a.anonBytes)[0];
  }

  /** anon by the memcg's own statistics, not by what processes show. */
  get anonIsCounted(): boolean {
    const anon = this.line('anon');
    return anon !== undefined && anon.how !== 'absent' && anon.atLeast !== true;
  }

  /** The counter at its limit. With none at it the limit was perhaps lowered, or the report comes from a request of many pages. */
  get limitHit(): LimitHit | undefined {
    const { memory, memorySwap, kmem } = this.report.counters;
    const at = (counter: typeof memory): boolean =>
      counter?.limitBytes !== undefined && counter.usageBytes >= counter.limitBytes * AT_LIMIT;
    if (at(memory)) return 'memory';
    if (at(memorySwap)) return 'memory+swap';
    if (at(kmem)) return 'kmem';
    return undefined;
  }

  /** The counters were printed and none of them has a limit: something other than a limit asked for the kill. */
  get limitless(): boolean {
    const { memory, memorySwap, kmem } = this.report.counters;
    return memory !== undefined && [memory, memorySwap, kmem].every((counter) => counter?.limitBytes === undefined);
  }

  /** Whether a function that surely called stands in the invoker's stack. */
  calledFrom(pattern: RegExp): Provenance | undefined {
    const frame = this.report.stack.find((candidate) => !candidate.uncertain && pattern.test(candidate.symbol));
    return frame === undefined ? undefined : this.at(frame.line);
  }

  at(line: number): Provenance {
    return this.#ownSources.get(line) ?? { source: this.report.source, line };
  }

  /** A piece of evidence with the lines it stands in. */
  cite(statement: Message, ...lines: readonly (number | undefined)[]): Citation {
    return { statement, from: lines.filter((line) => line !== undefined).map((line) => this.at(line)) };
  }

  /** A piece of evidence taken from an accounting line or part. */
  citeFrom(statement: Message, ...sources: readonly ({ readonly from: readonly Provenance[] } | undefined)[]): Citation {
    const from: Provenance[] = [];
    for (const provenance of sources.flatMap((source) => source?.from ?? [])) {
      if (!from.some((known) => known.source === provenance.source && known.line === provenance.line)) from.push(provenance);
    }
    return { statement, from: from.slice(0, 4) };
  }
}

/** The facts that were read from files of their own, by their number in the report. */
function ownSources({ source, counters, memcgStats, taskTable }: OomReport): ReadonlyMap<number, Provenance> {
  const facts = [
    ...Object.values(counters),
    ...memcgStats.flatMap(({ entries }) => Object.values(entries)),
    ...(taskTable?.rows ?? []),
  ];
  return new Map(facts.filter((fact) => fact.source !== undefined).map((fact) => [fact.line, whereRead(source, fact)]));
}

/** Reads a confidence off a curve of (share, confidence) points, straight between them. */
export function confidenceAt(share: number, curve: readonly (readonly [share: number, confidence: number])[]): number {
  let previous = curve[0];
  if (previous === undefined || share < previous[0]) return 0;
  for (const point of curve) {
    if (share < point[0]) return previous[1] + ((share - previous[0]) / (point[0] - previous[0])) * (point[1] - previous[1]);
    previous = point;
  }
  return previous[1];
}
