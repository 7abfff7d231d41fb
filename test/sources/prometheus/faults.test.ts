import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { renderMessage } from '../../../src/render/index.js';
import { PrometheusApi } from '../../../src/sources/prometheus/api.js';
import { type ConnectOptions, connectPrometheus } from '../../../src/sources/prometheus/connect.js';
import { PrometheusError } from '../../../src/sources/prometheus/error.js';
import { readTimelines } from '../../../src/sources/prometheus/timeline.js';

const SECRET = 'hunter2-planted';
const empty = { status: 'success', data: { resultType: 'vector', result: [] } };

/** A server that answers as the test says, its address, and what it was asked. */
async function serve(listener: RequestListener): Promise<{ url: string; requests: IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function apiOf(url: string, options: ConnectOptions = {}): { api: PrometheusApi; pauses: number[] } {
  const connection = connectPrometheus(url, options);
  onTestFinished(() => connection.close());
  const pauses: number[] = [];
  return { api: new PrometheusApi(connection, (pause) => Promise.resolve(pauses.push(pause))), pauses };
}

async function failureOf(promise: Promise<unknown>): Promise<PrometheusError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PrometheusError)) throw new Error(`no PrometheusError: ${String(error)}`);
  for (const lang of ['en', 'zh-CN'] as const) {
    const text = renderMessage(error.problem, { lang });
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/[{}]|^prometheus\./);
  }
  expect(error.message + error.stack).not.toContain(SECRET);
  return error;
}

const answers =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(status, headers).end(body);

describe('a metrics server that', () => {
  it('quotes a secret is quoted without', async () => {
    const { url } = await serve(
      answers(400, JSON.stringify({ status: 'error', error: `token=${SECRET} is not for this tenant` })),
    );
    const error = await failureOf(apiOf(url).api.query('up', 0));
    expect(error.problem.params.reason).toMatchObject({ value: 'token=redacted is not for this tenant' });
  });

  it.each([
    [401, 'unauthorized', 'Unauthorized', 1],
    [403, 'forbidden', '{"status":"error","error":"no"}', 1],
    [404, 'not-found', '404 page not found', 1],
    [400, 'refused', '{"status":"error","errorType":"bad_data","error":"no org id"}', 1],
    [422, 'refused', '{"status":"error","errorType":"execution","error":"many-to-many matching not allowed"}', 1],
    [
      422,
      'too-many-samples',
      '{"status":"error","error":"query processing would load too many samples into memory in query execution"}',
      1,
    ],
    [429, 'busy', 'slow down', 3],
    [503, 'busy', '', 3],
    [500, 'server', '<html>oops</html>', 1],
    [502, 'server', '', 3],
    [302, 'redirected', '', 1],
    [200, 'not-prometheus', '<!DOCTYPE html><title>Sign in</title>', 1],
    [200, 'not-prometheus', '{"status":"success"}', 1],
    [200, 'not-prometheus', '{"status":"success","data":{"result":[{"metric":{},"values":[["x"]]}]}}', 1],
    [200, 'not-prometheus', '', 1],
    [200, 'not-prometheus', '\u0000\u0001\u0002', 1],
  ])('answers %i is told as %s', async (status, code, body, attempts) => {
    const { url, requests } = await serve(answers(status, body, { location: `https://login.example/?t=${SECRET}` }));
    const { api, pauses } = apiOf(url, { token: SECRET });
    const error = await failureOf(api.query('up', 1));
    expect(error.code).toBe(code);
    expect(requests).toHaveLength(attempts);
    expect(pauses).toHaveLength(attempts - 1);
  });

  it('is busy is asked again after the pause it wants', async () => {
    let count = 0;
    const { url } = await serve((_, response) => {
      count += 1;
      if (count === 1) response.writeHead(429, { 'retry-after': '2' }).end();
      else response.end(JSON.stringify(empty));
    });
    const { api, pauses } = apiOf(url);
    expect(await api.query('up', 1)).toEqual({ series: [], notes: [] });
    expect(pauses).toEqual([2000]);
  });

  it('wants a pause of hours is told of at once', async () => {
    const { url, requests } = await serve(answers(503, '', { 'retry-after': '7200' }));
    const error = await failureOf(apiOf(url).api.query('up', 1));
    expect(error.code).toBe('busy');
    expect(requests).toHaveLength(1);
  });

  it('is slow is not waited for longer than the timeout', async () => {
    const { url } = await serve(() => undefined);
    const error = await failureOf(apiOf(url, { timeoutMs: 200 }).api.query('up', 1));
    expect(error.code).toBe('timeout');
  });

  it('drips its answer is not waited for longer than the timeout', async () => {
    const { url } = await serve((_, response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const error = await failureOf(apiOf(url, { timeoutMs: 300 }).api.query('up', 1));
    expect(error.code).toBe('timeout');
  });

  it('cuts its answer is asked again, then told of', async () => {
    const { url, requests } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"status":"succ', () => response.destroy());
    });
    const error = await failureOf(apiOf(url).api.query('up', 1));
    expect(error.code).toBe('cut');
    expect(requests).toHaveLength(3);
  });

  it('sends without end is cut off at the bound', async () => {
    const { url } = await serve((_, response) => {
      const flood = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', flood);
      };
      flood();
    });
    const error = await failureOf(apiOf(url, { maxBytes: 1_000_000 }).api.query('up', 1));
    expect(error.code).toBe('too-large');
  });

  it('is not there is told of', async () => {
    const { url } = await serve(answers(200, ''));
    const { port } = new URL(url);
    const error = await failureOf(
      apiOf(`http://user:${SECRET}@127.0.0.1:${Number(port) === 1 ? 2 : 1}/x?key=${SECRET}`).api.query('up', 1),
    );
    expect(error.code).toBe('unreachable');
  });

  it('warns, or answers in part, has that in the notes', async () => {
    const { url } = await serve(answers(200, JSON.stringify({ ...empty, warnings: ['store s3 is away'], isPartial: true })));
    const { notes } = await apiOf(url).api.query('up', 1);
    expect(notes.map(({ key }) => key)).toEqual(['prometheus.note.warning', 'prometheus.note.partial']);
  });

  it('holds too many samples is asked for a shorter window, and that is said', async () => {
    const range = (request: IncomingMessage): number =>
      Number(/\[(\d+)s\]/.exec(decodeURIComponent(request.url ?? ''))?.[1] ?? 0);
    const { url } = await serve((request, response) => {
      if (range(request) > 30_000) {
        response.writeHead(422).end('{"status":"error","error":"query processing would load too many samples into memory"}');
        return;
      }
      const metric = { __name__: 'container_memory_rss', namespace: 'shop', pod: 'web-0', container: 'app', id: '/x' };
      const isOwn = request.url?.includes('container_memory_rss') === true;
      const result = isOwn
        ? [
            {
              metric,
              values: [
                [100, '1'],
                [130, 'NaN'],
                [160, '+Inf'],
                [160, '3'],
              ],
            },
          ]
        : [];
      response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
    });
    const [timeline] = await readTimelines(
      apiOf(url).api,
      { namespace: 'shop', pod: 'web-0' },
      { fromSeconds: 0, toSeconds: 86_400 },
    );
    expect(timeline).toMatchObject({
      fromSeconds: 86_400 - 21_600,
      lives: [{ atSeconds: [100, 160], columns: { rssBytes: [1, 3] } }],
    });
    expect(timeline?.notes.map(({ key }) => key)).toEqual(['history.note.shortened', 'history.note.no-kube-state-metrics']);
  });
});

