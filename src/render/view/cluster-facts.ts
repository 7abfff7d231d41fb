import { bytes, type KubernetesFacts, type Message, type Provenance, seconds } from '../../model/index.js';
import type { Fact } from './fact.js';
import { say } from './words.js';

/** What the cluster told about the container and its node, in reading order. */
export function clusterFacts(facts: KubernetesFacts): Fact[] {
  const { pod, node, workload, container } = facts;
  const ofPod: Provenance[] = [{ source: `pod/${pod.name}` }];
  const ofNode: Provenance[] = pod.nodeName === undefined ? [] : [{ source: `node/${pod.nodeName}` }];
  const flags = container.memoryFlags.map(({ name, value, variable }) =>
    say('value', { value: variable === undefined || variable === name ? `${name} ${value}` : `${variable}: ${name} ${value}` }),
  );
  return [
    { label: 'fact.status', values: statusValues(facts), from: ofPod },
    { label: 'fact.memory', values: memoryValues(facts), from: ofPod },
    { label: 'fact.flags', values: flags, from: ofPod },
    { label: 'fact.volumes', values: volumeValues(facts), from: ofNode },
    { label: 'fact.now', values: nowValues(facts), from: ofNode },
    {
      label: 'fact.workload',
      values: workload === undefined ? [] : [say('value', { value: `${workload.kind}/${workload.name}` })],
      from: [],
    },
    {
      label: 'fact.node',
      values:
        node === undefined
          ? []
          : [
              say('value', { value: node.name }),
              ...(node.kubelet === undefined ? [] : [say('cluster.fact.kubelet', { version: node.kubelet })]),
              ...(node.runtime === undefined ? [] : [say('value', { value: node.runtime })]),
              ...(node.allocatableBytes === undefined
                ? []
                : [say('cluster.fact.allocatable', { size: bytes(node.allocatableBytes) })]),
              ...node.conditions.map((condition) => say('cluster.fact.condition', { condition })),
            ],
      from: ofNode,
    },
  ];
}

function statusValues({ container, termination }: KubernetesFacts): Message[] {
  const ran = (Date.parse(termination?.finishedAt ?? '') - Date.parse(termination?.startedAt ?? '')) / 1000;
  return [
    ...(termination === undefined
      ? []
      : [say('cluster.fact.reason', { reason: termination.reason ?? '-', exit: String(termination.exitCode) })]),
    ...(Number.isNaN(ran) ? [] : [say('cluster.fact.ran', { time: seconds(ran) })]),
    say('cluster.fact.restarts', { count: container.restartCount }),
    ...(container.state === 'waiting' ? [say('cluster.fact.waiting', { reason: container.waitingReason ?? '-' })] : []),
    ...(container.state === 'running' ? [say('cluster.fact.running')] : []),
  ];
}

function memoryValues({ container, pod }: KubernetesFacts): Message[] {
  const { requestBytes, limitBytes, limitInForceBytes } = container;
  return [
    ...(requestBytes === undefined ? [] : [say('cluster.fact.request', { size: bytes(requestBytes) })]),
    limitBytes === undefined ? say('cluster.fact.no-limit') : say('cluster.fact.limit', { size: bytes(limitBytes) }),
    ...(limitInForceBytes === undefined || limitInForceBytes === limitBytes
      ? []
      : [say('cluster.fact.in-force', { size: bytes(limitInForceBytes) })]),
    ...(pod.limitBytes === undefined ? [] : [say('cluster.fact.pod-limit', { size: bytes(pod.limitBytes) })]),
  ];
}

function volumeValues({ pod, container, volumeBytes }: KubernetesFacts): Message[] {
  return pod.memoryVolumes
    .filter(({ mountedBy }) => mountedBy.includes(container.name))
    .map(({ name, sizeLimitBytes }) => {
      const used = volumeBytes[name];
      if (used === undefined) return say('cluster.fact.volume-unread', { name });
      return sizeLimitBytes === undefined
        ? say('cluster.fact.volume', { name, used: bytes(used) })
        : say('cluster.fact.volume-limit', { name, used: bytes(used), limit: bytes(sizeLimitBytes) });
    });
}

function nowValues({ containerUsage, podUsage }: KubernetesFacts): Message[] {
  const { workingSetBytes, rssBytes, cacheBytes } = containerUsage ?? {};
  const values = [
    ...(workingSetBytes === undefined ? [] : [say('cluster.fact.now.working-set', { size: bytes(workingSetBytes) })]),
    ...(rssBytes === undefined ? [] : [say('cluster.fact.now.rss', { size: bytes(rssBytes) })]),
    ...(cacheBytes === undefined ? [] : [say('cluster.fact.now.cache', { size: bytes(cacheBytes) })]),
    ...(podUsage?.workingSetBytes === undefined ? [] : [say('cluster.fact.now.pod', { size: bytes(podUsage.workingSetBytes) })]),
  ];
  return values.length === 0 ? [] : [...values, say('cluster.fact.not-then')];
}
