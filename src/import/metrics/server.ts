import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { errnoOf, ImportError } from '../error.js';
import type { ListenAddress } from './address.js';
import { selfSignedCertificate } from './certificate.js';
import type { ImportMetrics } from './import-metrics.js';

/** Who scrapes asks once in some seconds, over one connection. */
const MAX_CONNECTIONS = 32;
const HEADERS_TIMEOUT_MS = 10_000;
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface MetricsServer {
  readonly url: string;
  close(): void;
}

/**
 * Serves the metrics by https at /metrics, and nothing else, with a certificate of its own making. Throws an ImportError when it
 * cannot listen there.
 */
export async function serveMetrics(address: ListenAddress, metrics: ImportMetrics): Promise<MetricsServer> {
  const server = createServer({ ...(await selfSignedCertificate()), minVersion: 'TLSv1.2' }, (request, response) => {
    void answer(request, response, metrics);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = HEADERS_TIMEOUT_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  }).catch((error: unknown) => {
    const reason = errnoOf(error) ?? String(error);
    throw new ImportError('metrics-port', { address: `${address.host ?? ''}:${address.port}`, reason }, { cause: error });
  });
  const connections = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  // It does not keep the program from ending.
  server.unref();
  const { address: host, family, port } = server.address() as AddressInfo;
  return {
    url: `https://${family === 'IPv6' ? `[${host}]` : host}:${port}/metrics`,
    close: () => {
      server.close();
      // closeAllConnections() knows of none that has not come to an end with TLS.
      for (const socket of connections) socket.destroy();
    },
  };
}

async function answer({ method, url = '' }: IncomingMessage, response: ServerResponse, metrics: ImportMetrics): Promise<void> {
  if (url.replace(/\?.*$/s, '') !== '/metrics') return void response.writeHead(404).end();
  if (method !== 'GET' && method !== 'HEAD') return void response.writeHead(405, { allow: 'GET, HEAD' }).end();
  response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(await metrics.text());
}
