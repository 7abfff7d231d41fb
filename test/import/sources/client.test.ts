import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpAnswer, type HttpClient, type HttpOptions, httpClient } from '../../../src/import/sources/http/client.js';
import { hasOpenssl, makeAuthority } from '../../support/certificates.js';
import { type Answer, FaultServer } from '../../support/fault-server.js';
import { ForwardProxy } from '../../support/forward-proxy.js';
import { collect } from '../../support/image-bytes.js';

const ok: Answer = { body: Buffer.from('here') };
const to = (location: string, status = 302): Answer => ({ status, headers: { location } });

describe('what authorises a request', () => {
  it.each<[string, HttpOptions, string, string]>([
    ['a user and password', { basic: { user: 'ann', password: 'pä:ss' } }, '', `Basic ${base64('ann:pä:ss')}`],
    ['those in the URL', {}, 'ann:p%C3%A4%3Ass@', `Basic ${base64('ann:pä:ss')}`],
    ['those in the URL, as they are where nothing is encoded', {}, 'ann:100%@', `Basic ${base64('ann:100%')}`],
    ['those given, before those in the URL', { basic: { user: 'bob', password: 'x' } }, 'ann:y@', `Basic ${base64('bob:x')}`],
    ['a token', { token: 'abc' }, '', 'Bearer abc'],
    ['headers of any kind', { headers: { authorization: 'Custom 1', 'x-key': '2' } }, '', 'Custom 1'],
  ])('is %s', async (_, options, login, wanted) => {
    const server = await FaultServer.start(() => ok);
    const client = await open(options);
    expect(await text(client, server.url.replace('//', `//${login}`))).toBe('here');
    expect(server.sent('authorization')).toEqual([wanted]);
    expect(server.sent('x-key')).toEqual(options.headers === undefined ? [] : ['2']);
  });
});

