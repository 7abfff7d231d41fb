import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { bundleWithoutKill, COMPARISON, HEAP, KILLED_RUN, SEED, SEVERAL } from './support/files.js';
import { open, skipBrowser, visit } from './support/visit.js';

/** A node with few tasks: axe-core takes its time for every element. */
const SMALL_NODE_LOG = 'test/fixtures/oom-logs/kernel-5.10-v2-node-oom.txt';

/** Everything the page can show, each as one comes to it. */
const VIEWS: readonly (readonly [name: string, files: () => string[] | Promise<string[]>, button?: string])[] = [
  ['the landing page', () => []],
  ['a kill in a pod', () => [SEED]],
  ['a node that ran out', () => [SMALL_NODE_LOG]],
  ['several incidents', () => SEVERAL],
  ['a state without a kill', async () => [await bundleWithoutKill()]],
  ['a recording', () => [KILLED_RUN], 'anon-killed.json'],
  ['a comparison', () => [COMPARISON]],
  ['a heap profile', () => [SEED, HEAP], 'leaky-after.pb.gz'],
];

async function show(page: Page, files: readonly string[], button: string | undefined): Promise<void> {
  if (files.length > 0) await open(page, files);
  if (button !== undefined) await page.getByRole('button', { name: button, exact: true }).click();
  await page.locator('main').waitFor();
  if (button === 'leaky-after.pb.gz') await page.locator('.flame').waitFor();
}

/** What axe-core objects to, by the rule and the element. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return found.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

describe.skipIf(skipBrowser())('axe-core finds nothing', () => {
  it.each([
    { colorScheme: 'light', locale: 'en-GB' },
    { colorScheme: 'dark', locale: 'zh-CN' },
  ] as const)('in any view, $colorScheme, $locale', async ({ colorScheme, locale }) => {
    const page = await visit({ colorScheme, locale, reducedMotion: 'reduce' });
    for (const [name, files, button] of VIEWS) {
      await page.reload();
      await show(page, await files(), button);
      expect({ name, violations: await violations(page) }).toEqual({ name, violations: [] });
    }
  });
});

describe.skipIf(skipBrowser())('a narrow window', () => {
  it('of 360 pixels shows every view without scrolling sideways', async () => {
    const page = await visit({ viewport: { width: 360, height: 740 } });
    for (const [name, files, button] of VIEWS) {
      await page.reload();
      await show(page, await files(), button);
      const widest = await page.evaluate('document.documentElement.scrollWidth');
      expect({ name, widest }).toEqual({ name, widest: 360 });
    }
  });
});
