import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import {
  bundleWithKill,
  bundleWithoutKill,
  CACHE_RUN,
  COMPARISON,
  gzipped,
  HEAP,
  HISTOGRAM,
  KILLED_RUN,
  SEED,
  SEED_TEXT,
  written,
} from './support/files.js';
import { open, opened, paste, skipBrowser, visit } from './support/visit.js';

const VERDICT = 'Page cache that qemu-img wrote filled the limit: the disk could not take it fast enough';

async function title(page: Page): Promise<string> {
  return page.locator('.verdict-title').innerText();
}

describe.skipIf(skipBrowser())('a kernel log', () => {
  it('is read as it is pasted', async () => {
    const page = await visit();
    await paste(page, SEED_TEXT);
    expect(await title(page)).toBe(VERDICT);
    expect(await page.title()).toMatch(/^cdi-importer \(pid 18524\) was OOM-killed/);
  });

  it('is read when it was typed, with a button', async () => {
    const page = await visit();
    const button = page.getByRole('button', { name: 'Diagnose' });
    expect(await button.isDisabled()).toBe(true);
    await page.getByRole('textbox').fill(SEED_TEXT);
    await button.click();
    await opened(page);
    expect(await title(page)).toBe(VERDICT);
  });

  it('is read when a file of it is dropped anywhere on the page', async () => {
    const page = await visit();
    await page.locator('body').evaluate((body, text) => {
      const { DataTransfer, DragEvent, File } = body.ownerDocument.defaultView;
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], 'kern.log'));
      for (const kind of ['dragover', 'drop'])
        body.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    }, SEED_TEXT);
    await opened(page);
    expect(await title(page)).toBe(VERDICT);
    expect(await page.locator('.log').innerText()).toContain('kern.log');
  });

  it('is read compressed', async () => {
    const page = await visit();
    await open(page, gzipped('kern.log.gz', SEED_TEXT));
    expect(await title(page)).toBe(VERDICT);
  });

  it('is read up to where a damaged archive ends, which is said', async () => {
    const page = await visit();
    const whole = readFileSync(gzipped('kern.log.gz', `${SEED_TEXT}${'another line\n'.repeat(9)}`));
    await open(page, written('cut.log.gz', whole.subarray(0, -12)));
    expect(await title(page)).toBe(VERDICT);
    expect(await page.getByRole('status').innerText()).toContain('cut.log.gz: damaged or cut short');
  });

  it('is read to its newest line, though something stands behind the archive', async () => {
    const page = await visit();
    const whole = readFileSync(gzipped('kern.log.gz', SEED_TEXT));
    await open(page, written('written-over.log.gz', Buffer.concat([whole, Buffer.from('what was there before\n')])));
    expect(await title(page)).toBe(VERDICT);
    expect(await page.getByRole('status').innerText()).toContain('trailing garbage');
  });

  it('comes with the page as an example, and goes when one starts over', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'Show an example' }).click();
    await opened(page);
    expect(await title(page)).toBe(VERDICT);
    await page.getByRole('button', { name: 'Start over' }).click();
    await page.getByRole('heading', { name: 'Why was it OOM-killed?' }).waitFor();
    expect(await page.locator('.verdict').count()).toBe(0);
  });
});

describe.skipIf(skipBrowser())('an evidence bundle', () => {
  it('shows its kill', async () => {
    const page = await visit();
    await open(page, await bundleWithKill());
    expect(await title(page)).toBe(VERDICT);
    expect(await page.locator('.log').innerText()).toContain('memory: usage 585936kB');
  });

  it('without a kill shows the state it found', async () => {
    const page = await visit();
    await open(page, await bundleWithoutKill());
    expect(await page.locator('main').innerText()).toContain('What a kill at that moment would have been blamed on');
    expect(await page.getByRole('status').innerText()).toContain('no kill is in it');
  });
});

