import { killTime } from '../diagnosis/growth/judge.js';
import { type Incident, type Message, message, type Timeline } from '../model/index.js';
import { PrometheusApi } from '../sources/prometheus/api.js';
import { connectPrometheus } from '../sources/prometheus/connect.js';
import { PrometheusError } from '../sources/prometheus/error.js';
import type { PrometheusServer } from '../sources/prometheus/server.js';
import { readTimelines } from '../sources/prometheus/timeline.js';
import type { Language } from '../words/language.js';
import { renderMessage } from '../words/messages/render.js';
import { type ClusterOptions, kubeConfigChoice } from './cluster-options.js';
import { ExitCode } from './exit-code.js';
import { connectOptions, type PrometheusOptions, prometheusUrl } from './prometheus-options.js';

/** So much is looked at before a kill unless the command line says otherwise. */
const DEFAULT_SECONDS = 86_400;
/** Samples may be stamped later than the kill, and the clocks of node and log differ. */
const AFTER_SECONDS = 300;
/** A log may tell of thousands of kills, and each is a query. */
const MOST_CONTAINERS = 20;

export interface HistoryOptions extends PrometheusOptions, Partial<ClusterOptions> {
  /** Seconds. */
  readonly history?: number;
  readonly debug?: boolean;
}

export interface WithHistory {
  readonly incidents: readonly Incident[];
  /** What was not found or not asked, already said on standard error. */
  readonly warnings: readonly Message[];
  readonly failed: boolean;
}

/**
 * Adds to each incident the memory of its container before the kill. The container's id, which the log's cgroup path has and the
 * metrics' cgroup path too, names one run of one container. A server that cannot be asked costs the history, not the diagnosis.
 */
export async function withHistory(incidents: readonly Incident[], options: HistoryOptions, lang: Language): Promise<WithHistory> {
  const url = prometheusUrl(options);
  if (url === undefined || incidents.length === 0) return { incidents, warnings: [], failed: false };
  const warnings: Message[] = [];
  let failed = false;
  const found = new Map<string, Timeline | undefined>();
  let skipped = false;
  const extended: Incident[] = [];
  const server = await openServer(url, options, lang);
  // Without the history the diagnosis stands; that is said already.
  if (server === undefined) return { incidents, warnings, failed: true };
  const api = new PrometheusApi(server);
  try {
    for (const incident of incidents) {
      const id = incident.container?.containerId;
      if (id === undefined) {
        warnings.push(message('history.not-asked'));
        extended.push(incident);
        continue;
      }
      const killedAt = killTime(incident);
      const key = `${id} ${killedAt}`;
      if (!found.has(key)) {
        if (found.size >= MOST_CONTAINERS) {
          skipped = true;
          extended.push(incident);
          continue;
        }
        const toSeconds = killedAt === undefined ? Math.ceil(Date.now() / 1000) : Math.ceil(killedAt) + AFTER_SECONDS;
        const window = { fromSeconds: toSeconds - (options.history ?? DEFAULT_SECONDS), toSeconds };
        const timeline = await timelineOf(api, id, window, killedAt !== undefined);
        if (timeline === undefined) warnings.push(message('history.absent', { id: id.slice(0, 12) }));
        found.set(key, timeline);
      }
      extended.push(withTimeline(incident, found.get(key)));
    }
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    warnings.push(error.problem);
    failed = true;
    extended.push(...incidents.slice(extended.length));
    if (options.debug === true) process.stderr.write(`${error.stack}\n`);
  } finally {
    await server.close();
  }
  if (skipped) warnings.push(message('history.many', { count: MOST_CONTAINERS }));
  const distinct = [...new Map(warnings.map((warning) => [JSON.stringify(warning), warning])).values()];
  for (const warning of distinct) process.stderr.write(`oomkit: ${renderMessage(warning, { lang })}\n`);
  return { incidents: extended, warnings: distinct, failed };
}

/**
 * The memory of a container. With the time of the kill known, its earlier runs are read too, by the names that the metrics have for
 * it: growth across restarts tells a leak. Without it, only the run that bears the id is surely the one that was killed.
 */
async function timelineOf(
  api: PrometheusApi,
  containerId: string,
  window: { readonly fromSeconds: number; readonly toSeconds: number },
  withEarlierRuns: boolean,
): Promise<Timeline | undefined> {
  const [own] = await readTimelines(api, { containerId }, window);
  const { namespace, pod, container } = own ?? {};
  if (!withEarlierRuns || namespace === undefined || pod === undefined || container === undefined) return own;
  const [all] = await readTimelines(api, { namespace, pod, container }, window);
  return all ?? own;
}

/** What --prometheus takes in place of an address: the server that the cluster has as a service. */
const IN_CLUSTER = 'cluster';

/**
 * A connection by the command line's options. Undefined when there is none: why is said on standard error, and the exit code set.
 */
export async function openServer(
  url: string,
  options: PrometheusOptions & Partial<ClusterOptions>,
  lang: Language,
): Promise<PrometheusServer | undefined> {
  const say = (problem: Message): void => void process.stderr.write(`oomkit: ${renderMessage(problem, { lang })}\n`);
  try {
    if (url === IN_CLUSTER) return await (await import('./cluster-prometheus.js')).connectInCluster(kubeConfigChoice(options));
    const connection = connectOptions(options);
    const server = connectPrometheus(url, connection);
    const secret = connection.token !== undefined || connection.basic !== undefined || /^http:\/\/[^/]*@/i.test(url);
    const loopback = /^http:\/\/(?:[^/]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/]|$)/i.test(url);
    if (secret && /^http:/i.test(url) && !loopback) say(message('prometheus.note.token-in-clear', { server: server.shown }));
    return server;
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    say(error.problem);
    process.exitCode = USAGE.has(error.code) ? ExitCode.Usage : ExitCode.Unreadable;
    return undefined;
  }
}

/** The command line is wrong, not the server. */
const USAGE: ReadonlySet<PrometheusError['code']> = new Set(['bad-url', 'bad-header']);

/** The incident with its history, and with the names the metrics have for its container. */
function withTimeline(incident: Incident, timeline: Timeline | undefined): Incident {
  if (timeline === undefined || incident.container === undefined) return incident;
  const { namespace, pod, container } = timeline;
  return {
    ...incident,
    container: {
      ...(namespace === undefined ? {} : { namespace }),
      ...(pod === undefined ? {} : { podName: pod }),
      ...(container === undefined ? {} : { containerName: container }),
      ...incident.container,
    },
    history: timeline,
  };
}
