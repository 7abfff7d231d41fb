/** Paths of the API server. Names come from users and from the cluster: every part is escaped. */
const part = encodeURIComponent;

/** The pods, or another kind of the core group, of a namespace or of all. */
export function corePath(resource: 'pods' | 'events' | 'services', namespace: string | undefined): string {
  return namespace === undefined ? `/api/v1/${resource}` : `/api/v1/namespaces/${part(namespace)}/${resource}`;
}

export function podPath(namespace: string, name: string): string {
  return `${corePath('pods', namespace)}/${part(name)}`;
}

export function nodePath(name: string): string {
  return `/api/v1/nodes/${part(name)}`;
}

/** The kubelet of a node through the API server. Only callers who may get nodes/proxy reach it. */
export function kubeletPath(node: string, path: '/stats/summary' | '/metrics/cadvisor'): string {
  return `${nodePath(node)}/proxy${path}`;
}

export function podMetricsPath(namespace: string, name: string): string {
  return `/apis/metrics.k8s.io/v1beta1/namespaces/${part(namespace)}/pods/${part(name)}`;
}

/** A workload of `apps/v1` or `batch/v1`. */
export function workloadPath(group: 'apps' | 'batch', resource: string, namespace: string, name: string): string {
  return `/apis/${group}/v1/namespaces/${part(namespace)}/${part(resource)}/${part(name)}`;
}
