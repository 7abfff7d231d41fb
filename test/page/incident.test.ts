import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import english from '../../src/words/messages/en.json' with { type: 'json' };
import { bundleWithoutKill, NODE_LOG, SEED, SEED_TEXT } from './support/files.js';
import { open, skipBrowser, visit } from './support/visit.js';

const FORKS = 'test/fixtures/oom-logs/kernel-5.10-v2-fork-many.txt';

async function pids(page: Page): Promise<number[]> {
  return page.locator('table.tasks tbody tr').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-pid'))));
}

describe.skipIf(skipBrowser())('a citation', () => {
  it('shows and marks the lines of the log that it cites, and only these', async () => {
    const page = await visit();
    await open(page, SEED);
    const citation = page.locator('table.accounting tr[data-id=kernel]').getByRole('button', { name: 'L3', exact: true });
    await citation.click();
    const marked = page.locator('.log-line.marked');
    expect(await marked.evaluateAll((lines) => lines.map((line) => Number(line.getAttribute('data-line'))))).toEqual([3]);
    expect(await marked.locator('mark').innerText()).toBe(SEED_TEXT.split('\n')[2]?.replaceAll('\t', '    '));
    const [line, box] = [await marked.boundingBox(), await page.locator('.log-lines').boundingBox()];
    if (line === null || box === null) throw new Error('the log is not on the page');
    expect(line.y).toBeGreaterThanOrEqual(box.y);
    expect(line.y + line.height).toBeLessThanOrEqual(box.y + box.height + 1);
  });

  it('leads to the middle of a long log', async () => {
    const page = await visit();
    await open(page, NODE_LOG);
    await page.locator('table.tasks tbody tr').first().getByRole('button').last().click();
    const marked = page.locator('.log-line.marked').first();
    const number = Number(await marked.getAttribute('data-line'));
    expect(await marked.locator('mark').innerText()).toBe(readFileSync(NODE_LOG, 'utf8').split('\n')[number - 1]);
    const [line, box] = [await marked.boundingBox(), await page.locator('.log-lines').boundingBox()];
    expect(line?.y).toBeGreaterThan(box?.y ?? Number.POSITIVE_INFINITY);
    expect(line?.y).toBeLessThan((box?.y ?? 0) + (box?.height ?? 0));
  });
});

describe.skipIf(skipBrowser())('the table of tasks', () => {
  it('is sorted by a column, either way', async () => {
    const page = await visit();
    await open(page, SEED);
    expect(await pids(page)).toEqual([18524, 3422, 17998]);
    const header = page.getByRole('columnheader', { name: 'RSS' });
    expect(await header.getAttribute('aria-sort')).toBe('descending');
    await header.getByRole('button').click();
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    expect(await pids(page)).toEqual([17998, 3422, 18524]);
    await page.getByRole('columnheader', { name: /^PID/i }).getByRole('button').click();
    expect(await pids(page)).toEqual([3422, 17998, 18524]);
  });

  it('is searched by name and by pid', async () => {
    const page = await visit();
    await open(page, SEED);
    const search = page.getByRole('searchbox', { name: 'Name or PID' });
    await search.fill('QEMU');
    expect(await pids(page)).toEqual([3422]);
    await search.fill('185');
    expect(await pids(page)).toEqual([18524]);
    await search.fill('nobody');
    expect(await page.getByText('No task matches.').isVisible()).toBe(true);
  });

  it('folds tasks of one name, which open to each of them', async () => {
    const page = await visit();
    await open(page, FORKS);
    const rows = page.locator('table.tasks tbody tr');
    const names = await rows.locator('.comm').allInnerTexts();
    const [most = ''] = [...new Set(names)].sort((a, b) => count(names, b) - count(names, a));
    await page.getByRole('checkbox', { name: 'Same names together' }).check();
    const folded = await rows.count();
    expect(folded).toBeLessThan(names.length);
    const fold = page.getByRole('button', { name: new RegExp(`^${most} ×`) });
    expect(await fold.getAttribute('aria-expanded')).toBe('false');
    await fold.click();
    expect(await fold.getAttribute('aria-expanded')).toBe('true');
    const [, several = '0'] = /×(\d+)/.exec(await fold.innerText()) ?? [];
    expect(await rows.count()).toBe(folded + Number(several));
  });

  it('of live processes is a tree by parent when asked', async () => {
    const page = await visit();
    await open(page, await bundleWithoutKill({ hasParent: true }));
    const indents = (): Promise<number[]> =>
      page
        .locator('table.tasks tbody th')
        .evaluateAll((cells) => cells.map((cell) => Number.parseFloat(cell.style.paddingInlineStart)));
    expect(new Set(await indents()).size).toBe(1);
    await page.getByRole('checkbox', { name: 'Tree by parent' }).check();
    expect(new Set(await indents()).size).toBeGreaterThan(1);
  });

  it('marks who was killed', async () => {
    const page = await visit();
    await open(page, SEED);
    expect(await page.locator('table.tasks tr.killed').getAttribute('data-pid')).toBe('18524');
  });
});

