import type { ContainerRole, TerminationJudgement } from './kubernetes.js';

/** One kill in a cluster, or an end that looks like one, as `oomkit list` shows it. Times are ISO 8601, UTC; sizes are bytes. */
export interface OomKill extends TerminationJudgement {
  /** Where it was seen: the present or the last instance's status, the kubelet's counter, or an event about the node. */
  readonly seenIn: 'state' | 'last-state' | 'metrics' | 'event';
  readonly namespace?: string;
  readonly pod?: string;
  readonly podUid?: string;
  readonly container?: string;
  readonly role?: ContainerRole;
  readonly containerId?: string;
  readonly node?: string;
  readonly reason?: string;
  readonly exitCode?: number;
  readonly restartCount?: number;
  readonly requestBytes?: number;
  readonly limitBytes?: number;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  /** Kills the kubelet counted in the instance. */
  readonly kills?: number;
}

/** What tells a kill from every other, for a list that is watched. */
export function killKey({
  podUid = '',
  container = '',
  containerId = '',
  finishedAt = '',
  node = '',
  seenIn,
  kills = 0,
}: OomKill): string {
  const instance = containerId === '' ? finishedAt : containerId;
  // The same end is seen as the present state first, and as the last one after the restart.
  return [
    podUid,
    container,
    instance,
    seenIn === 'metrics' ? `metrics ${kills}` : '',
    podUid === '' ? node + finishedAt : '',
  ].join('|');
}
