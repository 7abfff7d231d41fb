import { describe, expect, it } from 'vitest';
import { recommendSize } from '../../src/diagnosis/sizing/recommend-size.js';
import type { ContainerSize, Timeline } from '../../src/model/index.js';
import { MIB, type Scenario, scenarios, timelineOf } from '../support/incident-series.js';

const END = 1_780_000_000;
const WEEK = 7 * 86_400;
const usual = { endSeconds: END, stepSeconds: 300 };
const choice = { percentile: 0.99, margin: 0.15, stepSeconds: 300 };

/** A week without a kill: 200 MiB anon, 8 MiB kernel, 2 MiB shmem, and cache up to the limit. */
const quiet: Scenario = {
  limitBytes: 512 * MIB,
  runs: [{ seconds: WEEK, at: () => ({ anon: 200 * MIB, file: 300 * MIB, shmem: 2 * MIB, kernel: 8 * MIB }) }],
};

function withoutKills(timeline: Timeline): Timeline {
  return { ...timeline, ends: [] };
}

function sized(...timelines: Timeline[]): ContainerSize {
  const size = recommendSize('app', timelines, choice);
  if ('why' in size) throw new Error(size.why.key);
  return size;
}

function keys({ doubts }: ContainerSize): string[] {
  return doubts.map(({ key }) => key);
}

