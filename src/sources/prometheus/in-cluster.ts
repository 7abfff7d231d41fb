import type { PrometheusServer } from './server.js';

/** What of a Service tells whether it is a metrics server: of `GET /api/v1/services`, read only. */
export interface ServiceFacts {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name?: string; readonly port: number }[];
}

/** A metrics server found as a Service, and the path that its API lies below. */
export interface FoundService {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly prefix: string;
  readonly product: string;
}

interface Known {
  readonly product: string;
  readonly name: RegExp;
  /** app.kubernetes.io/name, or `app` of older charts. */
  readonly app: RegExp;
  readonly port: number;
  readonly prefix: string;
}

/**
 * The services of the usual charts and operators, the one that sees most first: a query layer knows of every Prometheus behind it.
 * Sources: the charts prometheus, kube-prometheus-stack, victoria-metrics-{single,cluster,k8s-stack}, thanos and mimir-distributed;
 * the prometheus-operator's governing service `prometheus-operated`; OpenShift's `prometheus-k8s` and `thanos-querier`.
 */
const KNOWN: readonly Known[] = [
  {
    product: 'Thanos',
    name: /^thanos-quer(?:y|ier)|-thanos-query(?:-frontend)?$/,
    app: /^thanos-quer(?:y|ier)$/,
    port: 9090,
    prefix: '',
  },
  { product: 'Mimir', name: /mimir.*(?:nginx|gateway|query-frontend)$/, app: /^$/, port: 80, prefix: '/prometheus' },
  { product: 'VictoriaMetrics', name: /^vmselect|-vmselect$/, app: /^vmselect$/, port: 8481, prefix: '/select/0/prometheus' },
  { product: 'VictoriaMetrics', name: /^vmsingle|-victoria-metrics-single-server$/, app: /^vmsingle$/, port: 8428, prefix: '' },
  {
    product: 'Prometheus',
    name: /^prometheus-(?:k8s|server)$|-prometheus(?:-server)?$/,
    app: /^prometheus$/,
    port: 9090,
    prefix: '',
  },
  { product: 'Prometheus', name: /^prometheus-operated$/, app: /^$/, port: 9090, prefix: '' },
];
/** Services beside a server that bear its label and have no query API. */
const NO_SERVER =
  /alertmanager|node-exporter|pushgateway|operator(?!-operated)$|kube-state-metrics|blackbox|adapter|sidecar|webhook/;

/**
 * Namespaces in which those who run a cluster keep its metrics servers. Whoever may create a Service in any namespace could name it
 * like one and feed sizes and verdicts: in others a server must be named.
 */
const OF_THE_CLUSTER: ReadonlySet<string> = new Set([
  'monitoring',
  'observability',
  'prometheus',
  'prometheus-operator',
  'prometheus-stack',
  'kube-prometheus',
  'kube-prometheus-stack',
  'victoria-metrics',
  'victoriametrics',
  'vm',
  'thanos',
  'mimir',
  'openshift-monitoring',
  'cattle-monitoring-system',
  'kubesphere-monitoring-system',
  'kube-system',
]);

/** Of metrics servers those that may be asked without being named. */
export function vouchedFor(found: readonly FoundService[]): FoundService[] {
  return found.filter(({ namespace }) => OF_THE_CLUSTER.has(namespace));
}

/** A service that the user named, whatever it is called: of no known product it is taken for Prometheus itself. */
export function namedService(service: ServiceFacts): FoundService {
  const { namespace, name } = service;
  const [known] = findMetricsServices([service]);
  return known ?? { namespace, name, port: portOf(service, 9090), prefix: '', product: 'Prometheus' };
}

/** The metrics servers among services, the one to ask first first. */
export function findMetricsServices(services: readonly ServiceFacts[]): FoundService[] {
  return KNOWN.flatMap(({ product, name, app, port, prefix }) =>
    services
      .filter((service) => !NO_SERVER.test(service.name))
      .filter(({ name: own, labels }) => name.test(own) || app.test(labels['app.kubernetes.io/name'] ?? labels.app ?? '-'))
      .map((service) => ({ namespace: service.namespace, name: service.name, port: portOf(service, port), prefix, product })),
  ).filter(
    (found, index, all) => all.findIndex((other) => other.namespace === found.namespace && other.name === found.name) === index,
  );
}

/**
 * A metrics server behind the API server's proxy. `get` asks the proxy for a path of that service with the caller's own rights (get
 * on services/proxy), gives back whatever answers, and throws a PrometheusError when nothing does.
 */
export function proxiedServer({ namespace, name, prefix }: FoundService, get: PrometheusServer['get']): PrometheusServer {
  return {
    shown: `service ${namespace}/${name}`,
    get: (path, params) => get(`${prefix}${path}`, params),
    close: () => Promise.resolve(),
  };
}

/** The port of the query API: the usual one, one named for the web, else the first. */
function portOf({ ports }: ServiceFacts, usual: number): number {
  const port = ports.find((one) => one.port === usual) ?? ports.find(({ name }) => /^(?:http|web)/.test(name ?? '')) ?? ports[0];
  return port?.port ?? usual;
}
