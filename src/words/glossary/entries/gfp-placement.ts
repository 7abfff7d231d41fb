import type { TopicEntry } from '../entry.js';
import { cgroupV1, gfpTypes, memcontrol } from '../sources.js';

/** Single flags of gfp_mask that say where the page goes, what it is for and how it is prepared. */
export const gfpPlacement: readonly TopicEntry[] = [
  {
    term: '__GFP_HIGHMEM',
    aliases: [],
    en: {
      short: 'The page may come from high memory, where there is any.',
      long: ['On 64-bit machines there is none, so the flag changes nothing.', 'All memory for processes has it.'],
    },
    'zh-CN': {
      short: '页可以来自高端内存（如果有的话）。',
      long: ['64 位机器上没有高端内存，所以这个标志没有作用。', '给进程用的内存都带有它。'],
    },
    seeAlso: ['ZONE_HIGHMEM', 'GFP_HIGHUSER'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_MOVABLE',
    aliases: [],
    en: {
      short: 'The page can be moved later or reclaimed, so it may be placed in the Movable zone.',
      long: [
        'Process memory and page cache have it, kernel memory does not.',
        'A lack of it explains why free memory in the Movable zone was of no use.',
      ],
    },
    'zh-CN': {
      short: '这个页以后可以移动或回收，因此可以放在 Movable zone。',
      long: ['进程内存和页缓存带有它，内核内存没有。', '没有它，Movable zone 里的空闲内存就用不上。'],
    },
    seeAlso: ['ZONE_MOVABLE', 'migrate type', 'GFP_HIGHUSER_MOVABLE'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_RECLAIMABLE',
    aliases: [],
    en: {
      short: 'A slab page whose objects can be freed under pressure.',
      long: ['Inodes and directory entries are allocated with it.', 'Such pages are kept together to limit fragmentation.'],
    },
    'zh-CN': {
      short: '对象在有压力时可以释放的 slab 页。',
      long: ['inode 和目录项用它分配。', '这类页放在一起，以减少碎片。'],
    },
    seeAlso: ['slab_reclaimable', 'migrate type'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_HARDWALL',
    aliases: [],
    en: {
      short: "The page must come from the NUMA nodes of the process's own cpuset.",
      long: ['Memory for processes has it.', "Without it the kernel may use a parent's nodes in need."],
    },
    'zh-CN': {
      short: '页必须来自进程自己的 cpuset 所允许的 NUMA 节点。',
      long: ['给进程用的内存带有它。', '没有它时，内核必要时可以用父级的节点。'],
    },
    seeAlso: ['cpuset', 'mems_allowed', 'GFP_USER'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_THISNODE',
    aliases: [],
    en: {
      short: 'The page must come from one given NUMA node.',
      long: [
        'If that node is empty the request fails or kills, whatever the others have.',
        'It is used for memory that must be near its CPU.',
      ],
    },
    'zh-CN': {
      short: '页必须来自指定的那个 NUMA 节点。',
      long: ['该节点空了就失败或引发 OOM，不管其他节点有多少。', '用于必须靠近 CPU 的内存。'],
    },
    seeAlso: ['NUMA node', 'nodemask'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_WRITE',
    aliases: [],
    en: {
      short: 'The page is about to be written to: page cache of a file being written.',
      long: [
        'As the mask of an invoker at a cgroup limit it points to a program writing files faster than they drain.',
        'The kernel also uses it to spread dirty pages over the zones.',
      ],
    },
    'zh-CN': {
      short: '这个页马上要被写入：正在写的文件的页缓存。',
      long: ['触发者在 cgroup 上限处带有它，说明程序写文件的速度超过了落盘的速度。', '内核还用它把脏页分散到各 zone。'],
    },
    seeAlso: ['GFP_NOFS', 'dirty', 'page cache'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_ACCOUNT',
    aliases: [],
    en: {
      short: 'The kernel memory is charged to the cgroup of the process.',
      long: [
        'Without it kernel memory counts for nobody but the node.',
        'Process memory and page cache are charged without the flag.',
      ],
    },
    'zh-CN': {
      short: '这份内核内存计入进程所在的 cgroup。',
      long: ['没有它，内核内存只算在节点头上。', '进程内存和页缓存无需此标志也会计费。'],
    },
    seeAlso: ['GFP_KERNEL_ACCOUNT', 'kernel', 'charged'],
    sources: [gfpTypes, cgroupV1, memcontrol],
  },
  {
    term: '__GFP_ZERO',
    aliases: [],
    en: {
      short: 'The page must be filled with zeros.',
      long: [
        'Fresh heap and stack of a process need that, so old data of others does not leak.',
        'With GFP_HIGHUSER_MOVABLE it marks new process memory.',
      ],
    },
    'zh-CN': {
      short: '页必须填零。',
      long: ['进程新的堆和栈需要如此，以免泄露他人的旧数据。', '与 GFP_HIGHUSER_MOVABLE 一起出现时，就是新的进程内存。'],
    },
    seeAlso: ['GFP_HIGHUSER_MOVABLE', 'anon'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_COMP',
    aliases: [],
    en: {
      short: 'Several pages are to be treated as one unit.',
      long: [
        'Huge pages, large folios of the page cache and large slabs use it.',
        'Newer kernels set it for nearly all process memory.',
      ],
    },
    'zh-CN': {
      short: '把若干页当作一个整体。',
      long: ['大页、页缓存的大 folio 和大的 slab 使用它。', '较新的内核对几乎所有进程内存都设置它。'],
    },
    seeAlso: ['order', 'THP'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_SKIP_ZERO',
    aliases: ['__GFP_ZEROTAGS', '__GFP_SKIP_KASAN', '__GFP_SKIP_KASAN_POISON', '__GFP_SKIP_KASAN_UNPOISON'],
    en: {
      short: 'Details of how memory tags and the KASAN checker treat the page.',
      long: ['They matter on arm64 machines with memory tagging and on debug kernels.', 'None of them has a part in an OOM.'],
    },
    'zh-CN': {
      short: '内存标签和 KASAN 检查器如何处理该页的细节。',
      long: ['只在带内存标签的 arm64 机器和调试内核上有意义。', '它们都与 OOM 无关。'],
    },
    seeAlso: ['gfp_mask'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_NO_OBJ_EXT',
    aliases: [],
    en: {
      short: 'The slab page gets no table that says which cgroup owns each object (6.10).',
      long: ['The kernel sets it when it allocates such a table, to avoid going round in circles.', 'It has no part in an OOM.'],
    },
    'zh-CN': {
      short: '该 slab 页不附带记录各对象属于哪个 cgroup 的表（6.10）。',
      long: ['内核在分配这种表时设置它，以免无限循环。', '它与 OOM 无关。'],
    },
    seeAlso: ['slab', 'gfp_mask'],
    sources: ['Linux 6.12 include/linux/gfp_types.h'],
  },
];
