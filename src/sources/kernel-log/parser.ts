import type { OomReport } from '../../model/index.js';
import { LineReader, type OnOrigin } from './line-reader.js';
import { type AnchorScanner, createScanner } from './scan/scanner.js';

/** Bytes held at once. A longer line is cut: no kernel line is a hundredth as long. */
const CAPACITY = 1 << 20;
const MAX_LINE = 1 << 18;
/** Input up to here is read line by line, so that fragments without any anchor (rows of a table) are found in small files. */
const THOROUGH_BYTES = 1 << 18;
/** The head of a wrapped line is never longer. */
const HEAD_KEPT = 1 << 12;
const NEWLINE = 0x0a;

export interface KernelLogParserOptions {
  /** What is being read, for citations: a path, `-`, `kmsg`, `journal`. */
  readonly source: string;
  /** Called with each report, in the order of their conclusion, as soon as nothing can be added to it any more. */
  readonly onReport: (report: OomReport) => void;
  /** Called with each line that is looked at, before a report can come of it. Lines the scanner leaps over are in no report. */
  readonly onLine?: (text: string, number: number) => void;
  /** Called for each of these lines, after onLine and before a report of it is delivered. */
  readonly onOrigin?: OnOrigin;
}

export interface KernelLogStats {
  bytes: number;
  lines: number;
  /** Lines that were looked at one by one; the others were skipped by the scanner. */
  linesExamined: number;
}

/**
 * Finds the OOM reports in kernel log text of any size, given in chunks of any size. It holds a bounded buffer, skips text
 * without an anchor at the speed of memory, and never throws for any input.
 */
export class KernelLogParser {
  readonly stats: KernelLogStats = { bytes: 0, lines: 0, linesExamined: 0 };
  readonly #scanner: AnchorScanner;
  readonly #lines: LineReader;
  readonly #onLine: KernelLogParserOptions['onLine'];
  readonly #decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: false });
  /** Bytes in the scanner's buffer. */
  #filled = 0;
  /** A line longer than the buffer is being skipped. */
  #discarding = false;
  #utf16: { readonly decoder: InstanceType<typeof TextDecoder>; readonly buffer: Uint8Array } | undefined;

  constructor(options: KernelLogParserOptions) {
    this.#scanner = createScanner(CAPACITY);
    this.#lines = new LineReader(options.source, options.onReport, options.onOrigin);
    this.#onLine = options.onLine;
  }

  /** A buffer for the next bytes, at least 64 KiB long. What is written to it counts only after advance(). */
  reserve(): Uint8Array {
    if (this.#utf16 !== undefined) return this.#utf16.buffer;
    return this.#scanner.buffer.subarray(this.#filled, CAPACITY);
  }

  /** Says that `length` bytes were written to the start of what reserve() returned. */
  advance(length: number): void {
    if (length <= 0) return;
    if (this.#utf16 !== undefined) {
      this.#pushText(this.#utf16.decoder.decode(this.#utf16.buffer.subarray(0, length), { stream: true }));
      return;
    }
    const first = this.stats.bytes === 0 && this.#filled === 0;
    if (first && this.#detectUtf16(length)) return;
    this.stats.bytes += length;
    this.#filled += length;
    this.#process(false);
  }

  /** Takes bytes that lie elsewhere. */
  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; ) {
      const room = this.reserve();
      const part = chunk.subarray(at, at + room.length);
      room.set(part);
      this.advance(part.length);
      at += part.length;
    }
  }

