import type { LabPrediction, PredictionBeside } from '../../model/index.js';
import { alignColumns } from '../text/columns.js';
import { type Line, type Paint, span } from '../text/span.js';
import { wrap } from '../text/wrap.js';
import { besideBasis, besideRows, predictionVerdict } from '../view/lab-prediction.js';
import { emptyLine, heading, type Page, page, print, type TerminalStyle } from './page.js';

const INDENT = '  ';
const INDENTED = { first: INDENT, rest: INDENT };
/** Of a numbered step. */
const NUMBERED = { first: INDENT, rest: `${INDENT}   ` };

/** A prediction: the answer, the arithmetic with its sources, what happens then, and where the model is coarse. */
export function renderLabPrediction(prediction: LabPrediction, style: TerminalStyle): string {
  const sheet = page(style);
  const { words, colors, proseWidth } = sheet;
  const { outcome, confidence, steps, consequence, caveats } = prediction;
  const paragraph = (text: string, paint?: Paint): Line[] => wrap([span(text, paint)], proseWidth, INDENTED);
  const verdict = span(words.render(predictionVerdict(prediction)), outcome === 'below-limit' ? colors.bold : colors.red);
  return print([
    ...wrap([verdict, span(` (${words.label(`confidence.${confidence}`)})`, colors.dim)], proseWidth),
    emptyLine,
    heading(words.label('lab.predict.heading.steps'), sheet),
    ...steps.flatMap(({ statement, source }, index) =>
      wrap([span(`${index + 1}. ${words.render(statement)}`), span(` [${source}]`, colors.dim)], proseWidth, NUMBERED),
    ),
    emptyLine,
    heading(words.label('lab.predict.heading.then'), sheet),
    ...paragraph(words.render(consequence)),
    emptyLine,
    heading(words.label('lab.predict.heading.coarse'), sheet),
    ...caveats.flatMap((caveat) => paragraph(words.render(caveat), colors.yellow)),
  ]);
}

/** Predicted beside measured, a part of a run's report. */
export function besideLines(beside: PredictionBeside, sheet: Page): Line[] {
  const { words, colors, proseWidth } = sheet;
  const header = [
    span(''),
    span(words.label('lab.predict.beside.predicted'), colors.dim),
    span(words.label('lab.predict.beside.measured'), colors.dim),
  ];
  const rows = besideRows(beside).map(({ label, predicted, measured }) => [
    span(words.label(label)),
    span(words.render(predicted)),
    span(words.render(measured)),
  ]);
  return [
    emptyLine,
    heading(words.label('lab.predict.beside.heading'), sheet),
    ...alignColumns([header, ...rows], ['left', 'right', 'right'], INDENT),
    ...wrap([span(words.render(besideBasis(beside)), colors.dim)], proseWidth, INDENTED),
  ];
}
