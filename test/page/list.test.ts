import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { SEED_TEXT, written } from './support/files.js';
import { open, skipBrowser, visit } from './support/visit.js';

const LOGS = 'test/fixtures/oom-logs';
/** Kills of different causes, in cgroups and of the whole node; their logs have no dates. */
const MANY = readdirSync(LOGS)
  .filter((name) => /^kernel-5\.10-v2-/.test(name))
  .map((name) => join(LOGS, name));
const HOURS = [0, 1, 2, 3, 20];

/** A container killed again and again, as syslog would have it. */
function crashLoop(): string {
  const kills = HOURS.map((hour) => {
    const time = new Date(Date.UTC(2026, 10, 23, hour)).toISOString().replace('Z', '000+00:00');
    return SEED_TEXT.trimEnd()
      .split('\n')
      .map((line) => `${time} node-1 kernel: ${line}`);
  });
  return written('syslog', `${kills.flat().join('\n')}\n`);
}

async function rows(page: Page): Promise<number> {
  return page.locator('table.incidents tbody tr').count();
}

describe.skipIf(skipBrowser())('the list of incidents', () => {
  it('shows the kills of one story as one, and each when asked', async () => {
    const page = await visit();
    await open(page, crashLoop());
    expect(await page.getByRole('heading', { name: `${HOURS.length} incidents` }).isVisible()).toBe(true);
    expect(await rows(page)).toBe(1);
    expect(await page.locator('table.incidents tbody').innerText()).toContain(`×${HOURS.length}`);
    await page.getByRole('checkbox', { name: 'Repetitions together' }).uncheck();
    expect(await rows(page)).toBe(HOURS.length);
  });

  it('has a timeline, of which a stretch can be chosen', async () => {
    const page = await visit();
    await open(page, crashLoop());
    await page.getByRole('checkbox', { name: 'Repetitions together' }).uncheck();
    const bins = page.getByRole('group', { name: 'Incidents over time' }).getByRole('button');
    expect(await bins.count()).toBe(HOURS.length);
    expect(await bins.last().getAttribute('aria-label')).toMatch(/^1 incident from 2026-11-23 .* to 2026-11-23 20:00Z$/);
    await bins.last().click();
    expect(await bins.last().getAttribute('aria-pressed')).toBe('true');
    expect(await rows(page)).toBe(1);
    expect(await page.locator('table.incidents tbody').innerText()).toContain('20:00');
    await bins.last().click();
    expect(await rows(page)).toBe(HOURS.length);
  });

  it('is filtered by cause, by scope and by a word', async () => {
    const page = await visit();
    await open(page, MANY);
    await page.getByRole('checkbox', { name: 'Repetitions together' }).uncheck();
    const more = page.locator('section.list > button.quiet');
    while ((await more.count()) > 0) await more.click();
    const all = await rows(page);
    expect(all).toBeGreaterThan(MANY.length - 1);
    await page.getByRole('combobox', { name: 'cause' }).selectOption('tmpfs');
    const tmpfs = await rows(page);
    expect(tmpfs).toBeGreaterThan(0);
    expect(tmpfs).toBeLessThan(all);
    await page.getByRole('combobox', { name: 'cause' }).selectOption('');
    await page.getByRole('combobox', { name: 'scope' }).selectOption('node');
    expect(await rows(page)).toBe(1);
    await page.getByRole('combobox', { name: 'scope' }).selectOption('');
    const search = page.getByRole('searchbox', { name: 'Process, pod, cgroup' });
    await search.fill('fork-many');
    expect(await rows(page)).toBeLessThan(all);
    await search.fill('no such thing');
    expect(await page.getByText('No incident matches.').isVisible()).toBe(true);
  });

  it('leads to each incident', async () => {
    const page = await visit();
    await open(page, MANY);
    const titles = new Set<string>();
    for (const choice of (await page.locator('button.choose').all()).slice(0, 4)) {
      await choice.click();
      const index = Number(await choice.innerText()) - 1;
      await page.locator(`article.incident[data-index="${index}"]`).waitFor();
      expect(await choice.getAttribute('aria-current')).toBe('true');
      titles.add(await page.locator('.verdict-headline').innerText());
    }
    expect(titles.size).toBe(4);
  });
});
