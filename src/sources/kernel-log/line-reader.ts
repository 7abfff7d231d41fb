import type { OomReport } from '../../model/index.js';
import { ReportAssembler } from './assembler.js';
import { openEnvelope } from './envelope.js';
import { figuresOf, joinTorn, linesOfRecord } from './kmsg-record.js';
import { parseKilled } from './lines/kill.js';
import { recognise } from './lines/recognise.js';
import { clockSecondsOf, type LineMeta } from './meta.js';
import { type StrippedLine, stripPrefix } from './prefix.js';
import { joinWrapped, wholeness } from './wrap.js';

/** Lines of one text that a break can be spread over. */
const MAX_JOINS = 8;
/** What a program's name begins with when the kernel's messages come through it. */
const KERNEL_IDENT = /^kern/;
/** Terminal colours, NUL bytes and non-breaking spaces: what pasting and crashes leave in lines. */
const DAMAGED = /[\u001b\u0000\u00a0]/;
const ANSI = /\u001b\[[0-9;]{0,16}[A-Za-z]/g;
/** CRI marks a line that it cut at 16 KiB with P; the rest follows. */
const CRI_PARTIAL = /^\d{4}-\d\d-\d\dT\S{1,40} (?:stdout|stderr) P /;
const CRI_PREFIX = /^\d{4}-\d\d-\d\dT\S{1,40} (?:stdout|stderr) [FP] /;
const MAX_PARTIAL = 262_144;

/** The last line of a record of statistics: a broken record goes on behind it. */
interface Torn {
  readonly last: string;
  readonly meta: LineMeta;
}

interface Pending {
  text: string;
  meta: LineMeta;
  stamped: boolean;
  joins: number;
}

/** Reads decoded lines: opens envelopes, takes prefixes off, joins what was broken, and hands events to the assembler. */
export class LineReader {
  readonly #assembler: ReportAssembler;
  #pending: Pending | undefined;
  #torn: Torn | undefined;
  /** The pieces of a line that CRI cut. */
  #partial: string[] = [];
  #partialLength = 0;
  /** The last line that was given. */
  #number = 0;

  constructor(source: string, emit: (report: OomReport) => void) {
    this.#assembler = new ReportAssembler(source, emit);
  }

  /** Every line must be seen: a report or a broken line is being read. */
  get reading(): boolean {
    return this.#assembler.reading || this.#pending !== undefined || this.#torn !== undefined || this.#partial.length > 0;
  }

  line(raw: string, number: number): void {
    this.#number = number;
    const text = repaired(raw);
    if (this.#keepPartial(text)) return;
    this.#whole(this.#partial.length === 0 ? text : this.#takePartial() + text.replace(CRI_PREFIX, ''), number);
  }

  end(): void {
    if (this.#partial.length > 0) this.#whole(this.#takePartial(), this.#number);
    this.#flushTorn();
    this.#flush();
    this.#assembler.end();
  }

  #whole(text: string, number: number): void {
    for (const enveloped of openEnvelope(text)) {
      const stripped = stripPrefix(enveloped.text);
      const ident = enveloped.ident ?? stripped.ident;
      const uptimeSeconds = stripped.uptimeSeconds ?? enveloped.uptimeSeconds;
      const wallClock = stripped.wallClock ?? enveloped.wallClock;
      const meta: LineMeta = {
        line: number,
        uptimeSeconds,
        wallClock,
        stamp: stripped.stamp,
        clockSeconds: undefined,
        host: stripped.host ?? enveloped.host,
        caller: stripped.caller,
      };
      const foreign = ident !== undefined && !KERNEL_IDENT.test(ident) && stripped.uptimeSeconds === undefined;
      const prefixed = stripped.prefixed || ident !== undefined;
      if (this.#torn !== undefined && !prefixed && this.#figures(joinTorn(this.#torn.last, stripped.text), this.#torn.meta))
        continue;
      this.#flushTorn();
      if (!foreign && stripped.text.includes('\\') && this.#figures(figuresOf(stripped.text), meta)) continue;
      for (const part of linesOf(stripped)) this.#stripped(part, meta, prefixed, foreign);
    }
    this.#assembler.passed(number);
  }

  /** Whether the line is a piece, of which more follow. What is longer than any line of a report is cut. */
  #keepPartial(text: string): boolean {
    if (!text.startsWith('2') || !CRI_PARTIAL.test(text)) return false;
    const piece = this.#partial.length === 0 ? text : text.replace(CRI_PREFIX, '').slice(0, MAX_PARTIAL - this.#partialLength);
    if (piece !== '') this.#partial.push(piece);
    this.#partialLength += piece.length;
    return true;
  }

  #takePartial(): string {
    const text = this.#partial.join('');
    this.#partial = [];
    this.#partialLength = 0;
    return text;
  }

  /** Takes figures that came in one text, but for the last line. */
  #figures(lines: readonly string[] | undefined, meta: LineMeta): boolean {
    if (lines === undefined) return false;
    for (const line of lines.slice(0, -1)) this.#stripped(line.trim(), meta, true, false);
    this.#torn = { last: lines.at(-1) ?? '', meta };
    return true;
  }

  #flushTorn(): void {
    const torn = this.#torn;
    this.#torn = undefined;
    if (torn !== undefined && torn.last.trim() !== '') this.#stripped(torn.last.trim(), torn.meta, true, false);
  }

  #stripped(text: string, meta: LineMeta, prefixed: boolean, foreign: boolean): void {
    if (foreign) {
      const quoted = text.includes('Killed process') ? parseKilled(text) : undefined;
      this.#flush();
      if (quoted !== undefined) this.#assembler.take({ ...quoted, quoted: true }, timed(meta));
      return;
    }
    const pending = this.#pending;
    if (pending !== undefined) {
      if (!prefixed && pending.joins < MAX_JOINS) {
        const joined = pending.text === '' ? text : joinWrapped(pending.text, text, this.#assembler.columns, pending.stamped);
        if (joined !== undefined && joined !== '') {
          pending.text = joined;
          pending.joins++;
          if (wholeness(joined, this.#assembler.columns) === 'whole') this.#flush();
          return;
        }
      }
      this.#flush();
    }
    // A stamp with nothing behind it: the text was moved to the next line.
    if ((text === '' && prefixed) || wholeness(text, this.#assembler.columns) !== 'whole') {
      this.#pending = { text, meta, stamped: prefixed, joins: 0 };
      return;
    }
    this.#recognised(text, meta);
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#recognised(pending.text, pending.meta);
  }

  #recognised(text: string, meta: LineMeta): void {
    const event = recognise(text);
    if (event !== undefined) this.#assembler.take(event, timed(meta));
  }
}

/** A line without what pasting and crashes left in it. */
function repaired(line: string): string {
  return DAMAGED.test(line) ? line.replace(ANSI, '').replaceAll('\u0000', '').replaceAll('\u00a0', ' ') : line;
}

/** The kernel's lines in a stripped one: several where one record was printed with line breaks in it. */
function linesOf({ text, isRecord }: StrippedLine): readonly string[] {
  return isRecord && text.includes('\\') ? linesOfRecord(text).map((line) => repaired(line).trim()) : [text];
}

/** The line's clock in seconds where no uptime serves: worked out for the few lines that are of a report. */
function timed(meta: LineMeta): LineMeta {
  return meta.uptimeSeconds === undefined ? { ...meta, clockSeconds: clockSecondsOf(meta.wallClock, meta.stamp) } : meta;
}
