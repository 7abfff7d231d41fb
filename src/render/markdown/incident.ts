import { type Accounting, bytes, type Citation, type Diagnosis, nested, type OomReport, ratio } from '../../model/index.js';
import { formatConfidence } from '../../words/format/number.js';
import { formatBytesExact } from '../../words/format/size.js';
import { printable } from '../../words/printable.js';
import { chargeSummary } from '../view/charge.js';
import { compositionRows } from '../view/composition.js';
import { confidenceWord } from '../view/confidence.js';
import { incidentFacts } from '../view/facts.js';
import { headline, isWithoutMemory } from '../view/headline.js';
import { windowMessage } from '../view/history.js';
import { type IncidentGroup, repeatMessages } from '../view/repeats.js';
import { taskView } from '../view/tasks.js';
import { toolRows } from '../view/tools.js';
import { say, type Words } from '../view/words.js';
import { causesSection, knownIssuesSection } from './causes.js';
import { citations } from './citations.js';
import { escapeText, table } from './escape.js';

/** One incident: the headline as its title, then the same sections as on a terminal. */
export function incidentSection({ first, repeats }: IncidentGroup, numbered: boolean, wide: boolean, words: Words): string[] {
  const { diagnosis } = first;
  const { incident, accounting, causes, knownIssues, warnings } = diagnosis;
  const title = words.render(headline(diagnosis));
  const sections: string[][] = [
    [numbered ? `## ${first.number}. ${title}` : `## ${title}`],
    verdict(diagnosis, words),
    facts({ first, repeats }, wide, words),
    isWithoutMemory(diagnosis) ? [] : memory(accounting, incident.report, wide, words),
    wide ? tasks(incident.report, words) : [],
    history(diagnosis, words),
    causesSection(causes, wide, words),
    knownIssuesSection(knownIssues, words),
    warnings.length === 0
      ? []
      : [`### ${words.label('heading.warnings')}`, '', ...warnings.map((warning) => `- ${words.render(warning)}`)],
  ];
  return sections.filter((section) => section.length > 0).flatMap((section, index) => (index === 0 ? section : ['', ...section]));
}

function verdict({ causes }: Diagnosis, words: Words): string[] {
  const [cause] = causes;
  if (cause === undefined) return [];
  const confidence = `${words.label(confidenceWord(cause.confidence))} ${formatConfidence(cause.confidence)}`;
  return [`**${words.label('fact.verdict')}**: ${words.render(cause.title)} (${confidence})`];
}

function facts({ first, repeats }: IncidentGroup, wide: boolean, words: Words): string[] {
  const rows = incidentFacts(first.diagnosis.incident, wide).map(({ label, values, from }) => [
    words.label(label),
    words.list(values),
    citations(from),
  ]);
  if (repeats.length > 0) rows.push([words.label('fact.repeats'), words.list(repeatMessages(repeats)), '']);
  const header = (['column.fact', 'column.value', 'column.from'] as const).map((key) => words.label(key));
  return table(header, ['left', 'left', 'left'], rows);
}

function memory(accounting: Accounting | undefined, report: OomReport, wide: boolean, words: Words): string[] {
  const head = [`### ${words.label('heading.memory')}`, ''];
  if (accounting === undefined) return [...head, words.label('memory.unknown')];
  const notes = accounting.lines.flatMap(({ id, note }) =>
    note === undefined ? [] : [say('label.with-value', { label: nested(say(`line.${id}`)), value: nested(note) })],
  );
  return [
    ...head,
    words.render(chargeSummary(accounting)),
    '',
    ...accountingTable(accounting, wide, words),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${words.render(note)}`)]),
    ...toolTable(accounting, report, wide, words),
  ];
}

function history({ incident, growth }: Diagnosis, words: Words): string[] {
  if (incident.history === undefined || growth === undefined) return [];
  const { title, confidence, because, against } = growth;
  const point = ({ statement }: Citation): string => `- ${words.render(statement)}`;
  return [
    `### ${words.label('heading.history')}`,
    '',
    `${words.render(windowMessage(incident.history, growth))}.`,
    '',
    `**${words.label('history.confidence', {
      title: nested(title),
      word: words.label(confidenceWord(confidence)),
      confidence: formatConfidence(confidence),
    })}**`,
    '',
    ...because.map(point),
    ...(against.length === 0 ? [] : ['', `${words.label('heading.against')}:`, '', ...against.map(point)]),
    ...(incident.history.notes.length === 0 ? [] : ['', ...incident.history.notes.map((note) => `- ${words.render(note)}`)]),
  ];
}

function accountingTable(accounting: Accounting, wide: boolean, words: Words): string[] {
  const none = words.label('none');
  const header = [
    'column.line',
    'column.size',
    ...(wide ? (['column.exact'] as const) : []),
    'column.share',
    'column.how',
    'column.from',
  ] as const;
  const rows = compositionRows(accounting, wide).map((row) => {
    const name = words.render(row.name);
    return [
      row.kind === 'part' ? `– ${name}` : row.kind === 'total' ? `**${name}**` : name,
      row.bytes === undefined ? none : words.render(say('value', { value: bytes(row.bytes) })),
      ...(wide ? [row.bytes === undefined ? none : formatBytesExact(row.bytes)] : []),
      row.share === undefined ? none : words.render(say('value', { value: ratio(row.share) })),
      words.label(`how.${row.how}`),
      citations(row.from),
    ];
  });
  return table(
    header.map((key) => words.label(key)),
    ['left', 'right', ...(wide ? (['right'] as const) : []), 'right', 'left', 'left'],
    rows,
  );
}

function toolTable(accounting: Accounting, report: OomReport, wide: boolean, words: Words): string[] {
  const header = (['column.tool', 'column.size', 'column.meaning'] as const).map((key) => words.label(key));
  const rows = toolRows(accounting, report.taskTable?.rows ?? []).map((row) => {
    const size =
      row.bytes === undefined
        ? words.label('unknown')
        : wide
          ? formatBytesExact(row.bytes)
          : words.render(say('value', { value: bytes(row.bytes) }));
    return [words.label(row.tool), size, words.render(row.explanation)];
  });
  if (rows.length === 0) return [];
  return ['', `### ${words.label('heading.tools')}`, '', ...table(header, ['left', 'right', 'left'], rows)];
}

function tasks(report: OomReport, words: Words): string[] {
  const view = taskView(report, true);
  if (view === undefined) return [];
  const named = view.columns.map(({ header, unit }) =>
    unit === undefined ? words.label(header) : `${words.label(header)} ${words.label(unit)}`,
  );
  const header = ['', words.label('column.pid'), ...named, words.label('column.name')];
  const rows = view.tasks.map(({ row, killed, numbers }) => [
    killed ? '>' : '',
    String(row.pid),
    ...numbers.map((number) => (number === undefined ? words.label('none') : String(number))),
    escapeText(printable(row.comm), false),
  ]);
  return [
    `### ${words.label('heading.tasks')}`,
    '',
    words.list([view.summary, say('tasks.victim')]),
    '',
    ...table(header, ['left', 'right', ...view.columns.map(() => 'right' as const), 'left'], rows),
  ];
}
