/** Where a fact came from: what was read, the place in it, and when it was observed. */
export interface Provenance {
  /** What was read: a file's path as the user named it, `-` for standard input, `kmsg`, `journal`. */
  readonly source: string;
  /** The place in the source: a 1-based line number for text. */
  readonly line?: number;
  /** When the fact was true, ISO 8601 in UTC, when known. */
  readonly observedAt?: string;
}

/** A fact of a report that may have been read from a file of its own. */
export interface ReportFact {
  readonly line: number;
  /** The file that held this fact alone; absent when it is a line of the report's own source. */
  readonly source?: string;
}

/** Where a fact of a report was read: its own file, where it has one, or its line of the report. */
export function whereRead(reportSource: string, { source, line }: ReportFact): Provenance {
  return source === undefined ? { source: reportSource, line } : { source };
}
