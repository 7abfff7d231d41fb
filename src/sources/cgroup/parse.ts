import { isUnlimited, type Pressure, type PressureLine } from '../../model/index.js';

/** `key value` lines: memory.stat, memory.events, v1's memory.oom_control. Lines of another shape are passed over. */
export function parseFlatKeyed(text: string): Record<string, number> {
  const entries: Record<string, number> = {};
  let start = 0;
  while (start < text.length) {
    const end = text.indexOf('\n', start);
    const stop = end < 0 ? text.length : end;
    const blank = text.indexOf(' ', start);
    if (blank > start && blank < stop) {
      const value = Number(text.slice(blank + 1, stop));
      if (!Number.isNaN(value)) entries[text.slice(start, blank)] = value;
    }
    start = stop + 1;
  }
  return entries;
}

/** A file of one number; undefined when there is no such file or number. */
export function parseNumber(text: string | undefined): number | undefined {
  const trimmed = text?.trim();
  if (trimmed === undefined || trimmed === '') return undefined;
  const value = Number(trimmed);
  return Number.isNaN(value) ? undefined : value;
}

/** A limit in bytes; undefined for none: `max` on v2, PAGE_COUNTER_MAX on v1. */
export function parseLimit(text: string | undefined): number | undefined {
  const value = parseNumber(text);
  return value === undefined || isUnlimited(value) ? undefined : value;
}

/** memory.pressure: averages are percentages, the total is in microseconds (kernel/sched/psi.c, psi_show(), 6.18). */
export function parsePressure(text: string | undefined): Pressure | undefined {
  const some = pressureLine(SOME, text);
  const full = pressureLine(FULL, text);
  return some === undefined ? undefined : { some, ...(full === undefined ? {} : { full }) };
}

const SOME = /^some avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)/m;
const FULL = /^full avg10=([\d.]+) avg60=([\d.]+) avg300=([\d.]+) total=(\d+)/m;

function pressureLine(pattern: RegExp, text = ''): PressureLine | undefined {
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [avg10 = 0, avg60 = 0, avg300 = 0, total = 0] = match.slice(1).map(Number);
  return { avg10: avg10 / 100, avg60: avg60 / 100, avg300: avg300 / 100, totalSeconds: total / 1e6 };
}

/** The cgroups of /proc/PID/cgroup: v1's by controller, v2's as ''. Paths may hold colons. Source: man 7 cgroups. */
export function parseProcCgroup(text: string): ReadonlyMap<string, string> {
  const cgroups = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers, path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (controllers === undefined || path === undefined) continue;
    for (const controller of controllers.split(',')) cgroups.set(controller, path.replace(/ \(deleted\)$/, ''));
  }
  return cgroups;
}