describe.skipIf(skipBrowser())('a recording', () => {
  it('of a kill shows the verdict, and the memory over time with the kill', async () => {
    const page = await visit();
    await open(page, KILLED_RUN);
    expect(await title(page)).toContain('held by perl');
    await page.getByRole('button', { name: KILLED_RUN.replace(/^.*\//, ''), exact: true }).click();
    const run = page.locator('article.run');
    expect(await run.locator('.verdict-title').innerText()).toContain('was OOM-killed');
    const chart = run.getByRole('img');
    expect(await chart.innerText().catch(() => chart.textContent())).toContain('OOM kill');
    const peaks = await run
      .locator('.tools data')
      .evaluateAll((sizes) => sizes.map((size) => Number(size.getAttribute('value'))));
    const { peak } = JSON.parse(readFileSync(KILLED_RUN, 'utf8')) as { peak: Record<string, number> };
    expect(peaks).toEqual(expect.arrayContaining([peak.chargedBytes, peak.anonBytes, peak.kernelBytes]));
  });

  it('is read out with a slider, and zoomed by dragging', async () => {
    const page = await visit();
    await open(page, CACHE_RUN);
    await page.getByRole('button', { name: 'page-cache.json', exact: true }).click();
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('End');
    const { series } = (JSON.parse(readFileSync(CACHE_RUN, 'utf8')) as { recording: { series: Record<string, number[]> } })
      .recording;
    expect(await page.locator('.readout-at').innerText()).toContain(`${series.atSeconds?.at(-1)?.toFixed(2)} s`);
    const sizes = await page.locator('.readout data').evaluateAll((all) => all.map((size) => Number(size.getAttribute('value'))));
    expect(sizes).toContain(series.anonBytes?.at(-1));
    const box = await page.locator('.chart svg').first().boundingBox();
    if (box === null) throw new Error('the chart is not on the page');
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2, { steps: 4 });
    await page.mouse.up();
    await page.getByRole('button', { name: 'Whole picture' }).click();
    expect(await page.getByRole('button', { name: 'Whole picture' }).count()).toBe(0);
  });

  it('stands beside another on one scale', async () => {
    const page = await visit();
    await open(page, [CACHE_RUN, KILLED_RUN]);
    await page.getByRole('button', { name: 'Side by side' }).click();
    expect(await page.locator('.multiples > li h3').allInnerTexts()).toEqual(['page-cache.json', 'anon-killed.json']);
    expect(await page.locator('.multiples .chart.small').count()).toBe(2);
  });

  it('of several variants shows what each of them did', async () => {
    const page = await visit();
    await open(page, COMPARISON);
    const variants = page.locator('.multiples > li');
    expect(await variants.locator('h4').allInnerTexts()).toEqual(['small', 'large']);
    expect(await variants.locator('.outcome').allInnerTexts()).toEqual([
      '2 of 2 ended well, 0 with an OOM kill',
      '0 of 2 ended well, 2 with an OOM kill',
    ]);
  });
});

describe.skipIf(skipBrowser())('a heap profile', () => {
  it('is a flame graph and a table', async () => {
    const page = await visit();
    await open(page, HEAP);
    const frames = page.locator('.flame .frame');
    await frames.first().waitFor();
    expect(await frames.count()).toBeGreaterThan(3);
    const name = 'main.';
    await page.getByRole('searchbox', { name: 'Function' }).fill(name);
    expect(await page.locator('.flame .frame.found').count()).toBeGreaterThan(0);
    const all = await frames.count();
    await page.locator('.flame .frame.found').last().click();
    expect(await frames.count()).toBeLessThan(all);
    await page.getByRole('button', { name: 'Whole graph' }).click();
    expect(await frames.count()).toBe(all);
    const flat = await page.locator('article.heap table tbody tr').first().innerText();
    expect(flat).toContain('main.');
    await page.getByLabel('Order by').selectOption('cum');
    await page.locator('article.heap table tbody tr').first().filter({ hasNotText: flat }).waitFor();
  });

  it('is held against what is typed in', async () => {
    const page = await visit();
    await open(page, HEAP);
    await page.getByLabel('RSS of processes').fill('4000');
    expect(await page.locator('.heap-verdict').innerText()).toMatch(/heap/i);
  });

  it('beside a kernel log is held against what was charged', async () => {
    const page = await visit();
    await open(page, [SEED, HEAP]);
    await page.getByRole('button', { name: 'leaky-after.pb.gz' }).click();
    const rows = page.locator('section:has(#against-heading) .tools li');
    expect(await rows.locator('.tool-name').allInnerTexts()).toEqual(['live heap', 'RSS of processes', 'charged', 'limit']);
    expect(await rows.nth(2).locator('data').getAttribute('value')).toBe('599998464');
  });

  it('of Java is a table', async () => {
    const page = await visit();
    await open(page, HISTOGRAM);
    expect(await page.locator('article.heap table').innerText()).toContain('LeakyService');
  });
});

describe.skipIf(skipBrowser())('what the page cannot read', () => {
  it.each([
    ['a text without a report', 'all is well\n', 'no OOM report in given.bin'],
    ['binary data', Uint8Array.from({ length: 4096 }, (_, at) => (at * 7) % 31), 'not a text'],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3), 'zstd -dc'],
    ['the JSON of a diagnosis', '{"apiVersion":"oomkit.dev/v1alpha1","kind":"DiagnosisList","items":[]}', 'DiagnosisList'],
    ['a run that was changed', readFileSync(KILLED_RUN, 'utf8').replace('"peak"', '"peek"'), 'not a whole recording'],
    ['a cut profile', gunzipSync(readFileSync(HEAP)).subarray(0, 900), 'ends too early'],
  ])('is said: %s', async (_, content, words) => {
    const page = await visit();
    await open(page, [written('given.bin', content), SEED]);
    const said = await page.getByRole('status').innerText();
    expect(said).toContain('given.bin');
    expect(said.toLowerCase()).toContain(words.toLowerCase());
    expect(await title(page)).toBe(VERDICT);
  });
});
