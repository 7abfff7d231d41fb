import { type Message, message, present, type Timeline } from '../../model/index.js';
import type { PrometheusApi, Series } from './api.js';
import { groupBy } from './group.js';
import { endsOf, kubeFacts } from './kube.js';
import { livesOf } from './lives.js';
import { CADVISOR_NAMES, equals, KUBE_NAMES, type LabelScheme, labelSchemes, literal, matches, RSS_PEAK } from './metrics.js';
import { distinct, nameKey, type TimelineWindow, usualDistance } from './timeline.js';

/** The kinds of workloads, as Kubernetes spells them. */
export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Job' | 'CronJob' | 'Pod';

export interface Workload {
  readonly namespace: string;
  /** Absent: whichever has that name. */
  readonly kind?: WorkloadKind;
  readonly name: string;
  /** Absent: every container. */
  readonly container?: string;
}

/** The memory of a workload's containers over days, thinned to steps. */
export interface WorkloadHistory {
  /** owner: by what kube-state-metrics says of the pods' owners. name: by how the names of such pods are made. */
  readonly foundBy: 'owner' | 'name';
  readonly stepSeconds: number;
  /** One a container of a pod. */
  readonly timelines: readonly Timeline[];
  readonly notes: readonly Message[];
}

/** Points of each series; Prometheus itself allows 11,000. */
const MOST_POINTS = 2000;
const SHORTEST_STEP_SECONDS = 60;
/** Prometheus takes a sample for current for so long (query.lookback-delta); with longer steps samples would be missed. */
const LONGEST_STEP_SECONDS = 300;

/** Generated suffixes have no vowels and no look-alikes. Source: apimachinery, pkg/util/rand/rand.go. */
const SAFE = '[bcdfghjklmnpqrstvwxz2456789]';
const SUFFIX: Readonly<Record<WorkloadKind, string>> = {
  Deployment: `-${SAFE}{1,10}-${SAFE}{5}`,
  StatefulSet: '-[0-9]+',
  DaemonSet: `-${SAFE}{5}`,
  ReplicaSet: `-${SAFE}{5}`,
  Job: `(-[0-9]+)?-${SAFE}{5}`,
  CronJob: `-[0-9]+(-[0-9]+)?-${SAFE}{5}`,
  Pod: '',
};

/**
 * The history of every pod a workload had in the window. Each size is the sample of its step, `rssPeakBytes` the highest of it. No
 * timelines when the server knows no such pod. Throws a PrometheusError.
 */
export async function readWorkload(api: PrometheusApi, workload: Workload, window: TimelineWindow): Promise<WorkloadHistory> {
  const length = window.toSeconds - window.fromSeconds;
  const stepSeconds = Math.min(LONGEST_STEP_SECONDS, Math.max(SHORTEST_STEP_SECONDS, Math.ceil(length / MOST_POINTS)));
  const owned = await podsByOwner(api, workload, window);
  const pods = owned.length > 0 ? owned.map(literal).join('|') : podPattern(workload);
  const foundBy = owned.length > 0 || workload.kind === 'Pod' ? 'owner' : 'name';
  for (const scheme of labelSchemes) {
    const selector = podSelector(workload, pods, scheme);
    const range = (expression: string) => api.queryRange(expression, window.fromSeconds, window.toSeconds, stepSeconds);
    const sizes = await range(`{${CADVISOR_NAMES},${selector}}`);
    if (sizes.series.length === 0) continue;
    const peaks = await range(`max_over_time(container_memory_rss{${selector}}[${stepSeconds}s])`);
    const kube = await readKube(api, workload, pods, window, stepSeconds);
    const notes = [...sizes.notes, ...peaks.notes, ...kube.notes];
    if (foundBy === 'name') notes.push(message('size.note.by-name'));
    if (kube.byContainer.size === 0) notes.push(message('history.note.no-kube-state-metrics'));
    const named = peaks.series.map((one) => ({ ...one, labels: { ...one.labels, __name__: RSS_PEAK } }));
    const groups = groupBy([...sizes.series, ...named], ({ labels }) => nameKey(labels, scheme));
    const timelines = [...groups].map(([key, series]) =>
      thinnedTimeline(series, kube.byContainer.get(key) ?? [], api.shown, window, scheme),
    );
    return { foundBy, stepSeconds, timelines, notes: distinct(notes) };
  }
  return { foundBy, stepSeconds, timelines: [], notes: [] };
}

