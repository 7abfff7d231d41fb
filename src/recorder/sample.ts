import { type CgroupMemory, SAMPLE_COLUMNS, type SampleColumn, type SampleSeries } from '../model/index.js';

/** One moment of a recording: a value for each column, null where the kernel did not tell. */
export interface Sample extends Readonly<Record<SampleColumn, number | null>> {
  readonly atSeconds: number;
}

/** The counters of a cgroup where a recording began: it counts from 0. */
export type CounterBase = Readonly<Record<'limitHits' | 'oomKills' | 'stalledSeconds', number>>;

export const NO_BASE: CounterBase = { limitHits: 0, oomKills: 0, stalledSeconds: 0 };

/** The columns of what a cgroup tells. */
export function sampleOf(memory: CgroupMemory, atSeconds: number, base: CounterBase): Sample {
  const { usage, counters, events, pressure } = memory;
  return {
    atSeconds,
    chargedBytes: counters.memory.usageBytes,
    anonBytes: usage.anonBytes ?? null,
    fileBytes: usage.file?.totalBytes ?? null,
    dirtyBytes: usage.file?.dirtyBytes ?? null,
    writebackBytes: usage.file?.writebackBytes ?? null,
    inactiveFileBytes: usage.file?.inactiveBytes ?? null,
    shmemBytes: usage.shmemBytes ?? null,
    kernelBytes: usage.kernel?.totalBytes ?? null,
    swapBytes: usage.swapBytes ?? null,
    limitHits: since(counters.memory.hits, base.limitHits),
    oomKills: since(events.oom_kill, base.oomKills),
    stalledSeconds: since(pressure?.some.totalSeconds, base.stalledSeconds),
  };
}

function since(counter: number | undefined, base: number): number | null {
  return counter === undefined ? null : counter - base;
}

/** Samples as columns. */
export function columnsOf(samples: readonly Sample[]): SampleSeries {
  const columns = SAMPLE_COLUMNS.map((name) => [name, samples.map((sample) => sample[name])] as const);
  return {
    atSeconds: samples.map(({ atSeconds }) => atSeconds),
    ...(Object.fromEntries(columns) as Record<SampleColumn, (number | null)[]>),
  };
}
