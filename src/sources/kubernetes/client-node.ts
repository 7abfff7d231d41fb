/**
 * All that oomkit takes of the Kubernetes client library. The library is large, so this module is built as a file of its own,
 * dist/kubernetes-client.js, and loaded only by the commands that talk to a cluster (scripts/build.mjs).
 */
import { once } from 'node:events';
import type { RequestOptions } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { KubeConfig, PortForward } from '@kubernetes/client-node';

/** Which cluster, and as whom. */
export interface KubeConfigChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Impersonation: kubectl's --as and --as-group. */
  readonly as?: string;
  readonly asGroups?: readonly string[];
}

/** A cluster as the configuration names it, ready to be asked. */
export interface KubeEndpoint {
  readonly server: string;
  readonly context: string;
  readonly namespace?: string;
  /** What a request needs: certificates, agent and headers with credentials, made anew where they expire. */
  requestOptions(): Promise<RequestOptions>;
  /** Opens a port on the loopback interface that leads to a port of a pod. */
  forward(namespace: string, pod: string, port: number): Promise<{ readonly port: number; close(): void }>;
}

/** Why a configuration cannot be used; `detail` is what the library said. */
export class KubeConfigProblem extends Error {
  override readonly name = 'KubeConfigProblem';
  readonly code: 'no-context' | 'no-cluster' | 'unreadable';

  constructor(code: KubeConfigProblem['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

/**
 * Loads the configuration as kubectl does: --kubeconfig, else KUBECONFIG, else ~/.kube/config, else the service account of the
 * pod it runs in. Throws a KubeConfigProblem.
 */
export function loadEndpoint({ kubeconfig, context, as, asGroups }: KubeConfigChoice): KubeEndpoint {
  const config = new KubeConfig();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new KubeConfigProblem('unreadable', error instanceof Error ? error.message : String(error));
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null) throw new KubeConfigProblem('no-context', context);
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  // Without any configuration the library falls back to a server nobody named.
  if (cluster === null || config.currentContext === 'loaded-context') {
    throw new KubeConfigProblem('no-cluster', config.currentContext ?? '');
  }
  // Plain http has no certificate to verify; the library wants that said, kubectl does not.
  if (cluster.server.startsWith('http:')) Object.assign(cluster, { skipTLSVerify: true });
  const user = config.getCurrentUser();
  if (user !== null && as !== undefined) Object.assign(user, { impersonateUser: as });
  const namespace = config.getContextObject(config.currentContext)?.namespace;
  return {
    server: cluster.server,
    context: config.currentContext,
    ...(namespace === undefined ? {} : { namespace }),
    requestOptions: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      const impersonated = as !== undefined && user === null ? { 'Impersonate-User': as } : {};
      const groups = asGroups === undefined || asGroups.length === 0 ? {} : { 'Impersonate-Group': [...asGroups] };
      return { ...options, headers: { ...(options.headers as object | undefined), ...impersonated, ...groups } };
    },
    forward: (podNamespace, pod, port) => forward(new PortForward(config), podNamespace, pod, port),
  };
}

async function forward(
  forwarder: PortForward,
  namespace: string,
  pod: string,
  port: number,
): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    forwarder.portForward(namespace, pod, [port], socket, null, socket).then(
      (webSocket) => {
        if (typeof webSocket === 'function') return;
        webSocket.onclose = () => socket.end();
        webSocket.onerror = () => socket.destroy();
        socket.on('close', () => webSocket.close());
      },
      () => socket.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => void server.close() };
}
