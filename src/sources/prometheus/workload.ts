import { type Message, message, present, type Timeline } from '../../model/index.js';
import type { PrometheusApi, QueryAnswer, Series } from './api.js';
import { assertNoTwins, assertOneCluster, clusterOf } from './clusters.js';
import { groupBy } from './group.js';
import { endsOf, kubeFacts } from './kube.js';
import { type LabelChoice, matchersOf } from './labels.js';
import { livesOf } from './lives.js';
import {
  CADVISOR_NAMES,
  columnMetrics,
  equals,
  KUBE_NAMES,
  type LabelScheme,
  labelSchemes,
  literal,
  matches,
} from './metrics.js';
import { type Held, type PeaksRead, peaksOf, readHeld, readPeaks, readResolution, type Selection } from './peaks.js';
import { distinct, readRange, type TimelineWindow } from './range.js';
import { nameKey, readSamples, scraperLives, usualDistance } from './timeline.js';

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

/** The memory of a workload's containers over days, thinned to steps, with the highest of what lies between them. */
export interface WorkloadHistory {
  /** owner: by what kube-state-metrics says of the pods' owners. name: by how the names of such pods are made. */
  readonly foundBy: 'owner' | 'name';
  readonly stepSeconds: number;
  /** One a container of a pod. */
  readonly timelines: readonly Timeline[];
  readonly notes: readonly Message[];
}

/** Steps of a usual window, of any, and in one answer; Prometheus itself allows 11,000 there. */
const USUAL_STEPS = 2000;
const MOST_STEPS = 20_000;
const MOST_STEPS_AT_ONCE = 2500;
const SHORTEST_STEP_SECONDS = 60;
/** Prometheus takes a sample for current for so long (query.lookback-delta): a step that is no longer misses no run. */
const USUAL_LONGEST_STEP_SECONDS = 300;
/** Metrics of a container, about; points of all of them in one answer, and in all. Many pods are sampled more sparsely. */
const METRICS = 16;
const MOST_POINTS_AT_ONCE = 1_000_000;
const MOST_POINTS_IN_ALL = 6_000_000;
/** Containers whose highest peak is looked at more closely, and how many steps around it. */
const MOST_CLOSE_UPS = 20;
const CLOSE_UP_STEPS = 3;

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
 * The history of every pod a workload had in the window: the samples of steps, and the highest of what cannot be reclaimed from all
 * that the server holds. No timelines when the server knows no such pod. Throws a PrometheusError, `several-clusters` when the pods
 * are of more than one.
 */
export async function readWorkload(
  api: PrometheusApi,
  workload: Workload,
  window: TimelineWindow,
  labels: LabelChoice = [],
): Promise<WorkloadHistory> {
  const owned = await podsByOwner(api, workload, window, labels);
  const pods = owned.length > 0 ? owned.map(literal).join('|') : podPattern(workload);
  const foundBy = owned.length > 0 || workload.kind === 'Pod' ? 'owner' : 'name';
  const usual = usualStep(window);
  for (const scheme of labelSchemes) {
    const matchers = [...podMatchers(workload, pods, scheme), ...matchersOf(labels)].join(',');
    for (const metrics of columnMetrics) {
      const selection = { metrics, matchers };
      const held = await readHeld(api, selection, window);
      if (held.series.length === 0) continue;
      assertOneCluster(api.shown, held.series, labels);
      const kube = { ...workload, pods, labels };
      const { stepSeconds, timelines, notes } = await readHistory(api, { selection, scheme, held, kube }, window, usual);
      const byName = foundBy === 'name' ? [message('size.note.by-name')] : [];
      return { foundBy, stepSeconds, timelines, notes: distinct([...notes, ...byName]) };
    }
  }
  return { foundBy, stepSeconds: usual, timelines: [], notes: [] };
}

function usualStep({ fromSeconds, toSeconds }: TimelineWindow): number {
  const length = toSeconds - fromSeconds;
  const usual = Math.min(USUAL_LONGEST_STEP_SECONDS, Math.max(SHORTEST_STEP_SECONDS, Math.ceil(length / USUAL_STEPS)));
  return Math.max(usual, Math.ceil(length / MOST_STEPS));
}

