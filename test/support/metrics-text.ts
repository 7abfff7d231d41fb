import { type Sample, type Sampling, type Scenario, sampled } from './incident-series.js';

/** Who a scenario happens to. */
export interface Subject {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The owner that kube-state-metrics names. */
  readonly owner?: { readonly kind: string; readonly name: string };
  /** Labels of the scrape; a second one makes duplicates. */
  readonly instance?: string;
  /** External labels, on every series. */
  readonly external?: Readonly<Record<string, string>>;
  /** Of the pod; one for all unless given. */
  readonly uid?: string;
  /** Relabelling has taken the cgroup's path and the container's name away. */
  readonly withoutId?: boolean;
}

export interface Told {
  readonly subject: Subject;
  readonly scenario: Scenario;
  readonly sampling: Sampling;
  /** Leaves out kube-state-metrics. */
  readonly withoutKube?: boolean;
}

const METRICS: Readonly<Record<keyof Sample['sizes'], string>> = {
  usageBytes: 'container_memory_usage_bytes',
  rssBytes: 'container_memory_rss',
  cacheBytes: 'container_memory_cache',
  activeFileBytes: 'container_memory_total_active_file_bytes',
  inactiveFileBytes: 'container_memory_total_inactive_file_bytes',
  workingSetBytes: 'container_memory_working_set_bytes',
};

/** The container id of a run: 64 hexadecimal digits. */
export function containerId({ pod, container, uid = '' }: Subject, run: number): string {
  const text = Buffer.from(`${uid}${pod}/${container}/${run}`).toString('hex');
  return text.repeat(64).slice(-64);
}

const POD_UID = '6b212546-0aa8-4e1c-9e8b-6f2b7e2b3d11';

/** The path of a run's cgroup, as containerd's with the systemd driver. */
export function cgroupOf(subject: Subject, run: number): string {
  const uid = (subject.uid ?? POD_UID).replaceAll('-', '_');
  return `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice/cri-containerd-${containerId(subject, run)}.scope`;
}

/** Samples by metric, each with its labels. */
type Family = Map<string, { readonly labels: string; readonly samples: [value: number, at: number][] }>;

/** The exposition of scenarios as OpenMetrics text with a time on every sample, for promtool and for VictoriaMetrics' import. */
export function openMetrics(told: readonly Told[]): string {
  const families = new Map<string, Family>();
  const add = (metric: string, labels: Readonly<Record<string, string>>, value: number, at: number): void => {
    const text = Object.entries(labels)
      .map(([name, label]) => `${name}="${label}"`)
      .join(',');
    const family = families.get(metric) ?? new Map();
    families.set(metric, family);
    const series = family.get(text) ?? { labels: text, samples: [] };
    family.set(text, series);
    series.samples.push([value, at]);
  };
  for (const one of told) tell(one, add);
  const lines = [...families].flatMap(([metric, family]) => [
    `# TYPE ${metric} unknown`,
    ...[...family.values()].flatMap(({ labels, samples }) => samples.map(([value, at]) => `${metric}{${labels}} ${value} ${at}`)),
  ]);
  return `${lines.join('\n')}\n# EOF\n`;
}

type Add = (metric: string, labels: Readonly<Record<string, string>>, value: number, at: number) => void;

function tell({ subject, scenario, sampling, withoutKube = false }: Told, add: Add): void {
  const { namespace, pod, container, owner, instance = '10.0.0.7:10250', external = {} } = subject;
  const { samples, ends } = sampled(scenario, sampling);
  const scrape = { ...external, job: 'kubelet', instance, metrics_path: '/metrics/cadvisor' };
  for (const { run, startedAtSeconds, atSeconds, sizes } of samples) {
    const labels = {
      ...scrape,
      namespace,
      pod,
      container,
      image: 'registry.example/app',
      ...(subject.withoutId === true ? {} : { id: cgroupOf(subject, run), name: containerId(subject, run) }),
    };
    for (const [column, metric] of Object.entries(METRICS))
      add(metric, labels, sizes[column as keyof Sample['sizes']], atSeconds);
    add('container_start_time_seconds', labels, startedAtSeconds, atSeconds);
    add('container_spec_memory_limit_bytes', labels, scenario.limitBytes, atSeconds);
    // The pod's own cgroup and its sandbox: aggregates that may not be taken for the container.
    add(
      'container_memory_rss',
      { ...scrape, namespace, pod, id: cgroupOf(subject, run).replace(/\/cri.*/, '') },
      sizes.rssBytes * 2,
      atSeconds,
    );
    add('container_memory_rss', { ...scrape, namespace, pod, container: 'POD', id: '/sandbox' }, 40_960, atSeconds);
  }
  if (withoutKube) return;
  const moments = [
    ...samples.map(({ atSeconds }) => atSeconds),
    sampling.endSeconds,
    sampling.endSeconds + sampling.stepSeconds * 2,
  ];
  const kube = { ...external, job: 'kube-state-metrics', namespace, pod, container, uid: subject.uid ?? POD_UID };
  for (const at of [...new Set(moments)].sort((a, b) => a - b)) {
    const ended = ends.filter((end) => end <= at);
    add('kube_pod_container_status_restarts_total', kube, ended.length, at);
    add('kube_pod_container_resource_limits', { ...kube, resource: 'memory', unit: 'byte' }, scenario.limitBytes, at);
    add('kube_pod_container_resource_requests', { ...kube, resource: 'memory', unit: 'byte' }, scenario.limitBytes / 2, at);
    add('kube_pod_container_resource_limits', { ...kube, resource: 'cpu', unit: 'core' }, 2, at);
    const last = ended.at(-1);
    if (last !== undefined) {
      add('kube_pod_container_status_last_terminated_reason', { ...kube, reason: scenario.reason ?? 'OOMKilled' }, 1, at);
      add('kube_pod_container_status_last_terminated_exitcode', kube, 137, at);
      add('kube_pod_container_status_last_terminated_timestamp', kube, last, at);
    }
    if (owner !== undefined) tellOwner(owner, { namespace, pod }, external, add, at);
  }
}

function tellOwner(
  owner: NonNullable<Subject['owner']>,
  pod: { readonly namespace: string; readonly pod: string },
  external: Readonly<Record<string, string>>,
  add: Add,
  at: number,
): void {
  const kube = { ...external, job: 'kube-state-metrics' };
  if (owner.kind !== 'Deployment') {
    add('kube_pod_owner', { ...kube, ...pod, owner_kind: owner.kind, owner_name: owner.name }, 1, at);
    return;
  }
  const replicaset = pod.pod.replace(/-[^-]+$/, '');
  add('kube_pod_owner', { ...kube, ...pod, owner_kind: 'ReplicaSet', owner_name: replicaset }, 1, at);
  add(
    'kube_replicaset_owner',
    { ...kube, namespace: pod.namespace, replicaset, owner_kind: 'Deployment', owner_name: owner.name },
    1,
    at,
  );
}
