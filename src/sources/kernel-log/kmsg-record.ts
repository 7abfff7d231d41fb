import type { LineEvent } from './lines/event.js';
import { recognise } from './lines/recognise.js';
import { parseStat } from './lines/statistics.js';

/**
 * The text of a /dev/kmsg record. One printk() may print several lines, such as the whole memory.stat of a cgroup (5.3 to 6.4), and
 * is one record: what would break it is written as `\xHH`, each byte below 0x20 and above 0x7e, and the backslash itself.
 * Source: Documentation/ABI/testing/dev-kmsg; kernel/printk/printk.c, msg_add_ext_text(), 6.1.
 */

/** Bytes in a row. The backslash stands twice where the record went through a JSON string that nobody opened. */
const ESCAPES = /(?:\\\\?x[0-9a-f]{2})+/g;
const NEWLINE = '\\x0a';
/** How memory.stat and the totals of Mem-Info begin when they are one record: nothing but the kernel's own text looks like it. */
const FIGURES = /^(?:[a-z][a-z0-9_]{1,60} \d{1,20}\\x0a[a-z]|active_anon:\d{1,20} [^\\]{1,200}\\x0a ?active_file:)/;

/** Lines that end in the name of a task, or have one in them. */
const NAMING: ReadonlySet<LineEvent['kind']> = new Set([
  'invoked',
  'cpuset',
  'cpu',
  'row',
  'oom-kill',
  'selected',
  'killed',
  'already-exiting',
  'reaped',
  'unable-to-reap',
]);

/**
 * The lines that a record's text stands for; bytes that are not UTF-8 become U+FFFD, as in any other log. A line break in the
 * name of a task, which its program chose, breaks no line and stays escaped: so nobody writes lines of the kernel.
 */
export function linesOfRecord(text: string): readonly string[] {
  const plain = text.replace(ESCAPES, decode);
  if (!plain.includes('\n')) return [plain];
  const whole = plain.replaceAll('\n', NEWLINE);
  const event = recognise(whole);
  return event !== undefined && NAMING.has(event.kind) ? [whole] : plain.split('\n');
}

/**
 * The lines of a text that is nothing but figures of the kernel, escaped; undefined for any other. Where rsyslog's imkmsg, fluent-bit's
 * kmsg input or Talos took the header off a record, and in the rest of one that was torn, a backslash may be a backslash, as in a
 * unit's name: only this is beyond doubt.
 */
export function figuresOf(text: string): readonly string[] | undefined {
  return FIGURES.test(text) ? text.split(NEWLINE) : undefined;
}

/**
 * Joins the last line of a record of statistics with the text behind it, when a mail program or a terminal broke the record there, and
 * gives all lines of both; undefined when the text is none of it. A blank stands between a name and its figure alone: a break at
 * it dropped it.
 */
export function joinTorn(last: string, text: string): readonly string[] | undefined {
  const joined = /(?:^|[^\\])[a-z_]$/.test(last) && /^\d/.test(text) ? `${last} ${text}` : last + text;
  const lines = joined.split(NEWLINE);
  return parseStat(lines[0] ?? '') === undefined ? undefined : lines;
}

function decode(escapes: string): string {
  const bytes = escapes.split(/\\+x/).slice(1);
  return new TextDecoder().decode(Uint8Array.from(bytes, (digits) => Number.parseInt(digits, 16)));
}
