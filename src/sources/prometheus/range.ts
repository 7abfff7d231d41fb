import type { Message } from '../../model/index.js';
import type { PrometheusApi, QueryAnswer, Series } from './api.js';
import { PrometheusError } from './error.js';

export interface TimelineWindow {
  readonly fromSeconds: number;
  readonly toSeconds: number;
}

/** A range query that is too large for the server is halved so often. */
const HALVINGS = 6;

/**
 * A range query over a window of any length, asked in parts of so many steps, its last step at the window's end. A part that is too
 * large for the server is halved. Throws a PrometheusError.
 */
export async function readRange(
  api: PrometheusApi,
  expression: string,
  { fromSeconds, toSeconds }: TimelineWindow,
  stepSeconds: number,
  stepsAtOnce: number,
): Promise<QueryAnswer> {
  const parts: QueryAnswer[] = [];
  let steps = Math.max(1, Math.floor(stepsAtOnce));
  let halvings = 0;
  for (let end = toSeconds; end >= fromSeconds; ) {
    const start = Math.max(end - (steps - 1) * stepSeconds, end - Math.floor((end - fromSeconds) / stepSeconds) * stepSeconds);
    try {
      parts.unshift(await api.queryRange(expression, start, end, stepSeconds));
      end = start - stepSeconds;
    } catch (error) {
      const tooMuch = error instanceof PrometheusError && (error.code === 'too-many-samples' || error.code === 'too-large');
      if (!tooMuch || steps === 1 || halvings === HALVINGS) throw error;
      steps = Math.ceil(steps / 2);
      halvings += 1;
    }
  }
  return { series: joined(parts.flatMap(({ series }) => series)), notes: distinct(parts.flatMap(({ notes }) => notes)) };
}

/** Pieces of series put together, given in the order of time. A server that moves the ends of a range may give a moment twice. */
function joined(pieces: readonly Series[]): Series[] {
  const whole = new Map<string, { readonly labels: Series['labels']; readonly atSeconds: number[]; readonly values: number[] }>();
  for (const { labels, atSeconds, values } of pieces) {
    const key = JSON.stringify(Object.entries(labels).sort());
    const series = whole.get(key) ?? { labels, atSeconds: [], values: [] };
    whole.set(key, series);
    const last = series.atSeconds.at(-1) ?? Number.NEGATIVE_INFINITY;
    atSeconds.forEach((at, index) => {
      if (at <= last) return;
      series.atSeconds.push(at);
      series.values.push(values[index] ?? 0);
    });
  }
  return [...whole.values()];
}

/** Each note once. */
export function distinct(notes: readonly Message[]): Message[] {
  return [...new Map(notes.map((note) => [JSON.stringify(note), note])).values()];
}
