import { killTime } from '../diagnosis/growth/judge.js';
import { type Incident, type Message, message, present, type Timeline } from '../model/index.js';
import { PrometheusApi } from '../sources/prometheus/api.js';
import { connectPrometheus } from '../sources/prometheus/connect.js';
import { PrometheusError } from '../sources/prometheus/error.js';
import { type KilledRun, readKilledRun } from '../sources/prometheus/killed-run.js';
import type { PrometheusServer } from '../sources/prometheus/server.js';
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
      const run = killedRunOf(incident);
      if (run === undefined) {
        warnings.push(message('history.not-asked'));
        extended.push(incident);
        continue;
      }
      const key = JSON.stringify(run);
      if (!found.has(key)) {
        if (found.size >= MOST_CONTAINERS) {
          skipped = true;
          extended.push(incident);
          continue;
        }
        const { endedAtSeconds: endedAt } = run;
        const toSeconds = endedAt === undefined ? Math.ceil(Date.now() / 1000) : Math.ceil(endedAt) + AFTER_SECONDS;
        const window = { fromSeconds: toSeconds - (options.history ?? DEFAULT_SECONDS), toSeconds };
        const { timeline, problem } = await readKilledRun(api, run, window, options.prometheusLabel);
        if (timeline === undefined) warnings.push(problem ?? message('history.absent', { id: shownId(run) }));
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

/** What is known of the run that an incident killed; undefined where it is neither its container's id nor names and time. */
function killedRunOf(incident: Incident): KilledRun | undefined {
  const { container, kubernetes } = incident;
  const { containerId, podUid, namespace, podName: pod, containerName } = container ?? {};
  const { startedAt, finishedAt } = kubernetes?.termination ?? {};
  const endedAtSeconds = killTime(incident) ?? secondsOf(finishedAt);
  const isNamed = namespace !== undefined && pod !== undefined && containerName !== undefined;
  if (containerId === undefined && (!isNamed || endedAtSeconds === undefined)) return undefined;
  return present({
    containerId,
    podUid: podUid?.replaceAll('_', '-'),
    names: isNamed ? { namespace, pod, container: containerName } : undefined,
    startedAtSeconds: secondsOf(startedAt),
    endedAtSeconds,
  });
}

function secondsOf(time: string | undefined): number | undefined {
  const milliseconds = Date.parse(time ?? '');
  return Number.isNaN(milliseconds) ? undefined : milliseconds / 1000;
}

function shownId({ containerId, names }: KilledRun): string {
  return containerId?.slice(0, 12) ?? names?.container ?? '';
}

/** What --prometheus takes in place of an address: the server that the cluster has as a service, found or named. */
const IN_CLUSTER = /^cluster(?::([a-z0-9][-a-z0-9]{0,62})\/([a-z0-9][-a-z0-9]{0,62}))?$/;

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
    const inCluster = IN_CLUSTER.exec(url);
    if (inCluster !== null) {
      const [, namespace, name] = inCluster;
      const named = namespace === undefined || name === undefined ? undefined : { namespace, name };
      const { connectInCluster } = await import('./cluster-prometheus.js');
      const found = await connectInCluster(kubeConfigChoice(options), named);
      if (named === undefined) say(message('prometheus.note.in-cluster', { server: found.shown }));
      return found;
    }
    const connection = connectOptions(options);
    const server = connectPrometheus(url, connection);
    const secret = connection.token !== undefined || connection.basic !== undefined || /^http:\/\/[^/]*@/i.test(url);
    const loopback = /^http:\/\/(?:[^/]*@)?(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/]|$)/i.test(url);
    if (secret && /^http:/i.test(url) && !loopback) say(message('prometheus.note.token-in-clear', { server: server.shown }));
    return server;
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    say(error.problem);
    process.exitCode = exitCodeOf(error);
    return undefined;
  }
}

/** The command line is wrong or lacks something, not the server. */
const USAGE: ReadonlySet<PrometheusError['code']> = new Set(['bad-url', 'bad-header', 'several-clusters', 'unnamed-service']);

export function exitCodeOf({ code }: PrometheusError): number {
  return USAGE.has(code) ? ExitCode.Usage : ExitCode.Unreadable;
}

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
