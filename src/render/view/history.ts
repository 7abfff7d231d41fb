import { needOf } from '../../accounting/index.js';
import { bytes, type Growth, type Message, nested, seconds, type Timeline } from '../../model/index.js';
import { say } from './words.js';

/** A timeline thinned to the columns of a chart, each the highest sample of its span; `null` before the first sample. */
export interface ChartColumns {
  readonly bytes: readonly (number | null)[];
  readonly columnSeconds: number;
  /** The column of the kill. */
  readonly killColumn?: number;
}

/** The samples of all runs up to shortly after the kill, in so many columns; undefined with fewer than two moments. */
export function chartColumns(timeline: Timeline, growth: Growth, width: number): ChartColumns | undefined {
  const samples = timeline.lives.flatMap((life) => {
    const need = needOf(life);
    return need === undefined ? [] : need.atSeconds.map((at, index) => ({ at, size: need.bytes[index] ?? 0 }));
  });
  const kill = growth.killedAtSeconds;
  const shown = kill === undefined ? samples : samples.filter(({ at }) => at <= kill);
  const from = Math.min(...shown.map(({ at }) => at));
  const to = kill ?? Math.max(...shown.map(({ at }) => at));
  if (shown.length < 2 || to <= from) return undefined;
  const columnSeconds = (to - from) / width;
  const highest = new Array<number | null>(width).fill(null);
  for (const { at, size } of shown) {
    const column = Math.min(width - 1, Math.floor((at - from) / columnSeconds));
    highest[column] = Math.max(highest[column] ?? 0, size);
  }
  // Between two samples the last one stands.
  for (let column = 1; column < width; column += 1) highest[column] ??= highest[column - 1] ?? null;
  return { bytes: highest, columnSeconds, ...(kill === undefined ? {} : { killColumn: width - 1 }) };
}

/** What was sampled: whose memory, how often, in how many runs. */
export function windowMessage(timeline: Timeline, growth: Growth): Message {
  const { namespace, pod, container, resolutionSeconds } = timeline;
  const name = [namespace, pod, container].filter((part) => part !== undefined).join('/');
  return say('history.window', {
    container: name === '' ? timeline.source : name,
    count: growth.samples,
    lives: growth.lives,
    resolution: resolutionSeconds === undefined ? nested(say('unknown')) : seconds(resolutionSeconds),
  });
}

/** What the chart's lines are. */
export function legendMessage(growth: Growth, columnSeconds: number): Message {
  const params = { chart: nested(say('history.chart.need')), length: seconds(columnSeconds) };
  return growth.limitBytes === undefined
    ? say('history.chart.legend-no-limit', params)
    : say('history.chart.legend', { ...params, limit: nested(say('history.chart.limit', { limit: bytes(growth.limitBytes) })) });
}
