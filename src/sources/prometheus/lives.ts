import { type ContainerLife, isUnlimited, present, type TimelineColumn, type TimelineStep } from '../../model/index.js';
import { identifyCgroup } from '../cgroup/identity.js';
import type { Series } from './api.js';
import { groupBy } from './group.js';
import { columnOf, OOM_EVENTS, SPEC_LIMIT, START_TIME } from './metrics.js';

/** The runs of one container, and what else its own metrics tell. */
export interface LivesFound {
  readonly lives: readonly ContainerLife[];
  readonly limits: readonly TimelineStep[];
  /** Moments at which the kernel's kills in the container were seen to have grown, with the time since the sample before. */
  readonly oomEvents: readonly { readonly atSeconds: number; readonly withinSeconds: number }[];
  /** Scrapers that saw the same run; more than 1 where targets are scraped twice. */
  readonly scrapers: number;
  /** Labels of the scrape, to find what else it saw. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The series of one scraper about one run: they share every label but the metric's name. */
interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly series: Map<string, Series>;
}

/**
 * Puts the series of one container together: one life for each cgroup. Where several scrapers saw the same run, the one with
 * most samples is taken whole: samples of two are never mixed, since each has moments of its own. Where the cgroup is not among
 * the labels, a new start time begins a new life.
 */
export function livesOf(series: readonly Series[]): LivesFound {
  const groups = groupByScraper(series).filter(({ series: found }) =>
    [...found.keys()].some((name) => columnOf(name) !== undefined),
  );
  const runs = groupBy(groups, ({ labels }) => labels.id ?? '');
  // Recording rules have no cgroup: they stand in where no raw series is left.
  if (runs.size > 1) runs.delete('');
  const chosen = [...runs].map(([id, candidates]) => ({
    id,
    scrapers: candidates.length,
    group: candidates.reduce((best, group) => (sampleCount(group) > sampleCount(best) ? group : best)),
  }));
  const lives = chosen.flatMap(({ id, group }) => livesOfGroup(id, group)).sort((a, b) => firstOf(a) - firstOf(b));
  return {
    lives,
    limits: stepsOf(chosen.flatMap(({ group }) => [group.series.get(SPEC_LIMIT)]).filter((found) => found !== undefined)),
    oomEvents: chosen.flatMap(({ group }) => risesOf(group.series.get(OOM_EVENTS))).sort((a, b) => a.atSeconds - b.atSeconds),
    scrapers: Math.max(1, ...chosen.map(({ scrapers }) => scrapers)),
    labels: chosen.at(-1)?.group.labels ?? {},
  };
}

/** Steps of a size from one or several series, unchanged values left out; 0 is cAdvisor's word for no limit. */
export function stepsOf(series: readonly Series[]): TimelineStep[] {
  const samples = series
    .flatMap(({ atSeconds, values }) => atSeconds.map((at, index) => ({ atSeconds: at, bytes: values[index] ?? 0 })))
    .filter(({ bytes }) => bytes > 0 && !isUnlimited(bytes))
    .sort((a, b) => a.atSeconds - b.atSeconds);
  return samples.filter(({ bytes }, index) => index === 0 || samples[index - 1]?.bytes !== bytes);
}

/** When a counter rose. A counter that begins above 0 tells nothing of when; one that fell was reset and counts from 0. */
export function risesOf(series: Series | undefined): { atSeconds: number; withinSeconds: number; by: number }[] {
  if (series === undefined) return [];
  const { atSeconds, values } = series;
  return atSeconds.flatMap((at, index) => {
    const before = values[index - 1];
    const value = values[index] ?? 0;
    const by = before === undefined ? 0 : value < before ? value : value - before;
    return by > 0 ? [{ atSeconds: at, withinSeconds: at - (atSeconds[index - 1] ?? at), by }] : [];
  });
}

function groupByScraper(series: readonly Series[]): Group[] {
  const groups = new Map<string, Group>();
  for (const one of series) {
    const { __name__: name = '', ...labels } = one.labels;
    const isRule = name.includes(':');
    const key = JSON.stringify([isRule, ...Object.entries(labels).sort()]);
    const group = groups.get(key) ?? { labels: isRule ? { ...labels, id: '' } : labels, series: new Map() };
    group.series.set(name, one);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function sampleCount({ series }: Group): number {
  return Math.max(0, ...[...series].map(([name, { values }]) => (columnOf(name) === undefined ? 0 : values.length)));
}

function livesOfGroup(id: string, { series }: Group): ContainerLife[] {
  const sizes = [...series].flatMap(([name, one]) => {
    const column = columnOf(name);
    return column === undefined || one.values.length === 0 ? [] : [{ column, one }];
  });
  const starts = series.get(START_TIME);
  const identity = id === '' ? undefined : identifyCgroup(id);
  const lifeFrom = (from: number, to: number, startedAtSeconds: number | undefined): ContainerLife => {
    const within = (at: number): boolean => at >= from && at < to;
    const atSeconds = [...new Set(sizes.flatMap(({ one }) => one.atSeconds.filter(within)))].sort((a, b) => a - b);
    const columns = Object.fromEntries(sizes.map(({ column, one }) => [column, alignedTo(atSeconds, one)]));
    return {
      ...present({ cgroup: id === '' ? undefined : id, containerId: identity?.containerId, startedAtSeconds }),
      atSeconds,
      columns: withoutUnwritten(columns),
    };
  };
  const startTimes = starts === undefined ? [] : changes(starts);
  const bounds = id === '' && startTimes.length > 1 ? startTimes : startTimes.slice(-1);
  if (bounds.length <= 1) return [lifeFrom(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, bounds[0]?.value)];
  return bounds
    .map(({ value }, index) =>
      lifeFrom(
        index === 0 ? Number.NEGATIVE_INFINITY : (bounds[index]?.atSeconds ?? 0),
        bounds[index + 1]?.atSeconds ?? Number.POSITIVE_INFINITY,
        value,
      ),
    )
    .filter(({ atSeconds }) => atSeconds.length > 0);
}

function changes({ atSeconds, values }: Series): { atSeconds: number; value: number }[] {
  return values
    .map((value, index) => ({ atSeconds: atSeconds[index] ?? 0, value }))
    .filter(({ value }, index) => index === 0 || values[index - 1] !== value);
}

function alignedTo(moments: readonly number[], { atSeconds, values }: Series): (number | null)[] {
  const byMoment = new Map(atSeconds.map((at, index) => [at, values[index] ?? null]));
  return moments.map((at) => byMoment.get(at) ?? null);
}

/** kernel_usage is 0 for good on cgroup v2, where cAdvisor has no source for it: that is no figure. */
function withoutUnwritten(columns: Readonly<Partial<Record<TimelineColumn, (number | null)[]>>>): ContainerLife['columns'] {
  const { kernelBytes, ...others } = columns;
  return kernelBytes?.some((value) => value !== null && value > 0) === true ? columns : others;
}

function firstOf({ atSeconds }: ContainerLife): number {
  return atSeconds[0] ?? 0;
}
