import picocolors from 'picocolors';
import type { Provenance } from '../../model/index.js';
import type { MessageStyle } from '../../words/messages/render.js';
import { type Line, line, type Paint, paintLine, type Span, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { type Indent, wrap } from '../text/wrap.js';
import { cite } from '../view/citation.js';
import { type Words, words } from '../view/words.js';

/** How a report is written to a terminal. */
export interface TerminalStyle extends Pick<MessageStyle, 'lang' | 'catalogues'> {
  /** Columns of the terminal. */
  readonly width: number;
  readonly color: boolean;
  /** Adds the task table, exact sizes and facts only some readers need. */
  readonly wide?: boolean;
}

/** The accounting table needs this much; in a narrower terminal lines overflow. */
const NARROWEST = 72;
/** Prose wider than this is hard to read; tables may use the whole terminal. */
const WIDEST_PROSE = 100;

export type Colors = ReturnType<typeof picocolors.createColors>;

/** What every part of the terminal report writes with: words, colours and widths. */
export interface Page {
  readonly words: Words;
  /** The same words with exact sizes. */
  readonly exactWords: Words;
  readonly colors: Colors;
  readonly wide: boolean;
  /** Columns for tables. */
  readonly width: number;
  /** Columns for sentences and the bar. */
  readonly proseWidth: number;
}

export function page({ width, color, wide = false, ...style }: TerminalStyle): Page {
  const usable = Math.max(NARROWEST, Math.floor(width));
  return {
    words: words(style),
    exactWords: words({ ...style, bytes: 'exact' }),
    colors: picocolors.createColors(color),
    wide,
    width: usable,
    proseWidth: Math.min(usable, WIDEST_PROSE),
  };
}

export const emptyLine: Line = [];

/** A heading; its content is indented below it. */
export function heading(text: string, { colors }: Page): Line {
  return line(text, colors.bold);
}

/** A sentence followed by the places it was read from. */
export function citedParagraph(text: string, from: readonly Provenance[], indent: Indent, page: Page, paint?: Paint): Line[] {
  return wrap([span(text, paint), ...citationSpans(from, page)], page.proseWidth, indent);
}

/** A label in a column of its own, and its text wrapped beside it. */
export function labelled(label: Span, labelWidth: number, text: readonly Span[], indent: string, page: Page): Line[] {
  const rest = ' '.repeat(labelWidth);
  const [first = [], ...others] = wrap(text, page.proseWidth - indent.length, { first: rest, rest });
  const padding = ' '.repeat(Math.max(0, labelWidth - displayWidth(label.text)));
  const head = [span(indent), label, span(padding), ...first.slice(1)];
  return [head, ...others.map((other) => [span(indent), ...other])];
}

/** ` [kern.log:3,9-11]`, quietly. */
export function citationSpans(from: readonly Provenance[], { colors }: Page): Span[] {
  const places = cite(from);
  return places.length === 0 ? [] : [span(` [${places.join(', ')}]`, colors.dim)];
}

/** Lines as text, each ended by a line feed. */
export function print(lines: readonly Line[]): string {
  return lines.map((spans) => `${paintLine(spans)}\n`).join('');
}
