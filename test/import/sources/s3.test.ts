import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { HttpOptions } from '../../../src/import/sources/http/client.js';
import { openSource } from '../../../src/import/sources/open.js';
import { readWithRetries } from '../../../src/import/sources/retry.js';
import { type S3Credentials, s3Signer, s3Url } from '../../../src/import/sources/s3.js';
import type { ByteSource } from '../../../src/import/sources/source.js';
import { FaultServer, fileAnswer, type SeenRequest } from '../../support/fault-server.js';
import { collect, noise, print } from '../../support/image-bytes.js';
import { quickRetry } from '../../support/import-request.js';
import { type Signer, signatureFault } from '../../support/signature-v4.js';

/** AWS, "Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk", its examples of GET. */
const PUBLISHED = {
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' },
  region: 'us-east-1',
  host: 'examplebucket.s3.amazonaws.com',
  time: '2013-05-24T00:00:00Z',
  empty: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
} as const;
const SIGNER: Signer = { ...PUBLISHED.credentials, region: PUBLISHED.region };

const CONTENT = noise(500_000);
const credentials: S3Credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'plain/secret+key' };

afterEach(() => void vi.useRealTimers());

describe('a signature', () => {
  it.each([
    ['/?lifecycle', 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'],
    ['/?max-keys=2&prefix=J', '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'],
  ])('of %s is the published one', async (target, signature) => {
    vi.useFakeTimers({ now: new Date(PUBLISHED.time), toFake: ['Date'] });
    const url = new URL(`https://${PUBLISHED.host}${target}`);
    const signed = await s3Signer(PUBLISHED)?.(url, { 'x-amz-content-sha256': PUBLISHED.empty });
    expect(signed?.authorization).toContain(`Signature=${signature}`);
    expect(signatureFault({ method: 'GET', target, headers: { ...signed, host: url.host } }, SIGNER)).toBeUndefined();
  });

  it('that is published is taken by the store of these tests, and no other', () => {
    const names = 'host;range;x-amz-content-sha256;x-amz-date';
    const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
    const scope = `${PUBLISHED.credentials.accessKeyId}/20130524/us-east-1/s3/aws4_request`;
    const headers = {
      host: PUBLISHED.host,
      range: 'bytes=0-9',
      'x-amz-content-sha256': PUBLISHED.empty,
      'x-amz-date': '20130524T000000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope},SignedHeaders=${names},Signature=${signature}`,
    };
    const seen = { method: 'GET', target: '/test.txt', headers };
    expect(signatureFault(seen, SIGNER)).toBeUndefined();
    expect(signatureFault(seen, { ...SIGNER, secretAccessKey: 'another' })).toBe('wrong signature');
    expect(signatureFault({ ...seen, target: '/other.txt' }, SIGNER)).toBe('wrong signature');
    expect(signatureFault({ ...seen, headers: { ...headers, range: 'bytes=0-99' } }, SIGNER)).toBe('wrong signature');
    expect(signatureFault({ ...seen, headers: { ...headers, 'x-amz-security-token': 'x' } }, SIGNER)).toBe('another token');
  });
});

describe('an object in a store', () => {
  it('is read by signed requests, ranges as well', async () => {
    const { server, faults } = await store(credentials);
    const source = await open('s3://images/a/disk.img', server, credentials);
    expect(source).toMatchObject({ shown: 's3://images/a/disk.img', sizeBytes: CONTENT.length, canRange: true });
    expect(await read(source)).toBe(print(CONTENT));
    expect(await read(source, 123_456)).toBe(print(CONTENT.subarray(123_456)));
    expect(new Set(server.requests.map(({ target }) => target))).toEqual(new Set(['/images/a/disk.img']));
    expect(faults).toEqual([]);
  });

  it('is asked for with a session token', async () => {
    const temporary = { ...credentials, sessionToken: 'a/session+token==' };
    const { server, faults } = await store(temporary);
    expect(await read(await open('s3://images/disk.img', server, temporary))).toBe(print(CONTENT));
    expect(faults).toEqual([]);
    await expect(open('s3://images/disk.img', server, credentials)).rejects.toMatchObject({ code: 'source-denied' });
    expect(faults).toEqual(['another token']);
  });

  it('is denied for a wrong key', async () => {
    const { server, faults } = await store(credentials);
    const wrong = { ...credentials, secretAccessKey: 'other' };
    await expect(open('s3://images/disk.img', server, wrong)).rejects.toMatchObject({ code: 'source-denied', retryable: false });
    expect(faults).toEqual(['wrong signature']);
  });

  it('is asked for without a signature where there are no credentials', async () => {
    const { server } = await store(undefined);
    expect(await read(await open('s3://images/disk.img', server, undefined))).toBe(print(CONTENT));
    expect(server.sent('authorization')).toEqual([]);
  });

  it.each([
    'with space+plus.img',
    "punctuation!'()*~-_.img",
    'percent%20%zz.img',
    'question?and=hash#amp&.img',
    'ünïcödé/磁盘.img',
    'double//slash/.img',
    '/leading.img',
    'colon:semi;comma,at@dollar$=.img',
    '..hidden/...img',
  ])('has the key %s', async (key) => {
    const { server, faults } = await store(credentials);
    expect(await read(await open(`s3://images/${key}`, server, credentials))).toBe(print(CONTENT));
    expect(faults).toEqual([]);
    expect(server.requests.map(({ target }) => decodeURIComponent(target))).toEqual(Array(2).fill(`/images/${key}`));
  });

  it.each(['a/../b', '../b', 'a/./b', '.', 'a/..'])('cannot be asked for by the key %s: a URL has no such path', async (key) => {
    const { server } = await store(credentials);
    await expect(open(`s3://images/${key}`, server, credentials)).rejects.toMatchObject({ code: 'bad-source' });
    expect(server.requests).toEqual([]);
  });

  it('is signed anew on each attempt and each redirect, and not for another host', async () => {
    const other = await FaultServer.start((request) => fileAnswer(CONTENT, request));
    const { server, faults } = await store(credentials, ({ index, target }) => {
      if (index === 0) return { status: 503 };
      return target.endsWith('/moved')
        ? undefined
        : { status: 307, headers: { location: index < 3 ? '/images/moved' : other.url } };
    });
    const source = await open('s3://images/disk.img', server, credentials);
    expect(await read(source)).toBe(print(CONTENT));
    expect(faults).toEqual([]);
    expect(other.requests.length).toBeGreaterThan(0);
    expect(JSON.stringify(other.requests)).not.toMatch(/AKIDTEST|x-amz|authorization/i);
  });
});

describe('where an object is', () => {
  it("is under the bucket's own name at Amazon, as far as a certificate covers it, and in the path elsewhere", () => {
    expect(s3Url('images', 'a b', { region: 'eu-west-1' }).href).toBe('https://images.s3.eu-west-1.amazonaws.com/a%20b');
    expect(s3Url('im.ages', 'a', { region: 'eu-west-1' }).href).toBe('https://s3.eu-west-1.amazonaws.com/im.ages/a');
    const endpoint = 'http://store.example:9000/base/';
    expect(s3Url('images', 'a', { region: 'x', endpoint }).href).toBe('http://store.example:9000/base/images/a');
  });
});

/** A store that computes each signature itself, and refuses what has another. */
async function store(
  allowed: S3Credentials | undefined,
  special: (request: SeenRequest) => ReturnType<typeof fileAnswer> | undefined = () => undefined,
): Promise<{ server: FaultServer; faults: string[] }> {
  const faults: string[] = [];
  const server = await FaultServer.start((request) => {
    const signer: Signer | undefined = allowed === undefined ? undefined : { ...allowed, region: 'eu-west-1' };
    const fault = signer === undefined ? undefined : signatureFault(request, signer);
    if (fault !== undefined) {
      faults.push(fault);
      return { status: 403 };
    }
    return special(request) ?? fileAnswer(CONTENT, request);
  });
  return { server, faults };
}

async function open(text: string, server: FaultServer, known: S3Credentials | undefined): Promise<ByteSource> {
  const http: HttpOptions = { env: {} };
  const source = await openSource(text, {
    http,
    s3: { region: 'eu-west-1', endpoint: server.url, ...(known === undefined ? {} : { credentials: known }) },
    architecture: 'amd64',
    plainHttp: false,
    retry: quickRetry,
    signal,
    isCheckedLater: false,
  });
  onTestFinished(() => source.close());
  return source;
}

const { signal } = new AbortController();

function read(source: ByteSource, offset = 0): Promise<string> {
  return collect(readWithRetries(source, offset, quickRetry, signal)).then(print);
}
