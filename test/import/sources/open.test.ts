import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { openSource } from '../../../src/import/sources/open.js';
import { quickRetry } from '../../support/import-request.js';

it.each([
  ['http', (host: string) => `http://${host}/disk.img`],
  ['s3', () => 's3://bucket/disk.img'],
  ['docker', (host: string) => `docker://${host}/lab/disk:1`],
])('closes its connections when there is nothing to open by %s', async (_, locationOn) => {
  // Kept alive as long as a client takes it.
  const server = createServer((_request, response) => void response.writeHead(404, { 'keep-alive': 'timeout=600' }).end());
  server.keepAliveTimeout = 600_000;
  const closed: Promise<unknown>[] = [];
  server.on('connection', (socket: Socket) => closed.push(once(socket, 'close')));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const opening = openSource(locationOn(host), {
    http: { env: {} },
    s3: { region: 'us-east-1', endpoint: `http://${host}` },
    architecture: 'amd64',
    plainHttp: true,
    retry: quickRetry,
    signal: new AbortController().signal,
    isCheckedLater: false,
  });
  await expect(opening).rejects.toMatchObject({ code: 'source-missing' });
  expect(closed.length).toBeGreaterThan(0);
  await Promise.all(closed);
});
