import type { TopicEntry } from '../entry.js';
import { cgroupV2, mmConcepts, multigenLru, pageAlloc, vmscan } from '../sources.js';

/** How the kernel takes memory back before it kills. */
export const reclaim: readonly TopicEntry[] = [
  {
    term: 'reclaim',
    aliases: ['direct reclaim', 'page reclaim', '回收', '直接回收'],
    en: {
      short: 'Taking memory back: dropping clean cache, writing out dirty cache, swapping, shrinking slab.',
      long: [
        'Direct reclaim is done by the very thread that needs the page, which then stalls; at a cgroup limit it is always this kind.',
        'The OOM killer runs only after reclaim has failed several times to free enough.',
        'It cannot touch process memory and tmpfs without swap, nor locked pages.',
      ],
    },
    'zh-CN': {
      short: '收回内存：丢弃干净缓存、写出脏缓存、换出、收缩 slab。',
      long: [
        '直接回收由需要内存的线程自己做，它会因此卡住；触及 cgroup 上限时总是这种回收。',
        '只有多次回收都腾不出足够的内存，OOM killer 才会出动。',
        '没有交换时它动不了进程内存和 tmpfs，也动不了锁定的页。',
      ],
    },
    seeAlso: ['kswapd', 'LRU', 'pgscan', 'pgsteal', 'OOM killer'],
    sources: [mmConcepts, vmscan],
  },
  {
    term: 'kswapd',
    aliases: ['kswapd0', 'background reclaim', '后台回收'],
    en: {
      short: "The kernel thread that reclaims in the background when a node's free memory is low.",
      long: [
        'It wakes at the low watermark of a zone and works until the high one is reached.',
        'It serves the whole node: a cgroup limit does not wake it.',
      ],
    },
    'zh-CN': {
      short: '节点空闲内存偏低时在后台回收的内核线程。',
      long: ['某个 zone 低于 low 水位时它被唤醒，一直干到 high 水位。', '它为整个节点服务：cgroup 的上限不会唤醒它。'],
    },
    seeAlso: ['low watermark', 'high watermark', 'reclaim'],
    sources: [mmConcepts, vmscan],
  },
  {
    term: 'LRU',
    aliases: ['LRU list', 'active list', 'inactive list', 'LRU 链表'],
    en: {
      short: 'Lists of pages by how recently they were used, from which reclaim picks.',
      long: [
        'There is a pair, active and inactive, for anonymous memory and for files, and a list of unevictable pages.',
        'Each cgroup has its own set on each NUMA node, so reclaim at its limit takes its own pages only.',
      ],
    },
    'zh-CN': {
      short: '按最近使用的先后排列的页链表，回收时从中挑选。',
      long: [
        '匿名内存和文件各有活跃与不活跃一对链表，另有一个不可回收页的链表。',
        '每个 cgroup 在每个 NUMA 节点上有自己的一套，所以触及它的上限时只回收它自己的页。',
      ],
    },
    seeAlso: ['MGLRU', 'active_file', 'active_anon', 'unevictable'],
    sources: [mmConcepts, vmscan],
  },
  {
    term: 'MGLRU',
    aliases: ['multi-gen LRU', 'lru_gen', '多代 LRU'],
    en: {
      short: 'The multi-generational LRU, a newer way to choose what to reclaim (6.1).',
      long: [
        'It sorts pages into generations instead of two lists; the reports still print active and inactive, derived from the generations.',
        'Some releases with it woke the disk flushers too late, so writers were killed with the cgroup full of dirty pages.',
        '/sys/kernel/mm/lru_gen/enabled shows whether it is on; writing n there returns to the older lists.',
      ],
    },
    'zh-CN': {
      short: '多代 LRU，较新的回收选择算法（6.1）。',
      long: [
        '它把页分成多代而不是两个链表；报告仍然打印 active 与 inactive，由各代换算而来。',
        '有些带它的版本唤醒刷盘线程太晚，cgroup 装满脏页，写入者因此被杀。',
        '/sys/kernel/mm/lru_gen/enabled 显示是否开启；写入 n 即退回旧的链表。',
      ],
    },
    seeAlso: ['LRU', 'dirty', 'known issue'],
    sources: [multigenLru, 'Linux commit 1bc542c6a0d1 (mm/vmscan: wake up flushers conditionally to avoid cgroup OOM)'],
  },
  {
    term: 'compaction',
    aliases: ['kcompactd', 'memory compaction', '内存规整'],
    en: {
      short: 'Moving pages together so that a large contiguous block becomes free.',
      long: [
        'It matters for allocations of an order above 0; a cgroup limit never needs it.',
        'Unmovable pages scattered over memory defeat it, which is what external fragmentation means.',
      ],
    },
    'zh-CN': {
      short: '把页搬到一起，腾出大块连续内存。',
      long: ['它只对 order 大于 0 的分配有意义；cgroup 的上限从不需要它。', '散布各处的不可移动页会使它失败，这就是外部碎片。'],
    },
    seeAlso: ['order', 'buddy allocator', 'fragmentation'],
    sources: [mmConcepts, pageAlloc],
  },
  {
    term: 'workingset_refault_file',
    aliases: ['workingset_refault_anon', 'workingset_refault', 'refault'],
    unit: 'page-count',
    en: {
      short: 'Pages that were reclaimed and soon had to be brought back.',
      long: [
        'A fast-growing count means thrashing: the limit is smaller than what the program keeps using.',
        'The suffix says whether file or anonymous pages came back; kernels before 5.9 have one number for both.',
      ],
    },
    'zh-CN': {
      short: '回收后不久又不得不取回的页数。',
      long: [
        '增长很快说明发生颠簸：上限比程序持续使用的内存小。',
        '后缀区分取回的是文件页还是匿名页；5.9 之前的内核合为一个数。',
      ],
    },
    seeAlso: ['workingset_activate_file', 'workingset_restore_file', 'pgmajfault', 'PSI'],
    sources: [cgroupV2],
  },
  {
    term: 'workingset_activate_file',
    aliases: ['workingset_activate_anon', 'workingset_activate'],
    unit: 'page-count',
    en: {
      short: 'Refaulted pages that went straight to the active list because they were clearly in use.',
      long: [
        'It is a share of the refaults, and the worse share: these pages should not have been reclaimed.',
        'A high count points to a limit too tight for the cache the program needs.',
      ],
    },
    'zh-CN': {
      short: '因为显然在用而直接进入活跃链表的再次取回页数。',
      long: ['它是 refault 中的一部分，而且是较糟的部分：这些页本不该被回收。', '数值高说明上限对程序所需的缓存来说太紧。'],
    },
    seeAlso: ['workingset_refault_file', 'active_file'],
    sources: [cgroupV2],
  },
  {
    term: 'workingset_restore_file',
    aliases: ['workingset_restore_anon', 'workingset_restore'],
    unit: 'page-count',
    en: {
      short: 'Refaulted pages that had been known as hot before they were reclaimed.',
      long: [
        'The kernel remembers that they were on the active list and gives the place back.',
        'Together with many refaults it is a sign of thrashing.',
      ],
    },
    'zh-CN': {
      short: '被回收前已知为热页、又再次取回的页数。',
      long: ['内核记得它们曾在活跃链表上，并恢复其位置。', '若同时有大量 refault，就是颠簸的迹象。'],
    },
    seeAlso: ['workingset_refault_file'],
    sources: [cgroupV2],
  },
  {
    term: 'workingset_nodereclaim',
    aliases: ['shadow node'],
    unit: 'count',
    en: {
      short: 'How often the kernel freed the notes it keeps about reclaimed pages.',
      long: [
        'Those notes (shadow nodes) are what refaults are recognised by.',
        'The number says nothing about the cause of an OOM.',
      ],
    },
    'zh-CN': {
      short: '内核释放“已回收页的记录”的次数。',
      long: ['这些记录（shadow node）用来识别 refault。', '这个数与 OOM 的原因无关。'],
    },
    seeAlso: ['workingset_refault_file'],
    sources: [cgroupV2],
  },
];
