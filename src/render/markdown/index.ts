import type { Diagnosis } from '../../model/index.js';
import type { MessageStyle } from '../../words/messages/render.js';
import { shortLimitOwner } from '../view/identity.js';
import { groupRepeats, type IncidentGroup } from '../view/repeats.js';
import { causeCell, numberCell, victimCell } from '../view/row.js';
import { timeCell } from '../view/time.js';
import { type Words, words } from '../view/words.js';
import { escapeText, escapeWords, table } from './escape.js';
import { incidentSection } from './incident.js';

/** How a report is written as markdown. */
export interface MarkdownStyle extends Pick<MessageStyle, 'lang' | 'catalogues'> {
  /** Adds the task table, exact sizes and facts only some readers need. */
  readonly wide?: boolean;
}

/** Diagnoses as GitHub Flavored Markdown, to paste into a ticket. Everything from a log stands in code spans and cannot become markup. */
export function renderMarkdown(diagnoses: readonly Diagnosis[], { wide = false, ...style }: MarkdownStyle): string {
  const inWords = words({ ...style, markup: { value: escapeText, words: escapeWords } });
  const groups = groupRepeats(diagnoses);
  const several = diagnoses.length > 1;
  const lines = [
    ...(several ? [...incidentTable(groups, inWords), ''] : []),
    ...groups.flatMap((group, index) => [...(index === 0 ? [] : ['']), ...incidentSection(group, several, wide, inWords)]),
  ];
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function incidentTable(groups: readonly IncidentGroup[], inWords: Words): string[] {
  const total = groups.reduce((sum, { repeats }) => sum + 1 + repeats.length, 0);
  const header = (['column.number', 'column.time', 'column.killed', 'column.limit-of', 'column.cause'] as const).map((key) =>
    inWords.label(key),
  );
  const rows = groups.map((group) => {
    const { incident, causes } = group.first.diagnosis;
    return [
      numberCell(group),
      inWords.render(timeCell(incident)),
      inWords.render(victimCell(incident.report)),
      inWords.render(shortLimitOwner(incident)),
      causeCell(causes, inWords),
    ];
  });
  return [
    `# ${inWords.label('incidents.count', { count: total })}`,
    '',
    ...table(
      header,
      header.map(() => 'left'),
      rows,
    ),
  ];
}
