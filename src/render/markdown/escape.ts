/**
 * Text from a log as markdown: a code span, inside which markup, links and @mentions mean nothing. A fence longer than any
 * run of backticks in the text cannot be closed by it. Inside a template's own backticks the text's backticks become
 * apostrophes. Source: CommonMark 0.31, 6.1 Code spans; GitHub Flavored Markdown 0.29, 4.10 Tables.
 */
export function escapeText(text: string, quoted: boolean): string {
  if (quoted) return text.replaceAll('`', "'");
  if (text === '') return '';
  const fence = '`'.repeat(longestRun(text) + 1);
  const padding = text.startsWith('`') || text.endsWith('`') || text.trim() === '' ? ' ' : '';
  return `${fence}${padding}${text}${padding}${fence}`;
}

/** A sentence's own words: nothing in them is an HTML tag or emphasis. */
export function escapeWords(text: string): string {
  return text.replace(/[\\*<>]/g, (character) => (character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`));
}

/** A table's cell: `|` ends a cell even inside a code span, unless it is escaped. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

/** A table; every cell is escaped here and nowhere else. */
export function table(
  header: readonly string[],
  align: readonly ('left' | 'right')[],
  rows: readonly (readonly string[])[],
): string[] {
  const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [row(header), `| ${align.map((side) => (side === 'right' ? '--:' : ':--')).join(' | ')} |`, ...rows.map(row)];
}

/** A fenced block, its fence longer than any run of backticks inside. */
export function fenced(lines: readonly string[], language: string, indent = ''): string[] {
  const fence = '`'.repeat(Math.max(3, ...lines.map((text) => longestRun(text) + 1)));
  return [`${fence}${language}`, ...lines, fence].map((text) => `${indent}${text}`);
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
