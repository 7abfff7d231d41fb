import type { MessageValue } from '../model/index.js';
import type { KernelRange } from './kernel-range.js';
import type { SymptomFacts } from './symptom-facts.js';

/** What an issue affects. A kernel log proves only the kernel; the others are stated for the reader. */
export interface Affected {
  /** Absent: not a matter of the kernel's version. */
  readonly kernel?: KernelRange;
  readonly kubelet?: string;
  readonly runtime?: string;
}

/** A known defect, limitation or surprising rule of the kernel, the kubelet or a language runtime. Its words are in the catalogues. */
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
  /** What can be done about it. */
  readonly remedies: readonly ('fix' | 'workaround')[];
}

/** The texts of an issue. Only `fits`, which says what in this report fits, holds placeholders: those that `seen` gives. */
type IssueText = 'title' | 'why' | 'fits' | KnownIssue['remedies'][number];

/** The key of one of its texts in the catalogues. */
export function issueKey(id: string, text: IssueText): string {
  return `known-issue.${id}.${text}`;
}
