import { bytes, KIB, type ProcessMemory } from '../../model/index.js';
import { formatConfidence } from '../../words/format/number.js';
import { printable } from '../../words/printable.js';
import { alignColumns, alignedWidth, shrinkColumns } from '../text/columns.js';
import { type Line, type Span, span } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { NO_BREAK_SPACE, wrap } from '../text/wrap.js';
import { confidenceWord } from '../view/confidence.js';
import { againstAnon, choice, type Inspection, liveFacts, roomOf, targetName, verdict } from '../view/inspection.js';
import { memorySection } from './memory.js';
import { citedParagraph, emptyLine, heading, labelled, type Page, page, print, type TerminalStyle } from './page.js';

const INDENT = '  ';
const MOST_PROCESSES = 10;
const MOST_CAUSES = 3;
const MOST_FILES = 5;
const NARROWEST_COMMAND = 12;

/** A live cgroup on one screen: the verdict, the facts, the memory, the processes, and what a kill now would be blamed on. */
export function renderInspection(inspection: Inspection, style: TerminalStyle): string {
  const sheet = page(style);
  const { words, colors, proseWidth } = sheet;
  const { identity, memory } = inspection;
  const name = words.label('inspect.headline', { name: { kind: 'message', value: targetName(identity, memory.path) } });
  const sections: Line[][] = [
    [
      ...wrap([span(name, colors.bold)], proseWidth),
      ...wrap([span(words.render(verdict(inspection)), verdictPaint(inspection, sheet))], proseWidth),
    ],
    factLines(inspection, sheet),
    liveMemory(inspection, sheet),
    processSection(inspection, sheet),
    fileSection(inspection, sheet),
    causeSection(inspection, sheet),
  ];
  return print(
    sections
      .filter((section) => section.length > 0)
      .flatMap((section, index) => (index === 0 ? section : [emptyLine, ...section])),
  );
}

function verdictPaint(inspection: Inspection, { colors }: Page) {
  return verdict(inspection).key.startsWith('inspect.verdict.at-limit') ? colors.red : colors.green;
}

function factLines(inspection: Inspection, sheet: Page): Line[] {
  const { words, colors } = sheet;
  const facts = liveFacts(inspection, sheet.wide).map(({ label, values }) => ({
    label: words.label(label),
    text: words.list(values),
  }));
  const width = Math.max(...facts.map(({ label }) => displayWidth(label))) + 2;
  return facts.flatMap(({ label, text }) => labelled(span(label, colors.dim), width, [span(text)], INDENT, sheet));
}

/** The memory section of a report, but that no limit means none here, where a log that shows none has perhaps lost it. */
function liveMemory({ accounting, report, memory }: Inspection, sheet: Page): Line[] {
  const section = memorySection(accounting, report, sheet);
  if (accounting === undefined || memory.effectiveLimit !== undefined) return section;
  const summary = sheet.words.label('inspect.charged-no-limit', { charged: bytes(accounting.chargedBytes) });
  return [[...heading(sheet.words.label('heading.memory'), sheet), span(`  ${summary}`)], ...section.slice(1)];
}

/** The largest processes, sizes in KiB, and how their sum compares with the cgroup's charge. */
function processSection(inspection: Inspection, sheet: Page): Line[] {
  const { words, wide } = sheet;
  const { processes } = inspection;
  if (processes.length === 0) return [];
  const shown = wide ? processes : processes.slice(0, MOST_PROCESSES);
  const rest = processes.slice(shown.length);
  const sum = (of: readonly ProcessMemory[]) => bytes(of.reduce((total, { rssBytes }) => total + rssBytes, 0));
  const summary = words.label('inspect.processes', { count: processes.length, rss: sum(processes) });
  const more =
    rest.length === 0
      ? []
      : [[span(INDENT), span(words.label('inspect.processes.more', { count: rest.length, rss: sum(rest) }))]];
  return [
    [...heading(words.label('heading.tasks'), sheet), span(`  ${summary}`)],
    ...processTable(shown, sheet),
    ...more,
    ...againstAnon(inspection).flatMap((text) => citedParagraph(words.render(text), [], { first: INDENT, rest: INDENT }, sheet)),
  ];
}

type ProcessColumn = readonly [
  header:
    | 'column.rss'
    | 'column.anon'
    | 'column.file'
    | 'column.shmem'
    | 'column.swap'
    | 'column.oom-score-adj'
    | 'column.page-tables',
  value: (process: ProcessMemory) => number | undefined,
];

