import { type GlossaryEntry, shownAliases, topics } from '../../words/glossary/entry.js';
import type { GlossaryAnswer } from '../../words/glossary/find.js';
import type { Language } from '../../words/language.js';
import { sentenceGap } from '../../words/messages/index.js';
import { printable } from '../../words/printable.js';
import { labelled, type Page, page, print } from '../terminal/page.js';
import { type Line, line, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';
import { words } from '../view/words.js';

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
    return members.length === 0 ? [] : [{ title: words(style).label(`glossary.topic.${topic}`), members }];
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
  const { label } = words(style);
  if (answer.parts.length > 0) {
    return print(
      answer.parts.flatMap(({ text, entry }, index) => [
        ...(index === 0 ? [] : [[]]),
        ...(entry === undefined
          ? wrap(
              [span(printable(text), out.colors.bold), span(` · ${label('glossary.unknown-flag')}`, out.colors.dim)],
              out.proseWidth,
            )
          : entryLines(entry, style)),
      ]),
    );
  }
  const notFound = wrap([span(label('glossary.not-found', { query }))], out.proseWidth);
  if (answer.close.length === 0) return print(notFound);
  return print([...notFound, line(label('glossary.suggestions')), ...shortLines(answer.close, out, style)]);
}

function prosePage(style: GlossaryStyle): Page {
  return { ...page(style), proseWidth: Math.min(WIDEST, Math.max(NARROWEST, Math.floor(style.width))) };
}

function entryLines(entry: GlossaryEntry, style: GlossaryStyle): Line[] {
  const out = prosePage(style);
  const { label } = words(style);
  const text = entry[style.lang];
  const indent = { first: INDENT, rest: INDENT };
  const details: readonly (readonly [string, string])[] = [
    [label('glossary.unit'), entry.unit === undefined ? '' : label(`glossary.unit.${entry.unit}`)],
    [label('glossary.aliases'), shownAliases(entry, style.lang).join(label('glossary.separator'))],
    [label('glossary.see-also'), entry.seeAlso.join(label('glossary.separator'))],
    [label('glossary.sources'), entry.sources.join('; ')],
  ];
  const shown = details.filter(([, value]) => value !== '');
  const labelWidth = Math.max(...shown.map(([name]) => displayWidth(name))) + INDENT.length;
  return [
    ...wrap(
      [span(entry.term, out.colors.bold), span(` · ${label(`glossary.topic.${entry.topic}`)}`, out.colors.dim)],
      out.proseWidth,
    ),
    ...wrap([span(text.short)], out.proseWidth, indent),
    [],
    ...wrap([span(text.long.join(sentenceGap(style.lang)))], out.proseWidth, indent),
    [],
    ...shown.flatMap(([name, value]) => labelled(span(name, out.colors.dim), labelWidth, [span(value)], INDENT, out)),
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
