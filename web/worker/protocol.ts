import type { DiagnosedIncident, OpenedComparison, OpenedRun } from '../../src/inquiry/opened.js';
import type { CauseId, Incident, Message } from '../../src/model/index.js';
import type { Inspection } from '../../src/render/view/inspection.js';
import type { FlameNode } from '../../src/sources/heap/flame-tree.js';
import type { HeapFindings } from '../../src/sources/heap/heap-findings.js';
import type { Language } from '../../src/words/language.js';
import type { Catalogue } from '../../src/words/messages/index.js';

/** What the list shows of an incident: little, for there may be thousands. */
export interface IncidentSummary {
  /** Its place among all that was opened. */
  readonly index: number;
  /** The first incident of those that tell the same story. */
  readonly group: number;
  readonly source: string;
  readonly scope: Incident['scope'];
  /** When, in milliseconds since 1970; absent when the log has no date. */
  readonly atMilliseconds?: number;
  /** Else, seconds since boot. */
  readonly uptimeSeconds?: number;
  readonly time: Message;
  readonly victim: Message;
  readonly limitOf: Message;
  readonly cause: CauseId;
  readonly confidence: number;
  readonly chargedBytes?: number;
  readonly limitBytes?: number;
  /** What a search looks in. */
  readonly words: string;
}

export interface HeapSummary {
  readonly index: number;
  readonly source: string;
  readonly inuseBytes?: number;
}

/** What was opened so far, but for the incidents, which come in portions before. */
export interface OpenedSummary {
  readonly incidents: number;
  readonly inspections: readonly Inspection[];
  readonly runs: readonly OpenedRun[];
  readonly comparisons: readonly OpenedComparison[];
  readonly heaps: readonly HeapSummary[];
  readonly warnings: readonly Message[];
  /** The language that evidence inside the page was written in. */
  readonly lang?: Language;
  /** The sentences of its messages. */
  readonly sentences?: Readonly<Record<Language, Catalogue>>;
}

/** A heap profile as it was asked for. */
export interface HeapView {
  readonly findings: HeapFindings;
  readonly sampleTypes: readonly string[];
  readonly flame?: FlameNode;
}

export interface HeapQuestion {
  readonly index: number;
  readonly sampleType?: string;
  readonly sort?: 'flat' | 'cum';
}

/** What the page asks of the worker. */
export type Question =
  | { readonly kind: 'open-files'; readonly files: readonly File[] }
  | { readonly kind: 'open-text'; readonly name: string; readonly text: string }
  /** `base` is the page's own address, from which a server's files are asked for. */
  | { readonly kind: 'open-evidence'; readonly text: string; readonly base: string }
  | { readonly kind: 'clear' }
  | { readonly kind: 'incident'; readonly index: number }
  | ({ readonly kind: 'heap' } & HeapQuestion);

/** What each question is answered with. */
export interface Answers {
  readonly 'open-files': OpenedSummary;
  readonly 'open-text': OpenedSummary;
  readonly 'open-evidence': OpenedSummary;
  readonly clear: OpenedSummary;
  readonly incident: DiagnosedIncident;
  readonly heap: HeapView;
}

export type Asked = Question & { readonly id: number };

/** What the worker tells: progress and portions of the incidents while files are read, then the answer. */
export type Told =
  | { readonly kind: 'progress'; readonly name: string; readonly share: number }
  | { readonly kind: 'incidents'; readonly portion: readonly IncidentSummary[] }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly kind: 'failed'; readonly id: number; readonly detail: string };
