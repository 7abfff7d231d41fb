import { describe, expect, it } from 'vitest';
import { filtered, timelineOf } from '../../web/list/filter.js';
import type { IncidentSummary } from '../../web/worker/protocol.js';

function summary(index: number, more: Partial<IncidentSummary> = {}): IncidentSummary {
  const text = { key: 'value', params: {} };
  return {
    index,
    group: index,
    source: 'kernel.log',
    scope: 'memcg',
    time: text,
    victim: text,
    limitOf: text,
    cause: 'anon-memory',
    confidence: 0.9,
    words: 'java\nshop',
    ...more,
  };
}

const indexes = (list: readonly IncidentSummary[]): number[] => list.map(({ index }) => index);

describe('the filter of incidents', () => {
  const all = [
    summary(0, { atMilliseconds: 1000 }),
    summary(1, { group: 0, atMilliseconds: 2000 }),
    summary(2, { cause: 'tmpfs', atMilliseconds: 3000 }),
    summary(3, { scope: 'node', words: 'mysqld' }),
  ];

  it('shows one of each story, or all of them', () => {
    expect(indexes(filtered(all, { search: '', grouped: true }))).toEqual([0, 2, 3]);
    expect(indexes(filtered(all, { search: '', grouped: false }))).toEqual([0, 1, 2, 3]);
  });

  it('goes by cause, scope and words', () => {
    expect(indexes(filtered(all, { search: '', grouped: false, cause: 'tmpfs' }))).toEqual([2]);
    expect(indexes(filtered(all, { search: '', grouped: false, scope: 'node' }))).toEqual([3]);
    expect(indexes(filtered(all, { search: ' MySQL ', grouped: false }))).toEqual([3]);
  });

  it('leaves out what is not in the stretch of time, or has no time', () => {
    expect(indexes(filtered(all, { search: '', grouped: false, from: 1500, to: 3000 }))).toEqual([1, 2]);
  });
});

describe('the timeline of incidents', () => {
  it('counts them in equal stretches, the last moment included', () => {
    const all = [0, 0, 500, 1000].map((at, index) => summary(index, { atMilliseconds: at }));
    expect(timelineOf(all, 2)).toEqual({
      axis: 'wall-clock',
      bins: [
        { from: 0, to: 500, count: 2 },
        { from: 500, to: 1000, count: 2 },
      ],
    });
  });

  it('goes by the time since boot of one log without dates, and not of several', () => {
    const one = [summary(0, { uptimeSeconds: 1 }), summary(1, { uptimeSeconds: 9 })];
    expect(timelineOf(one, 4)?.axis).toBe('uptime');
    expect(timelineOf([...one, summary(2, { uptimeSeconds: 5, source: 'another.log' })], 4)).toBeUndefined();
  });

  it('is left out when there is one moment only', () => {
    expect(timelineOf([summary(0, { atMilliseconds: 5 }), summary(1, { atMilliseconds: 5 })], 4)).toBeUndefined();
  });
});
