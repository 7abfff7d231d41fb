import {
  type ClusterEvent,
  type ContainerFacts,
  message,
  type OomEventCount,
  type OomKill,
  type PodFacts,
  present,
  type Termination,
  type TerminationJudgement,
} from '../../model/index.js';
import { judgeTermination } from './judge-termination.js';

/** What the judgements on a pod's containers rest on beside its status. */
export interface PodSurroundings {
  readonly events: readonly ClusterEvent[];
  readonly oomEvents: readonly OomEventCount[];
}

/** An end that a pod's status or a kubelet's counter tells of, and the judgement on it. */
export interface JudgedEnd {
  readonly container: ContainerFacts;
  /** Absent for a kill in an instance that lives on, and for an eviction that took the containers' statuses along. */
  readonly termination?: Termination;
  readonly seenIn: 'state' | 'last-state' | 'metrics';
  readonly judgement: TerminationJudgement;
}

/** Every end that is known of a pod's containers, of whatever role, each with its judgement: the older of a container first. */
export function endsOfPod(pod: PodFacts, surroundings: PodSurroundings): JudgedEnd[] {
  const ends = pod.containers.flatMap((container) => endsOfContainer(pod, container, surroundings));
  const main = pod.containers.find(({ role }) => role === 'container') ?? pod.containers[0];
  if (pod.reason !== 'Evicted' || main === undefined || ends.some(({ judgement }) => judgement.other === 'eviction')) return ends;
  // The kubelet has cleared the status away in which the eviction ended: the pod alone tells of it.
  return [...ends, { container: main, seenIn: 'state', judgement: judgeTermination({ pod, container: main, ...surroundings }) }];
}

function endsOfContainer(pod: PodFacts, container: ContainerFacts, surroundings: PodSurroundings): JudgedEnd[] {
  const of = { pod, container, ...surroundings };
  const ends = (
    [
      ['last-state', container.last],
      ['state', container.current],
    ] as const
  ).flatMap(([seenIn, termination]) =>
    termination === undefined ? [] : [{ container, seenIn, termination, judgement: judgeTermination({ ...of, termination }) }],
  );
  if (container.current !== undefined) return ends;
  const judgement = judgeTermination(of);
  return judgement.verdict === 'child-oom-kill' ? [...ends, { container, seenIn: 'metrics', judgement }] : ends;
}

/** The kills, and the ends that look like one, of all containers of a pod. `not-oom` ends among them are SIGKILLs and evictions. */
export function killsOfPod(pod: PodFacts, surroundings: PodSurroundings): OomKill[] {
  return endsOfPod(pod, surroundings).flatMap((end): OomKill[] => {
    const { container, termination, seenIn, judgement } = end;
    // A program that ended by itself is nothing to list.
    if (judgement.verdict === 'none' || judgement.other === 'exit') return [];
    if (seenIn === 'metrics') {
      const count = surroundings.oomEvents.find(({ containerId }) => containerId === container.containerId);
      const { containerId, runningSince: startedAt } = container;
      return [
        {
          ...judgement,
          seenIn,
          ...described(pod, container, termination),
          ...present({ containerId, startedAt, kills: count?.kills }),
        },
      ];
    }
    if (termination !== undefined) return [{ ...judgement, seenIn, ...described(pod, container, termination) }];
    const { namespace, name, uid, nodeName } = pod;
    return [{ ...judgement, seenIn, reason: 'Evicted', ...present({ namespace, pod: name, podUid: uid, node: nodeName }) }];
  });
}

/** Kills that an event about a node tells of: whose container it was, it does not say. */
export function killsOfNodeEvents(events: readonly ClusterEvent[]): OomKill[] {
  return events
    .filter(({ reason, about }) => about.kind === 'Node' && (reason === 'SystemOOM' || reason === 'OOMKilling'))
    .map((event) => ({
      verdict: 'oom-kill' as const,
      confidence: 0.95,
      because: [message(event.reason === 'SystemOOM' ? 'judge.node.system-oom' : 'judge.node.oom-killing', { note: event.note })],
      against: [],
      seenIn: 'event' as const,
      reason: event.reason,
      node: event.about.name,
      ...present({ finishedAt: event.lastSeen, kills: event.count }),
    }));
}

function described(pod: PodFacts, container: ContainerFacts, termination: Termination | undefined) {
  return present({
    namespace: pod.namespace,
    pod: pod.name,
    podUid: pod.uid,
    container: container.name,
    role: container.role,
    containerId: termination?.containerId,
    node: pod.nodeName,
    reason: termination?.reason,
    exitCode: termination?.exitCode,
    restartCount: container.restartCount,
    requestBytes: container.requestBytes,
    limitBytes: container.limitInForceBytes ?? container.limitBytes ?? pod.limitBytes,
    startedAt: termination?.startedAt,
    finishedAt: termination?.finishedAt,
  });
}
