import { type Line, type Span, span } from './span.js';
import { cutToWidth, displayWidth } from './width.js';

export type Align = 'left' | 'right';

/** Lays rows out in aligned columns, two blanks apart. Rows may be shorter than the list of columns. */
export function alignColumns(rows: readonly (readonly Span[])[], columns: readonly Align[], indent = ''): Line[] {
  const widths = columns.map((_, index) => Math.max(0, ...rows.map((row) => displayWidth(row[index]?.text ?? ''))));
  return rows.map((row) => {
    const cells: Span[] = [span(indent)];
    row.forEach((cell, index) => {
      const padding = span(' '.repeat((widths[index] ?? 0) - displayWidth(cell.text)));
      if (index > 0) cells.push(span('  '));
      cells.push(...(columns[index] === 'right' ? [padding, cell] : [cell, padding]));
    });
    return cells;
  });
}

/** Columns all cells of one column need. */
export function columnWidth(rows: readonly (readonly Span[])[], index: number): number {
  return Math.max(0, ...rows.map((row) => displayWidth(row[index]?.text ?? '')));
}

/** Columns that rows need when they are aligned. */
export function alignedWidth(rows: readonly (readonly Span[])[]): number {
  const count = Math.max(0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) => columnWidth(rows, index) + 2).reduce((sum, width) => sum + width, -2);
}

/** A column that may be cut, and the least width it keeps. */
export interface Shrinkable {
  readonly index: number;
  readonly least: number;
}

/** Cuts cells of shrinkable columns, the widest first, until aligned rows fit in a width or no column can give more. */
export function shrinkColumns(rows: readonly (readonly Span[])[], width: number, shrinkable: readonly Shrinkable[]): Span[][] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, index) => columnWidth(rows, index));
  let excess = widths.reduce((sum, columns) => sum + columns, 0) + 2 * (count - 1) - width;
  for (; excess > 0; excess -= 1) {
    const candidates = shrinkable.filter(({ index, least }) => (widths[index] ?? 0) > least);
    const widest = candidates.reduce<Shrinkable | undefined>(
      (best, entry) => (best === undefined || (widths[entry.index] ?? 0) > (widths[best.index] ?? 0) ? entry : best),
      undefined,
    );
    if (widest === undefined) break;
    widths[widest.index] = (widths[widest.index] ?? 0) - 1;
  }
  return rows.map((row) => row.map((cell, index) => ({ ...cell, text: cutToWidth(cell.text, widths[index] ?? 0) })));
}
