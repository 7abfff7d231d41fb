import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import english from '../../src/words/messages/en.json' with { type: 'json' };
import { oomkit } from '../cli/built-program.js';
import { ApiServer } from '../support/api-server.js';
import { containerStatus, node, pod, terminated } from '../support/cluster-objects.js';
import { runProgram, startProgram } from '../support/run-program.js';
import { bundleWithKill, gzipped, HEAP, KILLED_RUN, SEED, SEED_TEXT, written } from './support/files.js';
import { opened, skipBrowser, visit } from './support/visit.js';

const VERDICT = 'Page cache that qemu-img wrote filled the limit: the disk could not take it fast enough';

/** Makes a report of files with the program, and opens it as a file. */
async function report(args: readonly string[], status = 0): Promise<Page> {
  const made = oomkit(['diagnose', ...args, '-o', 'html']);
  expect({ status: made.status, stderr: status === 0 ? made.stderr : '' }).toEqual({ status, stderr: '' });
  const page = await visit({ address: pathToFileURL(written('report.html', made.stdout)).href });
  await opened(page);
  return page;
}

describe.skipIf(skipBrowser())('diagnose -o html', () => {
  it('is a page with the verdict and the lines it cites, under the policy of the page itself', async () => {
    const page = await report([SEED]);
    expect(await page.locator('.verdict-title').innerText()).toBe(VERDICT);
    await page.locator('table.accounting tr[data-id=kernel]').getByRole('button', { name: 'L3', exact: true }).click();
    expect(await page.locator('.log-line.marked').innerText()).toContain(SEED_TEXT.split('\n')[2]);
    const policy = (html: string): string | undefined => /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy(await page.content())).toBe(policy(readFileSync('dist/page.html', 'utf8')));
  });

  it('speaks the language it was made in, until the reader chooses', async () => {
    const page = await report([SEED, '--lang', 'zh-CN']);
    await page.locator('html[lang=zh-CN]').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.locator('.verdict-title').innerText()).toBe(VERDICT);
  });

  it('holds the filters: only what was asked for is in it', async () => {
    const page = await report([SEED, 'test/fixtures/oom-logs/kernel-5.10-v2-node-oom.txt', '--pid', '18524']);
    expect(await page.locator('.list').count()).toBe(0);
    expect(await page.locator('.verdict-headline').innerText()).toContain('18524');
  });

  it('says what could not be read, in words the page does not bring itself', async () => {
    const page = await report([SEED, 'absent.log'], 4);
    expect(await page.getByRole('status').innerText()).toBe('absent.log: no such file or directory');
    expect(await page.locator('.verdict-title').innerText()).toBe(VERDICT);
  });

  it('of a bundle shows what is in it', async () => {
    const page = await report([await bundleWithKill()]);
    expect(await page.locator('.verdict-title').innerText()).toBe(VERDICT);
    expect(await page.locator('.log').innerText()).toContain('memory: usage 585936kB');
  });

  it('of a recording draws it', async () => {
    const page = await report([KILLED_RUN]);
    await page.getByRole('button', { name: KILLED_RUN, exact: true }).click();
    expect(await page.locator('article.run .chart svg').count()).toBeGreaterThan(0);
  });

  it('keeps hostile evidence data', async () => {
    const name = '</script><b>&\u2028';
    const log = SEED_TEXT.replaceAll('qemu-img', name.slice(0, 15)).replaceAll('/kubepods/', `/${name.replace('/', '')}/`);
    const page = await report([written('hostile.log', log)]);
    expect(await page.locator('b').count()).toBe(0);
    expect(await page.locator('script').count()).toBe(2);
    expect(await page.locator('table.tasks').innerText()).toContain('</script><b>&');
  });
});

describe.skipIf(skipBrowser())('diagnose pod/NAME -o html', () => {
  const importer = pod({
    name: 'importer-disk-0',
    uid: '6b212546-f5dd-4fdf-bcc7-72a686638102',
    container: { name: 'importer', resources: { limits: { memory: '600M' } } },
    statuses: [
      containerStatus({
        name: 'importer',
        restartCount: 2,
        lastState: terminated('OOMKilled', 137, {
          containerID: 'containerd://ea887b1c9c5c8e734ac798fedd2bf5d39c0b7ce5ad961027dfc1ca138a23a2e8',
        }),
      }),
    ],
  });

  it.each([
    ['with the log of its node', ['--node-log', SEED], true],
    ['without', [], false],
  ] as const)('shows what the cluster told, %s', async (_, args, hasLog) => {
    const server = await ApiServer.start({ contents: { nodes: [node()], pods: [importer] } });
    const config = written('config', server.kubeconfig());
    try {
      const made = await runProgram(['diagnose', '--kubeconfig', config, 'pod/importer-disk-0', ...args, '-o', 'html']);
      const page = await visit({ address: pathToFileURL(written('report.html', made.stdout)).href });
      await opened(page);
      const text = await page.locator('main').innerText();
      expect(text).toContain('importer-disk-0');
      expect(text).toContain('OOMKilled');
      for (const key of Object.keys(english)) if (key.includes('.')) expect(text).not.toContain(key);
      expect(await page.locator('section.log').count()).toBe(hasLog ? 1 : 0);
      expect(await page.locator('table.accounting').count()).toBe(hasLog ? 1 : 0);
    } finally {
      await server.close();
    }
  });
});

/** Serves files with the program, as long as a test takes. */
async function serve(args: readonly string[], test: (url: string) => Promise<void>): Promise<number | null> {
  const { child, texts, ended } = startProgram(['page', '--no-open', ...args]);
  try {
    for (let turn = 0; !texts.stdout.includes('\n'); turn += 1) {
      if (child.exitCode !== null || turn > 600) throw new Error(`no address: ${texts.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await test(texts.stdout.trim());
  } finally {
    child.kill('SIGINT');
  }
  return (await ended).status;
}

describe.skipIf(skipBrowser())('oomkit page', () => {
  it('shows the files, asking for nothing but them, and ends on Ctrl-C', async () => {
    const status = await serve([gzipped('kern.log.gz', SEED_TEXT), HEAP, KILLED_RUN], async (url) => {
      const page = await visit({ address: url, mayAsk: new RegExp(`^${url}files/[012]$`) });
      await opened(page);
      expect(await page.locator('.verdict-title').innerText()).toBe(VERDICT);
      expect(await page.getByRole('navigation').getByRole('button').allInnerTexts()).toEqual(
        expect.arrayContaining([KILLED_RUN, HEAP]),
      );
    });
    expect(status).toBe(0);
  });

  it('without files is the page to paste into', async () => {
    await serve([], async (url) => {
      const page = await visit({ address: url });
      await page.getByRole('heading', { name: 'Why was it OOM-killed?' }).waitFor();
    });
  });

  it('lets the page ask nobody else', async () => {
    await serve([SEED], async (url) => {
      const page = await visit({ address: url, mayAsk: /files\/0$/ });
      await opened(page);
      const policy = await page.locator('meta[http-equiv=Content-Security-Policy]').getAttribute('content');
      expect(policy).toContain("connect-src 'self'");
      expect(policy).toContain("default-src 'none'");
    });
  });
});
