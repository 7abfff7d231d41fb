import type { Cause, Diagnosis } from '../../model/index.js';
import { formatConfidence } from '../../words/format/number.js';
import { type Line, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { wrap } from '../text/wrap.js';
import { confidenceWord } from '../view/confidence.js';
import { incidentFacts } from '../view/facts.js';
import { headline, isWithoutMemory } from '../view/headline.js';
import { type IncidentGroup, type NumberedDiagnosis, repeatMessages } from '../view/repeats.js';
import { causesSection, knownIssuesSection } from './causes.js';
import { historySection } from './history.js';
import { memorySection } from './memory.js';
import { citationSpans, citedParagraph, emptyLine, heading, labelled, type Page } from './page.js';
import { tasksSection } from './tasks.js';

/** One incident, the verdict first; those that repeat it are summed up in a line. */
export function incidentLines({ first: { diagnosis }, repeats }: IncidentGroup, page: Page): Line[] {
  const { incident, accounting, growth, causes, knownIssues, warnings } = diagnosis;
  const { words, colors } = page;
  const sections: Line[][] = [
    wrap([span(words.render(headline(diagnosis)), colors.bold)], page.proseWidth),
    factLines(diagnosis, repeats, page),
    isWithoutMemory(diagnosis) ? [] : memorySection(accounting, incident.report, page),
    page.wide ? tasksSection(incident.report, page) : [],
    incident.history === undefined || growth === undefined ? [] : historySection(incident.history, growth, page),
    causesSection(causes, page),
    knownIssues.length === 0 ? [] : knownIssuesSection(knownIssues, page),
    warnings.length === 0
      ? []
      : [
          heading(words.label('heading.warnings'), page),
          ...warnings.flatMap((warning) => citedParagraph(words.render(warning), [], { first: '  - ', rest: '    ' }, page)),
        ],
  ];
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : [emptyLine, ...section]));
}

function factLines({ incident, causes }: Diagnosis, repeats: readonly NumberedDiagnosis[], page: Page): Line[] {
  const { words, colors } = page;
  const facts = [
    ...incidentFacts(incident, page.wide).map(({ label, values, from }) => ({
      label: words.label(label),
      text: [span(words.list(values)), ...citationSpans(from, page)],
    })),
    ...(repeats.length === 0 ? [] : [{ label: words.label('fact.repeats'), text: [span(words.list(repeatMessages(repeats)))] }]),
  ];
  const verdict = words.label('fact.verdict');
  const labelWidth = Math.max(displayWidth(verdict), ...facts.map(({ label }) => displayWidth(label))) + 2;
  return [
    ...verdictLines(verdict, labelWidth, causes, page),
    ...facts.flatMap(({ label, text }) => labelled(span(label, colors.dim), labelWidth, text, '', page)),
  ];
}

/** Every cause on a line: the word and number of its confidence, and its title. */
function verdictLines(label: string, labelWidth: number, causes: readonly Cause[], page: Page): Line[] {
  const { words, colors } = page;
  const grades = causes.map(({ confidence }) => words.label(confidenceWord(confidence)));
  const gradeWidth = Math.max(0, ...grades.map(displayWidth));
  return causes.flatMap((cause, index) => {
    const grade = grades[index] ?? '';
    const confidence = `${grade}${' '.repeat(gradeWidth - displayWidth(grade))} ${formatConfidence(cause.confidence)}  `;
    const rest = labelWidth + displayWidth(confidence);
    const paint = index === 0 ? colors.bold : undefined;
    const [head = [], ...others] = wrap([span(words.render(cause.title), paint)], page.proseWidth, {
      first: ' '.repeat(rest),
      rest: ' '.repeat(rest),
    });
    const beginning = index === 0 ? span(label, colors.dim) : span('');
    return [
      [beginning, span(' '.repeat(labelWidth - displayWidth(beginning.text))), span(confidence, paint), ...head.slice(1)],
      ...others,
    ];
  });
}
