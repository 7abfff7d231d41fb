import {
  bytes,
  type Diagnosis,
  type LabComparison,
  type LabRun,
  type LabVariant,
  type PredictionBeside,
  ratio,
  type Spread,
  seconds,
} from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';
import { alignColumns } from '../text/columns.js';
import { type Line, type Span, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';
import { failures, PEAK_ROWS, runFacts, runVerdict, variantVerdicts } from '../view/lab.js';
import { say } from '../view/words.js';
import { renderTerminal } from './index.js';
import { besideLines } from './lab-prediction.js';
import { emptyLine, heading, labelled, type Page, page, print, type TerminalStyle } from './page.js';

const INDENT = '  ';
/** A range narrower than this part of the median is not worth a reader's time. */
const WIDE_RANGE = 0.1;

/** A run: how it ended, the peaks, what was measured beside what was predicted, and the diagnosis of its kills. */
export function renderLabRun(
  run: LabRun,
  diagnoses: readonly Diagnosis[],
  style: TerminalStyle,
  beside?: PredictionBeside,
): string {
  const sheet = page(style);
  const { words, colors, proseWidth } = sheet;
  const verdict = runVerdict(run)
    .map((sentence) => words.render(sentence))
    .join(' ');
  const paint = run.oomKills > 0 || run.exitCode !== 0 ? colors.red : colors.bold;
  const text = print([
    ...wrap([span(verdict, paint)], proseWidth),
    ...factLines(run, sheet),
    emptyLine,
    heading(words.label('lab.heading.peaks'), sheet),
    ...peakTable(run, sheet),
    ...(beside === undefined ? [] : besideLines(beside, sheet)),
    ...run.warnings.flatMap((warning) => wrap([span(words.render(warning), colors.yellow)], proseWidth)),
  ]);
  return diagnoses.length === 0 ? text : `${text}\n${renderTerminal(diagnoses, style)}`;
}

function factLines(run: LabRun, sheet: Page): Line[] {
  const { words, colors } = sheet;
  const facts = runFacts(run).map(({ label, value }) => ({ label: words.label(label), text: words.render(value) }));
  const width = Math.max(...facts.map(({ label }) => displayWidth(label))) + 2;
  return facts.flatMap(({ label, text }) => labelled(span(label, colors.dim), width, [span(text)], INDENT, sheet));
}

function peakTable({ peak, limitBytes }: LabRun, { words, exactWords, colors, wide }: Page): Line[] {
  const size = wide ? exactWords : words;
  const rows: Span[][] = PEAK_ROWS.flatMap(([part, name]) => {
    const value = peak[part];
    if (value === undefined) return [];
    return [
      [
        span(words.label(name)),
        span(size.render(say('value', { value: bytes(value) }))),
        span(limitBytes === undefined ? '' : words.render(say('value', { value: ratio(value / limitBytes) }))),
      ],
    ];
  });
  const header = (['lab.column.part', 'lab.column.peak', 'column.share'] as const).map((key) =>
    span(words.label(key), colors.dim),
  );
  return alignColumns([header, ...rows], ['left', 'right', 'right'], INDENT);
}

interface CompareColumn {
  readonly label: LabelKey;
  readonly text: (variant: LabVariant, sheet: Page) => string;
}

const NARROW = ['chargedBytes', 'unreclaimableBytes', 'anonBytes', 'dirtyBytes', 'writebackBytes'] as const;
const WIDE = [...NARROW, 'fileBytes', 'shmemBytes', 'kernelBytes', 'swapBytes'] as const;

/** Variants side by side, what went wrong, and what it means. */
export function renderLabComparison(comparison: LabComparison, style: TerminalStyle): string {
  const sheet = page(style);
  const { words, colors, proseWidth } = sheet;
  const { variants, limitBytes, rounds, warnings } = comparison;
  const limit = limitBytes === undefined ? say('lab.compare.no-limit') : say('value', { value: bytes(limitBytes) });
  const columns = compareColumns(variants, sheet.wide);
  const table = [
    columns.map(({ label }) => span(words.label(label), colors.dim)),
    ...variants.map((variant) => columns.map(({ text }) => span(text(variant, sheet)))),
  ];
  const failed = failures(comparison);
  const paragraphs = (sentences: readonly string[], paint?: (text: string) => string): Line[] =>
    sentences.flatMap((text) => wrap([span(text, paint)], proseWidth, { first: INDENT, rest: INDENT + INDENT }));
  return print([
    heading(
      words.label('lab.compare.heading', { count: variants.length, limit: { kind: 'message', value: limit }, rounds }),
      sheet,
    ),
    ...alignColumns(
      table,
      columns.map((_, index) => (index === 0 ? 'left' : 'right')),
      INDENT,
    ),
    ...paragraphs([words.label('lab.compare.legend')], colors.dim),
    ...paragraphs(
      failed.map((text) => words.render(text)),
      colors.red,
    ),
    emptyLine,
    heading(words.label('lab.compare.verdict'), sheet),
    ...paragraphs(variantVerdicts(comparison).map((text) => words.render(text))),
    ...paragraphs(
      warnings.map((text) => words.render(text)),
      colors.yellow,
    ),
  ]);
}

function compareColumns(variants: readonly LabVariant[], wide: boolean): CompareColumn[] {
  const parts = (wide ? WIDE : NARROW).filter((part) => variants.some(({ peak }) => peak[part] !== undefined));
  const stalls = variants.some(({ stalledSeconds }) => stalledSeconds !== undefined);
  return [
    { label: 'lab.compare.variant', text: ({ name }) => name },
    { label: 'lab.compare.ok', text: ({ succeeded, runs }) => `${succeeded}/${runs.length}` },
    { label: 'lab.compare.kills', text: ({ withOomKills }) => String(withOomKills) },
    { label: 'lab.compare.time', text: ({ wallSeconds }, sheet) => shown(wallSeconds, (value) => inSeconds(value, sheet)) },
    ...parts.map(
      (part): CompareColumn => ({
        label: `lab.compare.${part}`,
        text: ({ peak }, sheet) => shown(peak[part], (value) => sheet.words.render(say('value', { value: bytes(value) }))),
      }),
    ),
    { label: 'lab.compare.hits', text: ({ limitHits }) => shown(limitHits, (value) => String(Math.round(value))) },
    ...(stalls
      ? [
          {
            label: 'lab.compare.stalled' as const,
            text: ({ stalledSeconds }: LabVariant, sheet: Page) => shown(stalledSeconds, (value) => inSeconds(value, sheet)),
          },
        ]
      : []),
  ];
}

function inSeconds(value: number, { words }: Page): string {
  return words.render(say('value', { value: seconds(value) }));
}

function shown(spread: Spread | undefined, format: (value: number) => string): string {
  if (spread === undefined) return '–';
  const { median, min, max } = spread;
  return max - min <= WIDE_RANGE * median ? format(median) : `${format(median)} (${format(min)}–${format(max)})`;
}