/** What was found of a workload, and where the rest is. */
interface Found {
  readonly selection: Selection;
  readonly scheme: LabelScheme;
  readonly held: Held;
  readonly kube: Workload & { readonly pods: string; readonly labels: LabelChoice };
}

async function readHistory(
  api: PrometheusApi,
  { selection, scheme, held, kube: of }: Found,
  window: TimelineWindow,
  usualStepSeconds: number,
): Promise<Omit<WorkloadHistory, 'foundBy'>> {
  const length = window.toSeconds - window.fromSeconds;
  const stepsIn = (step: number): number => Math.max(1, length / step);
  const resolutionSeconds = await readResolution(api, selection, window, usualStepSeconds, MOST_STEPS_AT_ONCE);
  const presentSeconds = sum(held.series.flatMap(({ values }) => values)) * 2 * resolutionSeconds;
  const tooMany = Math.ceil((presentSeconds / usualStepSeconds) * (METRICS / MOST_POINTS_IN_ALL));
  const stepSeconds = usualStepSeconds * Math.max(1, tooMany);
  const pointsOfStep = (presentSeconds / stepSeconds / stepsIn(stepSeconds)) * METRICS;
  const stepsAtOnce = Math.min(MOST_STEPS_AT_ONCE, Math.max(1, MOST_POINTS_AT_ONCE / Math.max(1, pointsOfStep)));
  const range = (expression: string) => readRange(api, expression, window, stepSeconds, stepsAtOnce);
  const byContainer = (series: readonly Series[]) => groupBy(series, keyOf(scheme, of.labels));
  const sizes = await range(`{${CADVISOR_NAMES},${selection.matchers}}`);
  assertNoTwins(api.shown, byContainer(sizes.series).values());
  const stretches = { stretchSeconds: stepSeconds, resolutionSeconds, presentSeconds, stepsAtOnce };
  const peaks = await readPeaks(api, selection, window, stretches);
  const kube = await readKube(of, range);
  const [sizesOf, peaksBy] = [byContainer(sizes.series), byContainer(peaks.series)];
  // A short run may lie between two steps and have no sizes.
  const timelines = [...byContainer(held.series)].map(([key, series]) =>
    thinnedTimeline(
      api,
      window,
      { scheme, chosen: of.labels },
      {
        sizes: sizesOf.get(key) ?? [],
        kube: kube.byContainer.get(key) ?? [],
        held: series,
        peaks: { ...peaks, series: peaksBy.get(key) ?? [] },
      },
    ),
  );
  const notes = [...held.notes, ...sizes.notes, ...peaks.notes, ...kube.notes];
  if (kube.byContainer.size === 0) notes.push(message('history.note.no-kube-state-metrics'));
  return {
    stepSeconds,
    timelines: await withCloseUps(api, timelines, { scheme, kube: of }, stepSeconds),
    notes: distinct(notes),
  };
}

function thinnedTimeline(
  { shown }: PrometheusApi,
  window: TimelineWindow,
  { scheme, chosen }: { readonly scheme: LabelScheme; readonly chosen: LabelChoice },
  of: {
    readonly sizes: readonly Series[];
    readonly kube: readonly Series[];
    readonly held: readonly Series[];
    readonly peaks: PeaksRead;
  },
): Timeline {
  const labels = (of.sizes[0] ?? of.held[0] ?? of.peaks.series[0])?.labels ?? {};
  const found = livesOf(of.sizes);
  const kube = kubeFacts(of.kube);
  return {
    source: shown,
    ...present({ namespace: labels[scheme.namespace], pod: labels[scheme.pod], container: labels[scheme.container] }),
    ...clusterOf(of.held, chosen),
    ...window,
    ...present({ resolutionSeconds: usualDistance(found.lives), restarts: kube.restarts }),
    lives: found.lives,
    limits: found.limits.length > 0 ? found.limits : kube.limits,
    requests: kube.requests,
    ends: endsOf(kube.ends, found.oomEvents).filter(({ atSeconds }) => atSeconds >= window.fromSeconds),
    heldSamples: sum(of.held.flatMap(({ values }) => values)),
    peaks: peaksOf(of.peaks.series, of.peaks),
    notes: [],
  };
}

