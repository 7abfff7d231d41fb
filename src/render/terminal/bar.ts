import type { Accounting, AccountingLineId } from '../../model/index.js';
import { type Line, type Paint, span } from '../text/span.js';
import type { Colors } from './page.js';

/** A glyph for each line, so that the bar reads without colour. */
export const glyphs = {
  anon: '█',
  file: '▓',
  shmem: '▒',
  kernel: '░',
  unexplained: '╱',
} as const satisfies Record<AccountingLineId, string>;

/** What is left of the limit. */
export const FREE = '·';

export function linePaint(id: AccountingLineId, colors: Colors): Paint {
  switch (id) {
    case 'anon':
      return colors.green;
    case 'file':
      return colors.blue;
    case 'shmem':
      return colors.magenta;
    case 'kernel':
      return colors.yellow;
    case 'unexplained':
      return colors.red;
  }
}

/**
 * The composition of the charge, drawn against the limit: the bar's whole width is the limit, or the charge where that is
 * more or no limit is known. What is charged at all fills one column at least. A negative remainder is not drawn.
 */
export function compositionBar(
  { lines, chargedBytes, limitBytes }: Pick<Accounting, 'lines' | 'chargedBytes' | 'limitBytes'>,
  width: number,
  colors: Colors,
): Line {
  const drawn = lines.filter(({ bytes }) => bytes > 0);
  const sum = drawn.reduce((total, { bytes }) => total + bytes, 0);
  const whole = Math.max(limitBytes ?? 0, chargedBytes, sum);
  if (whole <= 0) return [span(FREE.repeat(width), colors.dim)];
  const free = { bytes: whole - sum };
  const columns = shareColumns(
    [...drawn, free].map(({ bytes }) => bytes / whole),
    width,
  );
  return [
    ...drawn.map(({ id }, index) => span(glyphs[id].repeat(columns[index] ?? 0), linePaint(id, colors))),
    span(FREE.repeat(columns.at(-1) ?? 0), colors.dim),
  ];
}

/** Divides columns by shares that sum to 1: largest remainder, but one column at least for every share above 0 but the last. */
function shareColumns(shares: readonly number[], width: number): number[] {
  const columns = shares.map((share, index) => {
    const floor = Math.floor(share * width);
    return floor === 0 && share > 0 && index < shares.length - 1 ? 1 : floor;
  });
  const byRemainder = shares.map((share, index) => ({ index, remainder: share * width - (columns[index] ?? 0) }));
  let left = width - columns.reduce((sum, count) => sum + count, 0);
  byRemainder.sort((a, b) => b.remainder - a.remainder);
  for (const { index, remainder } of byRemainder) {
    if (left <= 0 || remainder <= 0) break;
    columns[index] = (columns[index] ?? 0) + 1;
    left -= 1;
  }
  for (; left < 0; left += 1) {
    const widest = columns.indexOf(Math.max(...columns));
    columns[widest] = (columns[widest] ?? 0) - 1;
  }
  return columns;
}
