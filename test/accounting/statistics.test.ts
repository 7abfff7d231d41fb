import { describe, expect, it } from 'vitest';
import { isWholeList, type MemcgStats } from '../../src/model/index.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { logFixtures } from '../fixtures-of.js';

/** Lists that their readers cut, or that were cut by width. */
const CUT = ['022-bpf-constraint-616.txt', '086-talos-java-burstable-v2-cgroupfs-prefix.txt'] as const;

const lists = logFixtures().flatMap(({ name, bytes }) =>
  parseKernelLog(bytes, name).flatMap(({ memcgStats }) =>
    memcgStats.filter(({ entries }) => Object.keys(entries).length > 0).map((stats) => [name, stats] as const),
  ),
);

const lacking = (stats: MemcgStats, key: string): MemcgStats => ({
  ...stats,
  entries: Object.fromEntries(Object.entries(stats.entries).filter(([name]) => name !== key)),
});

/** Keys without which nobody knows what a charge is made of. */
const KINDS =
  /^(?:anon|file|kernel|kernel_stack|pagetables|percpu|sock|vmalloc|shmem|file_dirty|file_writeback|(?:in)?active_(?:anon|file)|unevictable|slab_(?:un)?reclaimable|total_(?:cache|rss|shmem|dirty|writeback|(?:in)?active_(?:anon|file)|unevictable))$/;
/** Events, of which the kernel prints as many as fit. */
const EVENTS = /^(?:pg|thp_|workingset_(?!refault)|numa_|psw|swp|zsw)/;

describe('a list of statistics', () => {
  it('is whole as the kernels print it, from 3.10 to 7.3', () => {
    const cut = new Set(lists.filter(([, stats]) => !isWholeList(stats)).map(([name]) => name));
    expect(lists.length).toBeGreaterThan(100);
    expect([...cut].sort()).toEqual([...CUT]);
  });

  it('is not without any of the lines that tell a kind of memory', () => {
    const tried = new Set<string>();
    for (const [name, stats] of lists) {
      if (!isWholeList(stats)) continue;
      // The plain keys of cgroup v1 leave out the descendants, and total_* are asked for instead.
      const keys = Object.keys(stats.entries).filter((key) => KINDS.test(key));
      const hasTotals = keys.some((key) => key.startsWith('total_'));
      for (const key of keys.filter((each) => !hasTotals || each.startsWith('total_'))) {
        if (stats.format === 'one-line' && /^(?:shmem)$/.test(key)) continue;
        tried.add(key);
        expect(isWholeList(lacking(stats, key)), `${name} without ${key}`).toBe(false);
      }
    }
    expect(tried.size).toBeGreaterThan(25);
  });

  it('is whole without the events at its end, which the kernel cuts off itself', () => {
    for (const [name, stats] of lists) {
      const keys = Object.keys(stats.entries).filter((key) => EVENTS.test(key));
      const short = keys.reduce(lacking, stats);
      if (stats.format === 'multi-line' && !CUT.some((cut) => cut === name)) expect(isWholeList(short), name).toBe(true);
    }
  });
});
