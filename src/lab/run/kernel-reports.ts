import type { KilledByKernel, OomReport } from '../../model/index.js';
import { publicLines } from '../../sources/kernel-log/readers/public-lines.js';

/** The kernel's reports about one cgroup, and the lines they stand in. */
export interface KernelReports {
  readonly killed: readonly KilledByKernel[];
  /** The lines of these reports alone, fit for others to see: a recording takes nothing else of the machine's log with it. */
  readonly log: string;
}

/** Finds the reports in which the limit, or the victim, was in a cgroup whose path holds this name. */
export function reportsAbout(cgroupName: string, log: string): KernelReports {
  const { reports: all, line } = publicLines(log, 'kmsg');
  const reports = all.filter((report) => isAbout(report, cgroupName));
  const kept = new Set(
    reports.flatMap(({ firstLine, lastLine }) => Array.from({ length: lastLine - firstLine + 1 }, (_, at) => firstLine + at)),
  );
  return {
    killed: reports.flatMap(({ killed, followingKills }) =>
      [...killed, ...followingKills].map(({ pid, comm }) => ({ pid, comm: comm ?? '' })),
    ),
    log: [...kept]
      .sort((a, b) => a - b)
      .map((number) => line(number))
      .filter((text) => text !== undefined)
      .map((text) => `${text}\n`)
      .join(''),
  };
}

function isAbout({ oomMemcg, taskMemcg }: OomReport, cgroupName: string): boolean {
  return [oomMemcg, taskMemcg].some((cgroup) => cgroup?.path.split('/').includes(cgroupName) === true);
}
