import type { KilledByKernel, OomReport } from '../../model/index.js';
import { parseKernelLog } from '../../sources/kernel-log/parser.js';

/** The kernel's reports about one cgroup, and the lines they stand in. */
export interface KernelReports {
  readonly killed: readonly KilledByKernel[];
  /** The lines of these reports alone: a recording takes nothing else of the machine's log with it. */
  readonly log: string;
}

/** Finds the reports in which the limit, or the victim, was in a cgroup whose path holds this name. */
export function reportsAbout(cgroupName: string, log: string): KernelReports {
  const reports = parseKernelLog(log, 'kmsg').filter((report) => isAbout(report, cgroupName));
  const lines = log.split('\n');
  const kept = new Set(
    reports.flatMap(({ firstLine, lastLine }) => Array.from({ length: lastLine - firstLine + 1 }, (_, at) => firstLine + at)),
  );
  return {
    killed: reports.flatMap(({ killed, followingKills }) =>
      [...killed, ...followingKills].map(({ pid, comm }) => ({ pid, comm: comm ?? '' })),
    ),
    log: lines
      .filter((_, index) => kept.has(index + 1))
      .map((line) => `${line}\n`)
      .join(''),
  };
}

function isAbout({ oomMemcg, taskMemcg }: OomReport, cgroupName: string): boolean {
  return [oomMemcg, taskMemcg].some((cgroup) => cgroup?.path.split('/').includes(cgroupName) === true);
}
