import { type ContainerLife, type Message, message, present, seconds, type Timeline } from '../../model/index.js';
import type { PrometheusApi, QueryAnswer } from './api.js';
import { PrometheusError } from './error.js';
import { groupBy } from './group.js';
import { endsOf, type KubeFacts, kubeFacts, nothingOfKube } from './kube.js';
import { livesOf } from './lives.js';
import { CADVISOR_NAMES, equals, KUBE_NAMES, type LabelScheme, labelSchemes, literal, matches } from './metrics.js';

/** Whose memory: a pod's containers, or one container by the id in its cgroup's path. */
export type TimelineSubject =
  | { readonly namespace: string; readonly pod: string; readonly container?: string }
  | { readonly containerId: string };

export interface TimelineWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** A window that holds too much for the server is halved so often, its end kept: the kill is there. */
const HALVINGS = 4;
/** Nothing is asked for in a window shorter than this. */
const SHORTEST_SECONDS = 60;

/**
 * The memory of each container of the subject over the window, one timeline a container, from the samples as they were scraped.
 * Empty when the server has none. Throws a PrometheusError.
 */
export async function readTimelines(
  api: PrometheusApi,
  subject: TimelineSubject,
  window: TimelineWindow,
): Promise<readonly Timeline[]> {
  const own = await readOwn(api, subject, window);
  if (own.series.length === 0) return [];
  const byContainer = groupBy(own.series, ({ labels }) => nameKey(labels, own.scheme));
  const timelines: Timeline[] = [];
  for (const series of byContainer.values()) {
    const labels = series[0]?.labels ?? {};
    const name = {
      namespace: labels[own.scheme.namespace],
      pod: labels[own.scheme.pod],
      container: labels[own.scheme.container],
    };
    const found = livesOf(series);
    const kube = await readKube(api, name, own.window);
    const node = await readNode(api, found.labels, own.window);
    const notes = [...own.notes, ...kube.notes];
    if (found.scrapers > 1) notes.push(message('history.note.scrapers', { count: found.scrapers }));
    const resolutionSeconds = usualDistance(found.lives);
    timelines.push({
      source: api.shown,
      ...present(name),
      ...own.window,
      ...present({ resolutionSeconds, restarts: kube.restarts, node }),
      lives: found.lives,
      limits: found.limits.length > 0 ? found.limits : kube.limits,
      requests: kube.requests,
      ends: endsOf(kube.ends, found.oomEvents),
      notes: distinct(notes),
    });
  }
  return timelines;
}

interface Own extends QueryAnswer {
  readonly scheme: LabelScheme;
  readonly window: TimelineWindow;
}

/** The container's own series, with the first spelling of the labels that has any. */
async function readOwn(api: PrometheusApi, subject: TimelineSubject, window: TimelineWindow): Promise<Own> {
  let notes: readonly Message[] = [];
  for (const scheme of labelSchemes) {
    // An absent container is the pod's own cgroup, `POD` its sandbox.
    const container = `${scheme.container}!="",${scheme.container}!="POD"`;
    const selector =
      'containerId' in subject
        ? `{${CADVISOR_NAMES},${matches('id', `.*${literal(subject.containerId)}.*`)},${container}}`
        : `{${CADVISOR_NAMES},${equals(scheme.namespace, subject.namespace)},${equals(scheme.pod, subject.pod)},${container}${
            subject.container === undefined ? '' : `,${equals(scheme.container, subject.container)}`
          }}`;
    const answer = await readSamples(api, selector, window);
    if (answer.series.length > 0) return { ...answer, scheme };
    notes = [...notes, ...answer.notes];
  }
  return { series: [], notes, scheme: labelSchemes[0] as LabelScheme, window };
}

/** The samples of a selector. A window that is too large for the server is shortened from its beginning, and that is noted. */
async function readSamples(
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
  { namespace, pod, container }: { readonly [key in keyof LabelScheme]: string | undefined },
  window: TimelineWindow,
): Promise<KubeFacts & Pick<QueryAnswer, 'notes'>> {
  if (namespace === undefined || pod === undefined || container === undefined) return { ...nothingOfKube, notes: [] };
  const notes: Message[] = [];
  for (const scheme of labelSchemes) {
    const selector = `{${KUBE_NAMES},${equals(scheme.namespace, namespace)},${equals(scheme.pod, pod)},${equals(scheme.container, container)}}`;
    const answer = await readSamples(api, selector, window);
    notes.push(...answer.notes);
    if (answer.series.length > 0) return { ...kubeFacts(answer.series), notes };
  }
  return { ...nothingOfKube, notes: [...notes, message('history.note.no-kube-state-metrics')] };
}

/**
 * The node's working set as the same scrape saw it: the root cgroup's series of the same target. Names of nodes differ between
 * exporters, the scrape's `instance` does not.
 */
async function readNode(
  api: PrometheusApi,
  { instance, job }: Readonly<Record<string, string>>,
  window: TimelineWindow,
): Promise<Timeline['node'] | undefined> {
  if (instance === undefined) return undefined;
  const scrape = `${equals('instance', instance)}${job === undefined ? '' : `,${equals('job', job)}`}`;
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

/** Each note once. */
export function distinct(notes: readonly Message[]): Message[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}
