import { killTime } from '../diagnosis/growth/judge.js';
import { judgeTermination } from '../diagnosis/termination/judge-termination.js';
import { endsOfPod, type JudgedEnd } from '../diagnosis/termination/kills-of-pod.js';
import { gatherPod, nodeLogCommand, nodeLogGap, type PodSurroundings, readRuntimeWords } from '../inquiry/pod/gather-pod.js';
import { containerNamed, isOfPod, podIncident, withCluster } from '../inquiry/pod/pod-incident.js';
import {
  type ContainerFacts,
  type EvidenceGap,
  type Incident,
  type KubernetesFacts,
  type Message,
  message,
  type PodFacts,
  present,
  type Termination,
  type TerminationJudgement,
  type TerminationVerdict,
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

/** A log's clock may go beside the kubelet's, most of all that of `dmesg -T`; where only the time binds a report, it must be close. */
const SAME_INSTANCE_SECONDS = 300;
const SAME_POD_SECONDS = 60;

/** What is not there, or was not given, cannot be read by anybody: the log of an instance that Kubernetes has cleared away. */
const ABSENT: ReadonlySet<string> = new Set(['cluster.error.not-found', 'cluster.error.rejected', 'cluster.gap.not-given']);

/**
 * The ends of the containers of a pod, or of a workload's pods, with the evidence on each: OOM kills first, the newest first. Throws a
 * KubeError when the pods cannot be read.
 */
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
  const told: Told[] = [];
  const warnings: Message[] = [];
  for (const pod of killedFirst(pods, choice).slice(0, MOST_PODS)) {
    const found = await incidentsOf(connection, pod, choice, signal);
    told.push(...found.told);
    warnings.push(...found.warnings, ...endsGone(pod, choice));
  }
  if (told.length === 0 && warnings.every(({ key }) => key !== 'cluster.error.ends-gone')) {
    const count = pods
      .flatMap((pod) => chosen(pod, choice))
      .filter(({ current, last }) => (current ?? last) !== undefined).length;
    warnings.push(count > 0 ? message('cluster.error.no-kill', { ...where, count }) : message('cluster.error.no-end', where));
  }
  const incidents = told.sort((a, b) => a.rank - b.rank || b.atMs - a.atMs).map(({ incident }) => incident);
  const gaps = incidents.flatMap(({ kubernetes }) => kubernetes?.gaps ?? []);
  return { incidents, warnings, isPartial: gaps.some(({ part, problem }) => EXPECTED.has(part) && !ABSENT.has(problem.key)) };
}

function nothing(warning: Message): PodIncidents {
  return { incidents: [], warnings: [warning], isPartial: false };
}

function hasContainer({ containers }: PodFacts, name: string | undefined): boolean {
  return containers.some((container) => container.name === name);
}

function chosen({ containers }: PodFacts, { container }: PodChoice): readonly ContainerFacts[] {
  return containers.filter(({ name }) => container === undefined || name === container);
}

/** Pods whose status tells of an OOM kill first, then those with the latest ends: the others are looked at for what only a counter shows. */
function killedFirst(pods: readonly PodFacts[], choice: PodChoice): PodFacts[] {
  const keyOf = (pod: PodFacts) => {
    const names = new Set(chosen(pod, choice).map(({ name }) => name));
    const ends = endsOfPod(pod, { events: [], oomEvents: [] }).filter(({ container }) => names.has(container.name));
    return {
      pod,
      rank: Math.min(...ends.map(({ judgement }) => rankOf(judgement)), Number.MAX_SAFE_INTEGER),
      latest: ends.map(({ termination }) => termination?.finishedAt ?? '').reduce((a, b) => (a > b ? a : b), ''),
    };
  };
  return pods
    .map(keyOf)
    .sort((a, b) => a.rank - b.rank || b.latest.localeCompare(a.latest))
    .map(({ pod }) => pod);
}

/** Containers that were restarted, and of whose ends the kubelet kept nothing (kubernetes/kubernetes#101044). */
function endsGone(pod: PodFacts, choice: PodChoice): Message[] {
  const { name, namespace } = pod;
  const command = nodeLogCommand(pod);
  return chosen(pod, choice)
    .filter(({ restartCount, current, last }) => restartCount > 0 && current === undefined && last === undefined)
    .map(({ name: container, restartCount }) =>
      message('cluster.error.ends-gone', { container, pod: name, namespace, count: restartCount, command }),
    );
}

/** An incident, and its place among the others. */
interface Told {
  readonly incident: Incident;
  readonly rank: number;
  readonly atMs: number;
}

/** OOM kills first, then what may be one. */
function rankOf({ verdict, confidence }: TerminationJudgement): number {
  if (verdict === 'not-oom' || verdict === 'none') return 2;
  return verdict !== 'possible-oom-kill' && confidence >= 0.5 ? 0 : 1;
}

