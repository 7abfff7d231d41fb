import type { Accounting } from './accounting.js';
import type { Citation } from './citation.js';
import type { ContainerIdentity } from './container-identity.js';
import type { Growth } from './growth.js';
import type { KubernetesFacts, TerminationJudgement } from './kubernetes.js';
import type { Message } from './message.js';
import type { OomReport } from './oom-report.js';
import type { Timeline } from './timeline.js';

/** Stable identifiers of causes: part of the JSON API. */
export type CauseId =
  | 'anon-memory'
  | 'page-cache-writeback'
  | 'tmpfs'
  | 'kernel-memory'
  | 'process-count'
  | 'limit-below-baseline'
  | 'ancestor-limit'
  | 'node-memory'
  | 'hugetlb'
  | 'mlocked'
  | 'swap-exhausted'
  | 'allocation-constraint'
  | 'child-process-killed'
  | 'not-oom'
  | 'insufficient-evidence';

/** Something to do: what, the exact command or patch if there is one, what it costs and how to see that it worked. */
export interface Advice {
  readonly action: Message;
  /** A command to run or a patch to apply, ready to copy. */
  readonly snippet?: { readonly language: 'sh' | 'yaml'; readonly text: string };
  readonly cost?: Message;
  readonly verify?: Message;
}

/** A cause with its confidence: the share of such verdicts that would be right. */
export interface Cause {
  readonly id: CauseId;
  readonly confidence: number;
  readonly title: Message;
  readonly because: readonly Citation[];
  readonly against: readonly Citation[];
  readonly advice: readonly Advice[];
}

/** A known defect whose symptoms fit. */
export interface KnownIssueMatch {
  readonly id: string;
  readonly title: Message;
  readonly why: Message;
  readonly fix?: Message;
  readonly workaround?: Message;
  readonly links: readonly string[];
}

/** One incident: the facts that belong to one kill. */
export interface Incident {
  readonly id: string;
  readonly time?: string;
  readonly scope: 'memcg' | 'node' | 'unknown';
  readonly kernel?: string;
  /** The container of the victim. */
  readonly container?: ContainerIdentity;
  /** The level and identity of the cgroup whose limit was hit. */
  readonly limited?: ContainerIdentity;
  /** What the cluster told about the container and its end. */
  readonly kubernetes?: KubernetesFacts;
  /** Without a kernel report (`kubernetes.hasKernelReport` is false) it is empty but for its source. */
  readonly report: OomReport;
  /** The container's memory before the kill, where a metrics server has it. */
  readonly history?: Timeline;
}

/** The diagnosis of one incident. */
export interface Diagnosis {
  readonly incident: Incident;
  /** Absent when not even the charge is known. */
  readonly accounting?: Accounting;
  /** How the container ended; with `incident.kubernetes`. */
  readonly end?: TerminationJudgement;
  /** How the memory went before the kill; with `incident.history`. */
  readonly growth?: Growth;
  /** Most likely first. Never empty. */
  readonly causes: readonly Cause[];
  readonly knownIssues: readonly KnownIssueMatch[];
  /** What was missing or conflicting in the evidence. */
  readonly warnings: readonly Message[];
}
