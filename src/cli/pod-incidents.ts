import { judgeTermination } from '../diagnosis/termination/judge-termination.js';
import { gatherPod, nodeLogGap, type PodSurroundings, readRuntimeWords } from '../inquiry/pod/gather-pod.js';
import { containerNamed, isOfPod, podIncident, withCluster } from '../inquiry/pod/pod-incident.js';
import {
  type ContainerFacts,
  type EvidenceGap,
  type Incident,
  type KubernetesFacts,
  type Message,
  message,
  type PodFacts,
  type Termination,
} from '../model/index.js';
import type { ClusterConnection, ClusterTarget } from '../sources/kubernetes/index.js';
import { readPods } from '../sources/kubernetes/index.js';
import type { NodeLog } from './read-node-log.js';

export interface PodChoice {
  readonly container?: string;
  /** The kernel log of the pod's node, where one was given; reading it may create a pod, so it is read when the node is known. */
  readonly nodeLog?: (pod: PodFacts) => Promise<NodeLog | EvidenceGap>;
}

export interface PodIncidents {
  readonly incidents: readonly Incident[];
  readonly warnings: readonly Message[];
  /** A part of the evidence that every reader of pods may read was not read. */
  readonly isPartial: boolean;
}

/** Pods of a workload looked at: a crash loop tells the same in each. */
const MOST_PODS = 10;
/** Parts that docs/rbac.md gives everyone, and the log that the user named; the others are what they are. */
const EXPECTED: ReadonlySet<EvidenceGap['part']> = new Set(['events', 'node', 'previous-log', 'owner', 'node-log']);

/** What is not there, or was not given, cannot be read by anybody: the log of an instance that Kubernetes has cleared away. */
const ABSENT: ReadonlySet<string> = new Set(['cluster.error.not-found', 'cluster.error.rejected', 'cluster.gap.not-given']);

/** The last end of each container of a pod, or of a workload's pods, with the evidence on it. Throws a KubeError when the pods cannot be read. */
export async function readPodIncidents(
  connection: ClusterConnection,
  target: ClusterTarget,
  choice: PodChoice,
  signal: AbortSignal,
): Promise<PodIncidents> {
  const shown = `${target.workload?.kind.toLowerCase() ?? 'pod'}/${target.name}`;
  const where = { target: shown, namespace: target.namespace };
  const pods = await readPods(connection, target, signal);
  if (pods.length === 0) return nothing(message('cluster.error.no-pods', where));
  const [first] = pods;
  if (choice.container !== undefined && first !== undefined && !pods.some((pod) => hasContainer(pod, choice.container))) {
    const containers = first.containers.map(({ name }) => name).join(', ');
    return nothing(message('cluster.error.no-container', { pod: first.name, container: choice.container, containers }));
  }
  const incidents: Incident[] = [];
  const warnings: Message[] = [];
  for (const pod of withEnds(pods, choice.container).slice(0, MOST_PODS)) {
    const found = await incidentsOf(connection, pod, choice, signal);
    incidents.push(...found.incidents);
    warnings.push(...found.warnings);
  }
  if (incidents.length === 0) warnings.push(message('cluster.error.no-end', where));
  const gaps = incidents.flatMap(({ kubernetes }) => kubernetes?.gaps ?? []);
  return { incidents, warnings, isPartial: gaps.some(({ part, problem }) => EXPECTED.has(part) && !ABSENT.has(problem.key)) };
}

function nothing(warning: Message): PodIncidents {
  return { incidents: [], warnings: [warning], isPartial: false };
}

function hasContainer({ containers }: PodFacts, name: string | undefined): boolean {
  return containers.some((container) => container.name === name);
}

/** Pods with an end in them first, the latest first: the others are looked at for kills that only a counter shows. */
function withEnds(pods: readonly PodFacts[], container: string | undefined): PodFacts[] {
  const latest = (pod: PodFacts): string =>
    pod.containers
      .filter(({ name }) => container === undefined || name === container)
      .map(({ current, last }) => (current ?? last)?.finishedAt ?? '')
      .reduce((a, b) => (a > b ? a : b), '');
  return [...pods].sort((a, b) => latest(b).localeCompare(latest(a)));
}

