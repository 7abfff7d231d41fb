import type { ExcerptPart } from '../../src/model/index.js';

/** Lines that follow each other and are shown alike. A marked line is a run of its own: it is wrapped, and its number stays beside it. */
export interface LogRun {
  readonly firstLine: number;
  readonly lines: readonly string[];
  readonly isMarked: boolean;
  /** Lines before it are left out. */
  readonly isAfterGap: boolean;
}

/**
 * The lines of an excerpt as runs of at most `mostLines`. A report may have thousands of lines: a browser shows a run as fast as a line, and thousands of
 * elements for them would hold it up.
 */
export function logRuns(parts: readonly ExcerptPart[], marked: ReadonlySet<number>, mostLines: number): LogRun[] {
  const runs: (LogRun & { readonly lines: string[] })[] = [];
  parts.forEach(({ firstLine, lines }, part) => {
    lines.forEach((text, at) => {
      const number = firstLine + at;
      const isMarked = marked.has(number);
      const open = runs.at(-1);
      if (open !== undefined && at > 0 && !isMarked && !open.isMarked && open.lines.length < mostLines) open.lines.push(text);
      else runs.push({ firstLine: number, lines: [text], isMarked, isAfterGap: part > 0 && at === 0 });
    });
  });
  return runs;
}
