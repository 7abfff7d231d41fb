import { account } from '../accounting/index.js';
import { identifyCgroup } from '../cgroup/identity.js';
import { findCgroup, findMemoryHierarchy } from '../cgroup/index.js';
import { diagnose } from '../diagnosis/index.js';
import { toIncident } from '../evidence/incident.js';
import { liveReport } from '../evidence/live.js';
import { bySize, type Observation, observeCgroup } from '../evidence/observe.js';
import type { Host } from '../host/index.js';
import type { Inspection } from '../report/index.js';

/** Observes what the user means, accounts for it, and diagnoses a kill at its effective limit. Throws a HostError. */
export function inspectCgroup(host: Host, query: string, now: Date): Inspection {
  const hierarchy = findMemoryHierarchy(host);
  const path = findCgroup(host, hierarchy, query);
  return inspectionOf(observeCgroup(host, hierarchy, path, now), query);
}

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
    processes: bySize(target.processes),
    writableFiles,
    report,
    ...(accounting === undefined ? {} : { accounting }),
    causes: diagnose(toIncident(limitedReport)).causes,
    ...(victim === undefined ? {} : { victim }),
  };
}
