import type { Advice, Cause, Citation, KnownIssueMatch, Message } from '../../model/index.js';
import { formatConfidence } from '../../words/format/number.js';
import { printable, printableBlock } from '../../words/printable.js';
import { type Line, line, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { NO_BREAK_SPACE, wrap } from '../text/wrap.js';
import { confidenceWord } from '../view/confidence.js';
import { isMainCause } from '../view/ranking.js';
import { citedParagraph, emptyLine, heading, labelled, type Page } from './page.js';

const INDENT = '  ';
const BODY = '     ';
/** Causes are numbered, what to do is lettered: `1b` names a piece of advice. */
const A = 97;

/** The ranked causes with their evidence and advice. */
export function causesSection(causes: readonly Cause[], page: Page): Line[] {
  return [
    heading(page.words.label('heading.causes'), page),
    ...causes.flatMap((cause, index) => [emptyLine, ...causeLines(cause, index, page)]),
  ];
}

function causeLines(cause: Cause, index: number, page: Page): Line[] {
  const { words, colors } = page;
  const confidence = `${words.label(confidenceWord(cause.confidence))} ${formatConfidence(cause.confidence)}`.replaceAll(
    ' ',
    NO_BREAK_SPACE,
  );
  const title = wrap([span(words.render(cause.title), colors.bold), span(` (${confidence})`)], page.proseWidth, {
    first: `${INDENT}${`${index + 1}.`.padEnd(BODY.length - INDENT.length)}`,
    rest: BODY,
  });
  return [
    ...title,
    ...citations('heading.because', cause.because, page),
    ...citations('heading.against', cause.against, page),
    ...(page.wide || isMainCause(cause, index) ? adviceLines(cause.advice, page) : []),
  ];
}

function citations(label: 'heading.because' | 'heading.against', all: readonly Citation[], page: Page): Line[] {
  if (all.length === 0) return [];
  return [
    line(`${BODY}${page.words.label(label)}`, page.colors.underline),
    ...all.flatMap(({ statement, from }) =>
      citedParagraph(page.words.render(statement), from, { first: `${BODY}- `, rest: `${BODY}  ` }, page),
    ),
  ];
}

function adviceLines(advice: readonly Advice[], page: Page): Line[] {
  if (advice.length === 0) return [];
  return [
    line(`${BODY}${page.words.label('heading.advice')}`, page.colors.underline),
    ...advice.flatMap((entry, index) => [
      ...(index > 0 && advice[index - 1]?.snippet !== undefined ? [emptyLine] : []),
      ...oneAdvice(entry, index, page),
    ]),
  ];
}

function oneAdvice({ action, snippet, cost, verify }: Advice, index: number, page: Page): Line[] {
  const { words, colors } = page;
  const mark = `${String.fromCharCode(A + (index % 26))}. `;
  const body = BODY + ' '.repeat(mark.length);
  const labels = { cost: words.label('advice.cost'), verify: words.label('advice.verify') };
  const labelWidth = Math.max(displayWidth(labels.cost), displayWidth(labels.verify)) + 2;
  const beside = (label: string, text: Message | undefined): Line[] =>
    text === undefined ? [] : labelled(span(label, colors.dim), labelWidth, [span(words.render(text))], body, page);
  const after = [...beside(labels.cost, cost), ...beside(labels.verify, verify)];
  return [
    ...wrap([span(words.render(action))], page.proseWidth, { first: BODY + mark, rest: body }),
    // A command is for copying: it is never wrapped.
    ...(snippet === undefined
      ? []
      : [emptyLine, ...printableBlock(snippet.text).map((text) => line(`${body}  ${text}`, colors.cyan))]),
    ...(snippet !== undefined && after.length > 0 ? [emptyLine] : []),
    ...after,
  ];
}

/** Known defects whose symptoms fit. */
export function knownIssuesSection(issues: readonly KnownIssueMatch[], page: Page): Line[] {
  const { words, colors } = page;
  const labels = (['known-issue.why', 'known-issue.fix', 'known-issue.workaround'] as const).map((key) => words.label(key));
  const labelWidth = Math.max(...labels.map(displayWidth)) + 2;
  return [
    heading(words.label('heading.known-issues'), page),
    ...issues.flatMap(({ id, title, why, fix, workaround, links }) => [
      emptyLine,
      ...wrap([span(words.render(title), colors.bold), span(` (${printable(id)})`, colors.dim)], page.proseWidth, {
        first: INDENT,
        rest: BODY,
      }),
      ...[why, fix, workaround].flatMap((text, index) =>
        text === undefined
          ? []
          : labelled(span(labels[index] ?? '', colors.dim), labelWidth, [span(words.render(text))], BODY, page),
      ),
      ...links.map((link) => line(`${BODY}${printable(link)}`, colors.cyan)),
    ]),
  ];
}
