import type { ContainerLife, NeedBasis, TimelineColumn } from '../model/index.js';

/** Sizes over time: seconds since 1970, rising, and bytes, one for each. */
export interface Curve {
  readonly atSeconds: readonly number[];
  readonly bytes: readonly number[];
}

/** What a container needed over time, and what that figure is made of. */
export interface Need extends Curve {
  readonly basis: NeedBasis;
}

type Arithmetic = {
  readonly basis: NeedBasis;
  readonly columns: readonly TimelineColumn[];
  readonly sum: (values: readonly number[]) => number;
};

/**
 * The charge is anon + file + shmem + kernel memory. Both lists of file pages are file without shmem, whose pages are on the anon
 * lists (mm/workingset.c and shmem_add_to_page_cache(), 6.18); cAdvisor's cache is file with shmem. Mapped or dirty file pages
 * count as reclaimable here: they are once they are unmapped or written.
 */
const ARITHMETIC: readonly Arithmetic[] = [
  {
    basis: 'charge-less-file',
    columns: ['usageBytes', 'activeFileBytes', 'inactiveFileBytes'],
    sum: ([usage = 0, active = 0, inactive = 0]) => usage - active - inactive,
  },
  { basis: 'charge-less-cache', columns: ['usageBytes', 'cacheBytes'], sum: ([usage = 0, cache = 0]) => usage - cache },
  { basis: 'rss', columns: ['rssBytes'], sum: ([rss = 0]) => rss },
  { basis: 'working-set', columns: ['workingSetBytes'], sum: ([workingSet = 0]) => workingSet },
];

/** What could not be reclaimed in a life, by the best arithmetic its columns allow; undefined when they allow none. */
export function needOf(life: ContainerLife): Need | undefined {
  for (const { basis, columns, sum } of ARITHMETIC) {
    const curve = combine(life, columns, (values) => Math.max(0, sum(values)));
    if (curve.bytes.length > 0) return { basis, ...curve };
  }
  return undefined;
}

/** One column, without the moments that do not tell. */
export function curveOf(life: ContainerLife, column: TimelineColumn): Curve {
  return combine(life, [column], ([value = 0]) => value);
}

/** shmem: what the cache has beside both lists of file pages. Pages that are mlocked are on neither and count here too. */
export function shmemOf(life: ContainerLife): Curve {
  return combine(life, ['cacheBytes', 'activeFileBytes', 'inactiveFileBytes'], ([cache = 0, active = 0, inactive = 0]) =>
    Math.max(0, cache - active - inactive),
  );
}

/** Kernel memory: what the charge has beside anon and the cache. */
export function kernelOf(life: ContainerLife): Curve {
  return combine(life, ['usageBytes', 'rssBytes', 'cacheBytes'], ([usage = 0, rss = 0, cache = 0]) =>
    Math.max(0, usage - rss - cache),
  );
}

/** Dirty pages and pages under writeback. */
export function pendingOf(life: ContainerLife): Curve {
  return combine(life, ['dirtyBytes', 'writebackBytes'], ([dirty = 0, writeback = 0]) => dirty + writeback);
}

/** A figure made of columns, at the moments that tell them all. */
function combine(
  { atSeconds, columns }: ContainerLife,
  names: readonly TimelineColumn[],
  figure: (values: readonly number[]) => number,
): Curve {
  const chosen = names.map((name) => columns[name]);
  const moments: number[] = [];
  const bytes: number[] = [];
  if (chosen.some((column) => column === undefined)) return { atSeconds: moments, bytes };
  atSeconds.forEach((at, index) => {
    const values = chosen.map((column) => column?.[index]);
    if (!values.every((value): value is number => typeof value === 'number')) return;
    moments.push(at);
    bytes.push(figure(values));
  });
  return { atSeconds: moments, bytes };
}