describe('recommendSize', () => {
  it('counts what cannot be reclaimed, and no page cache', () => {
    const week = withoutKills(timelineOf(quiet, usual));
    const size = sized(week, week);
    expect(size).toMatchObject({
      basis: 'charge-less-file',
      peakBytes: 210 * MIB,
      percentileBytes: 210 * MIB,
      kills: 0,
      pods: 2,
      confidence: 'high',
    });
    expect(size.request).toMatchObject({ from: 'percentile', bytes: 256 * MIB });
    expect(size.limit).toMatchObject({ from: 'peak', seenBytes: 210 * MIB, bytes: 256 * MIB });
    expect(size.currentLimitBytes).toBe(512 * MIB);
    expect(size.doubts).toEqual([]);
  });

  it('takes the pod that needed most, and the highest between two samples', () => {
    const low = withoutKills(timelineOf(quiet, usual));
    const [life] = low.lives;
    if (life === undefined) throw new Error('no life');
    const bytes = life.atSeconds.map((_, index) => (index === 7 ? 310 * MIB : 210 * MIB));
    const high: Timeline = { ...low, peaks: { how: 'samples', stretchSeconds: 300, atSeconds: life.atSeconds, bytes } };
    const size = sized(low, high);
    expect(size.peakBytes).toBe(310 * MIB);
    expect(size.limit.bytes).toBe(368 * MIB);
    expect(size.request.bytes).toBe(256 * MIB);
  });

  /** A week with a peak of 410 MiB, and the samples around it, one a minute. */
  function peaked(highSamples: number): Timeline {
    const week = withoutKills(timelineOf(quiet, usual));
    const [life] = week.lives;
    if (life === undefined) throw new Error('no life');
    const bytes = life.atSeconds.map((_, index) => (index === 1000 ? 410 * MIB : 210 * MIB));
    const atSeconds = Array.from({ length: 30 }, (_, index) => (life.atSeconds[1000] ?? 0) - 1200 + index * 60);
    const isHigh = (index: number): boolean => index >= 10 && index < 10 + highSamples;
    return {
      ...week,
      heldSamples: 10_080,
      peaks: { how: 'samples', stretchSeconds: 300, atSeconds: life.atSeconds, bytes },
      closeUp: [
        {
          atSeconds,
          columns: {
            usageBytes: atSeconds.map((_, index) => (isHigh(index) ? 610 * MIB - (index % 2) * 20 * MIB : 410 * MIB)),
            activeFileBytes: atSeconds.map(() => 100 * MIB),
            inactiveFileBytes: atSeconds.map(() => 100 * MIB),
          },
        },
      ],
    };
  }

  it('is less sure of a peak above all usual samples, and gives one that few samples show a larger margin', () => {
    const many = sized(peaked(12));
    expect(many).toMatchObject({ confidence: 'medium', heldSamples: 10_080, scrapeSeconds: 60, peakFrom: 'samples' });
    expect(many.limit).toMatchObject({ seenBytes: 410 * MIB, factor: 1.15 });
    expect(keys(many)).toEqual(['size.doubt.rare', 'size.doubt.one-pod']);
    for (const count of [1, 2, 3]) {
      const few = sized(peaked(count));
      expect(few).toMatchObject({
        confidence: 'medium',
        limit: { seenBytes: 410 * MIB, factor: 1.3 },
        request: { factor: 1.15 },
      });
      expect(few.doubts[1]).toMatchObject({ key: 'size.doubt.few-samples', params: { count: { value: count } } });
    }
    // A peak that is no higher than what is usual is no spike.
    const { peaks: _, closeUp = [], ...flat } = peaked(0);
    expect(sized({ ...flat, closeUp })).toMatchObject({ confidence: 'high', limit: { factor: 1.15 } });
  });

  it('takes bounds where the peaks are not known, and says why', () => {
    const week = withoutKills(timelineOf(quiet, usual));
    const why = { key: 'size.peaks.too-many', params: {} };
    const atSeconds = [END - 600, END - 300];
    const bounded: Timeline = {
      ...week,
      peaks: { how: 'bounds', why, stretchSeconds: 300, atSeconds, bytes: [215, 220].map((size) => size * MIB) },
    };
    const size = sized(bounded);
    expect(size).toMatchObject({ peakFrom: 'bounds', peakBytes: 220 * MIB, confidence: 'medium' });
    expect(keys(size)).toContain('size.doubt.bounds');
  });

  it('counts a pod that came and went between two steps', () => {
    const week = withoutKills(timelineOf(quiet, usual));
    const peaks = { how: 'samples', stretchSeconds: 300, atSeconds: [END - 300], bytes: [500 * MIB] } as const;
    expect(sized(week, { ...week, lives: [], peaks }).peakBytes).toBe(500 * MIB);
  });

  it('counts a kill as a need that was cut off', () => {
    const week: Scenario = {
      ...scenarios['flat-at-limit'],
      runs: [{ ...scenarios['flat-at-limit'].runs[0], seconds: WEEK } as Scenario['runs'][number]],
    };
    const size = sized(timelineOf(week, usual));
    expect(size.limit).toMatchObject({ from: 'kill', seenBytes: 512 * MIB, addedBytes: Math.round(512 * MIB * 1.2 - 512 * MIB) });
    expect(size.limit.bytes).toBeGreaterThanOrEqual(512 * MIB * 1.2);
    expect(size.confidence).toBe('medium');
    expect(keys(size)).toContain('size.doubt.kills');
  });

  it('says that a larger limit is no cure for a leak or for page cache', () => {
    const leak: Scenario = { ...scenarios.leak, runs: scenarios.leak.runs.map((run) => ({ ...run, seconds: WEEK / 2 })) };
    expect(sized(timelineOf(leak, usual))).toMatchObject({ growth: 'leak', confidence: 'low' });
    expect(keys(sized(timelineOf(leak, usual)))).toContain('size.doubt.leak');
    const cache: Scenario = {
      ...scenarios['cache-bound'],
      runs: scenarios['cache-bound'].runs.map((run) => ({ ...run, seconds: WEEK })),
    };
    const size = sized(timelineOf(cache, usual));
    expect(size.confidence).toBe('low');
    expect(keys(size)).toContain('size.doubt.far-below');
  });

  it('refuses without enough history, and on a working set alone', () => {
    const hour = timelineOf(scenarios.sawtooth, usual);
    expect(recommendSize('app', [hour], choice)).toMatchObject({ container: 'app', why: { key: 'size.refused.too-short' } });
    expect(recommendSize('app', [], choice)).toMatchObject({ why: { key: 'size.refused.too-short' } });
    const working = timelineOf(quiet, { ...usual, columns: ['workingSetBytes'] });
    expect(recommendSize('app', [working], choice)).toMatchObject({ why: { key: 'size.refused.working-set' } });
  });

  it('is less sure of less history and of fewer figures', () => {
    const day: Scenario = { ...quiet, runs: quiet.runs.map((run) => ({ ...run, seconds: 86_400 * 2 })) };
    expect(sized(withoutKills(timelineOf(day, usual))).confidence).toBe('medium');
    const rss = sized(withoutKills(timelineOf(quiet, { ...usual, columns: ['rssBytes'] })));
    expect(rss).toMatchObject({ basis: 'rss', confidence: 'low' });
    expect(keys(rss)).toContain('size.doubt.basis.rss');
  });

  it('never requests more than the limit', () => {
    for (const margin of [0, 0.15, 1]) {
      for (const percentile of [0.5, 0.99, 1]) {
        const size = recommendSize('app', [timelineOf(quiet, usual)], { ...choice, margin, percentile });
        if ('why' in size) throw new Error(size.why.key);
        expect(size.request.bytes).toBeLessThanOrEqual(size.limit.bytes);
      }
    }
  });
});
