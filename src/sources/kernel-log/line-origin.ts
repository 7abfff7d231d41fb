import { openEnvelope } from './envelope.js';
import { type StrippedLine, stripPrefix } from './prefix.js';

/**
 * Whose a line of a log is. `report`: of the kernel's report about a kill. `quoted`: of one as well, but unstamped, repeated by another
 * program, or behind words that nobody knows. `kernel`: the kernel's about something else, or what a program gave it to log. `other`:
 * another program's, or nobody knows whose.
 */
export type LineOrigin = 'report' | 'quoted' | 'kernel' | 'other';

/** What a program's name begins with when the kernel's messages come through it. */
export const KERNEL_IDENT = /^kern/;
/** dmesg -T, in English: `[Thu May  9 14:52:38 2024] `. Other programs stamp their lines with ISO dates in brackets. */
const DMESG_DATE = /^\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\] /;
/** The priority of a line in /dev/kmsg and of `dmesg -r`: facility times 8 and level; the kernel's facility is 0. */
const PRIORITY = /^(?:<(\d{1,4})>|(\d{1,4}),\d{1,20},\d{1,20},)/;
/** The facility that dmesg -x writes: `user  :notice: `. */
const FACILITY = /^([a-z]{3,9}\d?) {0,8}: {0,8}(?:emerg|alert|crit|err|warn|notice|info|debug) {0,8}: /;

/** Whose a line is that says nothing of a kill, by what stands before its words. */
export function originOf(text: string, { uptimeSeconds }: StrippedLine, ident: string | undefined): LineOrigin {
  const line = text.trimStart();
  const [, bracketed, plain] = PRIORITY.exec(line) ?? [];
  const isOfProgram = Number(bracketed ?? plain ?? 0) >= 8 || (FACILITY.exec(line)?.[1] ?? 'kern') !== 'kern';
  const isStamped = uptimeSeconds !== undefined || (ident !== undefined && KERNEL_IDENT.test(ident)) || DMESG_DATE.test(line);
  return isStamped && !isOfProgram ? 'kernel' : 'other';
}

/** The same for a line that the parser did not look at, because it is far from any report. */
export function originAlone(line: string): LineOrigin {
  const origins = openEnvelope(line).map(({ text, ident }) => {
    const stripped = stripPrefix(text);
    return originOf(text, stripped, ident ?? stripped.ident);
  });
  return origins.every((origin) => origin === 'kernel') ? 'kernel' : 'other';
}

/** Whose a line is that holds several texts, as a record of JSON may. */
export function joinOrigins(known: LineOrigin | undefined, next: LineOrigin): LineOrigin {
  if (known === undefined || known === next) return next;
  const both = [known, next];
  if (both.includes('quoted') || (both.includes('report') && both.includes('other'))) return 'quoted';
  return both.includes('report') ? 'report' : 'kernel';
}
