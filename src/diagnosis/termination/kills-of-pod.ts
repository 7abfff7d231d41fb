import {
  type ClusterEvent,
  type ContainerFacts,
  message,
  type OomEventCount,
  type OomKill,
  type PodFacts,
  present,
  type Termination,
} from '../../model/index.js';
import { judgeTermination } from './judge-termination.js';

/** What the judgements on a pod's containers rest on beside its status. */
export interface PodSurroundings {
  readonly events: readonly ClusterEvent[];
  readonly oomEvents: readonly OomEventCount[];
}

/** The kills, and the ends that look like one, of all containers of a pod. `not-oom` ends among them are SIGKILLs and evictions. */
export function killsOfPod(pod: PodFacts, surroundings: PodSurroundings): OomKill[] {
  const kills = killsOfContainers(pod, surroundings);
  const [first] = pod.containers;
  if (kills.length > 0 || pod.reason !== 'Evicted' || first === undefined) return kills;
  // The kubelet has cleared the containers' statuses away: the pod alone tells of its eviction.
  const judgement = judgeTermination({ pod, container: first, ...surroundings });
  const { namespace, name, uid, nodeName } = pod;
  return [
    { ...judgement, seenIn: 'state', reason: 'Evicted', ...present({ namespace, pod: name, podUid: uid, node: nodeName }) },
  ];
}

function killsOfContainers(pod: PodFacts, { events, oomEvents }: PodSurroundings): OomKill[] {
  return pod.containers.flatMap((container) => {
    const of = { pod, container, events, oomEvents };
    const ends = (
      [
        ['last-state', container.last],
        ['state', container.current],
      ] as const
    ).flatMap(([seenIn, termination]) => {
      if (termination === undefined) return [];
      const judgement = judgeTermination({ ...of, termination });
      // A program that ended by itself is nothing to list.
      if (judgement.verdict === 'none' || judgement.other === 'exit') return [];
      return [{ ...judgement, seenIn, ...described(pod, container, termination) }];
    });
    const alive = container.current === undefined ? judgeTermination(of) : undefined;
    if (alive?.verdict !== 'child-oom-kill') return ends;
    const count = oomEvents.find(({ containerId }) => containerId === container.containerId);
    return [
      ...ends,
      {
        ...alive,
        seenIn: 'metrics' as const,
        ...described(pod, container, undefined),
        ...present({ containerId: container.containerId, startedAt: container.runningSince, kills: count?.kills }),
      },
    ];
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
