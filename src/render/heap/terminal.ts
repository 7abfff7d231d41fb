import { bytes, type Message, type MessageValue, ratio } from '../../model/index.js';
import type { HeapContents, HeapFindings } from '../../sources/heap/heap-findings.js';
import type { TopFunctions } from '../../sources/heap/top-functions.js';
import { formatCount } from '../../words/format/number.js';
import { formatBytes, formatBytesExact } from '../../words/format/size.js';
import { printable } from '../../words/printable.js';
import { emptyLine, type Page, page, print, type TerminalStyle } from '../terminal/page.js';
import { alignColumns, shrinkColumns } from '../text/columns.js';
import { type Line, span } from '../text/span.js';
import { wrap } from '../text/wrap.js';
import { say } from '../view/words.js';
import { type HeapTable, type HeapUnits, heapTable, runtimeTable } from './tables.js';
import { heapTitle } from './title.js';

/** Function names are cut no shorter than this. */
const NARROWEST_NAME = 24;

/** A heap report for a terminal: what it is, the verdict, the table, and what to keep in mind. */
export function renderHeap(findings: HeapFindings, style: TerminalStyle): string {
  const sheet = page(style);
  const { words, colors, wide } = sheet;
  const { contents, verdict, notes } = findings;
  const units: HeapUnits = { size: wide ? formatBytesExact : formatBytes, count: formatCount, words };
  const table = heapTable(contents, units);
  const count = rowCount(contents) ?? table.rows.length;
  const runtime = contents.format === 'pprof' ? contents.runtime : undefined;
  const sections: Line[][] = [
    [...paragraph(heapTitle(findings), sheet, colors.bold), ...(verdict === undefined ? [] : paragraph(verdict, sheet))],
    [
      ...(contents.format === 'pprof' ? summary(contents.top, sheet) : []),
      ...tableLines(table, sheet),
      ...(count > table.rows.length
        ? paragraph(say('heap.report.rows', { shown: table.rows.length, count }), sheet, colors.dim)
        : []),
    ],
    runtime === undefined
      ? []
      : [...paragraph(say('heap.go.heading'), sheet, colors.bold), ...tableLines(runtimeTable(runtime, units), sheet)],
    notes.flatMap((note) => paragraph(note, sheet, colors.dim)),
  ];
  const kept = sections.filter((section) => section.length > 0);
  return print(kept.flatMap((section, index) => (index === 0 ? section : [emptyLine, ...section])));
}

/** How many rows there are, of which some may be shown; undefined for tables that are always whole. */
function rowCount(contents: HeapContents): number | undefined {
  switch (contents.format) {
    case 'pprof':
      return contents.top.keptNodes;
    case 'v8-snapshot':
      return contents.snapshot.classes.length;
    case 'java-class-histogram':
      return contents.histogram.classes.length;
    default:
      return undefined;
  }
}

function paragraph(text: Message, { words, proseWidth }: Page, paint?: (text: string) => string): Line[] {
  return wrap([span(words.render(text), paint)], proseWidth);
}

/** How much of the profile the rows account for, as pprof says above its table. */
function summary({ sampleType, shown, total, droppedNodes, droppedBelow }: TopFunctions, sheet: Page): Line[] {
  const value = (amount: number): MessageValue | number => (/^bytes?$/.test(sampleType.unit) ? bytes(amount) : amount);
  const accounted = say('heap.report.shown', {
    shown: value(shown),
    total: value(total),
    share: ratio(total === 0 ? 0 : shown / total),
  });
  return [
    ...paragraph(accounted, sheet),
    ...(droppedNodes === 0
      ? []
      : paragraph(say('heap.report.dropped', { count: droppedNodes, cutoff: value(droppedBelow) }), sheet)),
  ];
}

function tableLines({ columns, rows }: HeapTable, { words, colors, wide, width }: Page): Line[] {
  const cells = [
    columns.map(({ label }) => span(words.label(label), colors.dim)),
    ...rows.map((row) => row.map((cell) => span(printable(cell)))),
  ];
  const fitted = wide ? cells : shrinkColumns(cells, width, [{ index: columns.length - 1, least: NARROWEST_NAME }]);
  return alignColumns(
    fitted,
    columns.map(({ align }) => align),
  );
}
