import { bytes, type ContainerSize, type Message, type SizeRecommendation } from '../../model/index.js';
import { printableBlock } from '../../words/printable.js';
import { type Line, line, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';
import { arithmeticMessage, nowMessage, seenMessage, sizePatch, workloadName } from '../view/size.js';
import { say } from '../view/words.js';
import { citedParagraph, emptyLine, heading, labelled, type Page, page, print, type TerminalStyle } from './page.js';

const INDENT = '  ';

/** A recommendation with its arithmetic, its doubts, and as a patch. */
export function renderSize(recommendation: SizeRecommendation, style: TerminalStyle): string {
  const sheet = page(style);
  const { words, colors, proseWidth } = sheet;
  const workload = workloadName(recommendation);
  const sections: Line[][] = [
    ...recommendation.containers.map((size) => containerSection(size, recommendation, sheet)),
    ...recommendation.unsized.map(({ container, why }) =>
      wrap([span(words.label('size.refused', { workload, container, why: { kind: 'message', value: why } }))], proseWidth),
    ),
    recommendation.notes.flatMap((note) => wrap([span(words.render(note), colors.dim)], proseWidth)),
    recommendation.containers.length === 0
      ? []
      : [
          heading(words.label('size.heading.patch'), sheet),
          ...printableBlock(sizePatch(recommendation)).map((text) => line(`${INDENT}${text}`, colors.cyan)),
        ],
  ];
  return print(
    sections
      .filter((section) => section.length > 0)
      .flatMap((section, index) => (index === 0 ? section : [emptyLine, ...section])),
  );
}

function containerSection(size: ContainerSize, recommendation: SizeRecommendation, sheet: Page): Line[] {
  const { words, colors, proseWidth } = sheet;
  const { container, request, limit, basis, confidence, doubts } = size;
  const title = words.label('size.title', {
    workload: workloadName(recommendation),
    container,
    request: bytes(request.bytes),
    limit: bytes(limit.bytes),
  });
  const now = nowMessage(size);
  const rows: (readonly ['request' | 'limit' | 'now' | 'history' | 'confidence', Message])[] = [
    ['history', seenMessage(size)],
    ['request', arithmeticMessage(request, recommendation.percentile)],
    ['limit', arithmeticMessage(limit, recommendation.percentile)],
    ...(now === undefined ? [] : ([['now', now]] as const)),
    ['confidence', say(`size.confidence.${confidence}`)],
  ];
  const labels = rows.map(([label]) => words.label(`size.label.${label}`));
  const width = Math.max(...labels.map(displayWidth)) + 2;
  return [
    ...wrap([span(title, colors.bold)], proseWidth),
    ...rows.flatMap(([, text], index) =>
      labelled(span(labels[index] ?? '', colors.dim), width, [span(words.render(text))], INDENT, sheet),
    ),
    ...(basis === 'working-set'
      ? []
      : wrap([span(words.label(`size.basis.${basis}`), colors.dim)], proseWidth, { first: INDENT, rest: INDENT })),
    ...(doubts.length === 0 ? [] : [line(`${INDENT}${words.label('size.heading.doubts')}`, colors.underline)]),
    ...doubts.flatMap((doubt) => citedParagraph(words.render(doubt), [], { first: `${INDENT}- `, rest: `${INDENT}  ` }, sheet)),
  ];
}
