import type { Advice, Cause, Citation, KnownIssueMatch } from '../../model/index.js';
import { formatConfidence } from '../../words/format/number.js';
import { printable, printableBlock } from '../../words/printable.js';
import { confidenceWord } from '../view/confidence.js';
import { isMainCause } from '../view/ranking.js';
import type { Words } from '../view/words.js';
import { citations } from './citations.js';
import { escapeText, fenced } from './escape.js';

/** The ranked causes with their evidence and advice. */
export function causesSection(causes: readonly Cause[], wide: boolean, words: Words): string[] {
  return [
    `### ${words.label('heading.causes')}`,
    ...causes.flatMap((cause, index) => [
      '',
      `#### ${index + 1}. ${words.render(cause.title)} (${words.label(confidenceWord(cause.confidence))} ${formatConfidence(cause.confidence)})`,
      ...evidence('heading.because', cause.because, words),
      ...evidence('heading.against', cause.against, words),
      ...(wide || isMainCause(cause, index) ? advice(cause.advice, words) : []),
    ]),
  ];
}

function evidence(label: 'heading.because' | 'heading.against', all: readonly Citation[], words: Words): string[] {
  if (all.length === 0) return [];
  return [
    '',
    `**${words.label(label)}**`,
    '',
    ...all.map(({ statement, from }) => `- ${words.render(statement)}${from.length === 0 ? '' : ` (${citations(from)})`}`),
  ];
}

function advice(all: readonly Advice[], words: Words): string[] {
  if (all.length === 0) return [];
  return [
    '',
    `**${words.label('heading.advice')}**`,
    '',
    ...all.flatMap((entry, index) => [...(index === 0 ? [] : ['']), ...oneAdvice(entry, index, words)]),
  ];
}

function oneAdvice({ action, snippet, cost, verify }: Advice, index: number, words: Words): string[] {
  const mark = `${index + 1}. `;
  const indent = ' '.repeat(mark.length);
  return [
    `${mark}${words.render(action)}`,
    ...(snippet === undefined ? [] : ['', ...fenced(printableBlock(snippet.text), snippet.language, indent)]),
    ...(snippet !== undefined && (cost !== undefined || verify !== undefined) ? [''] : []),
    ...(cost === undefined ? [] : [`${indent}- *${words.label('advice.cost')}*: ${words.render(cost)}`]),
    ...(verify === undefined ? [] : [`${indent}- *${words.label('advice.verify')}*: ${words.render(verify)}`]),
  ];
}

/** Known defects whose symptoms fit. */
export function knownIssuesSection(issues: readonly KnownIssueMatch[], words: Words): string[] {
  if (issues.length === 0) return [];
  return [
    `### ${words.label('heading.known-issues')}`,
    '',
    ...issues.flatMap(({ id, title, why, fix, workaround, links }) => [
      `- **${words.render(title)}** (${escapeText(printable(id), false)})`,
      `  - *${words.label('known-issue.why')}*: ${words.render(why)}`,
      ...(fix === undefined ? [] : [`  - *${words.label('known-issue.fix')}*: ${words.render(fix)}`]),
      ...(workaround === undefined ? [] : [`  - *${words.label('known-issue.workaround')}*: ${words.render(workaround)}`]),
      ...links.map((link) => `  - <${printable(link).replace(/[<>\s]/g, encodeURIComponent)}>`),
    ]),
  ];
}
