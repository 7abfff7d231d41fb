import { alignColumns, alignedWidth, columnWidth } from '../text/columns.js';
import { type Span, span } from '../text/span.js';
import { cutToWidth } from '../text/width.js';
import { type TopColumn, type TopRow, topCell } from '../view/top.js';
import { type Page, page, print, type TerminalStyle } from './page.js';

/** The names of a narrow table: enough of an id to tell pods apart. */
const NARROWEST_NAME = 9;

/** The table of `oomkit top`, as kubectl prints tables: one header line, two blanks between columns. */
export function renderTop(rows: readonly TopRow[], columns: readonly TopColumn[], style: TerminalStyle): string {
  const sheet = page(style);
  const kept = sheet.wide ? columns : fittingColumns(rows, columns, sheet);
  const table = cells(rows, kept, sheet);
  return print(
    alignColumns(
      sheet.wide ? table : cutNames(table, kept, sheet.width),
      kept.map(({ text }) => (text === undefined ? 'right' : 'left')),
    ),
  );
}

function cells(rows: readonly TopRow[], columns: readonly TopColumn[], { words, colors }: Page): Span[][] {
  return [
    columns.map(({ id }) => span(words.label(`top.${id}`), colors.bold)),
    ...rows.map((row) => columns.map((column) => span(topCell(row, column, words)))),
  ];
}

/** Leaves columns out, from the least telling on, until the rest fits beside names cut short. */
function fittingColumns(rows: readonly TopRow[], columns: readonly TopColumn[], sheet: Page): readonly TopColumn[] {
  let kept = columns;
  const order = columns.filter(({ leftOut }) => leftOut !== undefined).sort((a, b) => (a.leftOut ?? 0) - (b.leftOut ?? 0));
  for (const dispensable of order) {
    if (alignedWidth(cutTexts(cells(rows, kept, sheet), kept, NARROWEST_NAME)) <= sheet.width) break;
    kept = kept.filter((column) => column !== dispensable);
  }
  return kept;
}

/** Cuts the names to the same width each, so that the table fits. */
function cutNames(table: readonly (readonly Span[])[], columns: readonly TopColumn[], width: number): Span[][] {
  const names = columns.filter(({ text }) => text !== undefined).length;
  const numbers = columns.reduce((sum, { text }, index) => sum + (text === undefined ? columnWidth(table, index) : 0), 0);
  const room = width - numbers - 2 * (columns.length - 1);
  return cutTexts(table, columns, Math.max(NARROWEST_NAME, Math.floor(room / Math.max(1, names))));
}

/** A path's end tells more than its beginning; an id's beginning is what other tools show. */
function cutTexts(table: readonly (readonly Span[])[], columns: readonly TopColumn[], width: number): Span[][] {
  return table.map((row) =>
    row.map((cell, index) => {
      const column = columns[index];
      return column?.text === undefined
        ? cell
        : { ...cell, text: cutToWidth(cell.text, width, column.id === 'name' ? 'start' : 'end') };
    }),
  );
}
