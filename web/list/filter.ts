import type { CauseId } from '../../src/model/index.js';
import type { IncidentSummary } from '../worker/protocol.js';

/** Which incidents a reader wants to see. */
export interface IncidentFilter {
  readonly search: string;
  readonly cause?: CauseId;
  readonly scope?: IncidentSummary['scope'];
  /** One of each story, or every repetition. */
  readonly grouped: boolean;
  /** A stretch of the timeline, in its unit. */
  readonly from?: number;
  readonly to?: number;
}

/** The incidents that a filter lets through. */
export function filtered(all: readonly IncidentSummary[], filter: IncidentFilter): IncidentSummary[] {
  const wanted = filter.search.trim().toLowerCase();
  return all.filter((incident) => {
    const at = momentOf(incident);
    return (
      (!filter.grouped || incident.group === incident.index) &&
      (filter.cause === undefined || incident.cause === filter.cause) &&
      (filter.scope === undefined || incident.scope === filter.scope) &&
      (wanted === '' || incident.words.includes(wanted)) &&
      (filter.from === undefined || filter.to === undefined || (at !== undefined && at >= filter.from && at <= filter.to))
    );
  });
}

/** When an incident was, on the axis that its log allows: milliseconds since 1970, or since boot. */
function momentOf({ atMilliseconds, uptimeSeconds }: IncidentSummary): number | undefined {
  return atMilliseconds ?? (uptimeSeconds === undefined ? undefined : uptimeSeconds * 1000);
}

/** The incidents of one stretch of time. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** A timeline of incidents: what its axis counts from, and how many fell into each of some equal stretches. */
export interface Timeline {
  readonly axis: 'wall-clock' | 'uptime';
  readonly bins: readonly Bin[];
}

/**
 * Incidents over time, on the axis most of them have; undefined when there are no two moments, or
 * only times since boot from several logs. Those of the other axis cannot be
 * placed and are left out.
 */
export function timelineOf(all: readonly IncidentSummary[], count: number): Timeline | undefined {
  const dated = all.filter(({ atMilliseconds }) => atMilliseconds !== undefined);
  const axis = dated.length * 2 >= all.length ? 'wall-clock' : 'uptime';
  // Seconds since the boot of one machine are no time of another's.
  if (axis === 'uptime' && new Set(all.map(({ source }) => source)).size > 1) return undefined;
  const moments = (axis === 'wall-clock' ? dated : all.filter(({ atMilliseconds }) => atMilliseconds === undefined)).flatMap(
    (incident) => momentOf(incident) ?? [],
  );
  const from = moments.reduce((least, moment) => Math.min(least, moment), Number.POSITIVE_INFINITY);
  const to = moments.reduce((most, moment) => Math.max(most, moment), Number.NEGATIVE_INFINITY);
  if (moments.length < 2 || to <= from) return undefined;
  const width = (to - from) / count;
  const counts = new Array<number>(count).fill(0);
  for (const moment of moments) {
    const bin = Math.min(count - 1, Math.floor((moment - from) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { axis, bins: counts.map((some, bin) => ({ from: from + bin * width, to: from + (bin + 1) * width, count: some })) };
}
