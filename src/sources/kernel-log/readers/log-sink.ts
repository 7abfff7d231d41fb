/** Where the readers put the bytes of one source. The kernel log parser is one. */
export interface LogSink {
  /** A buffer to read the next bytes into, to avoid a copy; at least 64 KiB long. */
  reserve(): Uint8Array;
  /** Says that `length` bytes were written to the start of what reserve() returned. */
  advance(length: number): void;
  /** Takes bytes that lie elsewhere, in chunks of any size. */
  push(chunk: Uint8Array): void;
  /** Ends the source. */
  end(): void;
}