function toldOf(incident: Incident, rank: number): Told {
  const atMs = Date.parse(incident.time ?? incident.kubernetes?.termination?.finishedAt ?? '');
  return { incident, rank, atMs: Number.isNaN(atMs) ? 0 : atMs };
}

async function incidentsOf(
  connection: ClusterConnection,
  pod: PodFacts,
  choice: PodChoice,
  signal: AbortSignal,
): Promise<{ readonly told: readonly Told[]; readonly warnings: readonly Message[] }> {
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
  const containers = chosen(pod, choice);
  const ends = endsOfPod(shared.pod, shared).filter(({ container }) => containers.includes(container));
  const told: Told[] = [];
  const reported = new Set<JudgedEnd>();
  for (const report of reports) {
    const name = containerNamed(report.container, { pod });
    // A report of the pod's limit may name a container that has been replaced since, or none.
    const main = choice.container === undefined ? containers.find(({ role }) => role === 'container') : undefined;
    const end = endOfReport(report, ends);
    const container = end?.container ?? (name === undefined ? main : containers.find((one) => one.name === name));
    if (container === undefined) continue;
    if (end !== undefined) reported.add(end);
    const facts = await factsOf(connection, shared, { container, termination: end?.termination }, read, signal);
    told.push(toldOf(withCluster(report, facts), 0));
  }
  for (const end of ends.filter((one) => !reported.has(one))) {
    const hasReport = reports.some(({ container }) => containerNamed(container, { pod }) === end.container.name);
    const facts = {
      ...(await factsOf(connection, shared, end, read, signal)),
      ...present({ logWithoutReport: hasReport ? undefined : read?.source }),
    };
    const judgement = judgeTermination(facts);
    if (judgement.verdict === 'none') continue;
    told.push(toldOf(podIncident(facts, judgement.verdict !== 'child-oom-kill'), rankOf(judgement)));
  }
  return { told, warnings };
}

/** What the cluster tells about one end of a container, or about an instance that lives on; a kernel report is not looked at. */
async function factsOf(
  connection: ClusterConnection,
  { usageByContainer, ...shared }: PodSurroundings,
  { container, termination }: { readonly container: ContainerFacts; readonly termination?: Termination | undefined },
  log: NodeLog | undefined,
  signal: AbortSignal,
): Promise<KubernetesFacts> {
  const words =
    termination === undefined || termination.exitCode === 0
      ? { words: [] }
      : await readRuntimeWords(connection, shared.pod, container, termination, signal);
  const instance = termination?.containerId ?? container.containerId;
  // systemd-oomd kills a container's cgroup, or the pod's with all of them.
  const oomd = (log?.oomd ?? []).some(
    (identity) =>
      isOfPod(identity, shared) && (identity.containerId === undefined || instance?.startsWith(identity.containerId) === true),
  );
  return {
    ...shared,
    container,
    ...present({ termination, containerUsage: usageByContainer[container.name], killedByOomd: oomd ? true : undefined }),
    runtimeWords: words.words,
    hasKernelReport: false,
    gaps: [...shared.gaps, ...(words.gap === undefined ? [] : [words.gap])],
  };
}

/** Judged so, an end may be what a report without a container's id tells of. */
const MAY_BE_REPORTED: ReadonlySet<TerminationVerdict> = new Set(['oom-kill', 'child-oom-kill', 'possible-oom-kill']);

/**
 * The end that a kernel report is about: of the instance that the report names or, where it names none, of the pod; and at its time,
 * as far as both have one. Undefined for a kill that nothing ended with, and for one in an instance that Kubernetes has forgotten.
 */
function endOfReport(report: Incident, ends: readonly JudgedEnd[]): JudgedEnd | undefined {
  const id = report.container?.containerId ?? '';
  const killedAt = killTime(report);
  return ends.find(({ container, termination, seenIn, judgement }) => {
    if (seenIn === 'metrics') return id !== '' && container.containerId?.startsWith(id) === true;
    if (termination === undefined) return false;
    return id === ''
      ? isAtEnd(termination, killedAt, SAME_POD_SECONDS) === true && MAY_BE_REPORTED.has(judgement.verdict)
      : termination.containerId?.startsWith(id) === true && isAtEnd(termination, killedAt, SAME_INSTANCE_SECONDS) !== false;
  });
}

/** Whether a kill may have made an end: close to it or, of a child that the main process outlived, in its run. Undefined without both times. */
function isAtEnd(
  { exitCode, startedAt, finishedAt }: Termination,
  killedAt: number | undefined,
  slackSeconds: number,
): boolean | undefined {
  const finished = Date.parse(finishedAt ?? '') / 1000;
  if (killedAt === undefined || Number.isNaN(finished)) return undefined;
  const from = exitCode === 137 ? finished : Date.parse(startedAt ?? '') / 1000;
  return killedAt <= finished + slackSeconds && !(killedAt < from - slackSeconds);
}
