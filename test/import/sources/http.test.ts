import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpOptions, httpClient } from '../../../src/import/sources/http/client.js';
import { type HttpSourceOptions, httpSource } from '../../../src/import/sources/http/http.js';
import { type RetryPolicy, readWithRetries } from '../../../src/import/sources/retry.js';
import type { ByteSource } from '../../../src/import/sources/source.js';
import { type Answer, FaultServer, fileAnswer, type SeenRequest, wholeAnswer } from '../../support/fault-server.js';
import { collect, noise, print } from '../../support/image-bytes.js';
import { quickRetry } from '../../support/import-request.js';

const CONTENT = noise(3_000_000);
const OTHER = noise(3_000_000, 2);

describe('a file on a server', () => {
  it('is read whole, and in parts, with its size and validators', async () => {
    const server = await FaultServer.start((request) => fileAnswer(CONTENT, request, { etag: '"a"', lastModified: DATE }));
    const source = await open(server);
    expect(source).toMatchObject({
      shown: `${server.url}/disk.img`,
      canRange: true,
      sizeBytes: CONTENT.length,
      identity: { etag: '"a"', lastModified: DATE, sizeBytes: CONTENT.length },
    });
    expect(await read(source)).toBe(print(CONTENT));
    expect(await read(source, 1_234_567)).toBe(print(CONTENT.subarray(1_234_567)));
    expect(await source.readAt?.(2_999_000, 1000, signal)).toEqual(new Uint8Array(CONTENT.subarray(2_999_000)));
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'GET', 'GET', 'GET']);
    expect(server.sent('if-range')).toEqual(['"a"', '"a"']);
    expect(new Set(server.sent('accept-encoding'))).toEqual(new Set(['identity']));
  });

  it('needs no HEAD, which servers refuse for signed URLs', async () => {
    const server = await FaultServer.start((request) =>
      request.method === 'HEAD' ? { status: 403 } : fileAnswer(CONTENT, request),
    );
    expect(await read(await open(server))).toBe(print(CONTENT));
  });

  it('is read without its size', async () => {
    const source = await open(await FaultServer.start(() => ({ body: CONTENT, headers: { etag: '"1"' } })));
    expect(source.sizeBytes).toBeUndefined();
    expect(await read(source)).toBe(print(CONTENT));
  });

  it('is read again from where it broke off, as often as that brings something', async () => {
    // Three retries, and more cuts: each attempt brings 200,000 bytes.
    const server = await FaultServer.start((request) => ({ ...fileAnswer(CONTENT, request), cutAfter: 200_000 }));
    const told: string[] = [];
    const source = await open(server);
    expect(await read(source, 0, { ...quickRetry, onRetry: ({ code }) => told.push(code) })).toBe(print(CONTENT));
    expect(told).toEqual(Array(14).fill('source-cut'));
    expect(server.sent('range').slice(1, 4)).toEqual(['bytes=200000-', 'bytes=400000-', 'bytes=600000-']);
  });

  it('is given up when attempts bring next to nothing', async () => {
    const server = await FaultServer.start((request) => ({
      ...fileAnswer(CONTENT, request),
      ...(request.index === 0 ? {} : { cutAfter: 1000 }),
    }));
    const source = await open(server);
    await expect(read(source)).rejects.toMatchObject({ code: 'source-cut', retryable: true });
    expect(server.requests).toHaveLength(1 + 1 + quickRetry.retries);
  });

  it.each([
    ['before the answer', { stall: true }],
    ['in the middle of it', { stallAfter: 300_000 }],
  ] as const)('is asked for again when the server stalls %s', async (_, fault) => {
    const server = await FaultServer.start(async (request) => {
      if (request.index !== 1) return fileAnswer(CONTENT, request);
      if ('stall' in fault) await new Promise(() => undefined);
      return { ...fileAnswer(CONTENT, request), ...fault };
    });
    const told: string[] = [];
    const source = await open(server, { idleTimeoutMs: 300 });
    expect(await read(source, 0, { ...quickRetry, onRetry: ({ code }) => told.push(code) })).toBe(print(CONTENT));
    expect(told).toEqual(['source-stalled']);
  });

  it('is read from a slow server, which is no stalling one', async () => {
    const server = await FaultServer.start((request) => ({
      ...fileAnswer(CONTENT.subarray(0, 50_000), request),
      throttle: { bytes: 5000, everyMs: 60 },
    }));
    const source = await open(server, { idleTimeoutMs: 400 });
    expect(await read(source, 0, { ...quickRetry, retries: 0 })).toBe(print(CONTENT.subarray(0, 50_000)));
  });

  it('is not stalled while it is the reader that waits', async () => {
    const server = await FaultServer.start((request) => fileAnswer(CONTENT, request));
    const source = await open(server, { idleTimeoutMs: 300 });
    let length = 0;
    for await (const chunk of readWithRetries(source, 0, { ...quickRetry, retries: 0 }, signal)) {
      if (length === 0) await new Promise((resolve) => setTimeout(resolve, 1500));
      length += chunk.length;
    }
    expect(length).toBe(CONTENT.length);
  });

  it('goes on with a server that ignores ranges: what is there is skipped', async () => {
    const server = await FaultServer.start((request) => ({
      ...wholeAnswer(CONTENT, request),
      ...(request.index === 1 ? { cutAfter: 1_000_000 } : {}),
    }));
    const source = await open(server);
    expect(source.canRange).toBe(false);
    expect(source.readAt).toBeUndefined();
    expect(await read(source)).toBe(print(CONTENT));
    expect(server.sent('range')).toEqual(['bytes=0-0', 'bytes=1000000-']);
  });

  it('goes on with a server that forgets about ranges', async () => {
    const server = await FaultServer.start((request) =>
      request.index < 2
        ? { ...fileAnswer(CONTENT, request), ...(request.index === 1 ? { cutAfter: 1_000_000 } : {}) }
        : wholeAnswer(CONTENT, request),
    );
    expect(await read(await open(server))).toBe(print(CONTENT));
  });
});

