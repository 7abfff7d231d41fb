import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PrometheusApi } from '../../../src/sources/prometheus/api.js';
import { type ConnectOptions, connectPrometheus } from '../../../src/sources/prometheus/connect.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const skip = spawnSync('openssl', ['version'], { stdio: 'ignore' }).error !== undefined;
if (skip && process.env.CI === 'true') throw new Error('tests of certificates cannot run: openssl not found');

describe('a server with a certificate of its own', () => {
  it.skipIf(skip)('is trusted with its authority or on request, and not otherwise', async () => {
    const directory = temporaryDirectory();
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2', ...subject],
      { stdio: 'ignore' },
    );
    const body = JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } });
    const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => void response.end(body));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const ask = async (options: ConnectOptions): Promise<unknown> => {
      const connection = connectPrometheus(`https://127.0.0.1:${(server.address() as AddressInfo).port}`, options);
      try {
        return await new PrometheusApi(connection).query('up', 1);
      } finally {
        await connection.close();
      }
    };
    await expect(ask({})).rejects.toMatchObject({ code: 'certificate' });
    expect(await ask({ ca: readFileSync(cert, 'utf8') })).toEqual({ series: [], notes: [] });
    expect(await ask({ insecure: true })).toEqual({ series: [], notes: [] });
  });
});
