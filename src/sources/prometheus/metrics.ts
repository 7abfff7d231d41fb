import type { TimelineColumn } from '../../model/index.js';

/** The metrics oomkit asks for. cAdvisor: lib/metrics/prometheus.go; the dirty and writeback figures since June 2026 (#3886). */
const RAW = {
  usageBytes: 'container_memory_usage_bytes',
  workingSetBytes: 'container_memory_working_set_bytes',
  rssBytes: 'container_memory_rss',
  cacheBytes: 'container_memory_cache',
  mappedFileBytes: 'container_memory_mapped_file',
  activeFileBytes: 'container_memory_total_active_file_bytes',
  inactiveFileBytes: 'container_memory_total_inactive_file_bytes',
  dirtyBytes: 'container_memory_file_dirty_bytes',
  writebackBytes: 'container_memory_file_writeback_bytes',
  swapBytes: 'container_memory_swap',
  kernelBytes: 'container_memory_kernel_usage',
} as const satisfies Readonly<Record<TimelineColumn, string>>;

/** The recording rules of kubernetes-mixin (rules/apps.libsonnet), kept where the raw series are dropped. */
const RULES: Readonly<Partial<Record<TimelineColumn, string>>> = {
  workingSetBytes: 'node_namespace_pod_container:container_memory_working_set_bytes',
  rssBytes: 'node_namespace_pod_container:container_memory_rss',
  cacheBytes: 'node_namespace_pod_container:container_memory_cache',
  swapBytes: 'node_namespace_pod_container:container_memory_swap',
};

/** The metrics by column: as they were scraped or, where none of these is left, as rules record them. */
export type ColumnMetrics = Readonly<Partial<Record<TimelineColumn, string>>>;
export const columnMetrics: readonly ColumnMetrics[] = [RAW, RULES];

const columns = new Map(
  columnMetrics.flatMap((names) => Object.entries(names)).map(([column, name]) => [name, column as TimelineColumn]),
);

/** The column a metric's samples belong to. */
export function columnOf(name: string): TimelineColumn | undefined {
  return columns.get(name);
}

/** Beside the sizes, of cAdvisor. Its failcnt is always 0 on cgroup v2, and its failures_total counts page faults: neither is asked for. */
export const START_TIME = 'container_start_time_seconds';
export const SPEC_LIMIT = 'container_spec_memory_limit_bytes';
export const OOM_EVENTS = 'container_oom_events_total';

const cadvisorMetrics: readonly string[] = [...columns.keys(), START_TIME, SPEC_LIMIT, OOM_EVENTS];

/** A matcher for all of cAdvisor's metrics that oomkit asks for. */
export const CADVISOR_NAMES = `__name__=~"${cadvisorMetrics.join('|')}"`;

/**
 * kube-state-metrics (docs/metrics/workload/pod-metrics.md), with the twins for init containers, and the names for limits and
 * requests before 2.0.
 */
export const KUBE = {
  restarts: /^kube_pod_(?:init_)?container_status_restarts_total$/,
  reason: /^kube_pod_(?:init_)?container_status_last_terminated_reason$/,
  exitCode: /^kube_pod_container_status_last_terminated_exitcode$/,
  terminatedAt: /^kube_pod_container_status_last_terminated_timestamp$/,
  limit: /^kube_pod_(?:init_)?container_resource_limits(?:_memory_bytes)?$/,
  request: /^kube_pod_(?:init_)?container_resource_requests(?:_memory_bytes)?$/,
} as const;

/** A matcher for all of these. */
export const KUBE_NAMES =
  '__name__=~"kube_pod_(init_)?container_(status_(restarts_total|last_terminated_(reason|exitcode|timestamp))|resource_(limits|requests)(_memory_bytes)?)"';

/**
 * How the labels of namespace, pod and container are spelled: as the kubelet spells them now, as before Kubernetes 1.16, and as
 * Prometheus renames them where the scrape's own labels win (honor_labels: false).
 */
export interface LabelScheme {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export const labelSchemes: readonly LabelScheme[] = [
  { namespace: 'namespace', pod: 'pod', container: 'container' },
  { namespace: 'namespace', pod: 'pod_name', container: 'container_name' },
  { namespace: 'exported_namespace', pod: 'exported_pod', container: 'exported_container' },
];

/** A matcher `label="value"`, the value quoted as PromQL has it. */
export function equals(label: string, value: string): string {
  return `${label}="${quoted(value)}"`;
}

/** A matcher `label=~"expression"`; RE2, anchored at both ends. */
export function matches(label: string, expression: string): string {
  return `${label}=~"${quoted(expression)}"`;
}

/** A text as an expression that matches it alone. */
export function literal(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function quoted(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
