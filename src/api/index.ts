import {
  type Accounting,
  type Advice,
  type Cause,
  type CauseId,
  type Citation,
  type ContainerIdentity,
  type Diagnosis,
  type Growth,
  type How,
  type Incident,
  type KnownIssueMatch,
  type KubernetesFacts,
  type Message,
  type MessageValue,
  type OomReport,
  type Provenance,
  present,
  type Timeline,
} from '../model/index.js';
import { type MessageStyle, renderMessage } from '../words/messages/render.js';

export const apiVersion = 'oomkit.dev/v1alpha1';

/** A sentence in the chosen language, with its stable key and exact values. */
export interface Statement {
  readonly statement: string;
  readonly key: string;
  readonly params: Readonly<Record<string, MessageValue>>;
}

/** A statement with the places it was read from, as `file:line` and in parts. */
export interface CitedStatement extends Statement {
  readonly at: readonly string[];
  readonly from: readonly Provenance[];
}

export interface DiagnosisList {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'DiagnosisList';
  readonly items: readonly DiagnosisItem[];
  readonly warnings: readonly Statement[];
}

export interface DiagnosisItem {
  readonly incident: {
    readonly id: string;
    readonly time?: string;
    readonly scope: Incident['scope'];
    readonly kernel?: string;
    readonly container?: ContainerIdentity;
    readonly limited?: ContainerIdentity;
    readonly kubernetes?: KubernetesItem;
    readonly report: OomReport;
  };
  readonly accounting?: AccountingItem;
  /** How the memory went before the kill, where a metrics server has it. */
  readonly history?: HistoryItem;
  readonly causes: readonly CauseItem[];
  readonly knownIssues: readonly KnownIssueItem[];
  readonly warnings: readonly Statement[];
}

/** What the cluster told. */
export interface KubernetesItem extends Omit<KubernetesFacts, 'gaps'> {
  readonly notRead: readonly (Omit<KubernetesFacts['gaps'][number], 'problem'> & { readonly problem: string })[];
}

export interface HistoryItem extends Omit<Growth, 'title' | 'because' | 'against' | 'killedAtSeconds'> {
  readonly source: string;
  readonly namespace?: string;
  readonly pod?: string;
  readonly container?: string;
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly killedAt?: string;
  readonly resolutionSeconds?: number;
  readonly restarts?: number;
  readonly title: string;
  readonly because: readonly CitedStatement[];
  readonly against: readonly CitedStatement[];
  readonly notes: readonly Statement[];
}

export interface AccountingItem extends Omit<Accounting, 'lines'> {
  readonly lines: readonly {
    readonly id: string;
    readonly bytes: number;
    readonly how: How;
    readonly note?: string;
    readonly from: readonly Provenance[];
    readonly parts: Accounting['lines'][number]['parts'];
  }[];
}

export interface CauseItem {
  readonly id: CauseId;
  readonly confidence: number;
  readonly title: string;
  readonly because: readonly CitedStatement[];
  readonly against: readonly CitedStatement[];
  readonly advice: readonly {
    readonly action: string;
    readonly snippet?: NonNullable<Advice['snippet']>;
    readonly cost?: string;
    readonly verify?: string;
  }[];
}

export interface KnownIssueItem {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly fix?: string;
  readonly workaround?: string;
  readonly links: readonly string[];
}

export interface ReportList {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'ReportList';
  readonly items: readonly OomReport[];
}

export type JsonStyle = Pick<MessageStyle, 'lang' | 'catalogues'>;

/**
 * Diagnoses in the form of the JSON API, schema/diagnosis-list.v1alpha1.json: sentences in a language beside their keys and
 * exact values, keys always in the same order, what is absent left out.
 */
export function toDiagnosisList(diagnoses: readonly Diagnosis[], warnings: readonly Message[], style: JsonStyle): DiagnosisList {
  return {
    apiVersion,
    kind: 'DiagnosisList',
    items: diagnoses.map((diagnosis) => diagnosisItem(diagnosis, style)),
    warnings: warnings.map((warning) => statement(warning, style)),
  };
}

/** Reports without a diagnosis, schema/report-list.v1alpha1.json. */
export function toReportList(reports: readonly OomReport[]): ReportList {
  return { apiVersion, kind: 'ReportList', items: reports };
}

