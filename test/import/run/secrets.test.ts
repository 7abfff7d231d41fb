import { existsSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importImage } from '../../../src/import/run/import-image.js';
import { openSource } from '../../../src/import/sources/open.js';
import { type Answer, FaultServer, fileAnswer, type SeenRequest } from '../../support/fault-server.js';
import { noise } from '../../support/image-bytes.js';
import { importRequest, quickRetry } from '../../support/import-request.js';

const SECRET = 'planted-secret';
const DISK = noise(2_500_000);

describe('a secret', () => {
  it.each<[string, (request: SeenRequest) => Answer]>([
    ['an import that succeeds', (request) => fileAnswer(DISK, request)],
    ['a source that is denied', () => ({ status: 403 })],
    ['a source that is missing', () => ({ status: 404 })],
    ['a server that is broken', () => ({ status: 500 })],
    ['a redirect in a circle', () => ({ status: 302, headers: { location: `/again?token=${SECRET}` } })],
    ['a redirect to nowhere', () => ({ status: 302, headers: { location: `gopher://x/?token=${SECRET}` } })],
    [
      'a redirect to a port nobody listens at',
      () => ({ status: 302, headers: { location: `http://u:${SECRET}@127.0.0.1:1/?${SECRET}` } }),
    ],
    [
      'a connection that breaks off',
      (request) => ({
        ...fileAnswer(DISK, request),
        ...(request.index > 0 && { cutAfter: 1_200_000 - 400_000 * Math.min(3, request.index - 1) }),
      }),
    ],
    [
      'a server that stalls',
      (request) => ({ ...fileAnswer(DISK, request), ...(request.index > 0 && { stallAfter: 1_500_000 }) }),
    ],
    ['a file that changes', (request) => fileAnswer(DISK, request, { etag: `"${request.index}"` })],
  ])('is in nothing that is said or kept of %s', async (_, respond) => {
    const server = await FaultServer.start(respond);
    const location = `${server.url.replace('//', `//user:${SECRET}@`)}/disk.img?X-Amz-Signature=${SECRET}#${SECRET}`;
    const said: unknown[] = [];
    const { signal } = new AbortController();
    const retry = { ...quickRetry, onRetry: (...told: unknown[]) => void said.push(told) };
    let target: string | undefined;
    try {
      const source = await openSource(location, {
        http: { env: {}, token: SECRET, headers: { 'x-key': SECRET }, idleTimeoutMs: 200 },
        s3: { region: 'x', credentials: { accessKeyId: SECRET, secretAccessKey: SECRET, sessionToken: SECRET } },
        architecture: 'amd64',
        registryAuth: SECRET,
        plainHttp: false,
        retry,
        signal,
        isCheckedLater: false,
      });
      onTestFinished(() => source.close());
      const request = importRequest(source, { location, retry, resume: true, onNote: (note) => void said.push(note) });
      target = request.target;
      said.push(await importImage(request));
    } catch (error) {
      said.push(error);
    }
    const kept = `${target}.oomkit-import.json`;
    const checkpoint = existsSync(kept) ? readFileSync(kept, 'utf8') : '';
    // It was there to be told: the server has seen it.
    expect(JSON.stringify(server.requests)).toContain(SECRET);
    expect(said.length).toBeGreaterThan(0);
    const all = `${JSON.stringify(said)}${inspect(said, { depth: 12, showHidden: true })}${checkpoint}`;
    expect(all).toContain('127.0.0.1');
    expect(all.includes(SECRET)).toBe(false);
  });
});
