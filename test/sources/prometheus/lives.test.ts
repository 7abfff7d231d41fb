import { describe, expect, it } from 'vitest';
import type { Series } from '../../../src/sources/prometheus/api.js';
import { livesOf, risesOf, stepsOf } from '../../../src/sources/prometheus/lives.js';

function series(name: string, labels: Readonly<Record<string, string>>, samples: readonly (readonly [number, number])[]): Series {
  return {
    labels: { __name__: name, ...labels },
    atSeconds: samples.map(([at]) => at),
    values: samples.map(([, value]) => value),
  };
}

describe('livesOf', () => {
  it('makes one life of each cgroup, the metrics of a scrape side by side', () => {
    const { lives, scrapers } = livesOf([
      series('container_memory_rss', { id: '/b' }, [[100, 3]]),
      series('container_memory_rss', { id: '/a' }, [
        [10, 1],
        [40, 2],
      ]),
      series('container_memory_cache', { id: '/a' }, [[40, 7]]),
      series('container_memory_kernel_usage', { id: '/a' }, [
        [10, 0],
        [40, 0],
      ]),
    ]);
    expect(lives).toEqual([
      { cgroup: '/a', atSeconds: [10, 40], columns: { rssBytes: [1, 2], cacheBytes: [null, 7] } },
      { cgroup: '/b', atSeconds: [100], columns: { rssBytes: [3] } },
    ]);
    expect(scrapers).toBe(1);
  });

  it('takes of two scrapers the one with most samples, whole', () => {
    const { lives, scrapers } = livesOf([
      series('container_memory_rss', { id: '/a', replica: '0' }, [[10, 1]]),
      series('container_memory_rss', { id: '/a', replica: '1' }, [
        [11, 1],
        [41, 2],
      ]),
      series('container_memory_cache', { id: '/a', replica: '0' }, [[10, 9]]),
    ]);
    expect(lives.map(({ atSeconds, columns }) => [atSeconds, columns])).toEqual([[[11, 41], { rssBytes: [1, 2] }]]);
    expect(scrapers).toBe(2);
  });

  it('takes recording rules where the raw series are gone, and not beside them', () => {
    const rule = series('node_namespace_pod_container:container_memory_rss', { id: '/a' }, [[10, 5]]);
    expect(livesOf([rule]).lives).toEqual([{ atSeconds: [10], columns: { rssBytes: [5] } }]);
    const both = livesOf([rule, series('container_memory_rss', { id: '/a' }, [[10, 6]])]);
    expect(both.lives.map(({ cgroup }) => cgroup)).toEqual(['/a']);
  });

  it('begins a new life with a new start time where the cgroup is not among the labels', () => {
    const { lives } = livesOf([
      series('container_memory_rss', {}, [
        [10, 1],
        [40, 2],
        [70, 1],
        [100, 2],
      ]),
      series('container_start_time_seconds', {}, [
        [10, 5],
        [40, 5],
        [70, 65],
        [100, 65],
      ]),
    ]);
    expect(lives.map(({ startedAtSeconds, atSeconds }) => [startedAtSeconds, atSeconds])).toEqual([
      [5, [10, 40]],
      [65, [70, 100]],
    ]);
  });
});

describe('steps and counters', () => {
  it('keep the changes of a limit, and know what is none', () => {
    const limit = series('container_spec_memory_limit_bytes', {}, [
      [1, 0],
      [2, 512],
      [3, 512],
      [4, 1024],
      [5, 2 ** 63 - 4096],
    ]);
    expect(stepsOf([limit])).toEqual([
      { atSeconds: 2, bytes: 512 },
      { atSeconds: 4, bytes: 1024 },
    ]);
  });

  it('count a counter that was reset from 0, and not what it began with', () => {
    const counter = series('container_oom_events_total', {}, [
      [10, 7],
      [20, 7],
      [30, 9],
      [40, 1],
      [50, 1],
    ]);
    expect(risesOf(counter)).toEqual([
      { atSeconds: 30, withinSeconds: 10, by: 2 },
      { atSeconds: 40, withinSeconds: 10, by: 1 },
    ]);
    expect(risesOf(undefined)).toEqual([]);
  });
});
