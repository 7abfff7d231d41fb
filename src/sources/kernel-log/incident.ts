import type { Incident, OomReport } from '../../model/index.js';
import { identifyCgroup } from '../cgroup/identity.js';

/** The incident a kernel report tells of: its identity, and the container and limit that the cgroup paths name. */
export function toIncident(report: OomReport): Incident {
  const victimPath = report.taskMemcg;
  const limitPath = report.oomMemcg;
  const container = victimPath === undefined ? undefined : identifyCgroup(victimPath.path);
  const limited = limitPath === undefined ? undefined : identifyCgroup(limitPath.path);
  return {
    id: `${report.source}:${report.firstLine}`,
    ...(report.time?.wallClock === undefined ? {} : { time: report.time.wallClock }),
    scope: report.scope,
    ...(report.kernel === undefined ? {} : { kernel: report.kernel.release }),
    ...(container === undefined
      ? limited === undefined || limited.level === 'other'
        ? {}
        : { container: limited }
      : { container }),
    ...(limited === undefined ? {} : { limited }),
    report,
  };
}
