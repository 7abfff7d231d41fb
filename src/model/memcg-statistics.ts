import type { MemcgStats } from './oom-report.js';

/**
 * What the kernel prints of a memory cgroup at its limit, to tell a whole list from one that lost lines. Kernels print different
 * keys, and vendors backport them, so the keys that are there tell which others belong to them. The events at the end of a list
 * are cut off by the kernel itself (a record holds a kilobyte, kernel/printk/printk.c) and are not asked for.
 */

/** `Memory cgroup stats for /a: cache:… rss:…`, before 5.3. Source: mem_cgroup_print_oom_info(), mm/memcontrol.c, 3.10 to 4.19. */
const ONE_LINE = ['cache', 'rss', 'inactive_anon', 'active_anon', 'inactive_file', 'active_file', 'unevictable'] as const;

/** cgroup v1 since 6.5: each key once for the cgroup and once, as total_*, with its descendants. Source: memcg1_stat_format(). */
const HIERARCHICAL = [
  'total_cache',
  'total_rss',
  'total_shmem',
  'total_mapped_file',
  'total_dirty',
  'total_writeback',
  'total_inactive_anon',
  'total_active_anon',
  'total_inactive_file',
  'total_active_file',
  'total_unevictable',
] as const;

/** The keys of memory.stat in every kernel since 5.3. Source: memory_stat_format(), mm/memcontrol.c. */
const ALWAYS = [
  'anon',
  'file',
  'kernel_stack',
  'sock',
  'shmem',
  'file_mapped',
  'file_dirty',
  'file_writeback',
  'inactive_anon',
  'active_anon',
  'inactive_file',
  'active_file',
  'unevictable',
  'slab_reclaimable',
  'slab_unreclaimable',
] as const;

/** What later kernels added. Where one of the signs is printed, the kernel is new enough for the keys of its generation and all before. */
const GENERATIONS: readonly { readonly keys: readonly string[]; readonly signs: RegExp }[] = [
  // 5.9 (772616b, 170b04b)
  { keys: ['percpu'], signs: /^(?:percpu|workingset_(?:refault|activate|restore)_(?:anon|file))$/ },
  // 5.11 and 5.12 (f0c0c11, b603894)
  { keys: ['pagetables'], signs: /^(?:pagetables|file_thp|shmem_thp|swapcached)$/ },
  // 5.18 and later: the total of kernel memory, and what only such kernels have
  {
    keys: ['kernel', 'vmalloc'],
    signs: /^(?:kernel|vmalloc|sec_pagetables|zswap\w*|hugetlb|pg(?:scan|steal|demote)_\w+|swp\w+_zero)$/,
  },
];

/** Whether every line of the list is there that says what the charge is made of. */
export function isWholeList({ format, entries }: Pick<MemcgStats, 'format' | 'entries'>): boolean {
  const has = (key: string): boolean => entries[key] !== undefined;
  if (format === 'one-line') return ONE_LINE.every(has);
  const printed = Object.keys(entries);
  if (printed.some(isOfVersion1)) return HIERARCHICAL.every(has);
  const newest = GENERATIONS.findLastIndex(({ signs }) => printed.some((key) => signs.test(key)));
  const expected = GENERATIONS.slice(0, newest + 1).flatMap(({ keys }) => keys);
  return [...ALWAYS, ...expected].every(has);
}

/** cgroup v1 printed its own keys in lists since 6.5; until then it printed those of v2. */
function isOfVersion1(key: string): boolean {
  return key.startsWith('total_') || /^(?:cache|rss|rss_huge|mapped_file|dirty|writeback|hierarchical_\w+)$/.test(key);
}