const COLUMNS: readonly ProcessColumn[] = [
  ['column.rss', ({ rssBytes }) => rssBytes / KIB],
  ['column.anon', ({ rssAnonBytes }) => inKib(rssAnonBytes)],
  ['column.file', ({ rssFileBytes }) => inKib(rssFileBytes)],
  ['column.shmem', ({ rssShmemBytes }) => inKib(rssShmemBytes)],
  ['column.swap', ({ swapBytes }) => inKib(swapBytes)],
];
const WIDE_COLUMNS: readonly ProcessColumn[] = [
  ...COLUMNS,
  ['column.page-tables', ({ pageTablesBytes }) => inKib(pageTablesBytes)],
  ['column.oom-score-adj', ({ oomScoreAdj }) => oomScoreAdj],
];

function inKib(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value / KIB;
}

function processTable(processes: readonly ProcessMemory[], sheet: Page): Line[] {
  const { words, colors, wide, width } = sheet;
  const columns = wide ? WIDE_COLUMNS : COLUMNS;
  const none = words.label('none');
  const number = (value: number | undefined): string => (value === undefined ? none : String(value));
  const rows: Span[][] = [
    ['column.pid' as const, ...columns.map(([header]) => header), 'column.pss' as const, 'column.name' as const].map((key) =>
      span(words.label(key), colors.dim),
    ),
    ...processes.map((process) => [
      span(String(process.pid)),
      ...columns.map(([, value]) => span(number(value(process)))),
      span(number(inKib(process.pssBytes))),
      span(printable(process.commandLine.length === 0 ? `[${process.comm}]` : process.commandLine.join(' '))),
    ]),
  ];
  const align = [...columns.map(() => 'right' as const), 'right' as const, 'right' as const, 'left' as const];
  const fitted =
    alignedWidth(rows) + INDENT.length <= width
      ? rows
      : shrinkColumns(rows, width - INDENT.length, [{ index: columns.length + 2, least: NARROWEST_COMMAND }]);
  return alignColumns(fitted, align, INDENT);
}

function fileSection({ writableFiles, processes }: Inspection, sheet: Page): Line[] {
  if (writableFiles.length === 0) return [];
  const { words, wide } = sheet;
  const comms = new Map(processes.map(({ pid, comm }) => [pid, comm]));
  // A child has its parent's files open as well.
  const files = [...new Map(writableFiles.toReversed().map((file) => [`${file.device}:${file.path}`, file])).values()];
  const largest = files.sort((a, b) => b.sizeBytes - a.sizeBytes);
  return [
    heading(words.label('inspect.writable'), sheet),
    ...(wide ? largest : largest.slice(0, MOST_FILES)).flatMap(({ pid, path, sizeBytes, device, fileSystem, mountSource }) => {
      const text = words.label('inspect.writable.file', {
        path,
        size: bytes(sizeBytes),
        comm: comms.get(pid) ?? '',
        pid: String(pid),
        device: mountSource ?? device ?? words.label('unknown'),
        fileSystem: fileSystem ?? words.label('unknown'),
      });
      return citedParagraph(text, [], { first: INDENT, rest: INDENT + INDENT }, sheet);
    }),
  ];
}

/** The causes in short, each with its first piece of evidence. */
function causeSection(inspection: Inspection, sheet: Page): Line[] {
  const { words, colors, wide, proseWidth } = sheet;
  const { causes } = inspection;
  const shown = wide ? causes : causes.slice(0, MOST_CAUSES);
  if (roomOf(inspection).unreclaimable.bytes === 0 || shown.length === 0) return [];
  return [
    [...heading(words.label('inspect.causes'), sheet), ...choice(inspection).map((text) => span(`  ${words.render(text)}`))],
    ...shown.flatMap(({ id, title, confidence, because }, index) => {
      const sure = `${words.label(confidenceWord(confidence))} ${formatConfidence(confidence)}`.replaceAll(' ', NO_BREAK_SPACE);
      const [first] = because;
      return [
        ...wrap([span(words.render(title), colors.bold), span(` (${id}, ${sure})`)], proseWidth, {
          first: `${INDENT}${index + 1}. `,
          rest: '     ',
        }),
        ...(first === undefined
          ? []
          : citedParagraph(words.render(first.statement), wide ? first.from : [], { first: '     ', rest: '     ' }, sheet)),
      ];
    }),
  ];
}
