import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeGrowth } from '../../src/diagnosis/growth/judge.js';
import type { Timeline, TimelineEnd } from '../../src/model/index.js';
import { MIB, random, type Scenario, scenarios, timelineOf } from '../support/incident-series.js';

const END = 1_780_000_000;
const usual = { endSeconds: END, stepSeconds: 30 };

const patterns: readonly (readonly [name: keyof typeof scenarios, pattern: string, least: number])[] = [
  ['leak', 'leak', 0.85],
  ['shmem-leak', 'leak', 0.8],
  ['spike', 'spike', 0.8],
  ['spike-unseen', 'spike', 0.5],
  ['sawtooth', 'sawtooth', 0.8],
  ['flat-at-limit', 'flat-at-limit', 0.8],
  ['cache-bound', 'cache-bound', 0.75],
  ['start-up-kill', 'start-up-kill', 0.75],
];

describe('judgeGrowth', () => {
  it.each(patterns)('finds %s', (name, pattern, least) => {
    const growth = judgeGrowth(timelineOf(scenarios[name], usual));
    expect(growth).toMatchObject({ pattern, limitBytes: 512 * MIB, killedAtSeconds: END });
    expect(growth.confidence).toBeGreaterThanOrEqual(least);
    expect(growth.because.length).toBeGreaterThan(0);
    expect(growth.because.every(({ from }) => from[0]?.source === 'http://metrics')).toBe(true);
  });

  // A run of 40 s may lose its only sample.
  it.each(patterns.filter(([name]) => name !== 'start-up-kill'))(
    'finds %s in noise and gaps, whatever the seed',
    (name, pattern) => {
      for (let seed = 1; seed <= 20; seed += 1) {
        const growth = judgeGrowth(timelineOf(scenarios[name], { ...usual, noise: 0.03, missing: 0.2, seed }));
        expect([seed, growth.pattern]).toEqual([seed, pattern]);
      }
    },
  );

  it('tells what a leak consists of', () => {
    expect(judgeGrowth(timelineOf(scenarios.leak, usual)).growing).toBe('anon');
    const shmem = judgeGrowth(timelineOf(scenarios['shmem-leak'], usual));
    expect(shmem.growing).toBe('shmem');
    expect(shmem.shmemBytes).toBeGreaterThan(300 * MIB);
  });

  it('counts the earlier runs that grew alike', () => {
    const keys = judgeGrowth(timelineOf(scenarios.leak, usual)).because.map(({ statement }) => statement.key);
    expect(keys).toContain('history.leak.lives');
    const steady: Scenario = { ...scenarios.leak, runs: [...scenarios['spike-unseen'].runs, ...scenarios.leak.runs.slice(1)] };
    const mixed = judgeGrowth(timelineOf(steady, usual));
    expect(mixed.against.map(({ statement }) => statement.key)).toContain('history.leak.other-lives');
    expect(mixed.confidence).toBeLessThan(judgeGrowth(timelineOf(scenarios.leak, usual)).confidence);
  });

  it('finds a leak below a sawtooth', () => {
    const scenario: Scenario = {
      limitBytes: 512 * MIB,
      runs: [
        { seconds: 7200, at: (second, share) => ({ anon: 60 * MIB + share * 200 * MIB + ((second % 600) / 600) * 220 * MIB }) },
      ],
    };
    expect(judgeGrowth(timelineOf(scenario, usual))).toMatchObject({
      pattern: 'leak',
      title: { key: 'history.leak.title-sawtooth' },
    });
  });

  it('calls no warm-up a leak', () => {
    const scenario: Scenario = {
      limitBytes: 512 * MIB,
      runs: [{ seconds: 7200, at: (second) => ({ anon: 60 * MIB + 200 * MIB * (1 - Math.exp(-second / 600)) }) }],
    };
    expect(judgeGrowth(timelineOf(scenario, usual)).pattern).not.toBe('leak');
  });

  it('does not blame growth that was far from the limit', () => {
    const scenario: Scenario = {
      limitBytes: 512 * MIB,
      runs: [{ seconds: 7200, at: (_, share) => ({ anon: 60 * MIB + share * 130 * MIB }) }],
    };
    const growth = judgeGrowth(timelineOf(scenario, usual));
    expect(growth.pattern).toBe('leak');
    expect(growth.confidence).toBeLessThan(0.5);
    expect(growth.against.map(({ statement }) => statement.key)).toContain('history.leak.far-from-limit');
  });

  it('says that the rise was not seen, and not what it was', () => {
    const growth = judgeGrowth(timelineOf(scenarios['spike-unseen'], usual));
    expect(growth.title.key).toBe('history.spike.title-unseen');
    expect(growth.growing).toBeUndefined();
    expect(growth.confidence).toBeLessThan(0.6);
  });

  it('is less sure of few samples, and gives no judgement on fewer', () => {
    const few = judgeGrowth(timelineOf(scenarios.leak, { ...usual, stepSeconds: 600 }));
    expect(few.samples).toBeLessThan(20);
    expect(few.confidence).toBeLessThanOrEqual(0.6);
    const fewer = judgeGrowth(timelineOf(scenarios.leak, { ...usual, stepSeconds: 1200 }));
    expect(fewer).toMatchObject({ pattern: 'insufficient', because: [{ statement: { key: 'history.insufficient.few' } }] });
  });

  it('is not sure when the last sample was long before the kill', () => {
    const timeline = timelineOf(scenarios.leak, usual);
    const late = judgeGrowth({ ...timeline, ends: [] }, END + 3600);
    expect(late.confidence).toBeLessThanOrEqual(0.5);
    expect(late.against.map(({ statement }) => statement.key)).toContain('history.against.unseen');
  });

  it('says which figures were missing', () => {
    const keys = (columns: Parameters<typeof timelineOf>[1]['columns']) =>
      judgeGrowth(timelineOf(scenarios.leak, { ...usual, ...(columns === undefined ? {} : { columns }) }));
    expect(keys(['usageBytes', 'cacheBytes']).basis).toBe('charge-less-cache');
    const rss = keys(['rssBytes']);
    expect(rss.basis).toBe('rss');
    expect(rss.against.map(({ statement }) => statement.key)).toContain('history.against.basis.rss');
    expect(keys([])).toMatchObject({ pattern: 'insufficient', samples: 0 });
  });

  it('counts earlier runs that ended at their start, and no others', () => {
    const again = (scenario: Scenario): unknown =>
      judgeGrowth(timelineOf(scenario, { ...usual, stepSeconds: 10 })).because.find(
        ({ statement }) => statement.key === 'history.start-up-kill.again',
      )?.statement.params.count?.value;
    expect(again(scenarios['start-up-kill'])).toBe(3);
    const [short] = scenarios['start-up-kill'].runs;
    if (short === undefined) throw new Error('no run');
    expect(again({ ...scenarios['start-up-kill'], runs: [short, { ...short, seconds: 240 }, short] })).toBe(1);
  });

  it('does not take the run before for one that was killed before it was sampled', () => {
    const timeline = timelineOf(scenarios.leak, usual);
    const growth = judgeGrowth({
      ...timeline,
      ends: [...timeline.ends, { ...timeline.ends[0], atSeconds: END + 90 } as TimelineEnd],
    });
    expect(growth).toMatchObject({ pattern: 'insufficient', killedAtSeconds: END + 90 });
  });

  it('takes no end of another reason for a kill', () => {
    const timeline = timelineOf({ ...scenarios.leak, reason: 'Completed' }, usual);
    expect(judgeGrowth(timeline).killedAtSeconds).toBeUndefined();
  });

  it('never calls noise growth', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 0.2, noNaN: true }),
        fc.integer({ min: 8, max: 400 }),
        (seed, noise, count) => {
          const next = random(seed);
          const timeline = timelineWith(Array.from({ length: count }, () => 250 * MIB * (1 + noise * (2 * next() - 1))));
          const { pattern, confidence } = judgeGrowth(timeline);
          expect(pattern === 'leak' && confidence >= 0.5).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('judges alike whatever the hour and the size of the container', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...patterns.map(([name]) => name)),
        fc.integer({ min: 0, max: 1e6 }),
        fc.integer({ min: 1, max: 64 }),
        (name, later, times) => {
          const first = timelineOf(scenarios[name], usual);
          const moved = timelineOf(scenarios[name], { ...usual, endSeconds: END + later * 30 });
          const a = judgeGrowth(first);
          expect(judgeGrowth(moved)).toMatchObject({ pattern: a.pattern, confidence: a.confidence });
          expect(judgeGrowth(scaled(first, times))).toMatchObject({ pattern: a.pattern, confidence: a.confidence });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('never throws, and is never sure of nonsense', () => {
    const sizes = fc.array(fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1e15, noNaN: true })), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, fc.option(fc.integer({ min: -1000, max: 3000 }), { nil: undefined }), (column, kill) => {
        const { confidence, because } = judgeGrowth(timelineWith(column), kill === undefined ? undefined : END + kill);
        expect(confidence).toBeGreaterThanOrEqual(0);
        expect(confidence).toBeLessThanOrEqual(1);
        expect(because.length).toBeGreaterThan(0);
      }),
    );
  });
});

function timelineWith(rss: readonly (number | null)[]): Timeline {
  const start = END - rss.length * 30;
  const life = {
    cgroup: '/x',
    startedAtSeconds: start - 86_400,
    atSeconds: rss.map((_, index) => start + index * 30),
    columns: { rssBytes: rss },
  };
  return { ...timelineOf(scenarios['spike-unseen'], usual), lives: [life] };
}

function scaled(timeline: Timeline, times: number): Timeline {
  const grown = (sizes: readonly (number | null)[] | undefined) =>
    sizes?.map((size) => (size === null ? null : size * times)) ?? [];
  return {
    ...timeline,
    limits: timeline.limits.map((step) => ({ ...step, bytes: step.bytes * times })),
    lives: timeline.lives.map((life) => ({
      ...life,
      columns: Object.fromEntries(Object.entries(life.columns).map(([name, sizes]) => [name, grown(sizes)])),
    })),
  };
}
