import { expect, test } from 'vitest';
import type { Diagnosis } from '../../src/model/index.js';
import { type Language, languages, renderReports, renderTerminal } from '../../src/render/index.js';
import { displayWidth } from '../../src/render/text/width.js';
import { printableBlock } from '../../src/words/printable.js';
import { crashLoop, hostile, node, seed, tmpfs } from './fixtures.js';
import { sentences } from './sentences.js';

const several: readonly Diagnosis[] = [seed, crashLoop(1), tmpfs, crashLoop(2), crashLoop(3), node];

function terminal(
  diagnoses: readonly Diagnosis[],
  lang: Language,
  more: { width?: number; color?: boolean; wide?: boolean } = {},
): string {
  return renderTerminal(diagnoses, { lang, width: 80, color: false, catalogues: sentences, ...more });
}

/** Lines wider than a terminal, but for what is there to be copied: commands, patches and links. */
function tooWide(text: string, width: number, copied: readonly string[]): string[] {
  return text.split('\n').filter((line) => displayWidth(line) > width && !copied.includes(line.trim()));
}

const copied = [seed, tmpfs, hostile].flatMap(({ causes, knownIssues }) => [
  ...causes.flatMap(({ advice }) =>
    advice.flatMap(({ snippet }) => (snippet === undefined ? [] : printableBlock(snippet.text).map((line) => line.trim()))),
  ),
  ...knownIssues.flatMap(({ links }) => links),
]);

test.each([
  ['seed', [seed]],
  ['tmpfs', [tmpfs]],
  ['several', several],
] as const)('%s reads as the golden file says, in every language', async (name, diagnoses) => {
  for (const lang of languages) {
    await expect(terminal(diagnoses, lang)).toMatchFileSnapshot(`golden/${name}.${lang}.txt`);
  }
});

test.each([
  ['seed', [seed]],
  ['tmpfs', [tmpfs]],
  ['node', [node]],
] as const)('%s in the wide form', async (name, diagnoses) => {
  await expect(terminal(diagnoses, 'en', { wide: true })).toMatchFileSnapshot(`golden/${name}.wide.en.txt`);
  await expect(terminal(diagnoses, 'zh-CN', { wide: true, width: 120 })).toMatchFileSnapshot(`golden/${name}.wide-120.zh-CN.txt`);
});

test('with colour', async () => {
  await expect(terminal([seed], 'en', { color: true })).toMatchFileSnapshot('golden/seed.color.en.txt');
});

test('colour changes nothing but escape codes', () => {
  for (const lang of languages) {
    const coloured = terminal(several, lang, { color: true, wide: true });
    expect(coloured).toContain('\u001b[');
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(terminal(several, lang, { wide: true }));
  }
});

test.each([72, 80, 100, 132, 200])('no line is wider than %i columns', (width) => {
  for (const lang of languages) {
    for (const wide of width < 80 ? [false] : [false, true]) {
      expect(tooWide(terminal([...several, hostile], lang, { width, wide }), width, copied)).toEqual([]);
    }
  }
});

test('commands and patches are whole lines, ready to copy', () => {
  const lines = terminal([seed], 'en', { width: 72 })
    .split('\n')
    .map((line) => line.trim());
  expect(lines).toContain('qemu-img convert -t none -T none -O raw source.qcow2 /data/disk.img');
  expect(lines).toContain(seed.causes[1]?.advice[0]?.snippet?.text);
});

test('the first lines say what was killed, whose limit, and why, with the confidence in words and numbers', () => {
  const head = terminal([seed], 'en').split('\n\n').slice(0, 2).join('\n');
  expect(head).toMatch(
    /^cdi-importer \(pid 18524\) was OOM-killed .* after boot: its pod reached the\nmemory limit of 572\.2 MiB\./,
  );
  expect(head).toMatch(/Verdict +likely +0\.80 {2}Page cache/);
  expect(head).toMatch(/possible +0\.20 {2}Files in a memory-backed volume/);
});

test('incidents that tell the same story are shown once and counted', () => {
  const text = terminal(several, 'en');
  expect(text.match(/^── Incident \d+/gm)).toEqual(['── Incident 1', '── Incident 2', '── Incident 3', '── Incident 6']);
  expect(text).toMatch(/^2 ×3 /m);
  expect(text.replace(/\s+/g, ' ')).toContain(
    'Repeats 2 more times: same limit, process and cause, incidents 4-5, last at 2024-05-01 12:03:00 UTC',
  );
});

test('the wide form lists every task, largest first, with the killed ones marked', () => {
  const text = terminal([node], 'en', { wide: true });
  const rows = [...text.matchAll(/^(>?) +(\d+) +(\d+) +(\d+) +\d+ {2}\S+$/gm)].map((row) => ({
    killed: row[1] === '>',
    kib: Number(row[3]),
    pages: Number(row[4]),
  }));
  expect(rows).toHaveLength(42);
  expect(rows.every(({ kib, pages }) => kib === pages * 4)).toBe(true);
  expect(rows.map(({ kib }) => kib)).toEqual(rows.map(({ kib }) => kib).sort((a, b) => b - a));
  expect(rows.filter(({ killed }) => killed)).toHaveLength(8);
});

test('nothing to diagnose is nothing to print', () => {
  expect(terminal([], 'en')).toBe('');
});

test('a diagnosis without an accounting says so', () => {
  const { accounting: _, ...bare } = seed;
  expect(terminal([bare], 'en')).toContain('The log does not say how much memory was charged.');
});

test('the list of reports has one line for each', async () => {
  const incidents = several.map(({ incident }) => incident);
  const list = (lang: Language, width: number, wide: boolean): string =>
    renderReports(incidents, { lang, width, color: false, wide });
  await expect(list('en', 80, false)).toMatchFileSnapshot('golden/reports.en.txt');
  await expect(list('zh-CN', 120, false)).toMatchFileSnapshot('golden/reports-120.zh-CN.txt');
  await expect(list('en', 80, true)).toMatchFileSnapshot('golden/reports.wide.en.txt');
  const hostileList = renderReports([hostile.incident], { lang: 'en', width: 80, color: false });
  expect(hostileList.trimEnd().split('\n')).toHaveLength(2);
  for (const width of [72, 80, 100]) expect(tooWide(list('zh-CN', width, false), width, [])).toEqual([]);
});
