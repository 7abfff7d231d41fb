import { bytes, type Diagnosis, type Incident, type Message, message } from '../../model/index.js';
import type { LiveCgroup, Observation } from '../../sources/cgroup/live.js';

/** Limits are rounded to pages; what differs more was changed. */
const SAME_LIMIT_BYTES = 64 * 1024;

/**
 * Holds a kernel report against what the same cgroup showed when the bundle was made, where it still was there. What both tell
 * is cited; where they differ, the figures of the kill count, and the difference is a warning.
 */
export function mergeLiveFacts(
  diagnosis: Diagnosis,
  incidents: readonly Incident[],
  observed: readonly Observation[],
): Diagnosis {
  const { oomMemcg } = diagnosis.incident.report;
  const cgroups = observed.flatMap(({ target, limited }) => [target, limited]);
  const cgroup = oomMemcg === undefined ? undefined : cgroups.find(({ memory }) => memory.path === oomMemcg.path);
  if (cgroup === undefined) return diagnosis;
  return { ...diagnosis, warnings: [...diagnosis.warnings, ...comparison(diagnosis.incident, incidents, cgroup)] };
}

function comparison({ report }: Incident, incidents: readonly Incident[], { memory, observedAt }: LiveCgroup): Message[] {
  const { path, directory, counters, usage, events, version } = memory;
  const file = (v1: string, v2: string): string => `${directory}/${version === 1 ? v1 : v2}`;
  const facts: Message[] = [
    message('bundle.live', {
      source: file('memory.usage_in_bytes', 'memory.current'),
      time: observedAt,
      usage: bytes(counters.memory.usageBytes),
    }),
  ];
  const then = report.counters?.memory;
  const now = usage.limitBytes;
  if (then?.limitBytes !== undefined && now !== undefined && Math.abs(then.limitBytes - now) > SAME_LIMIT_BYTES) {
    facts.push(
      message('bundle.limit-changed', {
        atKill: bytes(then.limitBytes),
        report: `${report.source}:${then.line}`,
        now: bytes(now),
        source: file('memory.limit_in_bytes', 'memory.max'),
      }),
    );
  }
  const kills = events.oom_kill;
  const reports = incidents.filter(({ report: { oomMemcg } }) => oomMemcg?.path === path).length;
  if (kills !== undefined && kills > reports) {
    facts.push(message('bundle.more-kills', { kills, reports, source: file('memory.oom_control', 'memory.events') }));
  }
  return facts;
}
