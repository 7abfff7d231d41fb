import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cdiPaths } from '../../../src/import/cdi/paths.js';
import { runCdiImport } from '../../../src/import/cdi/run.js';
import { MIB } from '../../../src/model/index.js';
import { renderMessage } from '../../../src/render/index.js';
import { type ServedImage, type ServingOptions, serveImage } from './image-server.js';

/** A hole in the middle, and no whole number of sectors. */
const IMAGE = Buffer.concat([randomBytes(2 * MIB), Buffer.alloc(2 * MIB), randomBytes(MIB), Buffer.from('the end')]);
const SECTORS = Math.ceil(IMAGE.length / 512) * 512;

let root = '';
let servers: ServedImage[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oomkit-cdi-'));
  mkdirSync(join(root, 'data'));
  mkdirSync(join(root, 'dev'));
});

afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
  rmSync(root, { recursive: true });
});

async function serve(image: Uint8Array = IMAGE, options: ServingOptions = {}): Promise<ServedImage> {
  const server = await serveImage(image, options);
  servers.push(server);
  return server;
}

/** The image inside a qcow2, by qemu-img. */
function qcow2Of(image: Uint8Array): Buffer {
  const [raw, qcow2] = [join(root, 'image.raw'), join(root, 'image.qcow2')];
  writeFileSync(raw, image);
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);
  return readFileSync(qcow2);
}

const disk = (): string => join(root, 'data/disk.img');
const paddedTo = (size: number): Buffer => Buffer.concat([IMAGE, Buffer.alloc(size - IMAGE.length)]);

async function run(env: Readonly<Record<string, string>>, readyTimeoutMs = 10_000) {
  const paths = cdiPaths(root);
  const log: string[] = [];
  const exitCode = await runCdiImport({
    env: {
      IMPORTER_SOURCE: 'http',
      IMPORTER_CONTENTTYPE: 'kubevirt',
      FILESYSTEM_OVERHEAD: '0.06',
      PREALLOCATION: 'false',
      ...env,
    },
    paths,
    retry: { retries: 3, firstDelayMs: 5, maxDelayMs: 20 },
    signal: AbortSignal.timeout(30_000),
    onProgress: () => undefined,
    say: (text) => log.push(renderMessage(text, { lang: 'en' })),
    inWords: (text) => renderMessage(text, { lang: 'en' }),
    readyTimeoutMs,
  });
  const termination = existsSync(paths.terminationMessage) ? readFileSync(paths.terminationMessage, 'utf8') : undefined;
  return { exitCode, termination, log: log.join('\n') };
}

const COMPLETE = '{"scratchSpaceRequired":false,"preallocationApplied":false,"message":"Import Complete"}';

