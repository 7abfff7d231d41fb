import { expect, test } from 'vitest';
import { languages, renderMarkdown } from '../../src/render/index.js';
import { crashLoop, node, seed, tmpfs } from './fixtures.js';
import { sentences } from './sentences.js';

test('markdown reads as the golden files say', async () => {
  for (const lang of languages) {
    const style = { lang, catalogues: sentences };
    await expect(renderMarkdown([seed], style)).toMatchFileSnapshot(`golden/seed.${lang}.md`);
    await expect(renderMarkdown([seed, crashLoop(1), tmpfs, crashLoop(2), node], { ...style, wide: true })).toMatchFileSnapshot(
      `golden/several.wide.${lang}.md`,
    );
  }
});

test('every table has as many cells in each row as in its header', () => {
  const text = renderMarkdown([seed, tmpfs, node], { lang: 'en', wide: true, catalogues: sentences });
  const tables = text.split('\n\n').filter((block) => block.startsWith('|'));
  expect(tables.length).toBeGreaterThan(8);
  for (const table of tables) {
    const counts = table.split('\n').map((row) => row.match(/(?<!\\)\|/g)?.length);
    expect(new Set(counts).size).toBe(1);
  }
});

test('there is never more than one empty line, so a ticket stays compact', () => {
  expect(renderMarkdown([seed, tmpfs, node], { lang: 'en', catalogues: sentences })).not.toMatch(/\n{3}/);
});
