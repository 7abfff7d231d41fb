import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { parseListenAddress } from '../../../src/import/metrics/address.js';
import { selfSignedCertificate } from '../../../src/import/metrics/certificate.js';
import { ImportMetrics } from '../../../src/import/metrics/import-metrics.js';
import { type MetricsServer, serveMetrics } from '../../../src/import/metrics/server.js';

let server: MetricsServer | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

async function serve(): Promise<MetricsServer> {
  server = await serveMetrics({ host: '127.0.0.1', port: 0 }, new ImportMetrics({ ownerUid: 'uid-1', charge: () => ({}) }));
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
  readonly certificate: string;
}

/** Asks as CDI's controller does, which does not check who signed the certificate. */
function ask(url: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { method, rejectUnauthorized: false, agent: false }, (response) => {
      const certificate = (response.socket as TLSSocket).getPeerCertificate().subject.CN;
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode, type: response.headers['content-type'], body, certificate: String(certificate) }),
      );
    });
    asking.once('error', reject);
    asking.end();
  });
}

describe('serveMetrics', () => {
  it('serves by https, with a certificate of its own', async () => {
    const { url } = await serve();
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/metrics$/);
    const answer = await ask(url);
    expect(answer).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', certificate: 'oomkit' });
    expect(answer.body).toContain('\nkubevirt_cdi_import_progress_total{ownerUID="uid-1"} 0\n');
  });

  it('has nothing else, and takes nothing', async () => {
    const { url } = await serve();
    expect(await ask(url.replace('/metrics', '/'))).toMatchObject({ status: 404, body: '' });
    expect(await ask(`${url}/..%2f..%2fetc/passwd`)).toMatchObject({ status: 404, body: '' });
    expect(await ask(url, 'POST')).toMatchObject({ status: 405, body: '' });
    expect(await ask(url, 'HEAD')).toMatchObject({ status: 200, body: '' });
  });

  it('outlives a client that speaks no TLS', async () => {
    const { url } = await serve();
    await expect(fetch(url.replace('https', 'http'))).rejects.toThrow();
    expect(await ask(url)).toMatchObject({ status: 200 });
  });

  it('says that the port is taken', async () => {
    const { url } = await serve();
    const port = Number(new URL(url).port);
    await expect(serveMetrics({ host: '127.0.0.1', port }, new ImportMetrics({ charge: () => ({}) }))).rejects.toMatchObject({
      code: 'metrics-port',
      problem: { params: { address: { value: `127.0.0.1:${port}` }, reason: { value: 'EADDRINUSE' } } },
    });
  });
});

describe('selfSignedCertificate', () => {
  it('makes another one each time, that fits its key', async () => {
    const [one, other] = await Promise.all([selfSignedCertificate(), selfSignedCertificate()]);
    const certificate = new X509Certificate(one.cert);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(one.key).not.toBe(other.key);
  });

  it('says what is missing where there is no openssl', async () => {
    const { PATH } = process.env;
    process.env.PATH = '/nonexistent';
    try {
      await expect(selfSignedCertificate()).rejects.toMatchObject({ code: 'metrics-certificate' });
    } finally {
      process.env.PATH = PATH;
    }
  });
});

describe('parseListenAddress', () => {
  it.each([
    [':8443', { port: 8443 }],
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['[::1]:9090', { host: '::1', port: 9090 }],
    ['localhost:9090', { host: 'localhost', port: 9090 }],
  ])('%s', (text, address) => {
    expect(parseListenAddress(text)).toEqual(address);
  });

  it.each(['8443', '', ':', ':65536', ':1e3', '::1:8443', 'http://x:1', ':80 '])('refuses %s', (text) => {
    expect(parseListenAddress(text)).toBeUndefined();
  });
});
