import {
  isBelow,
  isWholeList,
  type MemcgStats,
  type OomReport,
  type Provenance,
  type StatEntry,
  whereRead,
} from '../model/index.js';

/** A statistic with the lines it came from. */
export interface Statistic {
  readonly bytes: number;
  readonly from: readonly Provenance[];
}

/** The statistics of the cgroup at its limit with everything below it. */
export interface Statistics {
  /** The first of the keys that was printed. v1 prints `total_cache` beside `cache`; only the former includes descendants. */
  readonly get: (...keys: readonly string[]) => Statistic | undefined;
  /** No line was lost that says what the charge is made of: what is in none of them is of a kind that the kernel does not print. */
  readonly isWhole: boolean;
}

/**
 * The statistics that cover the cgroup whose limit was hit; undefined when there are none, or when they cover only a part:
 * kernels before 5.3 print every cgroup of the subtree without its descendants, so a text that lost the victim's own line
 * proves nothing about the whole. Source: mem_cgroup_print_oom_info(), mm/memcontrol.c, 4.19 and 5.3.
 */
export function statistics(report: OomReport): Statistics | undefined {
  const printed = report.memcgStats.filter((stats) => Object.keys(stats.entries).length > 0);
  const first = printed[0];
  if (first === undefined) return undefined;
  if (first.format === 'multi-line') return { get: reader([first], report.source), isWhole: isWholeList(first) };
  const taskPath = report.taskMemcg?.path;
  const coversTask = taskPath === undefined || printed.some((stats) => stats.path === taskPath || stats.path === '');
  if (!coversTask && first.path !== taskPath && isBelow(taskPath ?? '', first.path)) return undefined;
  return { get: reader(printed, report.source), isWhole: printed.every(isWholeList) };
}

/**
 * Reads a key as the sum over the printed cgroups; total_* already is one, and beside it the plain key, which leaves out the
 * descendants, is no substitute for one that was lost.
 */
function reader(printed: readonly MemcgStats[], source: string): Statistics['get'] {
  const hasTotals = printed.some(({ entries }) => Object.keys(entries).some((key) => key.startsWith('total_')));
  return (...keys) => {
    const serving =
      hasTotals && keys.some((key) => key.startsWith('total_')) ? keys.filter((key) => key.startsWith('total_')) : keys;
    for (const key of serving) {
      const entries = printed.map((stats) => stats.entries[key]).filter((entry): entry is StatEntry => entry !== undefined);
      if (entries.length === 0) continue;
      return {
        bytes: entries.reduce((sum, entry) => sum + entry.value, 0),
        from: entries.slice(0, 3).map((entry) => whereRead(source, entry)),
      };
    }
    return undefined;
  };
}
