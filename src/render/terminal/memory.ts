import { type Accounting, type AccountingLineId, bytes, nested, type OomReport, ratio } from '../../model/index.js';
import { alignColumns, columnWidth } from '../text/columns.js';
import { type Line, type Span, span } from '../text/span.js';
import { cutToWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';
import { chargeSummary } from '../view/charge.js';
import { citeColumn } from '../view/citation.js';
import { type CompositionRow, compositionRows } from '../view/composition.js';
import { toolRows } from '../view/tools.js';
import { say } from '../view/words.js';
import { compositionBar, FREE, glyphs, linePaint } from './bar.js';
import { citedParagraph, emptyLine, heading, type Page } from './page.js';

const INDENT = '  ';
/** The table's other columns need room too. */
const WIDEST_NAME = 28;
/** A line number alone. */
const NARROWEST_SOURCE = 6;

/** The memory section: the bar, the accounting table and what other tools would have shown. */
export function memorySection(accounting: Accounting | undefined, report: OomReport, page: Page): Line[] {
  const { words } = page;
  if (accounting === undefined) {
    return [
      heading(words.label('heading.memory'), page),
      ...citedParagraph(words.label('memory.unknown'), [], same(INDENT), page),
    ];
  }
  return [
    [...heading(words.label('heading.memory'), page), span(INDENT), span(words.render(chargeSummary(accounting)))],
    emptyLine,
    [span(INDENT), ...compositionBar(accounting, page.proseWidth - 2 * INDENT.length, page.colors)],
    emptyLine,
    ...accountingTable(accounting, page),
    ...notes(accounting, page),
    ...toolTable(accounting, report, page),
  ];
}

/** Aligned rows of the identity; the last column takes what room is left. */
function accountingTable(accounting: Accounting, page: Page): Line[] {
  const { words, exactWords, colors, wide } = page;
  const compositions = compositionRows(accounting, wide);
  const header = [
    'column.line',
    'column.size',
    ...(wide ? (['column.exact'] as const) : []),
    'column.share',
    'column.how',
  ] as const;
  const rows: Span[][] = [
    [span(''), ...header.map((key) => span(words.label(key), colors.dim))],
    ...compositions.map((row) => {
      const size = (of: typeof words): string =>
        row.bytes === undefined ? words.label('none') : of.render(say('value', { value: bytes(row.bytes) }));
      const paint = row.kind === 'total' ? colors.bold : row.kind === 'part' ? colors.dim : undefined;
      return [
        glyphSpan(row, page),
        span(cutToWidth(`${row.kind === 'part' ? INDENT : ''}${words.render(row.name)}`, WIDEST_NAME), paint),
        span(size(words), paint),
        ...(wide ? [span(size(exactWords), paint)] : []),
        span(row.share === undefined ? words.label('none') : words.render(say('value', { value: ratio(row.share) })), paint),
        span(words.label(`how.${row.how}`), paint),
      ];
    }),
  ];
  const columns = ['left', 'left', 'right', ...(wide ? (['right'] as const) : []), 'right', 'left', 'left'] as const;
  const used = INDENT.length + columns.slice(0, -1).reduce((sum, _, index) => sum + columnWidth(rows, index) + 2, 0);
  const fromWidth = Math.max(NARROWEST_SOURCE, page.width - used);
  const places = citeColumn(
    compositions.map(({ from }) => from),
    fromWidth,
  );
  rows.forEach((row, index) => {
    row.push(span(index === 0 ? cutToWidth(words.label('column.from'), fromWidth) : (places[index - 1] ?? ''), colors.dim));
  });
  return alignColumns(rows, columns, INDENT);
}

function glyphSpan({ kind, id }: CompositionRow, { colors }: Page): Span {
  if (kind === 'free') return span(FREE, colors.dim);
  if (kind === 'total') return span('=', colors.bold);
  if (kind === 'part' || !isLineId(id)) return span('');
  return span(glyphs[id], linePaint(id, colors));
}

function isLineId(id: string): id is AccountingLineId {
  return Object.hasOwn(glyphs, id);
}

/** How the derived lines were got. */
function notes({ lines }: Accounting, page: Page): Line[] {
  const noted = lines.flatMap(({ id, note }) => (note === undefined ? [] : [{ id, note }]));
  if (noted.length === 0) return [];
  return [
    emptyLine,
    ...noted.flatMap(({ id, note }) => {
      const text = page.words.render(say('label.with-value', { label: nested(say(`line.${id}`)), value: nested(note) }));
      return wrap([span(text, page.colors.dim)], page.proseWidth, { first: INDENT, rest: INDENT + INDENT });
    }),
  ];
}

/** What other tools would have shown; nothing when the log allows none of it. */
function toolTable(accounting: Accounting, report: OomReport, page: Page): Line[] {
  const { words, colors, wide, exactWords } = page;
  const tools = toolRows(accounting, report.taskTable?.rows ?? []);
  if (tools.length === 0) return [];
  const size = wide ? exactWords : words;
  const heads: Span[][] = tools.map((row) => [
    span(words.label(row.tool)),
    span(row.bytes === undefined ? words.label('unknown') : size.render(say('value', { value: bytes(row.bytes) })), colors.bold),
  ]);
  const aligned = alignColumns(heads, ['left', 'right'], INDENT);
  const used = INDENT.length + columnWidth(heads, 0) + 2 + columnWidth(heads, 1) + 2;
  const rows = tools.flatMap((row, index) => {
    const beside = citedParagraph(words.render(row.explanation), row.from, same(' '.repeat(used)), page);
    const [first = [], ...others] = beside;
    return [[...(aligned[index] ?? []), span('  '), ...first.slice(1)], ...others];
  });
  return [emptyLine, heading(words.label('heading.tools'), page), ...rows];
}

function same(indent: string): { first: string; rest: string } {
  return { first: indent, rest: indent };
}
