import { plot } from 'asciichart';
import type { Growth, Timeline } from '../../model/index.js';
import { formatConfidence } from '../../words/format/number.js';
import { formatBytes } from '../../words/format/size.js';
import { type Line, line, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';
import { confidenceWord } from '../view/confidence.js';
import { chartColumns, legendMessage, windowMessage } from '../view/history.js';
import { citedParagraph, heading, type Page } from './page.js';

const INDENT = '  ';
const HEIGHT = 8;
const SIZE_WIDTH = 10;
/** The size, a blank and the axis. */
const GUTTER = SIZE_WIDTH + 2;

/** How the memory went before the kill: the judgement, a chart with the limit and the kill, and what speaks for and against. */
export function historySection(timeline: Timeline, growth: Growth, page: Page): Line[] {
  const { words, colors, proseWidth } = page;
  const title = words.label('history.confidence', {
    title: { kind: 'message', value: growth.title },
    word: words.label(confidenceWord(growth.confidence)),
    confidence: formatConfidence(growth.confidence),
  });
  const paragraph = (text: string) => citedParagraph(text, [], { first: `${INDENT}- `, rest: `${INDENT}  ` }, page);
  return [
    heading(words.label('heading.history'), page),
    ...wrap([span(words.render(windowMessage(timeline, growth)), colors.dim)], proseWidth, { first: INDENT, rest: INDENT }),
    ...chart(timeline, growth, page),
    ...wrap([span(title, colors.bold)], proseWidth, { first: INDENT, rest: INDENT }),
    ...growth.because.flatMap(({ statement }) => paragraph(words.render(statement))),
    ...(growth.against.length === 0 ? [] : [line(`${INDENT}${words.label('heading.against')}`, colors.underline)]),
    ...growth.against.flatMap(({ statement }) => paragraph(words.render(statement))),
    ...timeline.notes.flatMap((note) => paragraph(words.render(note))),
  ];
}

function chart(timeline: Timeline, growth: Growth, page: Page): Line[] {
  const { words, colors, proseWidth } = page;
  const width = proseWidth - GUTTER - INDENT.length;
  const columns = chartColumns(timeline, growth, width);
  if (columns === undefined) return [];
  const sizes = columns.bytes.map((size) => size ?? 0);
  const limit = growth.limitBytes === undefined ? [] : [new Array<number>(width).fill(growth.limitBytes)];
  const drawn = plot([...limit, sizes], {
    min: 0,
    height: HEIGHT,
    format: (value) => formatBytes(value).padStart(SIZE_WIDTH),
  });
  const kill = words.label('history.chart.kill');
  const mark = columns.killColumn;
  return [
    ...drawn.split('\n').map((text) => line(`${INDENT}${text}`, colors.cyan)),
    ...(mark === undefined
      ? []
      : [line(`${' '.repeat(INDENT.length + GUTTER + mark - displayWidth(kill) - 2)}${kill} ▲`, colors.red)]),
    ...wrap([span(words.render(legendMessage(growth, columns.columnSeconds)), colors.dim)], proseWidth, {
      first: INDENT,
      rest: INDENT,
    }),
  ];
}
