import { type ContainerLife, type NeedBasis, needArithmetic, type TimelineColumn } from '../model/index.js';

/** Sizes over time: seconds since 1970, rising, and bytes, one for each. */
export interface Curve {
  readonly atSeconds: readonly number[];
  readonly bytes: readonly number[];
}

/** What a container needed over time, and what that figure is made of. */
export interface Need extends Curve {
  readonly basis: NeedBasis;
}

/** What could not be reclaimed in a life, by the best arithmetic its columns allow; undefined when they allow none. */
export function needOf(life: ContainerLife): Need | undefined {
  for (const { basis, charge, less } of needArithmetic) {
    const curve = combine(life, [charge, ...less], ([charged = 0, ...reclaimable]) =>
      Math.max(
        0,
        reclaimable.reduce((rest, bytes) => rest - bytes, charged),
      ),
    );
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
