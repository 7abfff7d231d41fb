import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type ClusterConnection,
  connect,
  corePath,
  KubeError,
  listPages,
  type RawPod,
  watchObjects,
} from '../../src/kubernetes/index.js';
import { renderMessage } from '../../src/report/messages/render.js';
import { ApiServer, type ApiServerChoice, type Fault, sendStatus } from '../support/api-server.js';
import { PLANTED, pod } from '../support/cluster-objects.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let server: ApiServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const PODS = corePath('pods', 'shop');

async function connectTo(choice: ApiServerChoice = {}): Promise<{ api: ApiServer; connection: ClusterConnection }> {
  const api = await ApiServer.start(choice);
  server = api;
  const kubeconfig = join(temporaryDirectory(), 'config');
  writeFileSync(kubeconfig, api.kubeconfig({ token: PLANTED }));
  return { api, connection: await connect({ kubeconfig }, { timeoutMs: 400, attempts: 3, pauseMs: 1 }) };
}

/** Fails the first `times` requests so. */
function failing(times: number, answer: (response: ServerResponse, request: IncomingMessage) => void): Fault {
  let left = times;
  return (request, response) => {
    if (left === 0) return false;
    left -= 1;
    answer(response, request);
    return true;
  };
}

async function failureOf(read: Promise<unknown>): Promise<KubeError> {
  try {
    await read;
  } catch (error) {
    if (error instanceof KubeError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const ALWAYS = Number.POSITIVE_INFINITY;

type Answer = (response: ServerResponse) => void;

describe('a connection to an API server', () => {
  it.each<[code: string, requests: number, answer: Answer]>([
    ['unauthorized', 1, (response) => sendStatus(response, 401, 'Unauthorized')],
    ['forbidden', 1, (response) => sendStatus(response, 403, 'pods is forbidden')],
    ['not-found', 1, (response) => sendStatus(response, 404, 'not found')],
    ['throttled', 3, (response) => sendStatus(response, 429, 'slow down', { 'Retry-After': '0' })],
    ['server-error', 3, (response) => sendStatus(response, 500, 'etcd is away')],
    ['cut', 3, (response) => void response.writeHead(200, { 'Content-Length': '1000' }).write('{"items":[')],
    ['timeout', 3, () => undefined],
    ['not-kubernetes', 1, (response) => void response.end('<html>Please log in</html>')],
  ])('says %s after %i requests', async (code, requests, answer) => {
    const cut: Fault = failing(ALWAYS, (response) => {
      answer(response);
      if (code === 'cut') setTimeout(() => response.destroy(), 10);
    });
    const { api, connection } = await connectTo({ fault: cut });
    const error = await failureOf(connection.get(PODS));
    expect(error.code).toBe(code);
    expect(api.requests).toHaveLength(requests);
    for (const lang of ['en', 'zh-CN'] as const) expect(renderMessage(error.problem, { lang })).not.toContain(PLANTED);
  });

  it.each<[title: string, answer: Answer]>([
    ['429 with Retry-After', (response) => sendStatus(response, 429, 'slow down', { 'Retry-After': '0' })],
    ['500', (response) => sendStatus(response, 500, 'etcd is away')],
    ['a cut connection', (response) => void response.destroy()],
  ])('asks again after %s', async (_, answer) => {
    const { api, connection } = await connectTo({ contents: { pods: [pod({ name: 'web' })] }, fault: failing(2, answer) });
    const list = await connection.get<{ items: RawPod[] }>(PODS);
    expect(list.items.map(({ metadata }) => metadata?.name)).toEqual(['web']);
    expect(api.requests).toHaveLength(3);
  });

  it('does not wait for a server that asks for an hour', async () => {
    const { api, connection } = await connectTo({
      fault: failing(ALWAYS, (response) => sendStatus(response, 429, 'later', { 'Retry-After': '3600' })),
    });
    expect((await failureOf(connection.get(PODS))).retryAfterSeconds).toBe(3600);
    expect(api.requests).toHaveLength(1);
  });

  it('sends the token and tells how far the clocks are apart', async () => {
    const { connection } = await connectTo({ token: PLANTED, clockBehindSeconds: 300 });
    await connection.get(PODS);
    expect(Math.abs((connection.clockSkewSeconds ?? 0) - 300)).toBeLessThanOrEqual(2);
  });

  it('says when nothing listens', async () => {
    const { api, connection } = await connectTo();
    await api.close();
    server = undefined;
    expect((await failureOf(connection.get(PODS))).code).toBe('refused');
  });
});

describe('a long list', () => {
  const PODS_IN_ALL = 20_000;
  const podPage: ApiServerChoice['podPage'] = (from, limit) => ({
    items: Array.from({ length: Math.min(limit, PODS_IN_ALL - from) }, (_, index) => pod({ name: `web-${from + index}` })),
    total: PODS_IN_ALL,
  });

  it('comes page by page, and no page outlives its turn', async () => {
    const { api, connection } = await connectTo({ podPage });
    const pages: WeakRef<object>[] = [];
    let pods = 0;
    for await (const { items } of listPages<RawPod>(connection, PODS)) {
      pods += items.length;
      pages.push(new WeakRef(items));
      expect(items.length).toBeLessThanOrEqual(500);
    }
    expect(pods).toBe(PODS_IN_ALL);
    expect(api.requests).toHaveLength(PODS_IN_ALL / 500);
    // 20,000 pods are some 30 MB of JSON: what is still reachable after a collection under this much pressure is what was kept.
    const pressure: unknown[] = [];
    for (let round = 0; round < 50; round++) {
      pressure[round % 2] = Array.from({ length: 100_000 }, (_, index) => ({ index }));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(pages.filter((page) => page.deref() !== undefined).length).toBeLessThan(pages.length / 2);
  });

  it('begins again when its token has expired, and gives up when that goes on', async () => {
    const pods = Array.from({ length: 7 }, (_, index) => pod({ name: `web-${index}` }));
    let expiries = 0;
    const expire = (most: number): Fault => {
      return (_, response, url) => {
        if (!url.searchParams.has('continue') || expiries >= most) return false;
        expiries += 1;
        sendStatus(response, 410, 'The provided continue parameter is too old');
        return true;
      };
    };
    const { connection } = await connectTo({ contents: { pods }, fault: expire(1) });
    const restarted: boolean[] = [];
    let names: (string | undefined)[] = [];
    for await (const page of listPages<RawPod>(connection, PODS, { pageSize: 3 })) {
      restarted.push(page.restarted);
      if (page.restarted) names = [];
      names.push(...page.items.map(({ metadata }) => metadata?.name));
    }
    expect(restarted).toEqual([false, true, false, false]);
    expect(names).toEqual(pods.map(({ metadata }) => metadata?.name));
    if (server !== undefined) server.fault = expire(ALWAYS);
    const everything = async () => {
      for await (const _ of listPages<RawPod>(connection, PODS, { pageSize: 3 }));
    };
    expect((await failureOf(everything())).code).toBe('expired');
  });
});

describe('a watch', () => {
  it('connects again where it was cut, and says when changes were missed', async () => {
    const { api, connection } = await connectTo();
    const controller = new AbortController();
    const seen: string[] = [];
    let reconnects = 0;
    const watching = (async () => {
      const news = watchObjects<RawPod>(connection, PODS, '1000', {}, controller.signal, () => {
        reconnects += 1;
      });
      for await (const one of news) seen.push(one.kind === 'object' ? (one.object.metadata?.name ?? '') : one.kind);
    })();
    const object = (name: string, resourceVersion: string) => pod({ name, metadata: { name, resourceVersion } });
    await expect.poll(() => api.watches).toBe(1);
    api.push('ADDED', object('web-0', '1001'));
    await expect.poll(() => seen).toEqual(['web-0']);
    api.cutWatches();
    await expect.poll(() => api.watches, { timeout: 5000 }).toBe(1);
    expect(reconnects).toBe(1);
    expect(api.requests.at(-1)).toContain('resourceVersion=1001');
    api.push('BOOKMARK', object('web-0', '1002'));
    api.push('DELETED', object('web-0', '1003'));
    api.push('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' });
    await watching;
    expect(seen).toEqual(['web-0', 'expired']);
  });
});
