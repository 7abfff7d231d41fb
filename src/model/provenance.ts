/** Where a fact came from: what was read, the place in it, and when it was observed. */
export interface Provenance {
  /** What was read: a file's path as the user named it, `-` for standard input, `kmsg`, `journal`. */
  readonly source: string;
  /** The place in the source: a 1-based line number for text. */
  readonly line?: number;
  /** When the fact was true, ISO 8601 in UTC, when known. */
  readonly observedAt?: string;
}
