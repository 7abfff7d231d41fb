import type { Excerpt, OomReport } from '../../model/index.js';
import { parseKernelLog } from '../kernel-log/parser.js';
import { redactText } from '../redact.js';
import { KERNEL_LOG } from './manifest.js';

/** Lines kept before and after a report: what led to it, and what the kernel did next. */
const CONTEXT_LINES = 100;
/** Where syslog's own words have ended. */
const SYSLOG_PREFIX = 120;
/** A line break in a record of /dev/kmsg (kernel-log/kmsg-record.ts). */
const KMSG_BREAK = '\\x0a';
/** Fields of a journal entry that name the machine. */
const MACHINE_FIELDS = /"(_HOSTNAME|_MACHINE_ID|_BOOT_ID)"\s*:\s*"[^"]*"/g;

/**
 * The parts of a kernel log around its OOM reports; undefined when it has none. The reports' own lines are kept as they are but
 * for the host's name; the lines around them may hold anything a program wrote to the kernel log, so secrets are taken out.
 */
export function excerptReports(text: string, namesHost: boolean): string | undefined {
  const reports = parseKernelLog(text, KERNEL_LOG);
  if (reports.length === 0) return undefined;
  const hosts = [...new Set(reports.map(({ host }) => host).filter((host) => host !== undefined))];
  const lines = text.split('\n');
  const kept = lines.flatMap((line, index) => {
    const place = placeOf(index + 1, reports);
    if (place === undefined) return [];
    const safe = place === 'report' ? line : redactLine(line);
    return [namesHost ? safe : withoutMachine(safe, hosts)];
  });
  return `${kept.join('\n').replace(/\n+$/, '')}\n`;
}

/** The lines that an incident cites, without the secrets that the lines around its report may hold. */
export function redactExcerpt(excerpt: Excerpt, { firstLine, lastLine, followingKills, reaped }: OomReport): Excerpt {
  const own = new Set([...followingKills, ...reaped].map(({ line }) => line));
  const isOwn = (line: number): boolean => (line >= firstLine && line <= lastLine) || own.has(line);
  const parts = excerpt.parts.map((part) => ({
    firstLine: part.firstLine,
    lines: part.lines.map((text, at) => (isOwn(part.firstLine + at) ? text : redactLine(text))),
  }));
  return { source: excerpt.source, parts };
}

/** A kernel log with every line in its place, and the secrets taken out of those that belong to no report. */
export function redactLog(text: string): string {
  const reports = parseKernelLog(text, KERNEL_LOG);
  const safe = text.split('\n').map((line, index) => (placeOf(index + 1, reports) === 'report' ? line : redactLine(line)));
  return safe.join('\n');
}

/** A record of /dev/kmsg may hold several lines: a word begins behind each break. */
function redactLine(line: string): string {
  return line.split(KMSG_BREAK).map(redactText).join(KMSG_BREAK);
}

function placeOf(line: number, reports: readonly OomReport[]): 'report' | 'context' | undefined {
  if (reports.some(({ firstLine, lastLine }) => line >= firstLine && line <= lastLine)) return 'report';
  const isNear = reports.some(({ firstLine, lastLine }) => line >= firstLine - CONTEXT_LINES && line <= lastLine + CONTEXT_LINES);
  return isNear ? 'context' : undefined;
}

/** syslog names the machine between the time and the message, the journal in fields of its own. */
function withoutMachine(line: string, hosts: readonly string[]): string {
  const fields = line.replace(MACHINE_FIELDS, '"$1":"redacted"');
  return hosts.reduce(
    (text, host) => text.slice(0, SYSLOG_PREFIX).replace(` ${host} `, ' redacted ') + text.slice(SYSLOG_PREFIX),
    fields,
  );
}
