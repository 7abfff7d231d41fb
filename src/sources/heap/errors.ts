/** What can go wrong when memory figures are read. Codes are stable; match on them, not on the text. */
export type HeapErrorCode =
  /** Nothing to read. */
  | 'empty'
  /** The input ends before its format says it does, or its gzip stream does. */
  | 'truncated'
  /** The format is recognised and its content contradicts it. */
  | 'malformed'
  /** Larger than the bound the caller set. */
  | 'too-large'
  /** Valid, and not about the heap: a CPU profile, JSON that is no snapshot, other text. */
  | 'not-a-heap-profile'
  /** None of the formats this folder reads. */
  | 'unknown-format'
  /** A known heap format that this folder does not read. */
  | 'unsupported-format'
  /** The profile has no such sample type. */
  | 'no-such-sample-type'
  /** Two profiles that cannot be subtracted from each other. */
  | 'incompatible-profiles'
  /** The file or connection failed. */
  | 'unreadable'
  /** The server answered with something other than 200. */
  | 'http-status'
  | 'timeout'
  | 'too-many-redirects'
  /** Not a file name or an http(s) URL. */
  | 'bad-location';

/** Thrown by everything in this folder; `offset` is the byte at which the input stopped making sense, when one is known. */
export class HeapProfileError extends Error {
  override readonly name = 'HeapProfileError';
  readonly code: HeapErrorCode;
  readonly offset: number | undefined;

  constructor(code: HeapErrorCode, text: string, details: { readonly offset?: number; readonly cause?: unknown } = {}) {
    super(text, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.offset = details.offset;
  }
}