/** The pod that needed most of each container, with all samples around its highest peak. */
async function withCloseUps(
  api: PrometheusApi,
  timelines: readonly Timeline[],
  { scheme, kube: { labels } }: Pick<Found, 'scheme' | 'kube'>,
  stepSeconds: number,
): Promise<Timeline[]> {
  const neediest = [...groupBy(timelines, ({ container }) => container ?? '').values()].flatMap((same) =>
    same.reduce((best, one) => (highestOf(one) > highestOf(best) ? one : best)),
  );
  const extended: Timeline[] = [];
  for (const timeline of timelines) {
    const { namespace = '', pod = '', container = '', cluster = {}, peaks } = timeline;
    const at = peaks?.atSeconds[peaks.bytes.indexOf(highestOf(timeline))];
    if (
      !neediest.includes(timeline) ||
      at === undefined ||
      extended.filter(({ closeUp }) => closeUp !== undefined).length >= MOST_CLOSE_UPS
    ) {
      extended.push(timeline);
      continue;
    }
    const names = [equals(scheme.namespace, namespace), equals(scheme.pod, pod), equals(scheme.container, container)];
    const matchers = [CADVISOR_NAMES, ...names, ...matchersOf(labels), ...matchersOf(Object.entries(cluster))];
    const around = { fromSeconds: at - CLOSE_UP_STEPS * stepSeconds, toSeconds: at + CLOSE_UP_STEPS * stepSeconds };
    const { series } = await readSamples(api, `{${matchers.join(',')}}`, around);
    extended.push({ ...timeline, closeUp: scraperLives(series) });
  }
  return extended;
}

/** A container, of one of the clusters where the user chose several. */
function keyOf(scheme: LabelScheme, chosen: LabelChoice): (series: Series) => string {
  const names = [...new Set(chosen.map(([name]) => name))];
  return ({ labels }) => JSON.stringify([nameKey(labels, scheme), ...names.map((name) => labels[name] ?? '')]);
}

function highestOf({ peaks }: Timeline): number {
  return (peaks?.bytes ?? []).reduce((highest, bytes) => Math.max(highest, bytes), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The pods whose owner, or whose owner's owner, is the workload; none where kube-state-metrics does not tell. */
async function podsByOwner(
  api: PrometheusApi,
  { namespace, kind, name }: Workload,
  { fromSeconds, toSeconds }: TimelineWindow,
  labels: LabelChoice,
): Promise<string[]> {
  if (kind === 'Pod') return [];
  const range = `[${Math.round(toSeconds - fromSeconds)}s]`;
  const owners = async (metric: string, child: string, ownerKind: string | undefined, names: readonly string[]) => {
    const kindMatcher = ownerKind === undefined ? '' : `,${equals('owner_kind', ownerKind)}`;
    const found = new Set<string>();
    for (const scope of ['namespace', 'exported_namespace']) {
      const owner = [equals(scope, namespace), matches('owner_name', names.map(literal).join('|')), ...matchersOf(labels)];
      const selector = `${owner.join(',')}${kindMatcher}`;
      const { series } = await api.query(
        `max by (${child}, exported_${child}) (last_over_time(${metric}{${selector}}${range}))`,
        toSeconds,
      );
      for (const { labels: told } of series) {
        const owned = told[`exported_${child}`] ?? told[child];
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

function podMatchers({ namespace, container }: Workload, pods: string, scheme: LabelScheme): string[] {
  const own = container === undefined ? [] : [equals(scheme.container, container)];
  return [
    equals(scheme.namespace, namespace),
    matches(scheme.pod, pods),
    `${scheme.container}!=""`,
    `${scheme.container}!="POD"`,
    ...own,
  ];
}

async function readKube(
  { pods, labels, ...workload }: Found['kube'],
  range: (expression: string) => Promise<QueryAnswer>,
): Promise<{ byContainer: Map<string, Series[]>; notes: readonly Message[] }> {
  for (const scheme of labelSchemes) {
    const matchers = [KUBE_NAMES, ...podMatchers(workload, pods, scheme), ...matchersOf(labels)];
    const { series, notes } = await range(`{${matchers.join(',')}}`);
    if (series.length > 0) return { byContainer: groupBy(series, keyOf(scheme, labels)), notes };
  }
  return { byContainer: new Map(), notes: [] };
}
