import type { OomReport } from '../../model/index.js';
import { ReportAssembler } from './assembler.js';
import { openEnvelope } from './envelope.js';
import { figuresOf, joinTorn, linesOfRecord } from './kmsg-record.js';
import { KERNEL_IDENT, type LineOrigin, originOf } from './line-origin.js';
import { parseKilled } from './lines/kill.js';
import { recognise } from './lines/recognise.js';
import { clockSecondsOf, type LineMeta } from './meta.js';
import { type StrippedLine, stripPrefix } from './prefix.js';
import { joinWrapped, wholeness } from './wrap.js';

/** Lines of one text that a break can be spread over. */
const MAX_JOINS = 8;
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
  readonly origins: Origins;
}

interface Pending {
  text: string;
  meta: LineMeta;
  stamped: boolean;
  joins: number;
  /** The lines it was read from, with whose they would be by themselves. */
  origins: Origins;
}

/** Whose the lines of one text are, by themselves. */
type Origins = ReadonlyMap<number, LineOrigin>;
const NOT_ASKED: Origins = new Map();

function originsOf(lines: readonly number[], origin: LineOrigin): Origins {
  return new Map(lines.map((line) => [line, origin]));
}

/** Told whose a line is, once that is known; of a line that holds several, more than once. */
export type OnOrigin = (line: number, origin: LineOrigin) => void;

/** Reads decoded lines: opens envelopes, takes prefixes off, joins what was broken, and hands events to the assembler. */
export class LineReader {
  readonly #assembler: ReportAssembler;
  readonly #onOrigin: OnOrigin | undefined;
  #pending: Pending | undefined;
  #torn: Torn | undefined;
  /** The pieces of a line that CRI cut. */
  #partial: string[] = [];
  #partialLength = 0;
  /** The last line that was given. */
  #number = 0;
  /** The lines of the text that is being put together, where somebody wants to know whose they are. */
  #lines: number[] = [];

  constructor(source: string, emit: (report: OomReport) => void, onOrigin?: OnOrigin) {
    this.#assembler = new ReportAssembler(source, emit);
    this.#onOrigin = onOrigin;
  }

  /** Every line must be seen: a report or a broken line is being read. */
  get reading(): boolean {
    return this.#assembler.reading || this.#pending !== undefined || this.#torn !== undefined || this.#partial.length > 0;
  }

  line(raw: string, number: number): void {
    this.#number = number;
    if (this.#onOrigin !== undefined) this.#lines.push(number);
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
    const lines = this.#lines;
    this.#lines = [];
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
      const origins = this.#onOrigin === undefined ? NOT_ASKED : originsOf(lines, originOf(enveloped.text, stripped, ident));
      const torn = this.#torn;
      if (
        torn !== undefined &&
        !prefixed &&
        this.#figures(joinTorn(torn.last, stripped.text), torn.meta, new Map([...torn.origins, ...origins]))
      )
        continue;
      this.#flushTorn();
      if (!foreign && stripped.text.includes('\\') && this.#figures(figuresOf(stripped.text), meta, origins)) continue;
      for (const part of linesOf(stripped)) this.#stripped(part, meta, prefixed, foreign, origins);
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
  #figures(lines: readonly string[] | undefined, meta: LineMeta, origins: Origins): boolean {
    if (lines === undefined) return false;
    for (const line of lines.slice(0, -1)) this.#stripped(line.trim(), meta, true, false, origins);
    this.#torn = { last: lines.at(-1) ?? '', meta, origins };
    return true;
  }

  #flushTorn(): void {
    const torn = this.#torn;
    this.#torn = undefined;
    if (torn !== undefined && torn.last.trim() !== '') this.#stripped(torn.last.trim(), torn.meta, true, false, torn.origins);
  }

  #stripped(text: string, meta: LineMeta, prefixed: boolean, foreign: boolean, origins: Origins): void {
    if (foreign) {
      const quoted = text.includes('Killed process') ? parseKilled(text) : undefined;
      this.#flush();
      if (quoted !== undefined) this.#assembler.take({ ...quoted, quoted: true }, timed(meta));
      this.#tell(origins, quoted !== undefined);
      return;
    }
    const pending = this.#pending;
    if (pending !== undefined) {
      if (!prefixed && pending.joins < MAX_JOINS) {
        const joined = pending.text === '' ? text : joinWrapped(pending.text, text, this.#assembler.columns, pending.stamped);
        if (joined !== undefined && joined !== '') {
          pending.text = joined;
          pending.joins++;
          pending.origins = new Map([...pending.origins, ...origins]);
          if (wholeness(joined, this.#assembler.columns) === 'whole') this.#flush();
          return;
        }
      }
      this.#flush();
    }
    // A stamp with nothing behind it: the text was moved to the next line.
    if ((text === '' && prefixed) || wholeness(text, this.#assembler.columns) !== 'whole') {
      this.#pending = { text, meta, stamped: prefixed, joins: 0, origins };
      return;
    }
    this.#recognised(text, meta, origins);
  }

  #flush(): void {
    const pending = this.#pending;
    this.#pending = undefined;
    if (pending !== undefined) this.#recognised(pending.text, pending.meta, pending.origins);
  }

  #recognised(text: string, meta: LineMeta, origins: Origins): void {
    const event = recognise(text);
    if (event !== undefined) this.#assembler.take(event, timed(meta));
    this.#tell(origins, event !== undefined);
  }

  /** Tells whose the lines are: by what they say, or by themselves. */
  #tell(origins: Origins, isOfReport: boolean): void {
    for (const [line, origin] of origins) this.#onOrigin?.(line, !isOfReport ? origin : origin === 'other' ? 'quoted' : 'report');
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
