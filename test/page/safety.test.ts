import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { SEED, SEED_TEXT, written } from './support/files.js';
import { open, PAGE, skipBrowser, takeSeen, visit } from './support/visit.js';

const MARKUP = '<img src=x onerror=alert(1)>';
/** What a process, a cgroup or a file may be called by one who means harm. */
const HOSTILE = [
  MARKUP,
  '</script><script>alert(1)</script>',
  '<!--<script>',
  'a\u2028b\u2029c',
  'evil\u202egpj.exe',
  '"onclick="alert(1)',
  'javascript:alert(1)',
  '{{alert(1)}}',
];

/** The elements of the page by their names, and what in it could run. */
async function dangers(page: Page): Promise<{ scripts: number; images: number; frames: number; handlers: number }> {
  return page.locator('html').evaluate((html) => ({
    scripts: html.querySelectorAll('script').length,
    images: html.querySelectorAll('img, object, embed, link[rel=stylesheet]').length,
    frames: html.querySelectorAll('iframe, frame').length,
    handlers: [...html.querySelectorAll('*')].filter((element) =>
      element
        .getAttributeNames()
        .some((name: string) => name.startsWith('on') || /^\s*javascript:/i.test(element.getAttribute(name) ?? '')),
    ).length,
  }));
}

const HARMLESS = { scripts: 2, images: 0, frames: 0, handlers: 0 };

describe('the built page', () => {
  it('is under 150 kB gzipped, all of it', () => {
    expect(gzipSync(readFileSync(PAGE), { level: 9 }).length).toBeLessThan(150_000);
  });

  it('has everything inside', () => {
    const html = readFileSync(PAGE, 'utf8');
    const outside = html.replace(/<script[^>]*>[\s\S]*?<\/script>|<style>[\s\S]*?<\/style>/g, '');
    expect(outside).not.toMatch(/src=|href="(?!data:,")|url\(|@import/);
  });
});

describe.skipIf(skipBrowser())('the policy of the page', () => {
  it.each([
    ['fetch', "fetch('https://example.com/').catch(() => undefined)"],
    [
      'XMLHttpRequest',
      "new XMLHttpRequest().open('GET', 'https://example.com/'); const r = new XMLHttpRequest(); r.open('GET', 'https://example.com/'); r.send()",
    ],
    ['WebSocket', "new WebSocket('wss://example.com/')"],
    ['sendBeacon', "navigator.sendBeacon('https://example.com/', 'x')"],
    ['an image', "new Image().src = 'https://example.com/x.png'"],
    [
      'a stylesheet',
      "document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'https://example.com/x.css' }))",
    ],
    ['a script', "document.head.append(Object.assign(document.createElement('script'), { src: 'https://example.com/x.js' }))"],
    [
      'a script in the page',
      "document.head.append(Object.assign(document.createElement('script'), { textContent: 'document.title = \"run\"' }))",
    ],
    ['a frame', "document.body.append(Object.assign(document.createElement('iframe'), { src: 'https://example.com/' }))"],
    [
      'a form',
      "const f = Object.assign(document.createElement('form'), { action: 'https://example.com/', method: 'post' }); document.body.append(f); f.submit()",
    ],
  ])('stops %s', async (_, code) => {
    const page = await visit();
    await page.evaluate(
      "void (globalThis.broken = new Promise((resolve) => addEventListener('securitypolicyviolation', ({ violatedDirective }) => resolve(violatedDirective), { once: true })))",
    );
    await page.evaluate(`try { ${code}; } catch (error) { if (error.name !== 'SecurityError') throw error; }`);
    expect(await page.evaluate('globalThis.broken')).toMatch(/^(?:connect|img|style|script|frame|form)-/);
    const seen = takeSeen(page);
    expect(seen.requests.filter((url) => !url.startsWith('https://example.com/'))).toEqual([]);
    expect(seen.errors.join('\n')).toMatch(/Content Security Policy/);
    expect(await page.title()).not.toBe('run');
  });

  it('stops a request of the worker too', async () => {
    const page = await visit();
    await open(page, SEED);
    const [worker] = page.workers();
    if (worker === undefined) throw new Error('the page has no worker');
    expect(await worker.evaluate("fetch('https://example.com/').then(() => 'sent', (error) => error.name)")).toBe('TypeError');
    takeSeen(page);
  });
});

describe.skipIf(skipBrowser())('hostile names', () => {
  it.each(HOSTILE)('of a process, of a cgroup and of a file are text: %j', async (name) => {
    const page = await visit();
    const comm = name.slice(0, 15);
    const log = SEED_TEXT.replaceAll('qemu-img', comm)
      .replaceAll('cdi-importer', comm)
      .replaceAll('/kubepods/', `/${name.replaceAll('/', '')}/`);
    await open(page, written('given.log', log));
    await page.getByRole('button', { name: 'Open files' }).waitFor();
    await open(page, { name: `${name.replaceAll('/', '_')}.log`, mimeType: 'text/plain', buffer: Buffer.from('nothing here\n') });
    expect(await dangers(page)).toEqual(HARMLESS);
    const text = await page.locator('main').innerText();
    expect(text).not.toMatch(/[\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    expect(await page.title()).not.toMatch(/[\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    if (!/[\u2028\u202e]/.test(comm)) expect(text).toContain(comm);
  });

  it('of functions are text', async () => {
    const page = await visit();
    const lines = HOSTILE.map(
      (name, index) => ` ${index + 1}:  ${1000 - index}  ${9_000_000 - index}  ${name.replaceAll(/\s/g, '_')}`,
    );
    await open(
      page,
      written(
        'histogram.txt',
        ` num     #instances         #bytes  class name (module)\n-------------------------------------------------------\n${lines.join('\n')}\nTotal  8000  70000000\n`,
      ),
    );
    expect(await page.locator('article.heap table').innerText()).toContain(MARKUP.replaceAll(' ', '_'));
    expect(await dangers(page)).toEqual(HARMLESS);
  });

  it('of the command and the process in a recording are text', async () => {
    const page = await visit();
    const text = readFileSync('test/fixtures/recordings/anon-killed.json', 'utf8').replaceAll('"perl"', JSON.stringify(MARKUP));
    await open(page, { name: `${MARKUP}.json`, mimeType: 'application/json', buffer: Buffer.from(text) });
    await page.getByRole('button', { name: `${MARKUP}.json`, exact: true }).click();
    expect(await page.locator('article.run').innerText()).toContain(MARKUP);
    expect(await dangers(page)).toEqual(HARMLESS);
  });
});