function count(names: readonly string[], name: string): number {
  return names.filter((one) => one === name).length;
}

describe.skipIf(skipBrowser())('the page', () => {
  it('puts advice on the clipboard, and says so', async () => {
    const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] });
    await open(page, SEED);
    const snippet = page.locator('.snippet').first();
    await snippet.getByRole('button').click();
    await snippet.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      (await snippet.locator('code').evaluate((code) => code.textContent)) ?? '',
    );
  });

  it('explains a term when it is focused or pointed at, until Escape', async () => {
    const page = await visit();
    await open(page, SEED);
    const term = page.locator('table.accounting tr[data-id=anon] .term');
    const tip = page.locator('table.accounting tr[data-id=anon]').getByRole('tooltip');
    await term.focus();
    expect(await tip.isVisible()).toBe(true);
    expect(await tip.innerText()).toContain('anon');
    await page.keyboard.press('Escape');
    expect(await tip.isVisible()).toBe(false);
    await page.locator('table.accounting tr[data-id=unexplained] .term').hover();
    expect(await page.locator('table.accounting tr[data-id=unexplained]').getByRole('tooltip').isVisible()).toBe(true);
  });

  it('speaks both languages, and remembers which', async () => {
    const page = await visit();
    await open(page, SEED);
    await page.getByRole('button', { name: '中文' }).click();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    expect(await page.locator('.verdict-title').innerText()).toMatch(/\p{Script=Han}/u);
    const text = await page.locator('body').innerText();
    expect(Object.keys(english).filter((key) => key.includes('.') && text.includes(key))).toEqual([]);
    await page.reload();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Why was it OOM-killed?');
  });

  it('follows the browser’s language', async () => {
    const page = await visit({ locale: 'zh-CN' });
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN');
  });

  it('follows the system’s theme until one is chosen, and remembers that', async () => {
    const page = await visit({ colorScheme: 'dark' });
    const background = (): Promise<string> =>
      page.evaluate(
        'getComputedStyle(document.documentElement).backgroundColor + getComputedStyle(document.body).backgroundColor',
      );
    const dark = await background();
    await page.getByRole('button', { name: 'Light' }).click();
    const light = await background();
    expect(light).not.toBe(dark);
    await page.reload();
    expect(await background()).toBe(light);
  });

  it('can be used with the keyboard alone', async () => {
    const page = await visit();
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let step = 0; step < 60; step += 1) {
        await page.keyboard.press('Tab');
        const focused = await page.evaluate(
          '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent).trim()',
        );
        if (name.test(String(focused))) return;
      }
      throw new Error(`no control named ${name} is reached`);
    };
    await tabTo(/^Show an example$/);
    await page.keyboard.press('Enter');
    await page.locator('.verdict-title').waitFor();
    await tabTo(/^L3$/);
    await page.keyboard.press('Enter');
    await page.locator('.log-line.marked').waitFor();
    expect(await page.evaluate('document.activeElement.className')).toContain('log-lines');
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).not.toBe('none');
  });

  it('is printed whole, without its controls', async () => {
    const page = await visit();
    await open(page, NODE_LOG);
    await page.emulateMedia({ media: 'print' });
    try {
      expect(await page.getByRole('button', { name: 'Open files' }).isVisible()).toBe(false);
      expect(await page.locator('.log-line').last().isVisible()).toBe(true);
      const isCut = await page
        .locator('.scroll, .log-lines')
        .evaluateAll((boxes) =>
          boxes.some(
            (box) =>
              box.scrollHeight > box.clientHeight + 1 &&
              box.ownerDocument.defaultView.getComputedStyle(box).overflowY !== 'visible',
          ),
        );
      expect(isCut).toBe(false);
      expect((await page.pdf()).subarray(0, 5).toString()).toBe('%PDF-');
    } finally {
      await page.emulateMedia({ media: null });
    }
  });

  it('draws the zones and free lists of a node that ran out', async () => {
    const page = await visit();
    await open(page, NODE_LOG);
    const text = await page.locator('main').innerText();
    expect(text).toContain('Zones of the node');
    expect(text).toContain('Free blocks');
    expect(text).toMatch(/\bDMA32\b/);
  });
});
