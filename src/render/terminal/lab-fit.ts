import { plot } from 'asciichart';
import { bytes, type FitOutcome, type FitTrial, type LabFit, ratio, seconds } from '../../model/index.js';
import { formatSeconds } from '../../words/format/time.js';
import { sentenceGap } from '../../words/messages/index.js';
import { printableBlock } from '../../words/printable.js';
import { alignColumns } from '../text/columns.js';
import { type Line, line, type Span, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';
import { type FitCurve, fitCurve } from '../view/fit-curve.js';
import { fitFacts, fitPatch, fitVerdict } from '../view/lab-fit.js';
import { say } from '../view/words.js';
import { citedParagraph, emptyLine, heading, labelled, type Page, page, print, type TerminalStyle } from './page.js';

const INDENT = '  ';
const HEIGHT = 8;
const TIME_WIDTH = 10;
/** The time, a blank and the axis. */
const GUTTER = TIME_WIDTH + 2;
const LIVED = '●';
const KILLED = '✗';

/** A fit: what it came to, the curve, the runs, the recommendation with its doubts, and the patch. */
export function renderLabFit(fit: LabFit, style: TerminalStyle): string {
  const sheet = page(style);
  const { words, colors, proseWidth } = sheet;
  const verdict = fitVerdict(fit).map((text) => words.render(text));
  const curve = fitCurve(fit, proseWidth - GUTTER - INDENT.length);
  const patch = fitPatch(fit);
  const sections: Line[][] = [
    [
      ...wrap([span(verdict.join(sentenceGap(style.lang)), fit.partial ? colors.yellow : colors.bold)], proseWidth),
      ...factLines(fit, sheet),
      ...fit.doubts.flatMap((doubt) =>
        citedParagraph(words.render(doubt), [], { first: `${INDENT}- `, rest: `${INDENT}  ` }, sheet, colors.yellow),
      ),
    ],
    curve === undefined ? [] : chart(curve, style.lang, sheet),
    fit.runs.length === 0 ? [] : [heading(words.label('fit.heading.runs'), sheet), ...runTable(fit, sheet)],
    patch === undefined
      ? []
      : [
          heading(words.label('size.heading.patch'), sheet),
          ...printableBlock(patch).map((text) => line(`${INDENT}${text}`, colors.cyan)),
        ],
    fit.warnings.flatMap((warning) => wrap([span(words.render(warning), colors.yellow)], proseWidth)),
  ];
  return print(
    sections
      .filter((section) => section.length > 0)
      .flatMap((section, index) => (index === 0 ? section : [emptyLine, ...section])),
  );
}

function factLines(fit: LabFit, sheet: Page): Line[] {
  const { words, exactWords, colors, wide } = sheet;
  const size = wide ? exactWords : words;
  const facts = fitFacts(fit).map(({ label, value }) => ({ label: words.label(label), text: size.render(value) }));
  const width = Math.max(...facts.map(({ label }) => displayWidth(label))) + 2;
  return facts.flatMap(({ label, text }) => labelled(span(label, colors.dim), width, [span(text)], INDENT, sheet));
}

function chart(curve: FitCurve, lang: TerminalStyle['lang'], sheet: Page): Line[] {
  const { words, colors, proseWidth } = sheet;
  const { deadColumns, leftBytes, rightBytes, marks } = curve;
  const columns = deadColumns + curve.seconds.length;
  const size = (value: number): string => words.render(say('value', { value: bytes(value) }));
  const [left, right] = [size(leftBytes), size(rightBytes)];
  const gap = ' '.repeat(Math.max(1, columns - displayWidth(left) - displayWidth(right)));
  const margin = ' '.repeat(INDENT.length + GUTTER);
  return [
    heading(words.label('fit.heading.curve'), sheet),
    ...chartRows(curve, lang).map((row) => line(`${INDENT}${row}`, colors.cyan)),
    [span(margin), ...Array.from({ length: columns }, (_, column) => mark(marks.get(column), sheet))],
    line(`${margin}${left}${gap}${right}`, colors.dim),
    ...wrap([span(words.label('fit.curve.legend'), colors.dim)], proseWidth, { first: INDENT, rest: INDENT }),
  ];
}

/** The chart has to begin with a value; what stands for the limits at which the command does not live is taken out again. */
function chartRows({ deadColumns, seconds: times }: FitCurve, lang: TerminalStyle['lang']): string[] {
  const drawn = plot([[...new Array<number>(deadColumns).fill(times[0] ?? 0), ...times]], {
    min: 0,
    height: HEIGHT,
    format: (value) => formatSeconds(value, lang).padStart(TIME_WIDTH),
  });
  return drawn.split('\n').map((row) => {
    const axis = row.search(/[┤┼]/) + 1;
    return `${row.slice(0, axis)}${' '.repeat(deadColumns)}${row.slice(axis + deadColumns)}`.trimEnd();
  });
}

function mark(outcome: FitOutcome | undefined, { colors }: Page): Span {
  if (outcome === undefined) return span(' ');
  return outcome === 'succeeded' ? span(LIVED, colors.green) : span(KILLED, colors.red);
}

function runTable({ runs, usualSeconds }: LabFit, sheet: Page): Line[] {
  const { words, exactWords, colors, wide } = sheet;
  const sized = wide ? exactWords : words;
  const size = (value: number): string => sized.render(say('value', { value: bytes(value) }));
  const ofUsual = ({ outcome, wallSeconds }: FitTrial): string =>
    outcome !== 'succeeded' || usualSeconds === undefined || usualSeconds === 0
      ? ''
      : words.render(say('value', { value: ratio(wallSeconds / usualSeconds) }));
  const rows = runs.map((run, index) =>
    [
      String(index + 1),
      run.limitBytes === undefined ? words.label('fit.running.no-limit') : size(run.limitBytes),
      words.label(`fit.outcome.${run.outcome}`),
      words.render(say('value', { value: seconds(run.wallSeconds) })),
      ofUsual(run),
      size(run.peak.chargedBytes),
      size(run.peak.unreclaimableBytes),
      String(run.limitHits),
      words.label(`fit.purpose.${run.purpose}`),
    ].map((text) => span(text, run.outcome === 'succeeded' ? undefined : colors.red)),
  );
  const header = (
    [
      'fit.column.run',
      'lab.fact.limit',
      'fit.column.outcome',
      'lab.compare.time',
      'fit.column.of-usual',
      'lab.compare.chargedBytes',
      'lab.compare.unreclaimableBytes',
      'lab.compare.hits',
      'fit.column.why',
    ] as const
  ).map((key) => span(words.label(key), colors.dim));
  const align = ['right', 'right', 'left', 'right', 'right', 'right', 'right', 'right', 'left'] as const;
  return alignColumns([header, ...rows], align, INDENT);
}