export function diagnosisItem(
  { incident, accounting, growth, causes, knownIssues, warnings }: Diagnosis,
  style: JsonStyle,
): DiagnosisItem {
  const { id, time, scope, kernel, container, limited, kubernetes, report } = incident;
  return {
    incident: {
      id,
      ...(time === undefined ? {} : { time }),
      scope,
      ...(kernel === undefined ? {} : { kernel }),
      ...(container === undefined ? {} : { container }),
      ...(limited === undefined ? {} : { limited }),
      ...(kubernetes === undefined ? {} : { kubernetes: kubernetesItem(kubernetes, style) }),
      report,
    },
    ...(accounting === undefined ? {} : { accounting: accountingItem(accounting, style) }),
    ...(incident.history === undefined || growth === undefined ? {} : { history: historyItem(incident.history, growth, style) }),
    causes: causes.map((cause) => causeItem(cause, style)),
    knownIssues: knownIssues.map((issue) => knownIssueItem(issue, style)),
    warnings: warnings.map((warning) => statement(warning, style)),
  };
}

function historyItem(timeline: Timeline, { killedAtSeconds, ...growth }: Growth, style: JsonStyle): HistoryItem {
  const { source, namespace, pod, container, fromSeconds, toSeconds, resolutionSeconds, restarts, notes } = timeline;
  return {
    source,
    ...present({ namespace, pod, container }),
    from: isoTime(fromSeconds),
    to: isoTime(toSeconds),
    ...present({ killedAt: killedAtSeconds === undefined ? undefined : isoTime(killedAtSeconds), resolutionSeconds, restarts }),
    ...growth,
    title: renderMessage(growth.title, style),
    because: growth.because.map((citation) => citedStatement(citation, style)),
    against: growth.against.map((citation) => citedStatement(citation, style)),
    notes: notes.map((note) => statement(note, style)),
  };
}

/** Seconds since 1970 as ISO 8601, UTC. */
export function isoTime(atSeconds: number): string {
  return new Date(atSeconds * 1000).toISOString();
}

export function accountingItem(accounting: Accounting, style: JsonStyle): AccountingItem {
  const {
    scope,
    cgroup,
    chargedBytes,
    chargedHow,
    chargedFrom,
    limitBytes,
    lines,
    workingSetBytes,
    processes,
    heldByNoProcessBytes,
  } = accounting;
  return {
    scope,
    ...(cgroup === undefined ? {} : { cgroup }),
    chargedBytes,
    chargedHow,
    chargedFrom,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    lines: lines.map(({ id, bytes, how, note, from, parts }) => ({
      id,
      bytes,
      how,
      ...(note === undefined ? {} : { note: renderMessage(note, style) }),
      from,
      parts,
    })),
    ...(workingSetBytes === undefined ? {} : { workingSetBytes }),
    ...(processes === undefined ? {} : { processes }),
    ...(heldByNoProcessBytes === undefined ? {} : { heldByNoProcessBytes }),
  };
}

export function causeItem({ id, confidence, title, because, against, advice }: Cause, style: JsonStyle): CauseItem {
  return {
    id,
    confidence,
    title: renderMessage(title, style),
    because: because.map((citation) => citedStatement(citation, style)),
    against: against.map((citation) => citedStatement(citation, style)),
    advice: advice.map(({ action, snippet, cost, verify }) => ({
      action: renderMessage(action, style),
      ...(snippet === undefined ? {} : { snippet }),
      ...(cost === undefined ? {} : { cost: renderMessage(cost, style) }),
      ...(verify === undefined ? {} : { verify: renderMessage(verify, style) }),
    })),
  };
}

function kubernetesItem({ gaps, ...facts }: KubernetesFacts, style: JsonStyle): KubernetesItem {
  return { ...facts, notRead: gaps.map(({ problem, ...gap }) => ({ ...gap, problem: renderMessage(problem, style) })) };
}

function knownIssueItem({ id, title, why, fix, workaround, links }: KnownIssueMatch, style: JsonStyle): KnownIssueItem {
  return {
    id,
    title: renderMessage(title, style),
    why: renderMessage(why, style),
    ...(fix === undefined ? {} : { fix: renderMessage(fix, style) }),
    ...(workaround === undefined ? {} : { workaround: renderMessage(workaround, style) }),
    links,
  };
}

function citedStatement({ statement: sentence, from }: Citation, style: JsonStyle): CitedStatement {
  return {
    ...statement(sentence, style),
    at: from.map(({ source, line }) => (line === undefined ? source : `${source}:${line}`)),
    from,
  };
}

export function statement(sentence: Message, style: JsonStyle): Statement {
  return { statement: renderMessage(sentence, style), key: sentence.key, params: sentence.params };
}
