import { expect, test } from 'vitest';
import { printJson, renderMarkdown, renderReports, renderTerminal, toDiagnosisList } from '../../src/render/index.js';
import { hostile } from './fixtures.js';
import { sentences } from './sentences.js';

const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;

test('nothing from a log becomes an escape code, a control or a bidirectional override', () => {
  const style = { lang: 'en', width: 80, color: false, wide: true, catalogues: sentences } as const;
  const outputs = [
    renderTerminal([hostile], style),
    renderTerminal([hostile, hostile], style),
    renderReports([hostile.incident], style),
    renderMarkdown([hostile], style),
    renderMarkdown([hostile, hostile], style),
    printJson(toDiagnosisList([hostile], [], style)),
  ];
  for (const text of outputs) {
    expect(text).toContain('evil');
    expect(text).not.toMatch(UNSAFE);
  }
});

test('it is shown, not swallowed', () => {
  const text = renderTerminal([hostile], { lang: 'en', width: 200, color: false, catalogues: sentences });
  expect(text).toContain('\\x1b[31m`evil`|<script>alert(1)</script>\\u{202e}txt.exe\\x9b2J\\n#');
});

/** Markdown without its code: fenced blocks and code spans of any fence length are taken out. */
function outsideCode(markdown: string): string {
  const withoutBlocks = markdown.replace(/^ *(`{3,})\w*\n[\s\S]*?^ *\1$/gm, '');
  return withoutBlocks.replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
}

test('in markdown it stays inside code', () => {
  for (const wide of [false, true]) {
    const text = renderMarkdown([hostile, hostile], { lang: 'en', wide, catalogues: sentences });
    const prose = outsideCode(text);
    expect(prose).not.toMatch(/<script|@all|javascript:|evil/);
    expect(prose).not.toContain('`');
    expect(prose).toContain('| Killed |');
  }
});

test('in a markdown table it cannot end a cell', () => {
  const text = renderMarkdown([hostile], { lang: 'en', wide: true, catalogues: sentences });
  const header = text.split('\n').findIndex((line) => line.startsWith('| fact |'));
  const rows = text.split('\n').slice(header, header + 8);
  for (const row of rows) expect(row.match(/(?<!\\)\|/g)).toHaveLength(4);
});

test('JSON keeps it exactly, as escapes', () => {
  const text = printJson(toDiagnosisList([hostile], [], { lang: 'en', catalogues: sentences }));
  expect(text).toContain('\\u202e');
  expect(text).toContain('\\u009b');
  const parsed: unknown = JSON.parse(text);
  expect(parsed).toMatchObject({
    items: [{ incident: { report: { killed: [{ comm: hostile.incident.report.killed[0]?.comm }] } } }],
  });
});
