import { type GlossaryEntry, topics } from '../../words/glossary/entry.js';
import type { GlossaryAnswer } from '../../words/glossary/find.js';
import { labels, sentenceGap, shownAliases } from '../../words/glossary/labels.js';
import type { Language } from '../../words/language.js';
import { printable } from '../../words/printable.js';
import { labelled, type Page, page, print } from '../terminal/page.js';
import { type Line, line, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';

/** How explanations are written to a terminal. */
export interface GlossaryStyle {
  readonly lang: Language;
  /** Columns of the terminal; sentences use at most 100. */
  readonly width: number;
  readonly color: boolean;
}

const INDENT = '  ';
/** All here is prose, so it fits narrower terminals than the tables of a report do. */
const NARROWEST = 40;
const WIDEST = 100;
/** A list gives its terms a column of their own from this width on. */
const WIDE_ENOUGH_FOR_COLUMNS = 72;
const WIDEST_TERM_COLUMN = 30;

/** One term in full: what it is, its unit, other names, related terms and sources. Ends with a line feed. */
export function renderGlossary(entry: GlossaryEntry, style: GlossaryStyle): string {
  return print(entryLines(entry, style));
}

/** Many terms with one sentence each, under the headings of their topics. Ends with a line feed. */
export function renderGlossaryList(entries: readonly GlossaryEntry[], style: GlossaryStyle): string {
  const out = prosePage(style);
  const groups = topics.flatMap((topic) => {
    const members = entries.filter((entry) => entry.topic === topic);
    return members.length === 0 ? [] : [{ title: labels[style.lang].topics[topic], members }];
  });
  return print(
    groups.flatMap(({ title, members }, index) => [
      ...(index === 0 ? [] : [[]]),
      line(title, out.colors.bold),
      ...shortLines(members, out, style),
    ]),
  );
}

/** What findTerm found for a query: the term, each term of a pasted line, or what may have been meant. Ends with a line feed. */
export function renderGlossaryAnswer(query: string, answer: GlossaryAnswer, style: GlossaryStyle): string {
  if (answer.exact !== undefined) return renderGlossary(answer.exact, style);
  const out = prosePage(style);
  const words = labels[style.lang];
  if (answer.parts.length > 0) {
    return print(
      answer.parts.flatMap(({ text, entry }, index) => [
        ...(index === 0 ? [] : [[]]),
        ...(entry === undefined
          ? wrap([span(printable(text), out.colors.bold), span(` · ${words.unknownFlag}`, out.colors.dim)], out.proseWidth)
          : entryLines(entry, style)),
      ]),
    );
  }
  const notFound = wrap([span(words.notFound(printable(query)))], out.proseWidth);
  if (answer.close.length === 0) return print(notFound);
  return print([...notFound, line(words.suggestions), ...shortLines(answer.close, out, style)]);
}

function prosePage(style: GlossaryStyle): Page {
  return { ...page(style), proseWidth: Math.min(WIDEST, Math.max(NARROWEST, Math.floor(style.width))) };
}

function entryLines(entry: GlossaryEntry, style: GlossaryStyle): Line[] {
  const out = prosePage(style);
  const words = labels[style.lang];
  const text = entry[style.lang];
  const indent = { first: INDENT, rest: INDENT };
  const details: readonly (readonly [string, string])[] = [
    [words.unit, entry.unit === undefined ? '' : words.units[entry.unit]],
    [words.aliases, shownAliases(entry.aliases, style.lang).join(words.separator)],
    [words.seeAlso, entry.seeAlso.join(words.separator)],
    [words.sources, entry.sources.join('; ')],
  ];
  const shown = details.filter(([, value]) => value !== '');
  const labelWidth = Math.max(...shown.map(([label]) => displayWidth(label))) + INDENT.length;
  return [
    ...wrap([span(entry.term, out.colors.bold), span(` · ${words.topics[entry.topic]}`, out.colors.dim)], out.proseWidth),
    ...wrap([span(text.short)], out.proseWidth, indent),
    [],
    ...wrap([span(text.long.join(sentenceGap(style.lang)))], out.proseWidth, indent),
    [],
    ...shown.flatMap(([label, value]) => labelled(span(label, out.colors.dim), labelWidth, [span(value)], INDENT, out)),
  ];
}

/** Terms with their first sentence beside or, on a narrow terminal, below them. */
function shortLines(entries: readonly GlossaryEntry[], out: Page, { lang }: GlossaryStyle): Line[] {
  if (out.proseWidth < WIDE_ENOUGH_FOR_COLUMNS) {
    const below = { first: INDENT.repeat(2), rest: INDENT.repeat(2) };
    return entries.flatMap((entry) => [
      [span(INDENT), span(entry.term, out.colors.cyan)],
      ...wrap([span(entry[lang].short)], out.proseWidth, below),
    ]);
  }
  const termWidth = Math.min(WIDEST_TERM_COLUMN, Math.max(...entries.map(({ term }) => displayWidth(term))) + INDENT.length);
  return entries.flatMap((entry) =>
    labelled(span(entry.term, out.colors.cyan), termWidth, [span(entry[lang].short)], INDENT, out),
  );
}
