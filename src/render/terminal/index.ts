import type { Diagnosis } from '../../model/index.js';
import { type Line, line } from '../text/span.js';
import { displayWidth } from '../text/width.js';
import { groupRepeats } from '../view/repeats.js';
import { incidentLines } from './incident.js';
import { incidentTable } from './incident-table.js';
import { emptyLine, type Page, page, print, type TerminalStyle } from './page.js';

export type { TerminalStyle } from './page.js';
export { renderReports } from './report-list.js';

/**
 * Diagnoses as text for a terminal: verdict first, then the facts, the memory, the causes and what to do. No line is wider
 * than the terminal but commands and links, which are never wrapped. Several incidents begin with a table of all.
 */
export function renderTerminal(diagnoses: readonly Diagnosis[], style: TerminalStyle): string {
  const sheet = page(style);
  const groups = groupRepeats(diagnoses);
  if (diagnoses.length < 2) return print(groups.flatMap((group) => incidentLines(group, sheet)));
  return print([
    ...incidentTable(groups, sheet),
    ...groups.flatMap((group) => [emptyLine, separator(group.first.number, sheet), emptyLine, ...incidentLines(group, sheet)]),
  ]);
}

function separator(number: number, { words, colors, proseWidth }: Page): Line {
  const title = `── ${words.label('incidents.position', { number: String(number) })} `;
  return line(`${title}${'─'.repeat(Math.max(0, proseWidth - displayWidth(title)))}`, colors.dim);
}
