/** Finds the anchors (anchors.ts) in a buffer of its own and counts lines on the way. */
export interface AnchorScanner {
  /** Where the bytes to scan are to be written; its length is the capacity and never changes. */
  readonly buffer: Uint8Array;
  /**
   * Offset of the first anchor that lies wholly in buffer[from, to), or -1. Sets `newlines`.
   * Throws a RangeError when the range is not within the buffer.
   */
  find(from: number, to: number): number;
  /** Number of '\n' in buffer[from, result of the last find), or in buffer[from, to) when that was -1. */
  readonly newlines: number;
  /** Number of '\n' in buffer[from, to). Throws a RangeError when the range is not within the buffer. */
  countNewlines(from: number, to: number): number;
  readonly kind: 'simd' | 'plain';
}

export function checkRange(from: number, to: number, capacity: number): void {
  if (!(from >= 0 && from <= to && to <= capacity))
    throw new RangeError(`[${from}, ${to}) is not within a buffer of ${capacity} bytes`);
}
