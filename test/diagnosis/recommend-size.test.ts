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

  it('takes the pod that needed most, and the highest rss between two samples', () => {
    const low = withoutKills(timelineOf(quiet, usual));
    const [life] = low.lives;
    if (life === undefined) throw new Error('no life');
    const peaks = life.atSeconds.map((_, index) => (index === 7 ? 300 * MIB : 200 * MIB));
    const high = { ...low, lives: [{ ...life, columns: { ...life.columns, rssPeakBytes: peaks } }] };
    const size = sized(low, high);
    expect(size.peakBytes).toBe(310 * MIB);
    expect(size.limit.bytes).toBe(368 * MIB);
    expect(size.request.bytes).toBe(256 * MIB);
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
