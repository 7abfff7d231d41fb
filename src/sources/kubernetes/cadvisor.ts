import { type OomEventCount, present, type UsageSample } from '../../model/index.js';
import { identifyCgroup } from '../cgroup/identity.js';

/** What the kubelet's /metrics/cadvisor tells of one container, or of the pod's cgroup where `container` is empty. */
export interface CadvisorContainer {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly containerId?: string;
  readonly usage: UsageSample;
  /** Absent where the kubelet has no such counter. */
  readonly oomKills?: number;
}

type SizeField = Exclude<keyof UsageSample, 'observedAt'>;

/** On cgroup v2 cache includes tmpfs, and a peak of 0 means that the kernel has none (before 5.19). Source: cadvisor lib/metrics/prometheus.go. */
const SIZES: Readonly<Record<string, SizeField>> = {
  container_memory_usage_bytes: 'usageBytes',
  container_memory_working_set_bytes: 'workingSetBytes',
  container_memory_rss: 'rssBytes',
  container_memory_cache: 'cacheBytes',
  container_memory_max_usage_bytes: 'peakBytes',
  container_memory_file_dirty_bytes: 'dirtyBytes',
  container_memory_file_writeback_bytes: 'writebackBytes',
};
const OOM_EVENTS = 'container_oom_events_total';

/** One sample of the text format: name, labels, value, and a time in milliseconds. */
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^\n]*)\} +([0-9.eE+-]+|NaN|[+-]Inf)(?: +(-?[0-9]{1,19}))?$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text of /metrics/cadvisor. Lines of other metrics and lines that are none are passed over. */
export function parseCadvisor(text: string): CadvisorContainer[] {
  const found = new Map<
    string,
    { labels: Record<string, string>; sizes: Partial<Record<SizeField, number>>; at: number; oomKills?: number }
  >();
  for (const line of text.split('\n')) {
    if (!line.startsWith('container_')) continue;
    const brace = line.indexOf('{');
    const name = brace < 0 ? '' : line.slice(0, brace);
    const field = SIZES[name];
    if (field === undefined && name !== OOM_EVENTS) continue;
    const match = SAMPLE.exec(line);
    const value = Number(match?.[3]);
    if (match === null || !Number.isFinite(value) || value < 0) continue;
    const labels = labelsOf(match[2] ?? '');
    // The pause container, and cgroups that are no pod's.
    if (labels.container === 'POD' || !labels.pod || !labels.namespace) continue;
    const key = labels.id ?? JSON.stringify([labels.namespace, labels.pod, labels.container]);
    const entry = found.get(key) ?? { labels, sizes: {}, at: 0 };
    if (field === undefined) entry.oomKills = value;
    else if (!(field === 'peakBytes' && value === 0)) entry.sizes[field] = value;
    entry.at = Math.max(entry.at, Number(match[4] ?? 0));
    found.set(key, entry);
  }
  return [...found.values()].map(({ labels, sizes, at, oomKills }) =>
    present({
      namespace: labels.namespace ?? '',
      pod: labels.pod ?? '',
      container: labels.container ?? '',
      containerId: labels.id === undefined ? undefined : identifyCgroup(labels.id).containerId,
      usage: { ...sizes, ...(at > 0 && at < 8.64e15 ? { observedAt: new Date(at).toISOString() } : {}) },
      oomKills,
    }),
  );
}

/** The containers in which the kubelet counted OOM kills. */
export function oomEventCounts(containers: readonly CadvisorContainer[]): OomEventCount[] {
  return containers.flatMap(({ namespace, pod, container, containerId, oomKills = 0 }) =>
    oomKills > 0 && container !== ''
      ? [{ namespace, pod, container, kills: oomKills, ...(containerId === undefined ? {} : { containerId }) }]
      : [],
  );
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(LABEL)) {
    labels[name] = value.replace(/\\(["\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
  }
  return labels;
}
