import type { OomReport } from '../../../model/index.js';
import { joinOrigins, type LineOrigin, originAlone } from '../line-origin.js';
import { KernelLogParser } from '../parser.js';
import { publicLine } from './public-line.js';

/** A log's reports in the order of their lines, and its lines as others may see them. */
export interface PublicLines {
  readonly reports: readonly OomReport[];
  /** Undefined for those of other programs. */
  line(number: number): string | undefined;
  readonly count: number;
}

/** Reads a log that is held whole. Line numbers count from 1, as reports count. */
export function publicLines(text: string, source: string): PublicLines {
  const reports: OomReport[] = [];
  const origins = new Map<number, LineOrigin>();
  const parser = new KernelLogParser({
    source,
    onReport: (report) => reports.push(report),
    onOrigin: (line, origin) => origins.set(line, joinOrigins(origins.get(line), origin)),
  });
  parser.push(new TextEncoder().encode(text));
  parser.end();
  const lines = text.split('\n');
  return {
    reports: reports.sort((a, b) => a.firstLine - b.firstLine),
    line: (number) => {
      const line = lines[number - 1] ?? '';
      return publicLine(line, origins.get(number) ?? originAlone(line));
    },
    count: lines.length,
  };
}
