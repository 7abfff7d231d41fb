import { type ContainerIdentity, type Incident, type KubernetesFacts, type OomReport, present } from '../../model/index.js';

/** What the facts of a pod are cited by. */
function podSource({ pod }: Pick<KubernetesFacts, 'pod'>): string {
  return `pod/${pod.name}`;
}

/**
 * The incident that Kubernetes alone tells of: an empty report, so that the same engine judges it. Its scope is not known: whose
 * limit it was, only the kernel says. Its time is the container's end, unless that is not `whenKilled`: of the kill of a child nothing
 * tells when it was.
 */
export function podIncident(kubernetes: KubernetesFacts, whenKilled: boolean): Incident {
  const { pod, container, termination, node } = kubernetes;
  const source = podSource(kubernetes);
  const report: OomReport = {
    source,
    firstLine: 1,
    lastLine: 1,
    scope: 'unknown',
    stack: [],
    counters: {},
    memcgStats: [],
    killed: [],
    followingKills: [],
    alreadyExiting: [],
    reaped: [],
    unableToReap: [],
    outcome: 'unknown',
    pageSize: { bytes: 4096, how: 'assumed' },
    completeness: { present: [], missing: [], truncatedStart: false, truncatedEnd: false },
  };
  const isEarlier = container.current !== undefined && termination !== undefined && termination === container.last;
  return {
    id: `${pod.namespace}/${pod.name}/${container.name}${isEarlier ? '/last' : ''}`,
    ...present({ time: whenKilled ? termination?.finishedAt : undefined, kernel: node?.kernel }),
    scope: 'unknown',
    container: named({ level: 'container' }, kubernetes),
    kubernetes,
    report,
  };
}

/** An incident of the kernel's log with the names that the cluster knows, and the facts where it is the container's own. */
export function withCluster(incident: Incident, facts: KubernetesFacts): Incident {
  const { container, limited } = incident;
  return {
    ...incident,
    ...present({
      container: container === undefined ? undefined : named(container, facts),
      limited: limited === undefined ? undefined : named(limited, facts),
    }),
    kubernetes: { ...facts, hasKernelReport: true },
  };
}

/** Whether a report's cgroup is the pod's, or a container's of it. */
export function isOfPod(identity: ContainerIdentity | undefined, { pod }: Pick<KubernetesFacts, 'pod'>): boolean {
  const uid = identity?.podUid?.replaceAll('_', '-');
  return uid !== undefined && uid !== '' && (uid === pod.cgroupUid || uid === pod.uid);
}

/** The container of a pod that an identity's id names: of this instance, or of the one before. */
export function containerNamed(
  identity: ContainerIdentity | undefined,
  { pod }: Pick<KubernetesFacts, 'pod'>,
): string | undefined {
  const id = identity?.containerId;
  if (id === undefined || id === '') return undefined;
  return pod.containers.find(({ containerId, current, last }) =>
    [containerId, current?.containerId, last?.containerId].some((known) => known?.startsWith(id) === true),
  )?.name;
}

function named(identity: ContainerIdentity, facts: KubernetesFacts): ContainerIdentity {
  const { pod, container, termination } = facts;
  const isOurs = identity.level === 'container' || identity.level === 'pod';
  if (!isOurs || (identity.podUid !== undefined && !isOfPod(identity, facts))) return identity;
  const containerName = identity.containerId === undefined ? container.name : containerNamed(identity, facts);
  return {
    ...identity,
    namespace: pod.namespace,
    podName: pod.name,
    ...present({
      podUid: identity.podUid ?? pod.uid,
      containerId:
        identity.containerId ??
        (identity.level === 'container' ? (termination?.containerId ?? container.containerId) : undefined),
      qosClass: identity.qosClass ?? pod.qosClass,
      containerName: identity.level === 'container' ? containerName : undefined,
    }),
  };
}
