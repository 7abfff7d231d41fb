import { type ContainerLife, type Message, message, type Timeline } from '../../model/index.js';
import type { PrometheusApi, Series } from './api.js';
import { clusterLabels, distinguishing, groupByCluster } from './clusters.js';
import { PrometheusError } from './error.js';
import { type LabelChoice, matchersOf, podUidOf, scrapeChoice } from './labels.js';
import { equals } from './metrics.js';
import type { TimelineWindow } from './range.js';
import { namesOf, type Own, readOwn, timelineFrom } from './timeline.js';

/** A run of a container that was killed, as far as it is known. Times are seconds since 1970. */
export interface KilledRun {
  readonly containerId?: string;
  readonly podUid?: string;
  readonly names?: { readonly namespace: string; readonly pod: string; readonly container: string };
  readonly startedAtSeconds?: number;
  /** When it was killed. */
  readonly endedAtSeconds?: number;
}

/** The run's timeline, with those before it; or why none can be told to be its own. Neither where the server has no samples. */
export interface KilledRunRead {
  readonly timeline?: Timeline;
  readonly problem?: Message;
}

/** So long after its last sample a run may have ended; three samples where these are further apart. */
const UNSEEN_SECONDS = 120;
/** The kubelet's word for a start and cAdvisor's are so close. */
const SAME_START_SECONDS = 60;

/**
 * The memory of a run that was killed: by the id in its cgroup's path, which names one run of one container of all clusters. Earlier
 * runs are those of the same pod, by its UID, in series of the same scrape. Where the metrics have no such id, relabelling has taken it
 * away: the run that ended at that time is found by its names. Without the time of the kill only the run that bears the id is its own.
 * Throws a PrometheusError.
 */
export async function readKilledRun(
  api: PrometheusApi,
  run: KilledRun,
  window: TimelineWindow,
  labels: LabelChoice = [],
): Promise<KilledRunRead> {
  const { containerId } = run;
  const own = containerId === undefined ? undefined : await readOwn(api, { containerId }, window, labels);
  if (own === undefined || own.series.length === 0) return readByNames(api, run, window, labels);
  const { namespace, pod, container } = namesOf(own.series, own.scheme);
  const uid = podUidOf(own.series[0]?.labels ?? {});
  if (
    run.endedAtSeconds === undefined ||
    namespace === undefined ||
    pod === undefined ||
    container === undefined ||
    uid === undefined
  )
    return { timeline: await timelineFrom(api, own, labels) };
  const scrape = [...labels, ...scrapeChoice(own.series)];
  const all = await readOwn(api, { namespace, pod, container }, window, scrape);
  const series = all.series.filter((one) => podUidOf(one.labels) === uid);
  const notes = [...all.notes, ...(await otherClusters(api, own, window, labels))];
  return { timeline: await timelineFrom(api, series.length === 0 ? own : { ...all, series, notes }, labels) };
}

/** A note when other clusters have a pod of the same name: whoever looks for it by its name finds these too. */
async function otherClusters(
  api: PrometheusApi,
  { series, scheme }: Own,
  { fromSeconds, toSeconds }: TimelineWindow,
  labels: LabelChoice,
): Promise<Message[]> {
  const cluster = clusterLabels(series);
  const by = Object.keys(cluster);
  if (by.length === 0) return [];
  const names = Object.entries(namesOf(series, scheme)).map(([part, value]) =>
    equals(scheme[part as keyof typeof scheme], value),
  );
  const selector = [...names, ...matchersOf(labels)].join(',');
  const metric = series[0]?.labels.__name__ ?? '';
  const runs = `count by (${['id', ...by].join(', ')}) (last_over_time(${metric}{${selector}}[${toSeconds - fromSeconds}s]))`;
  const { series: found } = await api.query(runs, toSeconds).catch((error: unknown) => {
    // For a note alone the history is not given up.
    if (error instanceof PrometheusError) return { series: [] };
    throw error;
  });
  const clusters = groupByCluster(found, labels);
  if (clusters.length < 2) return [];
  const [first = ''] = by;
  const shown = { count: clusters.length, clusters: distinguishing(clusters).join(', ') };
  return [message('history.note.other-clusters', { ...shown, own: `${first}=${cluster[first] ?? ''}` })];
}

async function readByNames(
  api: PrometheusApi,
  { names, podUid, startedAtSeconds, endedAtSeconds }: KilledRun,
  window: TimelineWindow,
  labels: LabelChoice,
): Promise<KilledRunRead> {
  if (names === undefined || endedAtSeconds === undefined) return {};
  const all = await readOwn(api, names, window, labels);
  const isPods = ({ labels: of }: Series): boolean => podUid === undefined || (podUidOf(of) ?? podUid) === podUid;
  const found: Timeline[] = [];
  const clusters: Series[][] = [];
  for (const series of groupByCluster(all.series.filter(isPods), labels)) {
    const timeline = await timelineFrom(api, { ...all, series }, labels);
    const count = runsUntil(timeline, endedAtSeconds, startedAtSeconds);
    if (count === undefined) continue;
    clusters.push(series);
    found.push({
      ...timeline,
      lives: timeline.lives.slice(0, count),
      notes: [...timeline.notes, message('history.note.by-names')],
    });
  }
  if (found.length <= 1) return found[0] === undefined ? {} : { timeline: found[0] };
  const values = distinguishing(clusters);
  const { namespace, pod, container } = names;
  const params = { name: `${namespace}/${pod}/${container}`, clusters: values.join(', '), example: values[0] ?? '' };
  return { problem: message('history.several-clusters', params) };
}

/** How many runs there were until the one that ended at a moment, itself counted; undefined where none ended then. */
function runsUntil(
  { lives, resolutionSeconds = 0 }: Timeline,
  endedAtSeconds: number,
  startedAtSeconds: number | undefined,
): number | undefined {
  const unseen = Math.max(UNSEEN_SECONDS, 3 * resolutionSeconds);
  const index = lives.findLastIndex((life) => beganAt(life) <= endedAtSeconds);
  const life = lives[index];
  if (life === undefined || (life.atSeconds.at(-1) ?? 0) < endedAtSeconds - unseen) return undefined;
  const began = life.startedAtSeconds;
  const isOther =
    began !== undefined && startedAtSeconds !== undefined && Math.abs(began - startedAtSeconds) > SAME_START_SECONDS;
  return isOther ? undefined : index + 1;
}

function beganAt({ startedAtSeconds, atSeconds }: ContainerLife): number {
  return startedAtSeconds ?? atSeconds[0] ?? Number.POSITIVE_INFINITY;
}
