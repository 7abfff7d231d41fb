import { afterEach, describe, expect, it } from 'vitest';
import { type ClusterConnection, connect, KubeError, listPages, watchObjects } from '../../../src/sources/kubernetes/index.js';
import { ApiServer, type ApiServerChoice, type Fault, sendStatus } from '../../support/api-server.js';
import { PLANTED, pod } from '../../support/cluster-objects.js';
import { temporaryFile } from '../../support/run-program.js';

const QUICK = { pauseMs: 1, timeoutMs: 400 };
const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function served(
  choice: ApiServerChoice = {},
  token?: string,
): Promise<{ server: ApiServer; connection: ClusterConnection }> {
  const server = await ApiServer.start(choice);
  const config = temporaryFile('config', server.kubeconfig(token === undefined ? {} : { token }));
  cleanUp.push(() => server.close(), config.remove);
  return { server, connection: await connect({ kubeconfig: config.path }, QUICK) };
}

/** Answers the first `times` requests with a fault. */
function first(times: number, fault: (response: Parameters<Fault>[1]) => void): Fault {
  let left = times;
  return (_, response) => {
    if (left === 0) return false;
    left -= 1;
    fault(response);
    return true;
  };
}

async function failure(asking: Promise<unknown>): Promise<KubeError> {
  const error = await asking.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof KubeError)) throw new Error(`no KubeError but ${String(error)}`);
  return error;
}

const pods = [pod({ name: 'a' }), pod({ name: 'b' }), pod({ name: 'c' })];

