import { redactLine } from '../../secrets/command-line.js';
import { redactAssigned, redactNamed } from '../../secrets/patterns.js';
import type { LineOrigin } from '../line-origin.js';

/** A line break in a record of /dev/kmsg (kmsg-record.ts), behind which a word begins. */
const KMSG_BREAK = '\\x0a';
/** Where the kernel's words begin in a line that has others before them. */
const KERNEL_WORDS =
  / invoked oom-killer:|oom-kill:constraint=|(?:(?:Memory cgroup o|O)ut of [mM]emory.{0,60})?\b[Kk]ill(?:ed)? process \d/;

/**
 * A line as others may see it; undefined for one that is not the kernel's, which may hold anything. A report's own lines stay as they are
 * but for what is named like a secret, which a process may be called. Of the kernel's other lines, and of what stands before a quoted one,
 * every word that is not harmless is hidden.
 */
export function publicLine(text: string, origin: LineOrigin): string | undefined {
  if (text === '') return text;
  if (origin === 'other') return undefined;
  if (origin === 'kernel') return text.split(KMSG_BREAK).map(redactLine).join(KMSG_BREAK);
  const from = origin === 'report' ? -1 : text.search(KERNEL_WORDS);
  return from < 0 ? redactAssigned(text) : redactLine(text.slice(0, from)) + redactNamed(text.slice(from));
}
