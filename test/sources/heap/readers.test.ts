import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HeapProfileError } from '../../../src/sources/heap/errors.js';
import { fetchBytes, goRuntimeUrl, isUrl, readHeap } from '../../../src/sources/heap/readers.js';
import { fixture, fixtureText } from './fixtures.js';
import { expectHeapError } from './heap-error.js';

const SECRETS = ['s3cret', 'alice', 'tok3n'];

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const redirectTo =
  (location: string): Handler =>
  (_, response) =>
    response.writeHead(302, { location }).end('moved');

const handlers: Record<string, Handler> = {
  '/debug/pprof/heap': (_, response) => response.end(fixture('pprof/leaky-after.pb.gz')),
  '/debug/pprof/heap?debug=1': (_, response) => response.end(fixtureText('go-runtime/leaky.debug1.txt')),
  '/encoded': (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(fixtureText('go-runtime/leaky.debug1.txt'))),
  '/authorization': (request, response) => response.end(request.headers.authorization ?? 'none'),
  '/empty': (_, response) => response.end(),
  '/redirect': redirectTo('/debug/pprof/heap'),
  '/redirect-2': redirectTo('/redirect'),
  '/redirect-3': redirectTo('redirect-2'),
  '/redirect-4': redirectTo('/redirect-3'),
  '/loop': redirectTo('/loop'),
  '/elsewhere': redirectTo('ftp://alice:s3cret@example.com/heap?token=tok3n'),
  '/cut': (_, response) => {
    response.writeHead(200, { 'content-length': '100000' });
    response.write(fixture('pprof/leaky-after.pb.gz').subarray(0, 5000));
    setTimeout(() => response.destroy(), 20);
  },
  '/silent': () => undefined,
  '/stalls': (_, response) => response.writeHead(200).write('heap profile: '),
  '/endless': (_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536, '# Sys = 1\n'))) {}
    };
    response.write('# runtime.MemStats\n');
    response.on('drain', more);
    more();
  },
};

async function listen(handler: Handler): Promise<Server> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

let server: Server;
let other: Server;
let origin: string;
const folder = mkdtempSync(join(tmpdir(), 'oomkit-heap-'));

beforeAll(async () => {
  server = await listen((request, response) => {
    const handler = handlers[request.url ?? ''];
    if (handler) handler(request, response);
    else response.writeHead(404).end('404 page not found\n');
  });
  origin = `http://127.0.0.1:${portOf(server)}`;
  other = await listen(redirectTo(`${origin}/authorization`));
});

afterAll(() => {
  for (const each of [server, other]) {
    each.closeAllConnections();
    each.close();
  }
  rmSync(folder, { recursive: true });
});