describe('a request', () => {
  it.each([
    ['429 with Retry-After', (response) => sendStatus(response, 429, 'slow down', { 'Retry-After': '0' })],
    ['500', (response) => sendStatus(response, 500, 'etcd')],
    ['503', (response) => sendStatus(response, 503, 'starting')],
    ['a cut connection', (response) => response.destroy()],
    [
      'an answer that ends too early',
      (response) => {
        response.writeHead(200, { 'Content-Length': '1000' });
        response.write('{"kind":', () => response.destroy());
      },
    ],
  ] as readonly [string, (response: Parameters<Fault>[1]) => void][])('is sent again after %s', async (_, fault) => {
    const { server, connection } = await served({ contents: { pods }, fault: first(2, fault) });
    expect(await connection.get('/api/v1/pods')).toMatchObject({ kind: 'PodList' });
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    [401, 'unauthorized', 1],
    [403, 'forbidden', 1],
    [404, 'not-found', 1],
    [400, 'rejected', 1],
    [429, 'throttled', 4],
    [500, 'server-error', 4],
  ] as const)('tells %i as %s', async (status, code, requests) => {
    const { server, connection } = await served({
      fault: first(99, (response) => sendStatus(response, status, 'what the server says')),
    });
    const error = await failure(connection.get('/api/v1/pods'));
    expect(error.code).toBe(code);
    expect(server.requests).toHaveLength(requests);
    if (status !== 401 && status !== 429)
      expect(error.problem.params.detail).toEqual({ kind: 'text', value: 'what the server says' });
  });

  it('takes the pause that Retry-After asks for, and does not wait for one that is too long', async () => {
    const later = first(9, (response) => sendStatus(response, 429, '', { 'Retry-After': '3600' }));
    const { server, connection } = await served({ fault: later });
    const error = await failure(connection.get('/api/v1/pods'));
    expect([error.code, error.retryAfterSeconds]).toEqual(['throttled', 3600]);
    expect(server.requests).toHaveLength(1);
  });

  it('is given up when no answer comes, or its end does not', async () => {
    const silent = await served({ fault: () => true });
    expect((await failure(silent.connection.get('/api/v1/pods', { attempts: 1 }))).code).toBe('timeout');
    const slow = await served({
      fault: (_, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
        return true;
      },
    });
    expect((await failure(slow.connection.get('/api/v1/pods', { attempts: 1 }))).code).toBe('timeout');
  });

  it('tells a login page from an API server, and an answer too large', async () => {
    const page = await served({ fault: first(9, (response) => response.end('<html>please log in</html>')) });
    expect((await failure(page.connection.get('/api/v1/pods'))).code).toBe('not-kubernetes');
    const large = await served({ fault: first(9, (response) => response.end('x'.repeat(5000))) });
    expect((await failure(large.connection.get('/api/v1/pods', { mostBytes: 1000 }))).code).toBe('too-large');
  });

  it('tells a server that is not there', async () => {
    const { server, connection } = await served();
    await server.close();
    cleanUp.shift();
    expect((await failure(connection.get('/api/v1/pods'))).code).toBe('refused');
  });

  it('holds no credential in what it says', async () => {
    const { connection } = await served(
      { token: 'another', fault: first(99, (response) => sendStatus(response, 500, 'no')) },
      PLANTED,
    );
    const error = await failure(connection.get('/api/v1/pods'));
    expect(JSON.stringify([error.message, error.problem, error.stack])).not.toContain(PLANTED);
  });

  it('has no secret of what the server quotes', async () => {
    const said = `denied by https://u:${PLANTED}@hook/x?token=${PLANTED}: token=${PLANTED}`;
    const { connection } = await served({ fault: first(99, (response) => sendStatus(response, 400, said)) });
    const error = await failure(connection.get('/api/v1/pods'));
    expect(JSON.stringify([error.message, error.problem])).not.toContain(PLANTED);
    expect(error.problem.params.detail).toEqual({
      kind: 'text',
      value: 'denied by https://redacted@hook/x?token=redacted token=redacted',
    });
  });

  it('measures how far the clocks are apart', async () => {
    const { connection } = await served({ clockBehindSeconds: 600 });
    expect(connection.clockSkewSeconds).toBeUndefined();
    await connection.get('/api/v1/pods');
    expect(connection.clockSkewSeconds).toBeGreaterThanOrEqual(599);
    expect(connection.clockSkewSeconds).toBeLessThanOrEqual(602);
  });

  it('ends at once when the user interrupts', async () => {
    const { connection } = await served({ fault: () => true });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    await expect(connection.get('/api/v1/pods', { signal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('a configuration', () => {
  it('is needed, and its context has to exist', async () => {
    const { server } = await served();
    const config = temporaryFile('config', server.kubeconfig());
    cleanUp.push(config.remove);
    expect((await failure(connect({ kubeconfig: '/nonexistent' }))).code).toBe('no-config');
    expect((await failure(connect({ kubeconfig: config.path, context: 'other' }))).code).toBe('no-context');
  });

  it('may name a program that gives the token; when that fails, it says so without the output', async () => {
    const { server } = await served({ token: PLANTED, contents: { pods } });
    const withExec = (args: readonly string[]) => {
      const config = JSON.parse(server.kubeconfig());
      config.users[0].user = {
        exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args, interactiveMode: 'Never' },
      };
      const file = temporaryFile('config', JSON.stringify(config));
      cleanUp.push(file.remove);
      return connect({ kubeconfig: file.path }, QUICK);
    };
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: PLANTED } };
    const good = await withExec(['-e', `console.log(${JSON.stringify(JSON.stringify(credential))})`]);
    expect(await good.get('/api/v1/pods')).toMatchObject({ kind: 'PodList' });
    const bad = await withExec(['-e', `console.error(${JSON.stringify(PLANTED)}); process.exit(1)`]);
    const error = await failure(bad.get('/api/v1/pods'));
    expect(error.code).toBe('credentials');
    expect(JSON.stringify([error.message, error.problem])).not.toContain(PLANTED);
  });

  it('impersonates as --as and --as-group ask', async () => {
    const seen: unknown[] = [];
    const { server } = await served({
      fault: (request) => {
        seen.push([request.headers['impersonate-user'], request.headers['impersonate-group']]);
        return false;
      },
    });
    const config = temporaryFile('config', server.kubeconfig());
    cleanUp.push(config.remove);
    const connection = await connect({ kubeconfig: config.path, as: 'jane', asGroups: ['dev', 'sre'] }, QUICK);
    await connection.get('/api/v1/pods');
    expect(seen).toEqual([['jane', 'dev, sre']]);
  });
});

async function namesIn(connection: ClusterConnection, pageSize: number): Promise<string[]> {
  let names: string[] = [];
  for await (const { items, restarted } of listPages<{ metadata: { name: string } }>(connection, '/api/v1/pods', { pageSize })) {
    if (restarted) names = [];
    names.push(...items.map(({ metadata }) => metadata.name));
  }
  return names;
}

describe('a list', () => {
  it('is read page by page', async () => {
    const { server, connection } = await served({ contents: { pods } });
    expect(await namesIn(connection, 2)).toEqual(['a', 'b', 'c']);
    expect(server.requests).toEqual(['GET /api/v1/pods?limit=2', 'GET /api/v1/pods?limit=2&continue=at-2']);
  });

  it('begins again when its token expired, and is not read twice', async () => {
    let expired = false;
    const { connection } = await served({
      contents: { pods },
      fault: (_, response, url) => {
        if (expired || !url.searchParams.has('continue')) return false;
        expired = true;
        sendStatus(response, 410, 'The provided continue parameter is too old');
        return true;
      },
    });
    expect(await namesIn(connection, 2)).toEqual(['a', 'b', 'c']);
  });

  it('is given up when it expires again and again', async () => {
    const { connection } = await served({
      contents: { pods },
      fault: (_, response, url) => {
        if (!url.searchParams.has('continue')) return false;
        sendStatus(response, 410, 'too old');
        return true;
      },
    });
    expect((await failure(namesIn(connection, 2))).code).toBe('expired');
  });
});

/** Waits until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a watch', () => {
  it('goes on after a cut, from the last version it saw, bookmarks included', async () => {
    const { server, connection } = await served({ contents: { pods } });
    const controller = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      const path = '/api/v1/pods';
      for await (const news of watchObjects<{ metadata: { name: string } }>(connection, path, '1000', {}, controller.signal)) {
        if (news.kind === 'object') seen.push(news.object.metadata.name);
      }
    })();
    await until(() => server.watches === 1);
    server.push('MODIFIED', pod({ name: 'x', metadata: { resourceVersion: '1001' } }));
    server.push('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion: '1005' } });
    await until(() => seen.length === 1);
    server.cutWatches();
    await until(() => server.watches === 1);
    server.push('ADDED', pod({ name: 'y' }));
    await until(() => seen.length === 2);
    controller.abort();
    await watching.catch(() => undefined);
    expect(seen).toEqual(['x', 'y']);
    expect(server.requests.map((request) => /resourceVersion=(\d+)/.exec(request)?.[1])).toEqual(['1000', '1005']);
  });

  it.each([
    [
      'in the stream',
      (server: ApiServer) => server.push('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' }),
    ],
    [
      'as the answer',
      (server: ApiServer) => {
        server.fault = (_, response) => {
          sendStatus(response, 410, 'too old resource version');
          return true;
        };
        server.cutWatches();
      },
    ],
  ])('says that changes were missed when the version is too old, %s', async (_, expire) => {
    const { server, connection } = await served({ contents: { pods } });
    const watch = watchObjects(connection, '/api/v1/pods', '1', {}, new AbortController().signal);
    const next = watch.next();
    await until(() => server.watches === 1);
    expire(server);
    expect(await next).toEqual({ done: false, value: { kind: 'expired' } });
    expect((await watch.next()).done).toBe(true);
  });
});
