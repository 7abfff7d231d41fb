import { account } from '../accounting/index.js';
import { diagnose } from '../diagnosis/index.js';
import type { Inspection } from '../render/view/inspection.js';
import { identifyCgroup } from '../sources/cgroup/identity.js';
import { liveReport, type Observation } from '../sources/cgroup/live.js';
import { toIncident } from '../sources/kernel-log/incident.js';

/** An observation, accounted for and diagnosed as a kill at its effective limit. */
export function inspectionOf({ target, limited, writableFiles, freeSwapBytes }: Observation, query: string): Inspection {
  const report = liveReport(target);
  const limitedReport = limited === target ? report : liveReport(limited);
  const accounting = account(report);
  const [victim] = limitedReport.killed;
  return {
    query,
    observedAt: target.observedAt,
    identity: identifyCgroup(target.memory.path),
    memory: target.memory,
    limited: limited.memory,
    limitedIdentity: identifyCgroup(limited.memory.path),
    limitedProcesses: limited.processes,
    freeSwapBytes,
    processes: [...target.processes].sort((a, b) => b.rssBytes - a.rssBytes || a.pid - b.pid),
    writableFiles,
    report,
    ...(accounting === undefined ? {} : { accounting }),
    causes: diagnose(toIncident(limitedReport)).causes,
    ...(victim === undefined ? {} : { victim }),
  };
}
