import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alignColumns, shrinkColumns } from '../../src/render/text/columns.js';
import { paintLine, span } from '../../src/render/text/span.js';
import { cutToWidth, displayWidth } from '../../src/render/text/width.js';
import { wrap } from '../../src/render/text/wrap.js';
import { printable, printableBlock } from '../../src/words/printable.js';

function wrapped(text: string, width: number, indent?: { first: string; rest: string }): string[] {
  return wrap([span(text)], width, indent).map(paintLine);
}

describe('printable', () => {
  test.each([
    ['cdi-importer', 'cdi-importer'],
    ['进程 (a) [b]', '进程 (a) [b]'],
    ['\u001b[2J', '\\x1b[2J'],
    ['a\nb\tc\r', 'a\\nb\\tc\\x0d'],
    ['\u009b31m\u007f', '\\x9b31m\\x7f'],
    ['a\u202eb\u2066c\u200d', 'a\\u{202e}b\\u{2066}c\\u{200d}'],
    ['\ufeff\u00ad\u2028', '\\u{feff}\\xad\\u{2028}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800x', '\\u{d800}x'],
  ])('%j is %s', (text, shown) => expect(printable(text)).toBe(shown));

  test('cuts what is far longer than any name', () => {
    expect(printable('x'.repeat(1_000_000)).length).toBeLessThan(600);
  });

  test('a block keeps its lines', () => {
    expect(printableBlock('a\n\tb\u001b\n')).toEqual(['a', '\\tb\\x1b']);
  });
});

describe('width', () => {
  test.each([
    ['abc', 3],
    ['内存', 4],
    ['（）', 4],
    ['한글カナ', 8],
    ['e\u0301', 1],
    ['█▓▒░╱·–×…', 9],
    ['🚀', 2],
    ['', 0],
  ])('%s fills %i columns', (text, width) => expect(displayWidth(text)).toBe(width));

  test('fit cuts either end', () => {
    expect(cutToWidth('abcdef', 4)).toBe('abc…');
    expect(cutToWidth('abcdef', 4, 'start')).toBe('…def');
    expect(cutToWidth('内存内存', 6)).toBe('内存…');
    expect(cutToWidth('abc', 3)).toBe('abc');
    expect(cutToWidth('abc', 0)).toBe('');
  });
});

describe('wrap', () => {
  test('breaks at blanks and indents', () => {
    expect(wrapped('one two three four', 9, { first: '- ', rest: '  ' })).toEqual(['- one two', '  three', '  four']);
  });

  test('keeps a number and its unit together', () => {
    expect(wrapped('a limit of 572.2 MiB', 16)).toEqual(['a limit of', '572.2 MiB']);
    expect(wrapped('about 89 % of it', 8)).toEqual(['about', '89 % of', 'it']);
  });

  test('breaks between Chinese characters, but not before a full stop or after a bracket', () => {
    expect(wrapped('内存达到限制。', 12)).toEqual(['内存达到限', '制。']);
    expect(wrapped('内存（限制）', 6)).toEqual(['内存', '（限', '制）']);
  });

  test('cuts what is longer than a line, after a slash where there is one', () => {
    expect(wrapped('/kubepods/burstable/pod0123456789abcdef', 20)).toEqual(['/kubepods/burstable/', 'pod0123456789abcdef']);
    expect(wrapped('x'.repeat(25), 10)).toEqual(['x'.repeat(10), 'x'.repeat(10), 'x'.repeat(5)]);
  });

  test('keeps the paint of every piece', () => {
    const paint = (text: string): string => `<${text}>`;
    expect(wrap([span('one '), span('two three', paint)], 7).map(paintLine)).toEqual(['one <two>', '<three>']);
  });

  test('loses nothing and never exceeds the width', () => {
    const text = fc.array(fc.constantFrom('a', 'bc', '/', '-', ' ', '内', '存', '。', '（', '12 MiB', '89 %', '🚀'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, fc.integer({ min: 8, max: 40 }), (pieces, width) => {
        const input = pieces.join('');
        const lines = wrapped(input, width);
        expect(lines.join('').replaceAll(' ', '')).toBe(input.replaceAll(' ', ''));
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('columns', () => {
  const rows = [
    ['#', '内存'],
    ['10', 'x'],
  ].map((row) => row.map((text) => span(text)));

  test('are aligned by what they fill', () => {
    expect(alignColumns(rows, ['right', 'right'], '  ').map(paintLine)).toEqual(['   #  内存', '  10     x']);
  });

  test('shrink from the widest, not below their least width', () => {
    const wide = [['aaaaaaaaaa', 'bbbbbb', 'c']].map((row) => row.map((text) => span(text)));
    const texts = (width: number): (string | undefined)[] | undefined =>
      shrinkColumns(wide, width, [
        { index: 0, least: 4 },
        { index: 1, least: 5 },
      ])[0]?.map(({ text }) => text);
    expect(texts(21)).toEqual(['aaaaaaaaaa', 'bbbbbb', 'c']);
    expect(texts(17)).toEqual(['aaaaa…', 'bbbbbb', 'c']);
    expect(texts(3)).toEqual(['aaa…', 'bbbb…', 'c']);
  });
});
