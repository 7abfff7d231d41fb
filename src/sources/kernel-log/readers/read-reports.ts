import type { Excerpt, OomReport } from '../../../model/index.js';
import { ExcerptKeeper } from '../excerpt-keeper.js';
import { KernelLogParser } from '../parser.js';
import { publicLine } from './public-line.js';
import { type LogInput, type ReadSummary, readLogs } from './read-logs.js';
import type { ReadContext } from './reading.js';

/** The OOM reports of all inputs, in the order of the inputs and of their lines, and what came of reading them. */
export interface ReportsRead {
  readonly reports: readonly OomReport[];
  readonly summary: ReadSummary;
  /** The lines of each report, where they were asked for and could be kept. */
  readonly excerpts: ReadonlyMap<OomReport, Excerpt>;
}

export interface ReadReportsContext extends ReadContext {
  /** Whether to keep the lines of the reports, fit for others to see. */
  readonly keepsExcerpts?: boolean;
}

/** Reads the inputs and parses what they hold. Rejects with the abort reason; other failures are in the summary. */
export async function readReports(inputs: readonly LogInput[], context: ReadReportsContext = {}): Promise<ReportsRead> {
  const bySource: OomReport[][] = [];
  const excerpts = new Map<OomReport, Excerpt>();
  const summary = await readLogs(inputs, {
    ...context,
    openSink: (source) => {
      const reports: OomReport[] = [];
      bySource.push(reports);
      if (context.keepsExcerpts !== true) return new KernelLogParser({ source, onReport: (report) => reports.push(report) });
      const keeper = new ExcerptKeeper(source, publicLine);
      return new KernelLogParser({
        source,
        onLine: (text, number) => keeper.line(text, number),
        onOrigin: (number, origin) => keeper.origin(number, origin),
        onReport: (report) => {
          reports.push(report);
          const excerpt = keeper.excerptOf(report);
          if (excerpt !== undefined) excerpts.set(report, excerpt);
        },
      });
    },
  });
  return { reports: bySource.flatMap((reports) => reports.sort((a, b) => a.firstLine - b.firstLine)), summary, excerpts };
}