describe('a request', () => {
  it('carries the path of the address, the credentials and the tenant', async () => {
    const { url, requests } = await serve(answers(200, JSON.stringify(empty)));
    const { api } = apiOf(`${url}/select/0/prometheus/`, { token: SECRET, headers: { 'X-Scope-OrgID': 'team' } });
    await api.query('up', 5);
    expect(requests[0]).toMatchObject({ method: 'GET', url: '/select/0/prometheus/api/v1/query?query=up&time=5' });
    expect(requests[0]?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, 'x-scope-orgid': 'team' });
    await apiOf(url.replace('http://', 'http://us%20er:p%40ss@')).api.query('up', 5);
    expect(requests[1]?.headers.authorization).toBe(`Basic ${Buffer.from('us er:p@ss').toString('base64')}`);
  });

  it('that is long goes into a body', async () => {
    const { url, requests } = await serve(answers(200, JSON.stringify(empty)));
    await apiOf(url).api.query(`up{x="${'y'.repeat(5000)}"}`, 5);
    expect(requests[0]).toMatchObject({ method: 'POST', url: '/api/v1/query' });
  });

  it.each(['ftp://x', 'prometheus:9090', '', '/var/lib'])('to %j is not made', (location) => {
    expect(() => connectPrometheus(location)).toThrow(expect.objectContaining({ code: 'bad-url' }));
  });

  it('with a header that HTTP does not allow is not made, and the header not shown', async () => {
    const error = await failureOf(Promise.resolve().then(() => connectPrometheus('http://x', { token: `${SECRET}\r\nx: y` })));
    expect(error.code).toBe('bad-header');
  });
});