async function incidentsOf(
  connection: ClusterConnection,
  pod: PodFacts,
  choice: PodChoice,
  signal: AbortSignal,
): Promise<{ readonly incidents: readonly Incident[]; readonly warnings: readonly Message[] }> {
  const surroundings = await gatherPod(connection, pod, signal);
  const log = choice.nodeLog === undefined ? nodeLogGap(pod) : await choice.nodeLog(pod);
  const read = 'part' in log ? undefined : log;
  const reports = (read?.incidents ?? []).filter(
    ({ container, limited }) => isOfPod(container, { pod }) || isOfPod(limited, { pod }),
  );
  const withoutReport = read !== undefined && reports.length === 0;
  const warnings = withoutReport
    ? [message('cluster.node-log.other-pods', { log: read.source, count: read.incidents.length, pod: pod.name, uid: pod.uid })]
    : [];
  const shared = { ...surroundings, gaps: [...surroundings.gaps, ...('part' in log ? [log] : [])] };
  const incidents: Incident[] = [];
  for (const container of pod.containers.filter(({ name }) => choice.container === undefined || name === choice.container)) {
    const own = reports.filter((report) => containerNamed(report.container, { pod }) === container.name);
    const facts = await factsOf(connection, shared, container, own, read, signal);
    if (own.length > 0) incidents.push(...own.map((incident) => withCluster(incident, atThatEnd(facts, incident))));
    else if (isWorthTelling(facts)) incidents.push(podIncident(facts));
  }
  // A report of the pod's limit may name a container that has been replaced since, or none.
  const others = reports.filter((report) => containerNamed(report.container, { pod }) === undefined);
  const [main] = pod.containers.filter(({ role }) => role === 'container');
  if (choice.container === undefined && main !== undefined) {
    for (const report of others)
      incidents.push(withCluster(report, await factsOf(connection, shared, main, [report], read, signal)));
  }
  return { incidents, warnings };
}

async function factsOf(
  connection: ClusterConnection,
  { usageByContainer, ...shared }: PodSurroundings,
  container: ContainerFacts,
  reports: readonly Incident[],
  log: NodeLog | undefined,
  signal: AbortSignal,
): Promise<KubernetesFacts> {
  const termination = latestEnd(container);
  const usage = usageByContainer[container.name];
  const words =
    termination === undefined || termination.exitCode === 0
      ? { words: [] }
      : await readRuntimeWords(connection, shared.pod, container, signal);
  const oomd = (log?.oomd ?? []).some(
    (identity) => isOfPod(identity, shared) && killedContainer(identity.containerId, container),
  );
  return {
    ...shared,
    container,
    ...(termination === undefined ? {} : { termination }),
    ...(usage === undefined ? {} : { containerUsage: usage }),
    runtimeWords: words.words,
    ...(oomd ? { killedByOomd: true } : {}),
    hasKernelReport: reports.length > 0,
    ...(log === undefined || reports.length > 0 ? {} : { logWithoutReport: log.source }),
    gaps: [...shared.gaps, ...(words.gap === undefined ? [] : [words.gap])],
  };
}

/** systemd-oomd kills a container's cgroup, or the pod's with all of them. */
function killedContainer(id: string | undefined, { containerId, current, last }: ContainerFacts): boolean {
  return (
    id === undefined || [containerId, current?.containerId, last?.containerId].some((known) => known?.startsWith(id) === true)
  );
}

function latestEnd({ current, last }: ContainerFacts): Termination | undefined {
  return current ?? last;
}

/** The facts of a report stand beside the end of the very instance it is about; of an earlier one Kubernetes keeps nothing. */
function atThatEnd(facts: KubernetesFacts, { container }: Incident): KubernetesFacts {
  const { current, last } = facts.container;
  const id = container?.containerId;
  const end = [current, last].find((one) => id !== undefined && one?.containerId?.startsWith(id) === true);
  if (end === facts.termination) return facts;
  const { termination: _, ...others } = facts;
  return end === undefined ? others : { ...others, termination: end };
}

function isWorthTelling(facts: KubernetesFacts): boolean {
  const { verdict } = judgeTermination(facts);
  return verdict !== 'none';
}
