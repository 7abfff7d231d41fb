import type { Language } from '../language.js';

/** What a group of terms is about; in the order in which lists show them. */
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

/** What a number under this name counts; the catalogues have the words. */
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

/** An explanation in one language, for a reader who knows Kubernetes but not the kernel's memory management: en.json and its like. */
export interface GlossaryText {
  /** One sentence. */
  readonly short: string;
  /** Two to five sentences that go on where `short` ends. */
  readonly long: readonly string[];
}

/** What is the same of a term in every language: terms.json. */
export interface GlossaryFacts {
  /** As the kernel or Kubernetes spells it. */
  readonly term: string;
  readonly topic: GlossaryTopic;
  /** Absent when the term is not a number, or a number without a unit. */
  readonly unit?: GlossaryUnit;
  /** Other names of the same thing, in any language. Spellings that differ only in case, blanks, `_` or `-` need none. */
  readonly aliases: readonly string[];
  /** Canonical spellings of related terms. */
  readonly seeAlso: readonly string[];
  /** Where the facts can be checked: a file or document with its version, a KEP. */
  readonly sources: readonly string[];
}

/** One term, explained in every language of the reports. */
export type GlossaryEntry = GlossaryFacts & Readonly<Record<Language, GlossaryText>>;

/** Other names to show: Chinese ones only beside Chinese text. */
export function shownAliases({ aliases }: GlossaryFacts, lang: Language): readonly string[] {
  return lang === 'zh-CN' ? aliases : aliases.filter((alias) => !/\p{Script=Han}/u.test(alias));
}
