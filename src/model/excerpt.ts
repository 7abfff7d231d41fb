/** Consecutive lines of a text. */
export interface ExcerptPart {
  /** Counted from 1, as citations count. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** The lines of a log that an incident cites, with a few around them. Parts are in the order of the lines and do not touch. */
export interface Excerpt {
  /** What was read, named as citations name it. */
  readonly source: string;
  readonly parts: readonly ExcerptPart[];
  /** Lines in between that are of other programs and were left out; absent when none was. */
  readonly leftOut?: number;
}
