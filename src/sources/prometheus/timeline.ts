import { type ContainerLife, type Message, message, present, seconds, type Timeline } from '../../model/index.js';
import type { PrometheusApi, QueryAnswer, Series } from './api.js';
import { clusterLabels, clusterOf, groupByCluster } from './clusters.js';
import { PrometheusError } from './error.js';
import { groupBy } from './group.js';
import { endsOf, type KubeFacts, kubeFacts, nothingOfKube } from './kube.js';
import { type LabelChoice, matchersOf, podUidOf, scrapeChoice } from './labels.js';
import { livesOf } from './lives.js';
import { CADVISOR_NAMES, equals, KUBE_NAMES, type LabelScheme, labelSchemes, literal, matches } from './metrics.js';
import { distinct, type TimelineWindow } from './range.js';

/** Whose memory: a pod's containers, or one container by the id in its cgroup's path. */
export type TimelineSubject =
  | { readonly namespace: string; readonly pod: string; readonly container?: string }
  | { readonly containerId: string };

/** A window that holds too much for the server is halved so often, its end kept: the kill is there. */
const HALVINGS = 4;
/** Nothing is asked for in a window shorter than this. */
const SHORTEST_SECONDS = 60;

/**
 * The memory of each container of the subject over the window, one timeline a container of each cluster, from the samples as they were
 * scraped. Empty when the server has none. Throws a PrometheusError.
 */
export async function readTimelines(
  api: PrometheusApi,
  subject: TimelineSubject,
  window: TimelineWindow,
  labels: LabelChoice = [],
): Promise<readonly Timeline[]> {
  const own = await readOwn(api, subject, window, labels);
  const timelines: Timeline[] = [];
  for (const container of groupBy(own.series, (series) => nameKey(series.labels, own.scheme)).values()) {
    for (const series of groupByCluster(container, labels)) timelines.push(await timelineFrom(api, { ...own, series }, labels));
  }
  return timelines;
}

/** What a server has of containers by themselves, beside what else it knows of them. */
export interface Own extends QueryAnswer {
  readonly scheme: LabelScheme;
  readonly window: TimelineWindow;
}

/** The timeline of one container from its own series. */
export async function timelineFrom(
  api: PrometheusApi,
  { series, scheme, window, notes: ownNotes }: Own,
  labels: LabelChoice,
): Promise<Timeline> {
  const name = namesOf(series, scheme);
  const found = livesOf(series);
  const kube = await readKube(api, name, series, window, labels);
  const node = await readNode(api, found.labels, window);
  const notes = [...ownNotes, ...kube.notes];
  if (found.scrapers > 1) notes.push(message('history.note.scrapers', { count: found.scrapers }));
  return {
    source: api.shown,
    ...present(name),
    ...clusterOf(series, labels),
    ...window,
    ...present({ resolutionSeconds: usualDistance(found.lives), restarts: kube.restarts, node }),
    lives: found.lives,
    limits: found.limits.length > 0 ? found.limits : kube.limits,
    requests: kube.requests,
    ends: endsOf(kube.ends, found.oomEvents),
    notes: distinct(notes),
  };
}

/** Whose series they are, as their labels have it. */
export function namesOf([first]: readonly Series[], scheme: LabelScheme): Partial<Record<keyof LabelScheme, string>> {
  const { labels = {} } = first ?? {};
  return present({ namespace: labels[scheme.namespace], pod: labels[scheme.pod], container: labels[scheme.container] });
}

/** The containers' own series, with the first spelling of the labels that has any. */
export async function readOwn(
  api: PrometheusApi,
  subject: TimelineSubject,
  window: TimelineWindow,
  labels: LabelChoice,
): Promise<Own> {
  let notes: readonly Message[] = [];
  for (const scheme of labelSchemes) {
    const matchers = [
      CADVISOR_NAMES,
      ...('containerId' in subject
        ? [matches('id', `.*${literal(subject.containerId)}.*`)]
        : [
            equals(scheme.namespace, subject.namespace),
            equals(scheme.pod, subject.pod),
            ...(subject.container === undefined ? [] : [equals(scheme.container, subject.container)]),
          ]),
      // An absent container is the pod's own cgroup, `POD` its sandbox.
      `${scheme.container}!=""`,
      `${scheme.container}!="POD"`,
      ...matchersOf(labels),
    ];
    const answer = await readSamples(api, `{${matchers.join(',')}}`, window);
    if (answer.series.length > 0) return { ...answer, scheme };
    notes = [...notes, ...answer.notes];
  }
  return { series: [], notes, scheme: labelSchemes[0] as LabelScheme, window };
}

