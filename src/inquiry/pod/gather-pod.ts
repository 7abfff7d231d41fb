import {
  type ClusterEvent,
  type ContainerFacts,
  type EvidenceGap,
  type KubernetesFacts,
  message,
  type PodFacts,
  present,
  type RuntimeOutOfMemory,
  type Termination,
  type UsageSample,
} from '../../model/index.js';
import {
  type ClusterConnection,
  corePath,
  eventFacts,
  KubeError,
  kubeletPath,
  listPages,
  type NodeSummary,
  nodeFacts,
  nodePath,
  nodeSummary,
  oomEventCounts,
  parseCadvisor,
  parseQuantity,
  podMetricsPath,
  podPath,
  type RawEvent,
  type RawNode,
  type RawSummary,
  readWorkload,
  runtimeWords,
} from '../../sources/kubernetes/index.js';

/** Everything about a pod that its containers share. */
export type PodSurroundings = Omit<
  KubernetesFacts,
  'container' | 'termination' | 'containerUsage' | 'runtimeWords' | 'hasKernelReport' | 'logWithoutReport'
> & {
  readonly usageByContainer: Readonly<Record<string, UsageSample>>;
};

/** The largest neighbours that are named. */
const MOST_NEIGHBOURS = 5;
/** What is asked for beside the answer is asked twice at most, and not waited for long. */
const BESIDE = { attempts: 2, timeoutMs: 10_000 };
const LOG_LINES = 200;
const LOG_BYTES = 65_536;

/**
 * Gathers what a cluster tells about a pod beside the pod itself. What may not be read, or is not there, costs that part alone and
 * is told as a gap. Node endpoints are asked through the API server's proxy by whatever right the caller has. An interruption is
 * thrown.
 */
export async function gatherPod(connection: ClusterConnection, pod: PodFacts, signal: AbortSignal): Promise<PodSurroundings> {
  const gaps: EvidenceGap[] = [];
  const node = pod.nodeName;
  const attempt = async <T>(
    part: EvidenceGap['part'],
    read: () => Promise<T>,
    help: Pick<EvidenceGap, 'rule' | 'command'>,
  ): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof KubeError)) throw error;
      gaps.push({ part, problem: error.problem, ...help });
      return undefined;
    }
  };
  const asked = { ...BESIDE, signal };
  const rule = (apiGroup: string, resource: string, verb: string) => ({ rule: { apiGroup, resource, verb } });
  const [events, nodeEvents, nodeRead, summary, cadvisor, metrics, workload] = await Promise.all([
    attempt(
      'events',
      () => telling(connection, pod.namespace, `involvedObject.name=${pod.name}`, signal),
      rule('', 'events', 'list'),
    ),
    node === undefined
      ? undefined
      : attempt(
          'node-events',
          () => telling(connection, 'default', `involvedObject.kind=Node,involvedObject.name=${node}`, signal),
          rule('', 'events', 'list'),
        ),
    node === undefined
      ? undefined
      : attempt('node', async () => nodeFacts(await connection.get<RawNode>(nodePath(node), asked)), rule('', 'nodes', 'get')),
    node === undefined
      ? undefined
      : attempt(
          'stats-summary',
          async () => nodeSummary(await connection.get<RawSummary>(kubeletPath(node, '/stats/summary'), asked)),
          {},
        ),
    node === undefined
      ? undefined
      : attempt(
          'cadvisor',
          async () => parseCadvisor(await connection.getText(kubeletPath(node, '/metrics/cadvisor'), asked)),
          {},
        ),
    attempt('metrics-api', () => podMetrics(connection, pod, asked), rule('metrics.k8s.io', 'pods', 'get')),
    attempt('owner', () => readWorkload(connection, pod, signal), rule('apps', 'replicasets', 'get')),
  ]);
  const own = summary?.pods.find(({ uid }) => uid === pod.uid || uid === pod.cgroupUid);
  const counted = (cadvisor ?? []).filter(({ namespace, pod: name }) => namespace === pod.namespace && name === pod.name);
  const usageByContainer = {
    ...metrics,
    ...own?.containers,
    ...Object.fromEntries(
      counted
        .filter(({ container, containerId }) =>
          pod.containers.some((one) => one.name === container && one.containerId === containerId),
        )
        .map(({ container, usage }) => [container, usage]),
    ),
  };
  return {
    observedAt: new Date().toISOString(),
    server: connection.server,
    pod,
    events: [...(events ?? []), ...(nodeEvents ?? [])].filter(
      ({ about }) => about.kind !== 'Pod' || about.uid === undefined || about.uid === pod.uid,
    ),
    ...present({
      node: nodeRead,
      workload,
      podUsage: counted.find(({ container }) => container === '')?.usage ?? own?.usage,
      nodeUsage: summary?.node,
      clockSkewSeconds: connection.clockSkewSeconds,
    }),
    volumeBytes: own?.volumeBytes ?? {},
    oomEvents: oomEventCounts(counted),
    neighbours: neighbours(summary, pod),
    usageByContainer,
    // The kubelet told the same, and more.
    gaps: own === undefined && counted.length === 0 ? gaps : gaps.filter(({ part }) => part !== 'metrics-api'),
  };
}

