import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderGlossaryPage } from '../../../scripts/build-docs-glossary.js';
import { topics } from '../../../src/words/glossary/entry.js';
import { listTerms } from '../../../src/words/glossary/topics.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = renderGlossaryPage();

describe('docs/glossary.md', () => {
  it('is what the data says', () => {
    expect(readFileSync(new URL('../../../docs/glossary.md', import.meta.url), 'utf8')).toBe(page);
  });

  it('passes its own check', async () => {
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--import', 'tsx', 'scripts/build-docs-glossary.ts', '--check'],
      { cwd: root },
    );
    expect(stdout + stderr).toBe('');
  }, 60_000);

  it('has a section for each topic and both languages for each term', () => {
    for (const topic of topics) expect(page).toContain(`<a id="${topic}"></a>`);
    expect(page.match(/^### `/gm)).toHaveLength(listTerms().length);
    expect(page.match(/^\*\*.*\.\*\*$/gm)).toHaveLength(listTerms().length);
    expect(page.match(/^\*\*.*。\*\*$/gm)).toHaveLength(listTerms().length);
  });

  it('links to anchors that exist once', () => {
    const anchors = [...page.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id);
    const targets = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, id]) => id);
    expect(new Set(anchors).size).toBe(anchors.length);
    expect(targets.filter((target) => !anchors.includes(target))).toEqual([]);
    expect(targets.length).toBeGreaterThan(listTerms().length);
  });

  it('leaves no flag that markdown would read as emphasis', () => {
    const prose = page.split('\n').filter((line) => !/^(?:[-#<`]|$)/.test(line));
    expect(prose.filter((line) => /(?<![\\\w`])__GFP/.test(line))).toEqual([]);
    expect(prose.some((line) => line.includes('\\_\\_GFP'))).toBe(true);
  });
});