/** The samples of a selector. A window that is too large for the server is shortened from its beginning, and that is noted. */
export async function readSamples(
  api: PrometheusApi,
  selector: string,
  { fromSeconds, toSeconds }: TimelineWindow,
): Promise<QueryAnswer & { readonly window: TimelineWindow }> {
  for (let halvings = 0; ; halvings += 1) {
    const length = Math.max(SHORTEST_SECONDS, Math.round((toSeconds - fromSeconds) / 2 ** halvings));
    try {
      const { series, notes } = await api.query(`${selector}[${length}s]`, toSeconds);
      const shortened = halvings === 0 ? [] : [message('history.note.shortened', { window: seconds(length) })];
      const window = { fromSeconds: toSeconds - length, toSeconds };
      return { series: series.filter(({ values }) => values.length > 0), notes: [...notes, ...shortened], window };
    } catch (error) {
      const tooMuch = error instanceof PrometheusError && (error.code === 'too-many-samples' || error.code === 'too-large');
      if (!tooMuch || halvings >= HALVINGS) throw error;
    }
  }
}

/** What kube-state-metrics tells of the container; nothing where it is not scraped. */
async function readKube(
  api: PrometheusApi,
  { namespace, pod, container }: Partial<Record<keyof LabelScheme, string>>,
  own: readonly Series[],
  window: TimelineWindow,
  labels: LabelChoice,
): Promise<KubeFacts & Pick<QueryAnswer, 'notes'>> {
  if (namespace === undefined || pod === undefined || container === undefined) return { ...nothingOfKube, notes: [] };
  const notes: Message[] = [];
  for (const scheme of labelSchemes) {
    const names = [equals(scheme.namespace, namespace), equals(scheme.pod, pod), equals(scheme.container, container)];
    const answer = await readSamples(api, `{${[KUBE_NAMES, ...names, ...matchersOf(labels)].join(',')}}`, window);
    notes.push(...answer.notes);
    const series = ofSamePod(answer.series, own);
    if (series.length > 0) return { ...kubeFacts(series), notes };
  }
  return { ...nothingOfKube, notes: [...notes, message('history.note.no-kube-state-metrics')] };
}

/** Of the series about pods of one name, those about the very pod whose container's series are given: by its UID, or in its cluster. */
function ofSamePod(series: readonly Series[], own: readonly Series[]): Series[] {
  const uids = new Set(own.map(({ labels }) => podUidOf(labels)));
  const ofPod = series.filter(({ labels }) => labels.uid !== undefined && uids.has(labels.uid));
  // A static pod's cgroup is named by the hash of its manifest, without dashes, and not by a UID.
  const isKnown = [...uids].every((uid) => uid?.includes('-') === true) && series.some(({ labels }) => labels.uid !== undefined);
  if (ofPod.length > 0 || isKnown) return ofPod;
  // kube-state-metrics may be scraped by another server than the kubelets: a label that only one of them has tells nothing.
  const cluster = Object.entries(clusterLabels(own));
  return series.filter(({ labels }) => cluster.every(([name, value]) => (labels[name] ?? value) === value));
}

/** The node's working set as the same scrape saw it: the root cgroup's series of the same target, which has its labels too. */
async function readNode(
  api: PrometheusApi,
  labels: Readonly<Record<string, string>>,
  window: TimelineWindow,
): Promise<Timeline['node'] | undefined> {
  // Rules have no target.
  if (labels.instance === undefined) return undefined;
  const scrape = matchersOf(scrapeChoice([{ labels }])).join(',');
  const { series } = await readSamples(api, `container_memory_working_set_bytes{id="/",${scrape}}`, window);
  const [first] = series;
  if (first === undefined) return undefined;
  const machine = await readSamples(api, `machine_memory_bytes{${scrape}}`, window);
  return {
    ...present({ totalBytes: machine.series[0]?.values.at(-1) }),
    atSeconds: first.atSeconds,
    workingSetBytes: first.values,
  };
}

/** The runs that each scraper saw, side by side: none is chosen, for each may have seen what the others did not. */
export function scraperLives(series: readonly Series[]): ContainerLife[] {
  const byScraper = groupBy(series, ({ labels: { __name__: _, ...labels } }) => JSON.stringify(Object.entries(labels).sort()));
  return [...byScraper.values()].flatMap((own) => livesOf(own).lives);
}

/** A container by its namespace, pod and name. */
export function nameKey(labels: Readonly<Record<string, string>>, { namespace, pod, container }: LabelScheme): string {
  return JSON.stringify([labels[namespace], labels[pod], labels[container]]);
}

/** The median distance of two neighbouring samples of a life. */
export function usualDistance(lives: readonly ContainerLife[]): number | undefined {
  const distances = lives
    .flatMap(({ atSeconds }) => atSeconds.slice(1).map((at, index) => at - (atSeconds[index] ?? at)))
    .sort((a, b) => a - b);
  return distances[Math.floor(distances.length / 2)];
}
