import { type Message, message, needArithmetic, type TimelinePeaks } from '../../model/index.js';
import type { PrometheusApi, QueryAnswer, Series } from './api.js';
import { PrometheusError } from './error.js';
import type { ColumnMetrics } from './metrics.js';
import { readRange, type TimelineWindow } from './range.js';

/** The series of a workload's containers: the metrics they are of, and the matchers they meet. */
export interface Selection {
  readonly metrics: ColumnMetrics;
  readonly matchers: string;
}

/** What the server holds of a selection. */
export interface Held {
  /** One a container's run and scraper; the values are numbers of samples. */
  readonly series: readonly Series[];
  readonly notes: readonly Message[];
}

/** A window is counted in so many parts. */
const COUNTED_PARTS = 28;
/** The density of samples is looked for in stretches of this length. */
const DENSITY_SECONDS = 300;
/** A subquery looks at runs at so many moments, in one query and in all; each costs the server some microseconds. */
const MOST_MOMENTS_AT_ONCE = 1_000_000;
const MOST_MOMENTS_IN_ALL = 50_000_000;
/** VictoriaMetrics allows 100,000 for each series (-search.maxPointsSubqueryPerTimeseries). */
const MOST_MOMENTS_OF_SERIES = 50_000;
/** Where one of these comes of a subquery, another question may be answered. */
const REFUSED: ReadonlySet<PrometheusError['code']> = new Set(['refused', 'too-many-samples', 'too-large', 'timeout']);

/** How many samples the server holds of each run in the window. Empty where it has none. */
export async function readHeld(api: PrometheusApi, selection: Selection, window: TimelineWindow): Promise<Held> {
  const part = Math.max(1, Math.ceil((window.toSeconds - window.fromSeconds) / COUNTED_PARTS));
  const counts = ofCharges(selection, (charge) => `count_over_time(${charge}[${part}s])`);
  return readRange(api, counts, { ...window, fromSeconds: window.fromSeconds + 1 }, part, COUNTED_PARTS);
}

/**
 * So close together that every sample is current at a moment at least: half of the distance that the samples have where they are
 * densest. Prometheus scrapes in time to some milliseconds.
 */
export async function readResolution(
  api: PrometheusApi,
  selection: Selection,
  window: TimelineWindow,
  stepSeconds: number,
  stepsAtOnce: number,
): Promise<number> {
  const counts = ofCharges(selection, (charge) => `count_over_time(${charge}[${DENSITY_SECONDS}s])`);
  const { series } = await readRange(api, `max(${counts})`, window, stepSeconds, stepsAtOnce);
  const densest = Math.max(1, ...series.flatMap(({ values }) => values));
  return Math.max(1, Math.floor(DENSITY_SECONDS / densest / 2));
}

/** The highest of what cannot be reclaimed in each stretch, by series; how it was come to, and why. */
export interface PeaksRead extends Pick<TimelinePeaks, 'how' | 'why' | 'stretchSeconds'>, QueryAnswer {}

/**
 * Asks the server for the highest of all samples that it holds, stretch by stretch. One that evaluates no subqueries, or not so many,
 * is asked for bounds, which need none. Throws a PrometheusError.
 */
export async function readPeaks(
  api: PrometheusApi,
  selection: Selection,
  window: TimelineWindow,
  { stretchSeconds, resolutionSeconds, presentSeconds, stepsAtOnce }: PeaksChoice,
): Promise<PeaksRead> {
  const length = Math.max(1, window.toSeconds - window.fromSeconds);
  const moments = presentSeconds / resolutionSeconds;
  const momentsAtOnce = Math.min(
    stepsAtOnce,
    (MOST_MOMENTS_OF_SERIES * resolutionSeconds) / stretchSeconds,
    (MOST_MOMENTS_AT_ONCE / moments) * (length / stretchSeconds),
  );
  // A sample becomes current at the next moment of the subquery, which may lie behind the window.
  const asked = { ...window, toSeconds: window.toSeconds + resolutionSeconds };
  const within = `${stretchSeconds}s`;
  let why = message('size.peaks.too-many', { count: Math.round(moments) });
  if (moments <= MOST_MOMENTS_IN_ALL) {
    const peaks = ofNeed(selection, (charge, less) =>
      less.length === 0
        ? `max_over_time(${charge}[${within}])`
        : `max_over_time((${[charge, ...less].join(' - ')})[${within}:${resolutionSeconds}s])`,
    );
    try {
      return { how: 'samples', stretchSeconds, ...(await readRange(api, peaks, asked, stretchSeconds, momentsAtOnce)) };
    } catch (error) {
      if (!(error instanceof PrometheusError) || !REFUSED.has(error.code)) throw error;
      why = error.problem;
    }
  }
  const bounds = ofNeed(selection, (charge, less) =>
    [`max_over_time(${charge}[${within}])`, ...less.map((file) => `min_over_time(${file}[${within}])`)].join(' - '),
  );
  return { how: 'bounds', why, stretchSeconds, ...(await readRange(api, bounds, asked, stretchSeconds, stepsAtOnce)) };
}

export interface PeaksChoice {
  readonly stretchSeconds: number;
  readonly resolutionSeconds: number;
  /** How long the runs were there, all of them together. */
  readonly presentSeconds: number;
  /** Of a query that looks at the samples themselves. */
  readonly stepsAtOnce: number;
}

/** The peaks of one container from all of its series: of several scrapers each may have seen what the others did not. */
export function peaksOf(series: readonly Series[], { how, why, stretchSeconds }: PeaksRead): TimelinePeaks {
  const highest = new Map<number, number>();
  for (const { atSeconds, values } of series) {
    for (const [index, at] of atSeconds.entries()) highest.set(at, Math.max(highest.get(at) ?? 0, values[index] ?? 0));
  }
  const sorted = [...highest].sort(([a], [b]) => a - b);
  return {
    how,
    ...(why === undefined ? {} : { why }),
    stretchSeconds,
    atSeconds: sorted.map(([at]) => at),
    bytes: sorted.map(([, bytes]) => bytes),
  };
}

/**
 * A figure on what cannot be reclaimed, for each run by the best arithmetic that its metrics allow. The metrics of one run and scraper
 * share every label but the name, which is what PromQL matches by.
 */
function ofNeed({ metrics, matchers }: Selection, figure: (charge: string, less: readonly string[]) => string): string {
  return needArithmetic
    .flatMap(({ charge, less }) => {
      const names = [charge, ...less].map((column) => metrics[column]).filter((name) => name !== undefined);
      const [first, ...others] = names.map((name) => `${name}{${matchers}}`);
      return first === undefined || others.length < less.length ? [] : [figure(first, others)];
    })
    .join(' or ');
}

/** A figure on the samples of each run, of whichever of the charges it has. */
function ofCharges({ metrics, matchers }: Selection, figure: (charge: string) => string): string {
  const names = new Set(needArithmetic.map(({ charge }) => metrics[charge]).filter((name) => name !== undefined));
  return [...names].map((name) => figure(`${name}{${matchers}}`)).join(' or ');
}
