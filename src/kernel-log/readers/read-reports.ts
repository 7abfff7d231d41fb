import type { OomReport } from '../../model/index.js';
import { KernelLogParser } from '../parser.js';
import { type LogInput, type ReadSummary, readLogs } from './read-logs.js';
import type { ReadContext } from './reading.js';

/** The OOM reports of all inputs, in the order of the inputs and of their lines, and what came of reading them. */
export interface ReportsRead {
  readonly reports: readonly OomReport[];
  readonly summary: ReadSummary;
}

/** Reads the inputs and parses what they hold. Rejects with the abort reason; other failures are in the summary. */
export async function readReports(inputs: readonly LogInput[], context: ReadContext = {}): Promise<ReportsRead> {
  const bySource: OomReport[][] = [];
  const summary = await readLogs(inputs, {
    ...context,
    openSink: (source) => {
      const reports: OomReport[] = [];
      bySource.push(reports);
      return new KernelLogParser({ source, onReport: (report) => reports.push(report) });
    },
  });
  return { reports: bySource.flatMap((reports) => reports.sort((a, b) => a.firstLine - b.firstLine)), summary };
}
