import type { KubeConfigChoice } from '../sources/kubernetes/client-node.js';
import { type ClusterConnection, connect, serviceProxyPath } from '../sources/kubernetes/connection.js';
import { KubeError } from '../sources/kubernetes/error.js';
import { PrometheusError } from '../sources/prometheus/error.js';
import { findMetricsServices, proxiedServer, type ServiceFacts } from '../sources/prometheus/in-cluster.js';
import type { PrometheusServer } from '../sources/prometheus/server.js';

/** Services asked for at once, and in all. */
const PAGE = 500;
const MOST_SERVICES = 10_000;

/** The part of a v1 ServiceList that is read (core/v1 types.go). */
interface ServiceList {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly {
    readonly metadata?: {
      readonly namespace?: string;
      readonly name?: string;
      readonly labels?: Readonly<Record<string, string>>;
    };
    readonly spec?: { readonly ports?: readonly { readonly name?: string; readonly port?: number }[] };
  }[];
}

/**
 * The cluster's metrics server, found among its services and reached through the API server's proxy: one list of services, then
 * GETs, all with the caller's own rights. Throws a PrometheusError.
 */
export async function connectInCluster(choice: KubeConfigChoice = {}): Promise<PrometheusServer> {
  const asking = { shown: 'cluster' };
  try {
    const connection = await connect(choice);
    asking.shown = connection.server;
    const services = await listServices(connection);
    const [found] = findMetricsServices(services);
    if (found === undefined) throw new PrometheusError('no-service', asking.shown, { count: services.length });
    const base = serviceProxyPath(found.namespace, found.name, String(found.port));
    const shown = `service ${found.namespace}/${found.name}`;
    return proxiedServer(found, (path, params) =>
      connection.request(`${base}${path}`, { params }).catch((error: unknown) => {
        throw asPrometheusError(error, shown);
      }),
    );
  } catch (error) {
    throw asPrometheusError(error, asking.shown);
  }
}

async function listServices(connection: ClusterConnection): Promise<ServiceFacts[]> {
  const services: ServiceFacts[] = [];
  let next: string | undefined;
  do {
    const params = new URLSearchParams({ limit: String(PAGE), ...(next === undefined ? {} : { continue: next }) });
    const { metadata, items = [] } = await connection.get<ServiceList>('/api/v1/services', { params });
    for (const { metadata: { namespace, name, labels = {} } = {}, spec } of items) {
      const ports = (spec?.ports ?? []).flatMap(({ name: portName, port }) =>
        port === undefined ? [] : [{ port, ...(portName === undefined ? {} : { name: portName }) }],
      );
      if (namespace !== undefined && name !== undefined) services.push({ namespace, name, labels, ports });
    }
    next = metadata?.continue === '' ? undefined : metadata?.continue;
  } while (next !== undefined && services.length < MOST_SERVICES);
  return services;
}

/** The cluster's errors, told as those of the way to the metrics server. */
function asPrometheusError(error: unknown, shown: string): unknown {
  return error instanceof KubeError ? new PrometheusError('cluster', shown, { reason: error.code }, error) : error;
}