/** What the runtime said before an end of the container: of its present instance, or of the one before. An end without a log is a gap. */
export async function readRuntimeWords(
  connection: ClusterConnection,
  { namespace, name }: PodFacts,
  container: ContainerFacts,
  termination: Termination,
  signal: AbortSignal,
): Promise<{ readonly words: readonly RuntimeOutOfMemory[]; readonly gap?: EvidenceGap }> {
  const isPrevious = termination !== container.current;
  const params = new URLSearchParams({
    container: container.name,
    previous: String(isPrevious),
    tailLines: String(LOG_LINES),
    limitBytes: String(LOG_BYTES),
  });
  try {
    return { words: runtimeWords(await connection.getText(`${podPath(namespace, name)}/log`, { ...BESIDE, params, signal })) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    const command = `kubectl logs ${name} -n ${namespace} -c ${container.name}${isPrevious ? ' --previous' : ''} --tail=50`;
    return {
      words: [],
      gap: { part: 'previous-log', problem: error.problem, rule: { apiGroup: '', resource: 'pods/log', verb: 'get' }, command },
    };
  }
}

/** That the kernel's log of the node was not read, and how to read it. */
export function nodeLogGap(pod: PodFacts): EvidenceGap {
  return { part: 'node-log', problem: message('cluster.gap.not-given'), command: nodeLogCommand(pod) };
}

/** Reads the kernel's log of a pod's node, and diagnoses the pod with it. */
export function nodeLogCommand({ nodeName, name, namespace }: PodFacts): string {
  const file = 'node.log';
  return `ssh ${nodeName ?? 'NODE'} sudo dmesg > ${file}; oomkit diagnose pod/${name} -n ${namespace} --node-log ${file}`;
}

async function telling(
  connection: ClusterConnection,
  namespace: string,
  fieldSelector: string,
  signal: AbortSignal,
): Promise<ClusterEvent[]> {
  let events: ClusterEvent[] = [];
  for await (const { items, restarted } of listPages<RawEvent>(connection, corePath('events', namespace), {
    fieldSelector,
    signal,
  })) {
    if (restarted) events = [];
    events.push(...items.flatMap((item) => eventFacts(item) ?? []));
  }
  return events;
}

/** The working set of each container, by metrics.k8s.io/v1beta1. */
async function podMetrics(
  connection: ClusterConnection,
  { namespace, name }: PodFacts,
  asked: { readonly signal: AbortSignal; readonly attempts: number; readonly timeoutMs: number },
): Promise<Readonly<Record<string, UsageSample>>> {
  const { timestamp, containers = [] } = await connection.get<{
    readonly timestamp?: string;
    readonly containers?: readonly { readonly name?: string; readonly usage?: Readonly<Record<string, string>> }[];
  }>(podMetricsPath(namespace, name), asked);
  return Object.fromEntries(
    containers.map((container) => [
      container.name ?? '',
      present({ observedAt: timestamp, workingSetBytes: parseQuantity(container.usage?.memory) }),
    ]),
  );
}

function neighbours(summary: NodeSummary | undefined, pod: PodFacts): KubernetesFacts['neighbours'] {
  return (summary?.pods ?? [])
    .flatMap(({ namespace, name, uid, usage }) =>
      uid === pod.uid || usage?.workingSetBytes === undefined
        ? []
        : [{ namespace, name, workingSetBytes: usage.workingSetBytes }],
    )
    .sort((a, b) => b.workingSetBytes - a.workingSetBytes)
    .slice(0, MOST_NEIGHBOURS);
}
