import type { Excerpt, ExcerptPart, OomReport } from '../../model/index.js';
import { joinOrigins, type LineOrigin } from './line-origin.js';
import { KernelLogParser } from './parser.js';

/** Lines shown around a report. */
const CONTEXT_LINES = 2;
/** Lines of one report: a node with thousands of tasks prints a row for each. */
const MOST_LINES = 6_000;
/** Of these, the last of the report: they say who was killed. */
const LAST_LINES = 500;
/** Text that waits for its report. A report is delivered late: its last kills may come long after it. */
const MOST_WAITING_CHARACTERS = 32 << 20;
/** Text of all excerpts of one source. Reports beyond it are told without their lines. */
const MOST_KEPT_CHARACTERS = 64 << 20;

/** A line as others may see it, by whose it is; undefined for one that has to be left out. */
export type Publish = (text: string, origin: LineOrigin) => string | undefined;

/**
 * Keeps the lines of a log that its reports consist of, in bounded memory, while the log streams by. It is given each line the
 * parser looks at, and asked for a report's lines when the report is delivered.
 */
export class ExcerptKeeper {
  readonly #source: string;
  readonly #publish: Publish | undefined;
  /** In the order of arrival, which is that of their numbers. */
  readonly #waiting = new Map<number, string>();
  #waitingCharacters = 0;
  #keptCharacters = 0;
  readonly #origins = new Map<number, LineOrigin>();

  /** `publish`: makes lines fit for others to see. Without it they stay as they are. */
  constructor(source: string, publish?: Publish) {
    this.#source = source;
    this.#publish = publish;
  }

  line(text: string, number: number): void {
    this.#waiting.set(number, text);
    this.#waitingCharacters += text.length;
    for (const [oldest, old] of this.#waiting) {
      if (this.#waitingCharacters <= MOST_WAITING_CHARACTERS) break;
      this.#waiting.delete(oldest);
      this.#origins.delete(oldest);
      this.#waitingCharacters -= old.length;
    }
  }

  /** Whose the line is: told after line() and before excerptOf() of a report that it may be in. */
  origin(number: number, origin: LineOrigin): void {
    if (this.#publish !== undefined) this.#origins.set(number, joinOrigins(this.#origins.get(number), origin));
  }

  /** The report's lines as far as they are still known; undefined when none is, or when too much was kept already. */
  excerptOf(report: OomReport): Excerpt | undefined {
    if (this.#keptCharacters > MOST_KEPT_CHARACTERS) return undefined;
    const parts: { firstLine: number; lines: string[] }[] = [];
    let leftOut = 0;
    for (const number of wantedLines(report)) {
      const kept = this.#waiting.get(number);
      if (kept === undefined) continue;
      const text = this.#publish === undefined ? kept : this.#publish(kept, this.#origins.get(number) ?? 'other');
      if (text === undefined) {
        leftOut += 1;
        continue;
      }
      this.#keptCharacters += text.length;
      const open = parts.at(-1);
      if (open !== undefined && open.firstLine + open.lines.length === number) open.lines.push(text);
      else parts.push({ firstLine: number, lines: [text] });
    }
    return parts.length === 0 ? undefined : { source: this.#source, parts, ...(leftOut === 0 ? {} : { leftOut }) };
  }
}

/** The lines from the first of a report to its last, and those of kills that followed, ascending. */
function wantedLines({ firstLine, lastLine, followingKills, reaped }: OomReport): number[] {
  const wanted = new Set<number>();
  const add = (from: number, to: number): void => {
    for (let line = Math.max(1, from); line <= to && wanted.size < MOST_LINES; line += 1) wanted.add(line);
  };
  add(Math.max(firstLine - CONTEXT_LINES, lastLine - LAST_LINES), lastLine + CONTEXT_LINES);
  add(firstLine - CONTEXT_LINES, lastLine);
  for (const { line } of [...followingKills, ...reaped]) add(line, line);
  return [...wanted].sort((a, b) => a - b);
}

/** The text of a line of an excerpt; undefined when it does not have it. */
export function lineOf({ parts }: Excerpt, number: number): string | undefined {
  const part = parts.find(({ firstLine, lines }: ExcerptPart) => number >= firstLine && number < firstLine + lines.length);
  return part?.lines[number - part.firstLine];
}

/** The excerpts of a log that is held whole, by the first lines of its reports. `publish` as for the keeper. */
export function excerptsOf(log: Uint8Array, source: string, publish?: Publish): ReadonlyMap<number, Excerpt> {
  const excerpts = new Map<number, Excerpt>();
  const keeper = new ExcerptKeeper(source, publish);
  const parser = new KernelLogParser({
    source,
    onLine: (text, number) => keeper.line(text, number),
    onOrigin: (number, origin) => keeper.origin(number, origin),
    onReport: (report) => {
      const excerpt = keeper.excerptOf(report);
      if (excerpt !== undefined) excerpts.set(report.firstLine, excerpt);
    },
  });
  parser.push(log);
  parser.end();
  return excerpts;
}
