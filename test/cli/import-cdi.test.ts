import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isCdiStart } from '../../src/cli/import/cdi-start.js';
import { MIB } from '../../src/model/index.js';
import { type ServedImage, serveImage } from '../import/cdi/image-server.js';
import { startProgram } from '../support/run-program.js';
import { buildProgram, oomkit } from './built-program.js';

const IMAGE = randomBytes(6 * MIB);
const UID = '5d1c3f1e-9b0a-4a57-8a4e-0f8f2a0b7c11';

let root = '';
let server: ServedImage;

beforeAll(() => buildProgram());

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'oomkit-cdi-'));
  mkdirSync(join(root, 'data'));
  mkdirSync(join(root, 'dev'));
});

afterEach(() => {
  server.close();
  rmSync(root, { recursive: true });
});

/** As CDI's controller starts its importer: an environment, and the verbosity. */
function start(env: Readonly<Record<string, string>> = {}) {
  return startProgram(['-v=3'], {
    env: {
      OOMKIT_CDI_ROOT: root,
      OOMKIT_CDI_METRICS: '127.0.0.1:0',
      IMPORTER_SOURCE: 'http',
      IMPORTER_ENDPOINT: server.url,
      IMPORTER_CONTENTTYPE: 'kubevirt',
      IMPORTER_IMAGE_SIZE: '10Mi',
      FILESYSTEM_OVERHEAD: '0.06',
      PREALLOCATION: 'false',
      OWNER_UID: UID,
      ...env,
    },
  });
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const seen = look();
    if (seen !== undefined) return seen;
    await delay(20);
  }
}

function scrape(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asking = request(url, { rejectUnauthorized: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.once('end', () => resolve(body));
    });
    asking.once('error', reject);
    asking.end();
  });
}

const disk = (): Buffer => readFileSync(join(root, 'data/disk.img'));
const termination = (): string => readFileSync(join(root, 'dev/termination-log'), 'utf8');
const checkpoint = (): string => join(root, 'data/disk.img.oomkit-import.json');

describe("oomkit started with CDI's environment", () => {
  it('imports, and shows its progress by https while it does', async () => {
    server = await serveImage(IMAGE, { pieceMs: 20 });
    const { texts, ended } = start();
    const url = await until(() => /metrics on (https:\S+)/.exec(texts.stderr)?.[1]);
    const seen: number[] = [];
    for (let isOver = false; !isOver; await delay(50)) {
      const text = await scrape(url).catch(() => '');
      // As the controller reads it: GetProgressReportFromURL() in pkg/controller/common/util.go, 1.66.
      const percent = new RegExp(`kubevirt_cdi_import_progress_total\\{ownerUID="${UID}"\\} (\\d{1,3}\\.?\\d*)`).exec(text)?.[1];
      if (percent !== undefined) seen.push(Number(percent));
      isOver = existsSync(join(root, 'dev/termination-log'));
    }
    expect(await ended).toMatchObject({ status: 0, stdout: '' });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen).toEqual([...seen].sort((one, other) => one - other));
    expect(seen.some((percent) => percent > 0 && percent < 100)).toBe(true);
    expect(termination()).toBe('{"scratchSpaceRequired":false,"preallocationApplied":false,"message":"Import Complete"}');
    expect(disk().equals(Buffer.concat([IMAGE, Buffer.alloc(9 * MIB - IMAGE.length)]))).toBe(true);
  });

  it('goes on after it was killed, as the kubelet starts it again', async () => {
    server = await serveImage(IMAGE, { pieceMs: 60 });
    const first = start();
    const isFar = (): true | undefined =>
      existsSync(checkpoint()) && JSON.parse(readFileSync(checkpoint(), 'utf8')).durableBytes > MIB ? true : undefined;
    await until(isFar);
    first.child.kill('SIGKILL');
    await first.ended;
    server.close();
    const before = server.url;
    expect(existsSync(join(root, 'dev/termination-log'))).toBe(false);
    server = await serveImage(IMAGE, { port: Number(new URL(before).port) });
    const second = await start().ended;
    expect(second).toMatchObject({ status: 0 });
    expect(second.stderr).toMatch(/an earlier import is taken up at [1-9]/);
    expect(disk().subarray(0, IMAGE.length).equals(IMAGE)).toBe(true);
    expect(existsSync(checkpoint())).toBe(false);
  });

  it('ends on SIGTERM, as when the pod is deleted, without a message that it is done', async () => {
    server = await serveImage(IMAGE, { pieceMs: 50 });
    const { child, ended } = start();
    await until(() => (existsSync(checkpoint()) ? true : undefined));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ status: 143 });
    expect(existsSync(join(root, 'dev/termination-log'))).toBe(false);
  });

  it('imports all the same where no metrics can be served', async () => {
    server = await serveImage(IMAGE);
    const { status, stderr } = await start({ OOMKIT_CDI_METRICS: '192.0.2.1:8443' }).ended;
    expect(status).toBe(0);
    expect(stderr).toMatch(/metrics cannot be served on 192\.0\.2\.1:8443 \(EADDRNOTAVAIL\)/);
    expect(termination()).toContain('Import Complete');
  });

  it('fails with 1 and says why in the termination message, in English whatever the locale', async () => {
    server = await serveImage(IMAGE, { status: 404 });
    const { status, stderr } = await start({ LC_ALL: 'zh_CN.UTF-8' }).ended;
    expect(status).toBe(1);
    expect(termination()).toBe(`Unable to connect to http data source: ${server.url}: not there (404)`);
    expect(stderr).toMatch(/\p{Script=Han}/u);
  });

  it('is itself again without that environment', async () => {
    server = await serveImage(IMAGE);
    expect(oomkit([]).stdout).toMatch(/^Usage: oomkit /);
    expect(oomkit(['-v=1']).status).toBe(2);
    expect(oomkit(['glossary', 'working', 'set'], { env: { IMPORTER_SOURCE: 'http' } }).status).toBe(0);
  });
});

describe('isCdiStart', () => {
  it.each([[[]], [['-v=1']], [['-alsologtostderr', '-v=3']], [['--v=2', '-logtostderr=true']]])('%j', (args) => {
    expect(isCdiStart(args, { IMPORTER_SOURCE: 'http' })).toBe(true);
    expect(isCdiStart(args, {})).toBe(false);
  });

  it.each([[['import', 'a', 'b']], [['--version']], [['--help']]])('not %j', (args) => {
    expect(isCdiStart(args, { IMPORTER_SOURCE: 'http' })).toBe(false);
  });
});