describe('runCdiImport', () => {
  it('imports to /data/disk.img, grown to what the overhead leaves of the claim, for qemu to write', async () => {
    const { url } = await serve();
    const done = await run({ IMPORTER_ENDPOINT: url, IMPORTER_IMAGE_SIZE: '20Mi' });
    expect(done).toMatchObject({ exitCode: 0, termination: COMPLETE });
    // ceil(20 MiB / 1.06) down to whole MiB: GetUsableSpace() in CDI's pkg/util/util.go.
    expect(readFileSync(disk()).equals(paddedTo(18 * MIB))).toBe(true);
    expect(statSync(disk()).mode & 0o777).toBe(0o660);
    expect(readdirSync(join(root, 'data'))).toEqual(['disk.img']);
  });

  it('takes an image that fills the claim beyond the overhead, and does not grow it', async () => {
    const { url } = await serve();
    expect(await run({ IMPORTER_ENDPOINT: url, IMPORTER_IMAGE_SIZE: String(SECTORS) })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(disk()).equals(paddedTo(SECTORS))).toBe(true);
  });

  it('refuses an image larger than the claim, in the words that the controller knows', async () => {
    const { url } = await serve();
    const { exitCode, termination } = await run({ IMPORTER_ENDPOINT: url, IMPORTER_IMAGE_SIZE: '5Mi' });
    expect(exitCode).toBe(1);
    expect(termination).toMatch(/^Unable to process data: virtual image size is larger than the reported available storage: /);
    expect(existsSync(disk())).toBe(false);
  });

  it('goes on where a connection broke off', async () => {
    const { url, requests } = await serve(IMAGE, { cutAfter: MIB + 5 });
    expect(await run({ IMPORTER_ENDPOINT: url })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(disk()).equals(paddedTo(SECTORS))).toBe(true);
    expect(requests.some(({ headers }) => /^bytes=[1-9]\d+-$/.test(headers.range ?? ''))).toBe(true);
  });

  it('replaces what an importer that was killed left on the volume', async () => {
    const { url } = await serve();
    writeFileSync(disk(), randomBytes(9 * MIB));
    expect(await run({ IMPORTER_ENDPOINT: url, IMPORTER_IMAGE_SIZE: '20Mi' })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(disk()).equals(paddedTo(18 * MIB))).toBe(true);
  });

  it('converts an image straight from the server, without a scratch volume', async () => {
    const { url } = await serve(qcow2Of(IMAGE));
    const done = await run({ IMPORTER_ENDPOINT: url, IMPORTER_IMAGE_SIZE: '20Mi' });
    expect(done).toMatchObject({ exitCode: 0, termination: COMPLETE });
    expect(readFileSync(disk()).equals(paddedTo(18 * MIB))).toBe(true);
    expect(statSync(disk()).mode & 0o777).toBe(0o660);
  });

  it('asks for a scratch volume for what cannot be read by ranges, and uses it', async () => {
    const { url } = await serve(gzipSync(qcow2Of(IMAGE)));
    const asked = await run({ IMPORTER_ENDPOINT: url });
    expect(asked.exitCode).toBe(0);
    expect(JSON.parse(asked.termination ?? '')).toMatchObject({ scratchSpaceRequired: true });
    expect(existsSync(disk())).toBe(false);
    mkdirSync(join(root, 'scratch'));
    expect(await run({ IMPORTER_ENDPOINT: url })).toMatchObject({ exitCode: 0, termination: COMPLETE });
    expect(readFileSync(disk()).equals(paddedTo(SECTORS))).toBe(true);
    expect(readdirSync(join(root, 'scratch'))).toEqual([]);
  });

  it('checks the checksum of what the server sends', async () => {
    const stored = gzipSync(IMAGE);
    const { url } = await serve(stored);
    const hex = createHash('sha512').update(stored).digest('hex');
    expect(await run({ IMPORTER_ENDPOINT: url, IMPORTER_CHECKSUM: `sha512:${hex}` })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(disk()).equals(paddedTo(SECTORS))).toBe(true);
  });

  it('ends with 0 and a message in JSON when it is another file than the checksum says, and leaves nothing of it', async () => {
    const { url } = await serve();
    const { exitCode, termination = '' } = await run({ IMPORTER_ENDPOINT: url, IMPORTER_CHECKSUM: `md5:${'0'.repeat(32)}` });
    expect(exitCode).toBe(0);
    const found = createHash('md5').update(IMAGE).digest('hex');
    expect(Object.keys(JSON.parse(termination))).toEqual(['message']);
    expect(JSON.parse(termination).message).toMatch(/^Unable to process data: checksum mismatch: /);
    expect(termination).toContain(found);
    expect(readdirSync(join(root, 'data'))).toEqual([]);
  });

  it.each([
    [404, /^Unable to connect to http data source: .*not there \(404\)/],
    [403, /^Unable to connect to http data source: .*access denied \(403\)/],
    [500, /^Unable to connect to http data source: .*answered 500/],
  ])('says what a server answered: %i', async (status, told) => {
    const { url } = await serve(IMAGE, { status });
    const { exitCode, termination } = await run({ IMPORTER_ENDPOINT: url });
    expect(exitCode).toBe(1);
    expect(termination).toMatch(told);
  });

  it('says that nobody listens', async () => {
    const { exitCode, termination } = await run({ IMPORTER_ENDPOINT: 'http://127.0.0.1:9/disk.img' });
    expect(exitCode).toBe(1);
    expect(termination).toMatch(/^Unable to connect to http data source: http:\/\/127\.0\.0\.1:9\/disk\.img: cannot be reached/);
  });

  it('sends the login and the headers of the claim, and tells none of them', async () => {
    const { url, requests } = await serve();
    // As the kubelet lays a Secret out.
    mkdirSync(join(root, 'extraheaders/0/..2026_11_26'), { recursive: true });
    writeFileSync(join(root, 'extraheaders/0/..2026_11_26/token'), 'X-Token: hidden-token\n');
    symlinkSync('..2026_11_26', join(root, 'extraheaders/0/..data'));
    symlinkSync('..data/token', join(root, 'extraheaders/0/token'));
    const { exitCode, log } = await run({
      IMPORTER_ENDPOINT: url.replace('//', '//other:hidden-too@'),
      IMPORTER_ACCESS_KEY_ID: 'ann',
      IMPORTER_SECRET_KEY: 'hidden-password',
      IMPORTER_EXTRA_HEADER_0: 'X-Plain: seen',
    });
    expect(exitCode).toBe(0);
    const authorization = `Basic ${Buffer.from('ann:hidden-password').toString('base64')}`;
    for (const { headers } of requests) {
      expect(headers).toMatchObject({ authorization, 'x-token': 'hidden-token', 'x-plain': 'seen' });
    }
    expect(log).not.toMatch(/hidden/);
  });

  it('makes an empty disk of the size that the overhead leaves', async () => {
    const done = await run({ IMPORTER_SOURCE: 'none', IMPORTER_IMAGE_SIZE: '20Mi' });
    expect(done).toMatchObject({ exitCode: 0, termination: '{"preallocationApplied":false,"message":"Import Complete"}' });
    expect(statSync(disk())).toMatchObject({ size: 18 * MIB, blocks: 0 });
    expect(statSync(disk()).mode & 0o777).toBe(0o660);
  });

  it('reserves the space of an empty disk, and of an image, when it is asked to', async () => {
    const blank = await run({ IMPORTER_SOURCE: 'none', IMPORTER_IMAGE_SIZE: '20Mi', PREALLOCATION: 'true' });
    expect(blank).toMatchObject({ exitCode: 0, termination: '{"preallocationApplied":true,"message":"Import Complete"}' });
    expect(statSync(disk()).blocks * 512).toBeGreaterThanOrEqual(18 * MIB);
    const { url } = await serve();
    const image = await run({ IMPORTER_ENDPOINT: url, IMPORTER_IMAGE_SIZE: '20Mi', PREALLOCATION: 'true' });
    expect(image).toMatchObject({ exitCode: 0 });
    expect(image.termination).toContain('"preallocationApplied":true');
    expect(statSync(disk()).blocks * 512).toBeGreaterThanOrEqual(18 * MIB);
  });

  it('waits for the container that serves the image, asks for what it names, and lets it end', async () => {
    const others = { '/info': '{"env":["INSTANCETYPE_KUBEVIRT_IO_DEFAULT_PREFERENCE=fedora"]}' };
    const { url, requests } = await serve(IMAGE, { others });
    const [ready, finished] = [join(root, 'ready'), join(root, 'done')];
    setTimeout(() => writeFileSync(ready, 'fedora.img'), 300);
    const done = await run({
      IMPORTER_ENDPOINT: url,
      IMPORTER_PULL_METHOD: 'node',
      IMPORTER_READY_FILE: ready,
      IMPORTER_DONE_FILE: finished,
    });
    expect(done.exitCode).toBe(0);
    expect(JSON.parse(done.termination ?? '')).toEqual({
      ...JSON.parse(COMPLETE),
      labels: { 'instancetype.kubevirt.io/default-preference': 'fedora' },
    });
    expect(requests[0]?.url).toBe('/fedora.img');
    expect(existsSync(finished)).toBe(true);
  });

  it('does not wait for ever', async () => {
    const ready = join(root, 'ready');
    const done = await run({ IMPORTER_ENDPOINT: 'http://127.0.0.1:9/disk.img', IMPORTER_READY_FILE: ready }, 100);
    expect(done).toMatchObject({ exitCode: 1, termination: `Timeout waiting for file ${ready}` });
  });

  it.each([
    ['ftp', 'Unknown data source: ftp'],
    ['vddk', "Unable to process data: vddk is not something this importer does; use CDI's own importer image for it"],
  ])('refuses the source %s', async (source, termination) => {
    expect(await run({ IMPORTER_SOURCE: source, IMPORTER_ENDPOINT: 'x' })).toMatchObject({ exitCode: 1, termination });
  });

  it('tells the log the message that it cannot leave', async () => {
    rmSync(join(root, 'dev'), { recursive: true });
    const { exitCode, log } = await run({ IMPORTER_SOURCE: 'ftp' });
    expect(exitCode).toBe(1);
    expect(log).toContain('the termination message cannot be written there; it is: Unknown data source: ftp');
  });
});