function thinnedTimeline(
  series: readonly Series[],
  kubeSeries: readonly Series[],
  source: string,
  window: TimelineWindow,
  scheme: LabelScheme,
): Timeline {
  const labels = series[0]?.labels ?? {};
  const found = livesOf(series);
  const kube = kubeFacts(kubeSeries);
  return {
    source,
    ...present({ namespace: labels[scheme.namespace], pod: labels[scheme.pod], container: labels[scheme.container] }),
    ...window,
    ...present({ resolutionSeconds: usualDistance(found.lives), restarts: kube.restarts }),
    lives: found.lives,
    limits: found.limits.length > 0 ? found.limits : kube.limits,
    requests: kube.requests,
    ends: endsOf(kube.ends, found.oomEvents).filter(({ atSeconds }) => atSeconds >= window.fromSeconds),
    notes: [],
  };
}

/** The pods whose owner, or whose owner's owner, is the workload; none where kube-state-metrics does not tell. */
async function podsByOwner(
  api: PrometheusApi,
  { namespace, kind, name }: Workload,
  { fromSeconds, toSeconds }: TimelineWindow,
): Promise<string[]> {
  if (kind === 'Pod') return [];
  const range = `[${Math.round(toSeconds - fromSeconds)}s]`;
  const owners = async (metric: string, child: string, ownerKind: string | undefined, names: readonly string[]) => {
    const kindMatcher = ownerKind === undefined ? '' : `,${equals('owner_kind', ownerKind)}`;
    const found = new Set<string>();
    for (const scope of ['namespace', 'exported_namespace']) {
      const selector = `${equals(scope, namespace)}${kindMatcher},${matches('owner_name', names.map(literal).join('|'))}`;
      const { series } = await api.query(
        `max by (${child}, exported_${child}) (last_over_time(${metric}{${selector}}${range}))`,
        toSeconds,
      );
      for (const { labels } of series) {
        const owned = labels[`exported_${child}`] ?? labels[child];
        if (owned !== undefined) found.add(owned);
      }
      if (found.size > 0) break;
    }
    return [...found];
  };
  const replicaSets =
    kind === undefined || kind === 'Deployment' ? await owners('kube_replicaset_owner', 'replicaset', 'Deployment', [name]) : [];
  const jobs = kind === undefined || kind === 'CronJob' ? await owners('kube_job_owner', 'job_name', 'CronJob', [name]) : [];
  const between = [...replicaSets, ...jobs];
  if (between.length > 0) return owners('kube_pod_owner', 'pod', undefined, between);
  return kind === 'Deployment' || kind === 'CronJob' ? [] : owners('kube_pod_owner', 'pod', kind, [name]);
}

/** How the pods of a workload are named, as an expression. */
function podPattern({ kind, name }: Workload): string {
  const suffixes = kind === undefined ? [...new Set(Object.values(SUFFIX))] : [SUFFIX[kind]];
  return suffixes.map((suffix) => `${literal(name)}${suffix}`).join('|');
}

function podSelector({ namespace, container }: Workload, pods: string, scheme: LabelScheme): string {
  const own = container === undefined ? '' : `,${equals(scheme.container, container)}`;
  return `${equals(scheme.namespace, namespace)},${matches(scheme.pod, pods)},${scheme.container}!="",${scheme.container}!="POD"${own}`;
}

async function readKube(
  api: PrometheusApi,
  workload: Workload,
  pods: string,
  { fromSeconds, toSeconds }: TimelineWindow,
  stepSeconds: number,
): Promise<{ byContainer: Map<string, Series[]>; notes: readonly Message[] }> {
  for (const scheme of labelSchemes) {
    const expression = `{${KUBE_NAMES},${podSelector(workload, pods, scheme)}}`;
    const { series, notes } = await api.queryRange(expression, fromSeconds, toSeconds, stepSeconds);
    if (series.length > 0) return { byContainer: groupBy(series, ({ labels }) => nameKey(labels, scheme)), notes };
  }
  return { byContainer: new Map(), notes: [] };
}
