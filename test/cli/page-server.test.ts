import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { offerFiles } from '../../src/cli/page/offered-files.js';
import { openBrowser } from '../../src/cli/page/open-browser.js';
import { type PageServer, servePage } from '../../src/cli/page/page-server.js';
import { renderMessage } from '../../src/render/index.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

let server: PageServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks with the path as it is written: fetch() would tidy it. */
function ask(path: string, { method = 'GET', host }: { method?: string; host?: string } = {}): Promise<Answer> {
  const { port, host: own } = new URL(server?.url ?? '');
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers: { host: host ?? own } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function start(content = 'the log\n'): Promise<string> {
  const path = join(temporaryDirectory(), 'kern.log');
  writeFileSync(path, content);
  server = await servePage('<p>the page</p>', [{ path, sizeBytes: content.length }], 0);
  return new URL(server.url).pathname;
}

describe('the server of the page', () => {
  it('gives the page and its files at an address with 128 random bits, on the loopback interface', async () => {
    const root = await start();
    expect(server?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
    const page = await ask(root);
    expect(page).toMatchObject({ status: 200, body: '<p>the page</p>' });
    expect(page.headers).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    const file = await ask(`${root}files/0`);
    expect(file).toMatchObject({ status: 200, body: 'the log\n' });
    expect(file.headers).toMatchObject({ 'content-type': 'application/octet-stream', 'content-length': '8' });
    expect(file.headers['content-security-policy']).toContain('sandbox');
    const other = await start();
    expect(other).not.toBe(root);
  });

  it('gives nothing at any other address', async () => {
    const root = await start();
    const wrong = `/${'A'.repeat(22)}/`;
    const paths = [
      '/',
      '//',
      root.slice(0, -1),
      wrong,
      `${wrong}files/0`,
      `${root}files/1`,
      `${root}files/-1`,
      `${root}files/0x0`,
    ];
    const climbing = ['../../etc/passwd', 'files/../../../etc/passwd', 'files/..%2f..%2f..%2fetc%2fpasswd', 'files/0%00'];
    for (const path of [...paths, ...climbing.map((tail) => `${root}${tail}`)]) {
      expect({ path, ...(await ask(path)) }).toMatchObject({ path, status: 404, body: 'not found\n' });
    }
  });

  it('answers no name but its own, which keeps other sites from leading a browser to it', async () => {
    const root = await start();
    for (const host of ['evil.example', '127.0.0.1.evil.example:80', '169.254.169.254', 'localhost.evil.example']) {
      expect({ host, status: (await ask(root, { host })).status }).not.toMatchObject({ status: 200 });
    }
    for (const host of ['localhost:8080', '127.0.0.1:1', '[::1]:8080', 'LOCALHOST']) {
      expect({ host, status: (await ask(root, { host })).status }).toEqual({ host, status: 200 });
    }
  });

  it('only reads', async () => {
    const root = await start();
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      expect((await ask(root, { method })).status).toBe(405);
    }
    expect(await ask(`${root}files/0`, { method: 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '8' },
    });
  });

  it('gives a file that has grown as long as it was promised, and an empty one', async () => {
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, 'one\ntwo\n');
    server = await servePage(
      '',
      [
        { path, sizeBytes: 4 },
        { path, sizeBytes: 0 },
      ],
      0,
    );
    const root = new URL(server.url).pathname;
    expect((await ask(`${root}files/0`)).body).toBe('one\n');
    expect((await ask(`${root}files/1`)).body).toBe('');
  });

  it('says by an errno that a port is taken', async () => {
    await start();
    await expect(servePage('', [], Number(new URL(server?.url ?? '').port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

describe('offerFiles', () => {
  it('takes files, looks into directories, and says what a browser cannot read', () => {
    const directory = temporaryDirectory();
    const at = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(directory, name), content);
      return join(directory, name);
    };
    const log = at('kern.log', 'a line\n');
    at(
      'wtmp',
      Uint8Array.from({ length: 64 }, (_, index) => index % 8 || 1),
    );
    const packed = at('kern.log.1.zst', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0));
    const archived = at('old.bz2', 'BZh91AY');
    const { files, problems } = offerFiles([directory, join(directory, 'absent'), '/dev/null']);
    expect(files).toEqual([{ path: log, sizeBytes: 7 }]);
    expect(problems.map((problem) => renderMessage(problem, { lang: 'en' }))).toEqual([
      `${packed}: the page cannot read zstd; oomkit diagnose ${packed} -o html makes a page that has it`,
      expect.stringContaining(`bzip2 -dc ${archived}`),
      expect.stringContaining('absent: no such file or directory'),
      '/dev/null: neither a file, a directory nor a pipe',
    ]);
  });
});

describe('openBrowser', () => {
  it('asks for no browser where there is no screen', async () => {
    expect(await openBrowser('http://127.0.0.1/', {}, 'linux')).toBe(false);
  });
});
