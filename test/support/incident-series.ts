import type { ContainerLife, Timeline, TimelineColumn, TimelineEnd } from '../../src/model/index.js';

export const MIB = 2 ** 20;

/** A generator of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What fills a container at a moment, in bytes. */
export interface Moment {
  readonly anon: number;
  readonly file?: number;
  readonly shmem?: number;
  readonly kernel?: number;
}

/** A run of a container with a known cause: what it holds so many seconds after its start. */
export interface Scenario {
  readonly limitBytes: number;
  /** The runs before the kill's own, and that one, each with its length in seconds. */
  readonly runs: readonly { readonly seconds: number; readonly at: (second: number, share: number) => Moment }[];
  readonly reason?: string;
}

const LIMIT = 512 * MIB;
const base: Moment = { anon: 60 * MIB, file: 40 * MIB, shmem: 2 * MIB, kernel: 8 * MIB };

function anon(size: number, file = 40 * MIB): Moment {
  return { ...base, anon: size, file };
}

const room = LIMIT - 12 * MIB;

/** Incidents of known cause. */
export const scenarios = {
  leak: {
    limitBytes: LIMIT,
    runs: [7200, 7200].map((length) => ({
      seconds: length,
      at: (_: number, share: number) => anon(60 * MIB + share * (room - 65 * MIB), 4 * MIB),
    })),
  },
  'shmem-leak': {
    limitBytes: LIMIT,
    runs: [{ seconds: 7200, at: (_: number, share: number) => ({ ...base, shmem: 2 * MIB + share * 430 * MIB, file: 4 * MIB }) }],
  },
  spike: {
    limitBytes: LIMIT,
    runs: [
      {
        seconds: 7200,
        at: (_: number, share: number) => anon(share > 0.993 ? room - 20 * MIB : 90 * MIB, share > 0.993 ? 4 * MIB : 40 * MIB),
      },
    ],
  },
  'spike-unseen': { limitBytes: LIMIT, runs: [{ seconds: 7200, at: () => anon(90 * MIB) }] },
  sawtooth: {
    limitBytes: LIMIT,
    runs: [{ seconds: 7200, at: (second: number) => anon(120 * MIB + ((second % 900) / 900) * (room - 135 * MIB), 4 * MIB) }],
  },
  'flat-at-limit': { limitBytes: LIMIT, runs: [{ seconds: 7200, at: () => anon(room - 15 * MIB, 4 * MIB) }] },
  'cache-bound': {
    limitBytes: LIMIT,
    runs: [{ seconds: 7200, at: (_: number, share: number) => anon(60 * MIB, Math.min(1, share * 5) * (room - 62 * MIB)) }],
  },
  'start-up-kill': {
    limitBytes: LIMIT,
    runs: Array.from({ length: 4 }, () => ({
      seconds: 40,
      at: (_: number, share: number) => anon(share * (room - 10 * MIB), MIB),
    })),
  },
} as const satisfies Readonly<Record<string, Scenario>>;

/** Wait of a crash loop between two runs. */
const BACK_OFF_SECONDS = 60;

export interface Sampling {
  readonly endSeconds: number;
  readonly stepSeconds: number;
  /** Of each size, in both directions. */
  readonly noise?: number;
  /** Share of samples that are missing. */
  readonly missing?: number;
  readonly seed?: number;
  readonly columns?: readonly TimelineColumn[];
}

/** One sample of a run, as cAdvisor would have it on cgroup v2. */
export interface Sample {
  readonly run: number;
  readonly startedAtSeconds: number;
  readonly atSeconds: number;
  readonly sizes: Readonly<
    Record<'usageBytes' | 'rssBytes' | 'cacheBytes' | 'activeFileBytes' | 'inactiveFileBytes' | 'workingSetBytes', number>
  >;
}

/** The samples of a scenario that ends at a moment, and the ends of its runs. */
export function sampled(
  { runs, limitBytes }: Scenario,
  { endSeconds, stepSeconds, noise = 0, missing = 0, seed = 1 }: Sampling,
): { samples: Sample[]; ends: number[] } {
  const next = random(seed);
  const total = runs.reduce((sum, { seconds }) => sum + seconds, 0) + BACK_OFF_SECONDS * (runs.length - 1);
  const samples: Sample[] = [];
  const ends: number[] = [];
  let start = endSeconds - total;
  runs.forEach(({ seconds, at }, run) => {
    const first = Math.ceil(start / stepSeconds) * stepSeconds;
    for (let moment = first; moment < start + seconds; moment += stepSeconds) {
      if (next() < missing) continue;
      const { anon: held, file = 0, shmem = 0, kernel = 0 } = at(moment - start, (moment - start) / seconds);
      const rssBytes = Math.round(held * (1 + noise * (2 * next() - 1)));
      const inactiveFileBytes = Math.round(file * 0.6);
      const activeFileBytes = Math.round(file * 0.4);
      const usageBytes = Math.min(
        limitBytes,
        rssBytes + Math.round(shmem) + Math.round(kernel) + inactiveFileBytes + activeFileBytes,
      );
      const cacheBytes = inactiveFileBytes + activeFileBytes + Math.round(shmem);
      samples.push({
        run,
        startedAtSeconds: start,
        atSeconds: moment,
        sizes: {
          usageBytes,
          rssBytes,
          cacheBytes,
          activeFileBytes,
          inactiveFileBytes,
          workingSetBytes: usageBytes - inactiveFileBytes,
        },
      });
    }
    ends.push(start + seconds);
    start += seconds + BACK_OFF_SECONDS;
  });
  return { samples, ends };
}

/** The scenario as a timeline, without a server between. */
export function timelineOf(scenario: Scenario, sampling: Sampling): Timeline {
  const { samples, ends } = sampled(scenario, sampling);
  const keep =
    sampling.columns ??
    (['usageBytes', 'rssBytes', 'cacheBytes', 'activeFileBytes', 'inactiveFileBytes', 'workingSetBytes'] as const);
  const lives = scenario.runs.flatMap((_, run): ContainerLife[] => {
    const own = samples.filter((sample) => sample.run === run);
    const [first] = own;
    if (first === undefined) return [];
    return [
      {
        cgroup: `/kubepods/run-${run}`,
        startedAtSeconds: first.startedAtSeconds,
        atSeconds: own.map(({ atSeconds }) => atSeconds),
        columns: Object.fromEntries(
          keep.map((column) => [column, own.map(({ sizes }) => sizes[column as keyof Sample['sizes']])]),
        ),
      },
    ];
  });
  return {
    source: 'http://metrics',
    fromSeconds: sampling.endSeconds - 86_400,
    toSeconds: sampling.endSeconds,
    resolutionSeconds: sampling.stepSeconds,
    lives,
    limits: [{ atSeconds: sampling.endSeconds - 86_400, bytes: scenario.limitBytes }],
    requests: [],
    ends: ends.map(
      (atSeconds): TimelineEnd => ({
        atSeconds,
        how: 'reported',
        kind: 'terminated',
        reason: scenario.reason ?? 'OOMKilled',
        exitCode: 137,
      }),
    ),
    notes: [],
  };
}
