import type { OomReport } from '../../model/index.js';
import { publicLines } from '../kernel-log/readers/public-lines.js';
import { KERNEL_LOG } from './manifest.js';

/** Lines kept before and after a report: what led to it, and what the kernel did next. */
const CONTEXT_LINES = 100;
/** Where syslog's own words have ended. */
const SYSLOG_PREFIX = 120;
/** Fields of a journal entry that name the machine. */
const MACHINE_FIELDS = /"(_HOSTNAME|_MACHINE_ID|_BOOT_ID)"\s*:\s*"[^"]*"/g;

/** The parts of a log that may be passed on, and how many lines in between are not among them. */
export interface PublicLog {
  readonly text: string;
  readonly leftOut: number;
}

/**
 * The parts of a kernel log around its OOM reports; undefined when it has none. The reports' own lines are kept as they are but for the
 * host's name. Of the kernel's lines around them secrets are taken out, and lines of other programs, which may hold anything, are left out.
 */
export function excerptReports(text: string, namesHost: boolean): PublicLog | undefined {
  const { reports, line, count } = publicLines(text, KERNEL_LOG);
  if (reports.length === 0) return undefined;
  const hosts = [...new Set(reports.map(({ host }) => host).filter((host) => host !== undefined))];
  const kept: string[] = [];
  let leftOut = 0;
  for (const number of linesNear(reports, count)) {
    const shown = line(number);
    if (shown === undefined) leftOut += 1;
    else kept.push(namesHost ? shown : withoutMachine(shown, hosts));
  }
  return { text: `${kept.join('\n').replace(/\n+$/, '')}\n`, leftOut };
}

/** A kernel log that may be passed on, with every line in its place: those of other programs, and those far from a report, are empty. */
export function publicLog(text: string): string {
  const { reports, line, count } = publicLines(text, KERNEL_LOG);
  const lines = new Array<string>(count).fill('');
  for (const number of linesNear(reports, count)) lines[number - 1] = line(number) ?? '';
  return lines.join('\n');
}

/** The lines of the reports and those around them, ascending. Reports are in the order of their first lines. */
function linesNear(reports: readonly OomReport[], count: number): number[] {
  const numbers: number[] = [];
  for (const { firstLine, lastLine } of reports) {
    const from = Math.max(firstLine - CONTEXT_LINES, (numbers.at(-1) ?? 0) + 1);
    for (let number = from; number <= Math.min(lastLine + CONTEXT_LINES, count); number++) numbers.push(number);
  }
  return numbers;
}

/** syslog names the machine between the time and the message, the journal in fields of its own. */
function withoutMachine(line: string, hosts: readonly string[]): string {
  const fields = line.replace(MACHINE_FIELDS, '"$1":"redacted"');
  return hosts.reduce(
    (text, host) => text.slice(0, SYSLOG_PREFIX).replace(` ${host} `, ' redacted ') + text.slice(SYSLOG_PREFIX),
    fields,
  );
}
