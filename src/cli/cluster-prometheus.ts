import type { KubeConfigChoice } from '../sources/kubernetes/client-node.js';
import { type ClusterConnection, connect, serviceProxyPath } from '../sources/kubernetes/connection.js';
import { KubeError } from '../sources/kubernetes/error.js';
import { corePath } from '../sources/kubernetes/paths.js';
import { PrometheusError } from '../sources/prometheus/error.js';
import {
  type FoundService,
  findMetricsServices,
  namedService,
  proxiedServer,
  type ServiceFacts,
  vouchedFor,
} from '../sources/prometheus/in-cluster.js';
import type { PrometheusServer } from '../sources/prometheus/server.js';

/** Services asked for at once, and in all. */
const PAGE = 500;
const MOST_SERVICES = 10_000;
/** Of those that a user may name. */
const MOST_SHOWN = 5;

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

/** A service of the cluster that the user named. */
export interface NamedService {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The cluster's metrics server, named or found among the services of its monitoring, and reached through the API server's proxy: one
 * list of services, then GETs, all with the caller's own rights. Throws a PrometheusError.
 */
export async function connectInCluster(choice: KubeConfigChoice, named?: NamedService): Promise<PrometheusServer> {
  const asking = { shown: 'cluster' };
  try {
    const connection = await connect(choice);
    asking.shown = connection.server;
    const found = chosenService(await listServices(connection, named?.namespace), named, asking.shown);
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

/** The service to ask. Throws a PrometheusError when there is none, or it cannot be told which. */
function chosenService(services: readonly ServiceFacts[], named: NamedService | undefined, server: string): FoundService {
  if (named !== undefined) {
    const service = services.find(({ namespace, name }) => namespace === named.namespace && name === named.name);
    if (service !== undefined) return namedService(service);
    throw new PrometheusError('no-service', server, { count: services.length });
  }
  const all = findMetricsServices(services);
  const vouched = vouchedFor(all);
  const [first] = vouched;
  if (first !== undefined && vouched.every(({ namespace }) => namespace === first.namespace)) return first;
  if (all.length === 0) throw new PrometheusError('no-service', server, { count: services.length });
  const shown = all.slice(0, MOST_SHOWN).map(({ namespace, name }) => `${namespace}/${name}`);
  throw new PrometheusError('unnamed-service', server, { services: shown.join(', ') });
}

async function listServices(connection: ClusterConnection, namespace: string | undefined): Promise<ServiceFacts[]> {
  const services: ServiceFacts[] = [];
  let next: string | undefined;
  do {
    const params = new URLSearchParams({ limit: String(PAGE), ...(next === undefined ? {} : { continue: next }) });
    const { metadata, items = [] } = await connection.get<ServiceList>(corePath('services', namespace), { params });
    for (const { metadata: { namespace: own, name, labels = {} } = {}, spec } of items) {
      const ports = (spec?.ports ?? []).flatMap(({ name: portName, port }) =>
        port === undefined ? [] : [{ port, ...(portName === undefined ? {} : { name: portName }) }],
      );
      if (own !== undefined && name !== undefined) services.push({ namespace: own, name, labels, ports });
    }
    next = metadata?.continue === '' ? undefined : metadata?.continue;
  } while (next !== undefined && services.length < MOST_SERVICES);
  return services;
}

/** The cluster's errors, told as those of the way to the metrics server. */
function asPrometheusError(error: unknown, shown: string): unknown {
  return error instanceof KubeError ? new PrometheusError('cluster', shown, { reason: error.code }, error) : error;
}