async function textOf(location: string): Promise<string> {
  const chunks = [];
  for await (const chunk of fetchBytes(location)) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

describe('readHeap from a URL', { timeout: 60_000 }, () => {
  it('reads a profile and the figures of the runtime', async () => {
    expect((await readHeap(`${origin}/debug/pprof/heap`)).format).toBe('pprof');
    expect((await readHeap(goRuntimeUrl(`${origin}/debug/pprof/heap?seconds=5`))).format).toBe('go-runtime');
    expect((await readHeap(`${origin}/encoded`)).format).toBe('go-runtime');
  });

  it('follows three redirects and no more', async () => {
    expect((await readHeap(`${origin}/redirect-3`)).format).toBe('pprof');
    await expectHeapError('too-many-redirects', () => readHeap(`${origin}/redirect-4`));
    await expectHeapError('too-many-redirects', () => readHeap(`${origin}/loop`));
  });

  it('sends credentials as authorization, and only to the server they are for', async () => {
    const basic = `Basic ${Buffer.from('alice:s3cret@').toString('base64')}`;
    expect(await textOf(`http://alice:s3cret%40@127.0.0.1:${portOf(server)}/authorization`)).toBe(basic);
    expect(await textOf(`http://alice:s3cret%40@127.0.0.1:${portOf(other)}/`)).toBe('none');
    expect(await textOf(`${origin}/authorization`)).toBe('none');
  });

  it('takes a percent sign in a password for what it is, where it encodes nothing', async () => {
    const basic = `Basic ${Buffer.from('alice:s%zz').toString('base64')}`;
    expect(await textOf(`http://alice:s%zz@127.0.0.1:${portOf(server)}/authorization`)).toBe(basic);
  });

  it('says why what fetch will not ask was not asked', async () => {
    const error = await expectHeapError('unreadable', () => readHeap('http://alice:s3cret@127.0.0.1:1/heap'));
    expect(error.message).toBe('http://127.0.0.1:1/heap: bad port');
  });

  it.each([
    ['/missing', 'http-status'],
    ['/elsewhere', 'bad-location'],
    ['/loop', 'too-many-redirects'],
    ['/silent', 'timeout'],
    ['/stalls', 'timeout'],
    ['/endless', 'too-large'],
    ['/cut', 'unreadable'],
    ['/empty', 'empty'],
  ] as const)('says what is wrong with %s and keeps secrets to itself', async (path, code) => {
    const location = `http://alice:s3cret@127.0.0.1:${portOf(server)}${path}`;
    const error = await expectHeapError(code, () =>
      readHeap(location, code === 'timeout' ? { timeoutMs: 200 } : { maxBytes: 300_000 }),
    );
    const shown = [error.message, error.stack, String(error.cause)].join('\n');
    for (const secret of SECRETS) expect(shown).not.toContain(secret);
  });

  it('keeps the query out of errors', async () => {
    const error = await expectHeapError('http-status', () => readHeap(`${origin}/missing?token=tok3n#tok3n`));
    expect(error.message).toBe(`${origin}/missing answered 404 Not Found`);
  });

  it('says that nobody listens', async () => {
    const closed = await listen(() => undefined);
    const port = portOf(closed);
    await new Promise((resolve) => closed.close(resolve));
    const error = await expectHeapError('unreadable', () => readHeap(`http://alice:s3cret@127.0.0.1:${port}/debug/pprof/heap`));
    expect(error.message).toBe(`http://127.0.0.1:${port}/debug/pprof/heap: ECONNREFUSED`);
  });

  it.each([
    'ftp://alice:s3cret@host/heap',
    'http://alice:s3cret@/',
    'http://alice:s3cret@[::1/heap',
    'http://alice:s3cret/more@host/heap',
    'file:///etc/passwd',
  ])('refuses %s', async (location) => {
    const error = await expectHeapError('bad-location', () => readHeap(location));
    for (const secret of SECRETS) expect(error.message).not.toContain(secret);
  });
});

describe('readHeap from a file', () => {
  it('reads it', async () => {
    const path = join(folder, 'heap.pb.gz');
    writeFileSync(path, fixture('pprof/prometheus-after.pb.gz'));
    expect(await readHeap(path)).toMatchObject({ format: 'pprof', profile: { periodBytes: 524_288 } });
  });

  it.each([
    ['missing', 'ENOENT'],
    ['.', 'EISDIR'],
  ])('says why it cannot read %s', async (name, reason) => {
    const error = await expectHeapError('unreadable', () => readHeap(join(folder, name)));
    expect(error).toBeInstanceOf(HeapProfileError);
    expect(error.message).toBe(`${join(folder, name)}: ${reason}`);
  });

  it('says that it is empty', async () => {
    writeFileSync(join(folder, 'empty'), '');
    await expectHeapError('empty', () => readHeap(join(folder, 'empty')));
  });
});

describe('isUrl', () => {
  it.each([
    ['http://pod:6060/debug/pprof/heap', true],
    ['HTTPS://pod/', true],
    ['./heap.pb.gz', false],
    ['C:\\heap.pb.gz', false],
    ['http:/heap', false],
    ['-', false],
  ])('%s: %s', (location, expected) => {
    expect(isUrl(location)).toBe(expected);
  });
});
