import type { EvidenceGap, Message, OomKill } from '../model/index.js';
import { renderMessage } from '../words/messages/render.js';
import { apiVersion, type JsonStyle, type Statement, statement } from './index.js';

export interface OomKillItem extends Omit<OomKill, 'because' | 'against'> {
  readonly because: readonly Statement[];
  readonly against: readonly Statement[];
}

/** A part of the evidence that was not read. */
export interface GapItem extends Omit<EvidenceGap, 'problem'> {
  readonly problem: string;
}

export interface OomKillList {
  readonly apiVersion: typeof apiVersion;
  readonly kind: 'OomKillList';
  readonly items: readonly OomKillItem[];
  /** Nodes whose kubelet was asked through the API server's proxy, by the caller's own right. */
  readonly nodesAsked: readonly string[];
  readonly notRead: readonly GapItem[];
  readonly warnings: readonly Statement[];
}

/** The kills of a cluster in the form of the JSON API, schema/oom-kill-list.v1alpha1.json. */
export function toOomKillList(
  kills: readonly OomKill[],
  gaps: readonly EvidenceGap[],
  nodesAsked: readonly string[],
  warnings: readonly Message[],
  style: JsonStyle,
): OomKillList {
  return {
    apiVersion,
    kind: 'OomKillList',
    items: kills.map((kill) => oomKillItem(kill, style)),
    nodesAsked,
    notRead: gaps.map((gap) => gapItem(gap, style)),
    warnings: warnings.map((warning) => statement(warning, style)),
  };
}

export function oomKillItem({ because, against, ...kill }: OomKill, style: JsonStyle): OomKillItem {
  return {
    ...kill,
    because: because.map((reason) => statement(reason, style)),
    against: against.map((reason) => statement(reason, style)),
  };
}

function gapItem({ problem, ...gap }: EvidenceGap, style: JsonStyle): GapItem {
  return { ...gap, problem: renderMessage(problem, style) };
}
