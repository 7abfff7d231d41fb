import { alignColumns, shrinkColumns } from '../text/columns.js';
import { type Line, span } from '../text/span.js';
import { shortLimitOwner } from '../view/identity.js';
import type { IncidentGroup } from '../view/repeats.js';
import { causeCell, numberCell, victimName } from '../view/row.js';
import { timeCell } from '../view/time.js';
import { heading, type Page } from './page.js';

const HEADER = ['column.number', 'column.time', 'column.killed', 'column.limit-of', 'column.cause'] as const;

/** All incidents of the input at a glance, one row for each group of repeats. */
export function incidentTable(groups: readonly IncidentGroup[], page: Page): Line[] {
  const { words, colors } = page;
  const total = groups.reduce((sum, { repeats }) => sum + 1 + repeats.length, 0);
  const rows = groups.map((group) => {
    const { incident, causes } = group.first.diagnosis;
    return [
      numberCell(group),
      words.render(timeCell(incident, true)),
      words.render(victimName(incident.report)),
      words.render(shortLimitOwner(incident)),
      causeCell(causes, words),
    ].map((text) => span(text));
  });
  const fitting = shrinkColumns([HEADER.map((key) => span(words.label(key), colors.dim)), ...rows], page.width, [
    { index: 1, least: 15 },
    { index: 2, least: 12 },
    { index: 3, least: 12 },
    { index: 4, least: 12 },
  ]);
  return [
    heading(words.label('incidents.count', { count: total }), page),
    ...alignColumns(
      fitting,
      HEADER.map(() => 'left'),
    ),
  ];
}
