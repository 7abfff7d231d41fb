import type { DiagnosedIncident } from '../../src/inquiry/opened.js';
import { shortLimitOwner } from '../../src/render/view/identity.js';
import { groupRepeats } from '../../src/render/view/repeats.js';
import { victimCell } from '../../src/render/view/row.js';
import { timeCell } from '../../src/render/view/time.js';
import type { IncidentSummary } from './protocol.js';

/** Summaries of all incidents, each knowing the first that tells its story. */
export function summaries(incidents: readonly DiagnosedIncident[]): IncidentSummary[] {
  const firstOf = new Map<number, number>();
  for (const { first, repeats } of groupRepeats(incidents.map(({ diagnosis }) => diagnosis))) {
    for (const { number } of [first, ...repeats]) firstOf.set(number - 1, first.number - 1);
  }
  return incidents.map((entry, index) => summary(entry, index, firstOf.get(index) ?? index));
}

function summary({ diagnosis }: DiagnosedIncident, index: number, group: number): IncidentSummary {
  const { incident, accounting, causes } = diagnosis;
  const { report, container, limited } = incident;
  const [cause] = causes;
  const at = Date.parse(incident.time ?? '');
  const uptime = report.time?.uptimeSeconds;
  const words = [
    ...report.killed.flatMap(({ comm, pid }) => [comm, String(pid)]),
    report.oomMemcg?.path,
    report.taskMemcg?.path,
    report.host,
    ...[container, limited].flatMap((identity) => [identity?.podName, identity?.namespace, identity?.containerName]),
    report.source,
  ];
  return {
    index,
    group,
    source: report.source,
    scope: incident.scope,
    ...(Number.isNaN(at) ? {} : { atMilliseconds: at }),
    ...(uptime === undefined ? {} : { uptimeSeconds: uptime }),
    time: timeCell(incident),
    victim: victimCell(report),
    limitOf: shortLimitOwner(incident),
    cause: cause?.id ?? 'insufficient-evidence',
    confidence: cause?.confidence ?? 0,
    ...(accounting === undefined ? {} : { chargedBytes: accounting.chargedBytes }),
    ...(accounting?.limitBytes === undefined ? {} : { limitBytes: accounting.limitBytes }),
    words: words
      .filter((word) => word !== undefined)
      .join('\n')
      .toLowerCase(),
  };
}
