import { bytes, type Citation, message } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import type { Finding } from '../rule.js';
import { citePod } from '../termination/end.js';

/** Without the kernel's report: the only limit that can have been hit is the pod's. */
export function weighPodLimit(file: CaseFile): Finding | undefined {
  const { kubernetes } = file.incident;
  if (kubernetes === undefined || file.end?.verdict !== 'oom-kill') return undefined;
  const { pod, container } = kubernetes;
  if (pod.limitBytes === undefined || container.limitBytes !== undefined) return undefined;
  const others = pod.containers.filter(({ name, role }) => name !== container.name && role === 'container').length;
  if (others === 0) return undefined;
  return {
    confidence: 0.6,
    title: message('cause.ancestor-limit.title-pod'),
    because: [
      citePod(file, message('evidence.cluster.only-pod-limit', { limit: bytes(pod.limitBytes), container: container.name })),
    ],
    against: [citePod(file, message('against.cluster.node-may-be-it'))],
    advice: [],
  };
}

/**
 * With the kernel's report of a pod's limit: the limits of the containers tell whether another can have a part in it. One
 * container with the pod's own limit shows the pod's cgroup as well, for the charge fails there first (containerd#6323).
 */
export function podLimitIsContainers(file: CaseFile): Citation | undefined {
  const { kubernetes } = file.incident;
  if (kubernetes === undefined) return undefined;
  const working = kubernetes.pod.containers.filter(({ role }) => role === 'container');
  const [only] = working;
  if (working.length !== 1 || only?.limitBytes === undefined) return undefined;
  return citePod(file, message('against.cluster.single-container', { container: only.name, limit: bytes(only.limitBytes) }));
}

/** The node ran out, or the kubelet says that it was about to. */
export function weighNode(file: CaseFile): Finding | undefined {
  const { kubernetes } = file.incident;
  const { end } = file;
  if (kubernetes === undefined || end === undefined) return undefined;
  const system = end.because.find(({ key }) => key === 'judge.system-oom');
  const starved = kubernetes.events.find(
    ({ reason, starvedResource, note }) =>
      reason === 'Evicted' && (starvedResource === 'memory' || /low on resource: memory/.test(note)),
  );
  const isEvicted =
    end.other === 'eviction' && (starved !== undefined || /low on resource: memory/.test(kubernetes.pod.message ?? ''));
  const { container, pod } = kubernetes;
  const isLimitless = end.verdict === 'oom-kill' && container.limitBytes === undefined && pod.limitBytes === undefined;
  if (system === undefined && !isEvicted && !isLimitless) return undefined;
  const because: Citation[] = [
    system !== undefined
      ? citePod(file, system, 'node')
      : citePod(file, message(isEvicted ? 'evidence.cluster.evicted-for-memory' : 'evidence.cluster.no-limit-anywhere')),
    ...neighbourCitations(file),
  ];
  return {
    confidence: isEvicted ? 0.85 : system !== undefined ? 0.6 : 0.55,
    title: message(isEvicted ? 'cause.node-memory.title-eviction' : 'cause.node-memory.title'),
    because,
    against: isLimitless ? [citePod(file, message('against.cluster.kubepods-may-be-it'))] : [],
    advice: [
      { action: message('advice.requests-equal-limits'), cost: message('advice.requests-equal-limits.cost') },
      {
        action: message('advice.node-largest'),
        snippet: { language: 'sh', text: 'kubectl top pods -A --sort-by=memory | head' },
      },
    ],
  };
}

function neighbourCitations(file: CaseFile): Citation[] {
  const { neighbours = [], nodeUsage } = file.incident.kubernetes ?? {};
  const [largest] = neighbours;
  return [
    ...(nodeUsage?.availableBytes === undefined
      ? []
      : [citePod(file, message('evidence.cluster.node-available', { available: bytes(nodeUsage.availableBytes) }), 'node')]),
    ...(largest === undefined
      ? []
      : [
          citePod(
            file,
            message('evidence.cluster.largest-neighbour', {
              name: `${largest.namespace}/${largest.name}`,
              size: bytes(largest.workingSetBytes),
            }),
            'node',
          ),
        ]),
  ];
}