  /** Ends the input; the last reports are delivered. */
  end(): void {
    if (this.#utf16 !== undefined) this.#pushText(this.#utf16.decoder.decode());
    this.#process(true);
    this.#lines.end();
  }

  /** Windows shells redirect as UTF-16 with a byte order mark. */
  #detectUtf16(length: number): boolean {
    const bytes = this.#scanner.buffer;
    const mark = length >= 2 ? ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0) : 0;
    if (mark !== 0xfffe && mark !== 0xfeff) return false;
    this.#utf16 = { decoder: new TextDecoder(mark === 0xfffe ? 'utf-16le' : 'utf-16be'), buffer: new Uint8Array(1 << 16) };
    const head = bytes.slice(0, length);
    for (let at = 0; at < head.length; at += 1 << 16) {
      const part = head.subarray(at, at + (1 << 16));
      this.#utf16.buffer.set(part);
      this.advance(part.length);
    }
    return true;
  }

  #pushText(text: string): void {
    const chunk = new TextEncoder().encode(text);
    for (let at = 0; at < chunk.length; ) {
      const part = chunk.subarray(at, at + (CAPACITY - this.#filled));
      this.#scanner.buffer.set(part, this.#filled);
      this.stats.bytes += part.length;
      this.#filled += part.length;
      this.#process(false);
      at += part.length;
    }
  }

  /** Consumes whole lines of the buffer and moves the rest to its front. */
  #process(final: boolean): void {
    const consumed = this.#consume(final);
    const rest = this.#filled - consumed;
    if (rest > 0 && consumed > 0) this.#scanner.buffer.copyWithin(0, consumed, this.#filled);
    this.#filled = rest;
    if (this.#filled > MAX_LINE && !final) this.#cutLine();
  }

  /** A line that outgrows the limit: its head is read as a line, the rest is skipped. */
  #cutLine(): void {
    if (this.#scanner.buffer.subarray(0, this.#filled).indexOf(NEWLINE) >= 0) return;
    if (!this.#discarding) this.#examine(0, MAX_LINE, this.stats.lines + 1);
    this.#discarding = true;
    this.#filled = 0;
  }

  #consume(final: boolean): number {
    const buffer = this.#scanner.buffer;
    let at = 0;
    if (this.#discarding) {
      const end = buffer.subarray(0, this.#filled).indexOf(NEWLINE);
      if (end < 0) return this.#filled;
      this.#discarding = false;
      this.stats.lines++;
      at = end + 1;
    }
    const whole = final || this.#filled === 0 ? this.#filled : buffer.lastIndexOf(NEWLINE, this.#filled - 1) + 1;
    // While nothing is being read, the scanner leaps from anchor to anchor; lines up to `thorough` are read one by one.
    let thorough = Math.max(0, THOROUGH_BYTES - (this.stats.bytes - this.#filled));
    while (at < whole) {
      if (!this.#lines.reading && at >= thorough) {
        const anchor = this.#scanner.find(at, whole);
        if (anchor < 0) {
          this.stats.lines += this.#scanner.newlines;
          if (final) {
            if (buffer[whole - 1] !== NEWLINE) this.stats.lines++;
            return whole;
          }
          // The last line stays: it may be the head of a wrapped one whose anchor comes with the next bytes.
          const last = this.#lineStart(whole - 1, at);
          if (whole - last > HEAD_KEPT) return whole;
          this.stats.lines--;
          return last;
        }
        // The line before the anchor's is read too: a wrapped line may have its head there.
        const start = this.#lineStart(this.#lineStart(anchor, at) - 1, at);
        this.stats.lines += this.#scanner.newlines - this.#scanner.countNewlines(start, anchor);
        at = start;
        thorough = anchor + 1;
      }
      const newline = buffer.indexOf(NEWLINE, at);
      const end = newline < 0 || newline >= whole ? whole : newline;
      this.stats.lines++;
      this.#examine(at, end, this.stats.lines);
      at = end + 1;
    }
    return Math.min(at, this.#filled);
  }

  #lineStart(offset: number, from: number): number {
    if (offset <= from) return from;
    return Math.max(from, this.#scanner.buffer.lastIndexOf(NEWLINE, offset - 1) + 1);
  }

  #examine(from: number, to: number, number: number): void {
    const buffer = this.#scanner.buffer;
    let end = Math.min(to, from + MAX_LINE);
    if (end > from && buffer[end - 1] === 0x0d) end--;
    this.stats.linesExamined++;
    const text = this.#decoder.decode(buffer.subarray(from, end));
    this.#onLine?.(text, number);
    this.#lines.line(text, number);
  }
}

/** Parses text or bytes at once. The reports come in the order in which they begin. Never throws. */
export function parseKernelLog(input: string | Uint8Array, source: string): OomReport[] {
  const reports: OomReport[] = [];
  const parser = new KernelLogParser({ source, onReport: (report) => reports.push(report) });
  parser.push(typeof input === 'string' ? new TextEncoder().encode(input) : input);
  parser.end();
  return reports.sort((a, b) => a.firstLine - b.firstLine);
}
