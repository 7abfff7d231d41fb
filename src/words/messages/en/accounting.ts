/** How derived numbers of the accounting were got. */
export const accounting = {
  'accounting.anon-with-swap-cache': 'anon {anon} plus {swapcached} of swap cache that is no longer mapped',
  'accounting.anon-from-tasks':
    'no statistics: the resident memory of {count|task|tasks} stands in, mapped files and shared memory included',
  'accounting.anon-from-tasks-capped':
    'no statistics: {rss} resident in {count|task|tasks} is more than was charged: pages shared or charged elsewhere are in it too',
  'accounting.shmem-from-lru': 'this kernel does not print shmem: anon LRU lists less rss',
  'accounting.file-less-shmem': 'page cache {cache} less shmem {shmem}',
  'accounting.kernel-from-parts': 'sum of the parts printed',
  'accounting.unexplained-rest': 'charged less the lines above',
  'accounting.unexplained-no-counter': 'the charge is not printed, so nothing can be left over',
  'accounting.node-anon': 'anon LRU lists less shmem',
  'accounting.node-file': 'file LRU lists',
  'accounting.node-unexplained': 'RAM less free and the lines above: hugetlb pools, drivers, per-CPU and locked memory',
} as const;
