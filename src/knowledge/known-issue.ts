import type { MessageValue } from '../model/index.js';
import type { KernelRange } from './kernel-range.js';
import type { SymptomFacts } from './symptom-facts.js';

/** One text in each language of the report. Only `fits` may hold `{name}` placeholders, filled from `seen`. */
export interface LocalizedText {
  readonly en: string;
  readonly 'zh-CN': string;
}

/** What an issue affects. A kernel log proves only the kernel; the others are stated for the reader. */
export interface Affected {
  /** Absent: not a matter of the kernel's version. */
  readonly kernel?: KernelRange;
  readonly kubelet?: string;
  readonly runtime?: string;
}

/** A known defect, limitation or surprising rule of the kernel, the kubelet or a language runtime. */
export interface KnownIssue {
  /** Stable, kebab-case: part of the JSON output and of the message keys. */
  readonly id: string;
  readonly affects: Affected;
  /** Whether the symptoms are there. Strict: an issue that is cited without its symptoms misleads. */
  readonly symptoms: (facts: SymptomFacts) => boolean;
  /** The same condition in English, for the catalogue in docs/. */
  readonly symptomsInWords: string;
  /** Values for the placeholders of `fits`; called only when the symptoms are there. */
  readonly seen: (facts: SymptomFacts) => Readonly<Record<string, MessageValue | string | number>>;
  /** Releases that have the fix, as their projects write them. */
  readonly fixedIn?: readonly string[];
  /** Public pages, https. */
  readonly links: readonly string[];
  readonly title: LocalizedText;
  readonly why: LocalizedText;
  /** What in this report fits: one sentence with the numbers seen. */
  readonly fits: LocalizedText;
  readonly fix?: LocalizedText;
  readonly workaround?: LocalizedText;
}