describe('a server that lies', () => {
  it.each([
    ['and hangs up', 'close', 'source-cut'],
    ['and waits', 'keep-alive', 'source-stalled'],
  ])('about the length, which it does not reach, %s', async (_, connection, code) => {
    const server = await FaultServer.start((request) => {
      const answer = fileAnswer(CONTENT, request);
      if (request.index === 0) return answer;
      return { ...answer, headers: { ...answer.headers, connection }, body: CONTENT.subarray(0, 1000) };
    });
    const source = await open(server, { idleTimeoutMs: 200 });
    await expect(read(source, 0, { ...quickRetry, retries: 1 })).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(3);
  });

  it('about the length, without telling it a second time', async () => {
    const server = await FaultServer.start((request) =>
      request.index === 0 ? fileAnswer(CONTENT, request) : { headers: { etag: '"1"' }, body: CONTENT.subarray(0, 2_000_000) },
    );
    await expect(read(await open(server), 0, { ...quickRetry, retries: 0 })).rejects.toMatchObject({ code: 'source-cut' });
  });

  it('about the length, and sends more', async () => {
    const longer = Buffer.concat([CONTENT, OTHER]);
    const server = await FaultServer.start((request) =>
      request.index === 0 ? fileAnswer(CONTENT, request) : { headers: { etag: '"1"' }, body: longer },
    );
    await expect(read(await open(server))).rejects.toMatchObject({ code: 'source-changed' });
  });

  it.each([
    ['shrinks', CONTENT.subarray(0, 2_000_000)],
    ['grows', Buffer.concat([CONTENT, OTHER])],
  ])('about its size, which %s meanwhile', async (_, now) => {
    const server = await FaultServer.start((request) =>
      request.index < 2
        ? { ...fileAnswer(CONTENT, request), ...(request.index === 1 ? { cutAfter: 500_000 } : {}) }
        : fileAnswer(now, request),
    );
    await expect(read(await open(server))).rejects.toMatchObject({ code: 'source-changed', retryable: false });
    expect(server.requests).toHaveLength(3);
  });

  it('about where a range begins', async () => {
    const shifted = (request: SeenRequest): Answer => {
      const answer = fileAnswer(CONTENT, request);
      if (request.index < 2) return { ...answer, ...(request.index === 1 ? { cutAfter: 500_000 } : {}) };
      return { ...answer, headers: { ...answer.headers, 'content-range': `bytes 600000-2999999/${CONTENT.length}` } };
    };
    const server = await FaultServer.start(shifted);
    await expect(read(await open(server))).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it.each(['', 'bytes 0-0', 'lines 0-0/5', 'bytes 0-0/99999999999999999999'])('in a Content-Range of %o', async (value) => {
    const server = await FaultServer.start((request) => {
      const answer = fileAnswer(CONTENT, request);
      return { ...answer, headers: { ...answer.headers, 'content-range': value } };
    });
    await expect(open(server)).rejects.toMatchObject({ code: 'bad-answer' });
  });

  it('and begins a range earlier: what is there is skipped', async () => {
    const server = await FaultServer.start((request) => {
      if (request.index !== 2) return { ...fileAnswer(CONTENT, request), ...(request.index === 1 ? { cutAfter: 500_000 } : {}) };
      return fileAnswer(CONTENT, { ...request, headers: { ...request.headers, range: 'bytes=400000-' } });
    });
    expect(await read(await open(server))).toBe(print(CONTENT));
  });

  it.each(['br', 'deflate', 'gzip, br'])('and encodes what was asked for as it is: %s', async (encoding) => {
    const server = await FaultServer.start((request) => {
      const answer = fileAnswer(CONTENT, request);
      return { ...answer, headers: { ...answer.headers, 'content-encoding': encoding } };
    });
    await expect(open(server)).rejects.toMatchObject({ code: 'bad-answer' });
  });
});

describe('a file that changes on its server', () => {
  it('is another one by its ETag', async () => {
    const server = await FaultServer.start((request) => {
      if (request.index < 2) return { ...fileAnswer(CONTENT, request), ...(request.index === 1 ? { cutAfter: 500_000 } : {}) };
      return fileAnswer(OTHER, request, { etag: '"2"' });
    });
    await expect(read(await open(server))).rejects.toMatchObject({ code: 'source-changed', retryable: false });
  });

  it('is another one by its ETag, though the server does not heed If-Range', async () => {
    const server = await FaultServer.start((request) => {
      if (request.index < 2) return { ...fileAnswer(CONTENT, request), ...(request.index === 1 ? { cutAfter: 500_000 } : {}) };
      const { 'if-range': _, ...headers } = request.headers;
      return fileAnswer(OTHER, { ...request, headers }, { etag: '"2"' });
    });
    await expect(read(await open(server))).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('is another one between the first look and the reading', async () => {
    const server = await FaultServer.start((request) =>
      request.index === 0 ? fileAnswer(CONTENT, request) : fileAnswer(OTHER, request, { etag: '"2"' }),
    );
    await expect(read(await open(server))).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('is another one when a part is asked for', async () => {
    const server = await FaultServer.start((request) =>
      request.index === 0 ? fileAnswer(CONTENT, request) : fileAnswer(OTHER, request, { etag: '"2"' }),
    );
    const source = await open(server);
    await expect(source.readAt?.(100, 100, signal)).rejects.toMatchObject({ code: 'source-changed' });
  });

  it('is not read on where only a weak ETag would vouch for it', async () => {
    const server = await FaultServer.start((request) => ({
      ...fileAnswer(CONTENT, request, { etag: 'W/"1"' }),
      ...(request.index === 1 ? { cutAfter: 500_000 } : {}),
    }));
    const source = await open(server);
    expect(source.identity).toEqual({ sizeBytes: CONTENT.length });
    await expect(read(source)).rejects.toMatchObject({ code: 'no-validator' });
  });

  it('is not read on without validators, unless a checksum waits at the end', async () => {
    const answer = (request: SeenRequest): Answer => ({
      ...fileAnswer(CONTENT, request, {}),
      ...(request.index === 1 ? { cutAfter: 500_000 } : {}),
    });
    await expect(read(await open(await FaultServer.start(answer)))).rejects.toMatchObject({ code: 'no-validator' });
    const checked = await open(await FaultServer.start(answer), {}, { isCheckedLater: true });
    expect(await read(checked)).toBe(print(CONTENT));
  });

  it('is read on by its date and size', async () => {
    const server = await FaultServer.start((request) => ({
      ...fileAnswer(CONTENT, request, { lastModified: DATE }),
      ...(request.index === 1 ? { cutAfter: 500_000 } : {}),
    }));
    expect(await read(await open(server))).toBe(print(CONTENT));
    expect(server.sent('if-range')).toEqual([DATE]);
  });
});

describe('an answer that is no file', () => {
  it.each([
    [401, 'source-denied'],
    [403, 'source-denied'],
    [404, 'source-missing'],
    [410, 'source-missing'],
    [418, 'source-status'],
    [416, 'source-empty'],
  ])('of %i is told once', async (status, code) => {
    const server = await FaultServer.start(() => ({ status }));
    await expect(open(server)).rejects.toMatchObject({ code });
    expect(server.requests).toHaveLength(1);
  });

  it.each([500, 502, 503, 504, 408, 425, 429])('of %i is asked for again', async (status) => {
    const server = await FaultServer.start((request) => (request.index < 2 ? { status } : fileAnswer(CONTENT, request)));
    expect((await open(server)).sizeBytes).toBe(CONTENT.length);
    const broken = await FaultServer.start(() => ({ status }));
    await expect(open(broken)).rejects.toMatchObject({
      code: 'source-status',
      problem: { params: { status: { value: status } } },
    });
    expect(broken.requests).toHaveLength(1 + quickRetry.retries);
  });

  it('is waited for as the server asks, in seconds or until a date', async () => {
    for (const after of ['2', new Date(Date.now() + 4000).toUTCString()]) {
      const server = await FaultServer.start((request) =>
        request.index === 0 ? { status: 429, headers: { 'retry-after': after } } : fileAnswer(CONTENT, request),
      );
      const waits: number[] = [];
      const stop = new AbortController();
      const retry: RetryPolicy = {
        retries: 1,
        firstDelayMs: 1,
        maxDelayMs: 30_000,
        onRetry: (_error, _attempt, waitMs) => {
          waits.push(waitMs);
          stop.abort();
        },
      };
      await expect(open(server, {}, { retry, signal: stop.signal })).rejects.toMatchObject({ name: 'AbortError' });
      expect(waits[0]).toBeGreaterThan(1500);
      expect(waits[0]).toBeLessThan(4001);
    }
  });

  it('is not waited for longer than is reasonable', async () => {
    const waits: number[] = [];
    const server = await FaultServer.start((request) =>
      request.index === 0 ? { status: 429, headers: { 'retry-after': '86400' } } : fileAnswer(CONTENT, request),
    );
    const retry: RetryPolicy = { ...quickRetry, onRetry: (_error, _attempt, waitMs) => waits.push(waitMs) };
    await open(server, {}, { retry });
    expect(waits).toEqual([2 * quickRetry.maxDelayMs]);
  });

  it('is an empty file', async () => {
    const server = await FaultServer.start((request) => wholeAnswer(Buffer.alloc(0), request));
    await expect(open(server)).rejects.toMatchObject({ code: 'source-empty' });
  });
});

const DATE = 'Wed, 25 Nov 2026 10:00:00 GMT';
const { signal } = new AbortController();

/** Opens the server's file as oomkit does, with nothing from the environment. */
async function open(server: FaultServer, http: HttpOptions = {}, options: Partial<HttpSourceOptions> = {}): Promise<ByteSource> {
  const client = await httpClient({ env: {}, ...http });
  onTestFinished(() => client.close());
  return httpSource(client, new URL(`${server.url}/disk.img`), { retry: quickRetry, signal, ...options });
}

/** The print of what is read. */
function read(source: ByteSource, offset = 0, retry: RetryPolicy = quickRetry): Promise<string> {
  return collect(readWithRetries(source, offset, retry, signal)).then(print);
}
