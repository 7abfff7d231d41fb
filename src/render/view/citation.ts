import type { Provenance } from '../../model/index.js';
import { printable } from '../../words/printable.js';
import { cutToWidth, displayWidth } from '../text/width.js';

/** Ranges shown for one source before the rest is left to an ellipsis. */
const MOST_RANGES = 5;

/** The name of what was read, safe to show. */
export function sourceName(source: string): string {
  return source === '-' ? 'stdin' : printable(source);
}

/**
 * Where facts were read, one text for each source with its lines merged: `kern.log:3,9-11`. In the order in which the
 * sources first appear.
 */
export function cite(from: readonly Provenance[]): string[] {
  return places(from, sourceName);
}

/** The lines alone, for a reader who has the one source at hand: `L3,9-11`. */
export function citeLines(from: readonly Provenance[]): string {
  const [lines = ''] = places(from, () => '');
  return `L${lines.slice(1)}`;
}

/**
 * Citations for the cells of a column, all in the longest form that fits: whole, without directories, or the lines alone
 * where a reader knows the one source. What still does not fit is cut at its beginning.
 */
export function citeColumn(cells: readonly (readonly Provenance[])[], width: number): string[] {
  const forms = [
    cells.map((from) => cite(from).join(', ')),
    cells.map((from) => places(from, (source) => sourceName(source).replace(/^.*\/(?=.)/, '')).join(', ')),
    // Without a line there would be nothing left of it.
    ...(cells.flat().every(({ line }) => line !== undefined) ? [cells.map((from) => places(from, () => '…').join(', '))] : []),
  ];
  const fitting = forms.find((texts) => texts.every((text) => displayWidth(text) <= width)) ?? forms[1] ?? [];
  return fitting.map((text) => cutToWidth(text, width, 'start'));
}

function places(from: readonly Provenance[], name: (source: string) => string): string[] {
  return [...linesBySource(from)].map(([source, lines]) => withLines(name(source), lines));
}

function linesBySource(from: readonly Provenance[]): Map<string, Set<number>> {
  const sources = new Map<string, Set<number>>();
  for (const { source, line } of from) {
    const lines = sources.get(source) ?? new Set<number>();
    if (line !== undefined) lines.add(line);
    sources.set(source, lines);
  }
  return sources;
}

function withLines(source: string, lines: ReadonlySet<number>): string {
  if (lines.size === 0) return source;
  const ranges = mergeRanges(lines);
  const shown = ranges.slice(0, MOST_RANGES).join(',');
  return `${source}:${shown}${ranges.length > MOST_RANGES ? ',…' : ''}`;
}

/** Numbers as ranges, ascending: 3,9-11. */
export function mergeRanges(numbers: Iterable<number>): string[] {
  const ranges: { first: number; last: number }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const open = ranges.at(-1);
    if (open !== undefined && number <= open.last + 1) open.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges.map(({ first, last }) => (first === last ? String(first) : `${first}-${last}`));
}
