import type { Incident } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { printable } from '../../words/printable.js';
import { alignColumns, alignedWidth, shrinkColumns } from '../text/columns.js';
import { type Span, span } from '../text/span.js';
import { shortLimitOwner } from '../view/identity.js';
import { completenessCell, usageCell, victimCell } from '../view/row.js';
import { timeCell } from '../view/time.js';
import { type Page, page, print, type TerminalStyle } from './page.js';

interface Column {
  readonly header: Extract<LabelKey, `column.${string}`>;
  readonly align: 'left' | 'right';
  readonly cell: (incident: Incident, index: number) => string;
  /** Columns are left out from the highest number down until the rows fit; without one a column always stays. */
  readonly leftOut?: number;
  /** Least width a cell may be cut to; without one it is never cut. */
  readonly least?: number;
}

/** The reports found in a log, one line each. `wide` never leaves a column out or cuts one. */
export function renderReports(incidents: readonly Incident[], style: TerminalStyle): string {
  const sheet = page(style);
  const all = columns(sheet);
  // Each cell is put into words once, however many columns turn out not to fit.
  const table = cells(all, incidents, sheet);
  const kept = sheet.wide ? all : fittingColumns(all, table, sheet);
  const rows = pick(table, all, kept);
  const shrinkable = kept.flatMap(({ least }, index) => (least === undefined ? [] : [{ index, least }]));
  const fitted = sheet.wide ? rows : shrinkColumns(rows, sheet.width, shrinkable);
  return print(
    alignColumns(
      fitted,
      kept.map(({ align }) => align),
    ),
  );
}

function columns({ words, wide }: Page): Column[] {
  const none = words.label('none');
  return [
    { header: 'column.number', align: 'right', cell: (_, index) => String(index + 1) },
    { header: 'column.time', align: 'left', cell: (incident) => words.render(timeCell(incident)) },
    { header: 'column.scope', align: 'left', leftOut: 2, cell: ({ scope }) => words.label(`scope.${scope}`) },
    { header: 'column.killed', align: 'left', least: 12, cell: ({ report }) => words.render(victimCell(report)) },
    { header: 'column.limit-of', align: 'left', least: 12, cell: (incident) => words.render(shortLimitOwner(incident)) },
    { header: 'column.usage', align: 'right', leftOut: 1, cell: ({ report }) => words.render(usageCell(report)) },
    {
      header: 'column.kernel',
      align: 'left',
      leftOut: 3,
      cell: ({ kernel }) => (kernel === undefined ? none : printable(kernel)),
    },
    { header: 'column.report', align: 'left', least: 8, cell: ({ report }) => completenessCell(report, wide, words) },
  ];
}

function fittingColumns(all: readonly Column[], table: readonly (readonly Span[])[], sheet: Page): readonly Column[] {
  let kept = all;
  const order = all.filter(({ leftOut }) => leftOut !== undefined).sort((a, b) => (b.leftOut ?? 0) - (a.leftOut ?? 0));
  for (const dispensable of order) {
    if (alignedWidth(pick(table, all, kept)) <= sheet.width) break;
    kept = kept.filter((column) => column !== dispensable);
  }
  return kept;
}

/** The columns of a table that are kept. */
function pick(table: readonly (readonly Span[])[], all: readonly Column[], kept: readonly Column[]): Span[][] {
  const indexes = all.flatMap((column, index) => (kept.includes(column) ? [index] : []));
  return table.map((row) => row.filter((_, index) => indexes.includes(index)));
}

function cells(all: readonly Column[], incidents: readonly Incident[], { words, colors }: Page): Span[][] {
  return [
    all.map(({ header }) => span(words.label(header), colors.dim)),
    ...incidents.map((incident, index) => all.map(({ cell }) => span(cell(incident, index)))),
  ];
}
