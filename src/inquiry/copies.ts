import type { Incident, OomReport } from '../model/index.js';

/** A copy that lost its first lines begins later; a pid does not come back within this time. */
const SAME_SECONDS = 5;

/** The incidents of which one report each remains, and how many copies were left out. */
export interface Uncopied {
  readonly incidents: readonly Incident[];
  readonly copies: number;
}

/**
 * Leaves out copies of a report that stand in several sources: kern.log and syslog hold the same kernel messages, and so
 * does the journal. Of each report the most complete copy stays. Reports of one source are never copies of each other.
 */
export function withoutCopies(incidents: readonly Incident[]): Uncopied {
  const kept: Incident[] = [];
  const byVictim = new Map<string, number[]>();
  for (const incident of incidents) {
    const key = victimKey(incident.report);
    const places = key === undefined ? [] : (byVictim.get(key) ?? []);
    const place = places.find((candidate) => isCopy(kept[candidate]?.report, incident.report));
    const known = place === undefined ? undefined : kept[place];
    if (place !== undefined && known !== undefined) {
      if (missing(incident) < missing(known)) kept[place] = incident;
      continue;
    }
    kept.push(incident);
    if (key !== undefined) byVictim.set(key, [...places, kept.length - 1]);
  }
  return { incidents: kept, copies: incidents.length - kept.length };
}

function victimKey(report: OomReport): string | undefined {
  const victim = report.killed[0];
  return victim === undefined ? undefined : `${victim.pid} ${victim.comm}`;
}

function missing({ report }: Incident): number {
  return report.completeness.missing.length;
}

function isCopy(a: OomReport | undefined, b: OomReport): boolean {
  if (a === undefined || a.source === b.source) return false;
  if (a.host !== undefined && b.host !== undefined && a.host !== b.host) return false;
  const uptimes = [a.time?.uptimeSeconds, b.time?.uptimeSeconds];
  if (uptimes[0] !== undefined && uptimes[1] !== undefined) return Math.abs(uptimes[0] - uptimes[1]) <= SAME_SECONDS;
  const [wallA, wallB] = [a.time?.wallClock, b.time?.wallClock].map((wallClock) => Date.parse(wallClock ?? ''));
  if (wallA !== undefined && wallB !== undefined && Math.abs(wallA - wallB) <= SAME_SECONDS * 1000) return true;
  return a.time?.stamp !== undefined && a.time.stamp === b.time?.stamp;
}
