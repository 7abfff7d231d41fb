import type { Language } from '../language.js';

/** What a group of terms is about; one or more files of entries/ each. In the order in which lists show them. */
export const topics = [
  'oomkit',
  'accounting',
  'reclaim',
  'writeback',
  'cgroup',
  'oom-report',
  'constraints',
  'processes',
  'gfp-flags',
  'node-memory',
  'kubernetes',
] as const;

export type GlossaryTopic = (typeof topics)[number];

/** What a number under this name counts; labels.ts has the words. */
export type GlossaryUnit =
  | 'bytes'
  | 'kB'
  | 'pages'
  | 'count'
  | 'page-count'
  | 'huge-page-count'
  | 'bytes-or-kB'
  | 'pages-or-kB'
  | 'stat-or-mem-info'
  | 'table-or-kill-line';

/** An explanation in one language, for a reader who knows Kubernetes but not the kernel's memory management. */
interface GlossaryText {
  /** One sentence. */
  readonly short: string;
  /** Two to five sentences that go on where `short` ends. */
  readonly long: readonly string[];
}

/** One term, explained in every language of the reports. */
export interface GlossaryEntry extends Readonly<Record<Language, GlossaryText>> {
  /** As the kernel or Kubernetes spells it. */
  readonly term: string;
  /** Other names of the same thing, in either language. Spellings that differ only in case, blanks, `_` or `-` need none. */
  readonly aliases: readonly string[];
  readonly topic: GlossaryTopic;
  /** Absent when the term is not a number, or a number without a unit. */
  readonly unit?: GlossaryUnit;
  /** Canonical spellings of related terms. */
  readonly seeAlso: readonly string[];
  /** Where the facts can be checked: a file or document with its version, a KEP. */
  readonly sources: readonly string[];
}

/** An entry as entries/ writes it down: the topic is the list's. */
export type TopicEntry = Omit<GlossaryEntry, 'topic'>;