describe('a client that was closed', () => {
  it('fails what is under way and what is asked for, and never so that it is tried again', async () => {
    const server = await FaultServer.start(() => ({ body: Buffer.alloc(10), stallAfter: 5 }));
    const client = await open({});
    const answer = await client.get(new URL(server.url), {}, new AbortController().signal);
    const body = collect(answer.body);
    await client.close();
    await expect(body).rejects.toMatchObject({ name: 'ImportError', retryable: false });
    await expect(text(client, server.url)).rejects.toMatchObject({ code: 'source-unreachable', retryable: false });
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('of %i is followed on the same host, with what authorises', async (status) => {
    const server = await FaultServer.start(({ target }) => (target === '/a' ? to('/b', status) : ok));
    const client = await open({ token: 'secret', headers: { 'x-key': 'secret' } });
    expect(await text(client, `${server.url}/a`)).toBe('here');
    expect(server.requests.map(({ target }) => target)).toEqual(['/a', '/b']);
    expect(server.sent('authorization')).toHaveLength(2);
    expect(server.sent('x-key')).toHaveLength(2);
  });

  it.each<[string, HttpOptions, string]>([
    ['a token', { token: 'secret' }, ''],
    ['a password', { basic: { user: 'u', password: 'secret' } }, ''],
    ['a password in the URL', {}, 'u:secret@'],
    ['a header', { headers: { 'x-key': 'secret', cookie: 'secret' } }, ''],
  ])('to another host takes not along %s', async (_, options, login) => {
    const other = await FaultServer.start(() => ok);
    const server = await FaultServer.start(() => to(`${other.url}/elsewhere`));
    const client = await open(options);
    expect(await text(client, server.url.replace('//', `//${login}`), { range: 'bytes=0-3' })).toBe('here');
    expect(JSON.stringify(server.requests)).toMatch(/secret|Basic/);
    expect(JSON.stringify(other.requests)).not.toMatch(/secret|Basic|Bearer/i);
    expect(other.sent('range')).toEqual(['bytes=0-3']);
  });

  it('to another host and back is authorised for the first one only', async () => {
    const other: FaultServer = await FaultServer.start(() => to(`${server.url}/end`));
    const server: FaultServer = await FaultServer.start(({ target }) => (target === '/end' ? ok : to(other.url)));
    const client = await open({ token: 'secret' });
    expect(await text(client, `${server.url}/start`)).toBe('here');
    expect(server.sent('authorization')).toHaveLength(2);
    expect(other.sent('authorization')).toEqual([]);
  });

  it('sends a login that the redirect itself names nowhere', async () => {
    const other = await FaultServer.start(() => ok);
    const server = await FaultServer.start(() => to(other.url.replace('//', '//eve:trap@')));
    expect(await text(await open({ token: 'secret' }), server.url)).toBe('here');
    expect(other.sent('authorization')).toEqual([]);
  });

  it('in a circle ends', async () => {
    const server = await FaultServer.start(() => to('/again'));
    await expect(text(await open({}), server.url)).rejects.toMatchObject({ code: 'source-redirects', retryable: false });
    expect(server.requests).toHaveLength(11);
  });

  it.each(['file:///etc/passwd', 'ftp://host/', 'data:text/plain,x', 'http://[', 'javascript:1'])(
    'to %s is refused',
    async (where) => {
      const server = await FaultServer.start(() => to(where));
      await expect(text(await open({}), server.url)).rejects.toMatchObject({ code: 'bad-answer' });
      expect(server.requests).toHaveLength(1);
    },
  );

  it.skipIf(!hasOpenssl)('from https to http is refused', async () => {
    const authority = makeAuthority();
    const plain = await FaultServer.start(() => ok);
    const server = await FaultServer.start(() => to(plain.url), authority.issue('IP:127.0.0.1'));
    await expect(text(await open({ ca: authority.ca }), server.url)).rejects.toMatchObject({ code: 'bad-answer' });
    expect(plain.requests).toEqual([]);
  });
});

describe('a connection', () => {
  it('to a port where nobody listens is refused, and worth another try', async () => {
    const server = await FaultServer.start(() => ok);
    const gone = server.url.replace(/\d+$/, '1');
    await expect(text(await open({}), gone)).rejects.toMatchObject({
      code: 'source-unreachable',
      retryable: true,
      problem: { params: { reason: { value: 'ECONNREFUSED' } } },
    });
  });

  it('to a name that is not there is not worth another try', async () => {
    await expect(text(await open({}), 'http://nobody.invalid/')).rejects.toMatchObject({
      code: 'source-unreachable',
      retryable: expect.any(Boolean),
      problem: { params: { reason: { value: expect.stringMatching(/ENOTFOUND|EAI_AGAIN/) } } },
    });
  });

  it.skipIf(!hasOpenssl)('is trusted by its authority, and otherwise on request only', async () => {
    const authority = makeAuthority();
    const server = await FaultServer.start(() => ok, authority.issue('IP:127.0.0.1'));
    expect(await text(await open({ ca: authority.ca }), server.url)).toBe('here');
    expect(await text(await open({ insecure: true }), server.url)).toBe('here');
    const untrusted = { code: 'source-certificate', retryable: false };
    await expect(text(await open({}), server.url)).rejects.toMatchObject(untrusted);
    await expect(text(await open({ ca: makeAuthority().ca }), server.url)).rejects.toMatchObject(untrusted);
  });

  it.skipIf(!hasOpenssl)("is refused with another host's certificate", async () => {
    const authority = makeAuthority();
    const server = await FaultServer.start(() => ok, authority.issue('DNS:elsewhere.example'));
    await expect(text(await open({ ca: authority.ca }), server.url)).rejects.toMatchObject({ code: 'source-certificate' });
  });
});

describe('a proxy', () => {
  it('is asked for http in whole URLs, for servers it alone can reach', async () => {
    const server = await FaultServer.start(() => ok);
    const proxy = await ForwardProxy.start({ 'images.example:80': server.url });
    const client = await open({ token: 'secret', env: { http_proxy: proxy.url } });
    expect(await text(client, 'http://images.example/disk.img')).toBe('here');
    expect(proxy.requests).toEqual(['GET http://images.example/disk.img']);
    expect(server.sent('authorization')).toEqual(['Bearer secret']);
  });

  it.skipIf(!hasOpenssl)('makes a tunnel for https, in which the server is known by its certificate', async () => {
    const authority = makeAuthority();
    const server = await FaultServer.start(() => ok, authority.issue('DNS:images.example'));
    const proxy = await ForwardProxy.start({ 'images.example:443': server.url });
    const env = { HTTPS_PROXY: proxy.url };
    expect(await text(await open({ ca: authority.ca, env }), 'https://images.example/disk.img')).toBe('here');
    expect(proxy.requests).toEqual(['CONNECT images.example:443']);
    await expect(text(await open({ env }), 'https://images.example/')).rejects.toMatchObject({ code: 'source-certificate' });
  });

  it('is told its login and the server is not', async () => {
    const server = await FaultServer.start(() => ok);
    const proxy = await ForwardProxy.start({ 'images.example:80': server.url }, 'pat:proxy secret');
    const named = proxy.url.replace('//', '//pat:proxy%20secret@');
    expect(await text(await open({ env: { http_proxy: named } }), 'http://images.example/')).toBe('here');
    expect(proxy.logins).toEqual([`Basic ${base64('pat:proxy secret')}`]);
    expect(JSON.stringify(server.requests)).not.toContain(base64('pat:proxy secret'));
  });

  it.skipIf(!hasOpenssl)('that refuses is named, and not asked again', async () => {
    const proxy = await ForwardProxy.start({ 'images.example:80': 'http://127.0.0.1:1' }, 'pat:right');
    const wrong = proxy.url.replace('//', '//pat:wrong-secret@');
    const client = await open({ env: { http_proxy: wrong, https_proxy: wrong } });
    for (const scheme of ['http', 'https']) {
      const error = await text(client, `${scheme}://images.example/`).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        code: 'source-unreachable',
        retryable: false,
        problem: { params: { reason: { value: `HTTP 407, ${proxy.url}` } } },
      });
    }
  });

  it('that is not there is named', async () => {
    const client = await open({ env: { http_proxy: 'http://pat:secret@127.0.0.1:1' } });
    await expect(text(client, 'http://images.example/')).rejects.toMatchObject({
      code: 'source-unreachable',
      problem: { params: { reason: { value: 'ECONNREFUSED, http://127.0.0.1:1' } } },
    });
  });

  it('does not hide that a server stalls', async () => {
    const server = await FaultServer.start(() => ({ ...ok, headers: { 'content-length': '4' }, stallAfter: 2 }));
    const proxy = await ForwardProxy.start({ 'images.example:80': server.url });
    const client = await open({ idleTimeoutMs: 300, env: { http_proxy: proxy.url } });
    await expect(text(client, 'http://images.example/')).rejects.toMatchObject({ code: 'source-stalled' });
  });
});

function base64(login: string): string {
  return Buffer.from(login).toString('base64');
}

async function open(options: HttpOptions): Promise<HttpClient> {
  const client = await httpClient({ env: {}, ...options });
  onTestFinished(() => client.close());
  return client;
}

async function text(client: HttpClient, url: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer: HttpAnswer = await client.get(new URL(url), headers, new AbortController().signal);
  return (await collect(answer.body)).toString();
}
