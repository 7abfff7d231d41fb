import type { TopicEntry } from '../entry.js';
import { cgroupV1, cgroupV2, memcontrol, thp, vmstat } from '../sources.js';

/** Event counters of memory.stat: they only grow, and tell how hard reclaim worked. */
export const pageEvents: readonly TopicEntry[] = [
  {
    term: 'pgscan',
    aliases: ['pgscan_kswapd', 'pgscan_direct', 'pgscan_khugepaged', 'pgscan_proactive'],
    unit: 'page-count',
    en: {
      short: 'Pages that reclaim looked at.',
      long: [
        'Compare it with pgsteal: many scanned and few stolen means that what is left cannot be reclaimed.',
        'The suffix says who scanned: kswapd in the background, direct in the thread that needed memory, khugepaged for huge pages, proactive on request through memory.reclaim.',
      ],
    },
    'zh-CN': {
      short: '回收时查看过的页数。',
      long: [
        '请与 pgsteal 对比：扫描很多而回收很少，说明剩下的内存回收不了。',
        '后缀说明谁在扫描：kswapd 是后台，direct 是需要内存的线程自己，khugepaged 为了大页，proactive 是通过 memory.reclaim 的主动请求。',
      ],
    },
    seeAlso: ['pgsteal', 'pgrefill', 'reclaim', 'kswapd'],
    sources: [cgroupV2, vmstat],
  },
  {
    term: 'pgsteal',
    aliases: ['pgsteal_kswapd', 'pgsteal_direct', 'pgsteal_khugepaged', 'pgsteal_proactive'],
    unit: 'page-count',
    en: {
      short: 'Pages that reclaim got back.',
      long: ['A value near pgscan means that reclaim was easy, as with clean cache.', 'The suffixes are those of pgscan.'],
    },
    'zh-CN': {
      short: '回收成功的页数。',
      long: ['接近 pgscan 说明回收很容易，例如都是干净缓存。', '后缀的含义与 pgscan 相同。'],
    },
    seeAlso: ['pgscan', 'reclaim'],
    sources: [cgroupV2, vmstat],
  },
  {
    term: 'pgrefill',
    aliases: [],
    unit: 'page-count',
    en: {
      short: 'Pages of the active lists that reclaim looked at to find some to demote.',
      long: ['It grows when the inactive lists run short.', 'By itself it is no sign of trouble.'],
    },
    'zh-CN': {
      short: '为了降级而在活跃链表上查看过的页数。',
      long: ['不活跃链表不够用时它会增长。', '单看它并不能说明有问题。'],
    },
    seeAlso: ['pgscan', 'pgactivate', 'LRU'],
    sources: [cgroupV2],
  },
  {
    term: 'pgactivate',
    aliases: ['pgdeactivate'],
    unit: 'page-count',
    en: {
      short: 'Pages moved to the active lists; pgdeactivate counts the way back.',
      long: [
        'Pages move up when they are used again, and down when room on the inactive lists is wanted.',
        'Both growing fast means that the cgroup keeps recycling pages that are in use.',
      ],
    },
    'zh-CN': {
      short: '移入活跃链表的页数；pgdeactivate 是反方向的页数。',
      long: ['页再次被使用时上移，不活跃链表需要补充时下移。', '两者都快速增长，说明 cgroup 反复倒腾正在用的页。'],
    },
    seeAlso: ['LRU', 'pgrefill'],
    sources: [cgroupV2],
  },
  {
    term: 'pglazyfree',
    aliases: ['pglazyfreed', 'MADV_FREE'],
    unit: 'page-count',
    en: {
      short: 'Pages a program marked as free to take with MADV_FREE; pglazyfreed counts those taken.',
      long: [
        'Until they are taken they still count in the RSS of the process, so a Go or jemalloc heap may look larger than it is.',
        'Under pressure they go first and without swap.',
      ],
    },
    'zh-CN': {
      short: '程序用 MADV_FREE 标记为可收回的页数；pglazyfreed 是实际收回的页数。',
      long: ['收回之前它们仍算在进程的 RSS 里，所以 Go 或 jemalloc 的堆可能看起来偏大。', '有压力时它们最先被收回，不需要交换。'],
    },
    seeAlso: ['anon', 'RSS', 'reclaim'],
    sources: [cgroupV2],
  },
  {
    term: 'pgfault',
    aliases: ['page fault', 'page faults', '缺页'],
    unit: 'count',
    en: {
      short: 'Times a process touched an address that had no page mapped yet.',
      long: [
        'Most are cheap: the first touch of fresh memory, or a file page already in the cache.',
        'The metric container_memory_failures_total counts these, and has nothing to do with OOM kills.',
      ],
    },
    'zh-CN': {
      short: '进程访问尚未映射页的地址的次数。',
      long: [
        '多数代价很小：首次访问新内存，或文件页已在缓存中。',
        '指标 container_memory_failures_total 统计的就是它，与 OOM 无关。',
      ],
    },
    seeAlso: ['pgmajfault'],
    sources: [cgroupV2],
  },
  {
    term: 'pgmajfault',
    aliases: ['major page fault', 'major fault', '主缺页'],
    unit: 'count',
    en: {
      short: 'Page faults that had to wait for a disk.',
      long: [
        'A burst of them before a kill means that program code and data were thrown out of the cache and read again: the cgroup was thrashing.',
        'A program that has just started causes some as well.',
      ],
    },
    'zh-CN': {
      short: '必须等待磁盘的缺页次数。',
      long: ['被杀前激增，说明程序代码和数据被挤出缓存又重新读入：cgroup 在颠簸。', '刚启动的程序也会产生一些。'],
    },
    seeAlso: ['pgfault', 'workingset_refault_file', 'PSI'],
    sources: [cgroupV2],
  },
  {
    term: 'pgpgin',
    aliases: ['pgpgout'],
    unit: 'count',
    en: {
      short: 'In a v1 cgroup, how often a page was charged; pgpgout, how often one was uncharged.',
      long: [
        'Despite the name these are no disk reads and writes.',
        'The same names in /proc/vmstat do count disk traffic, in kB.',
      ],
    },
    'zh-CN': {
      short: '在 v1 cgroup 中，pgpgin 是页被计费的次数，pgpgout 是取消计费的次数。',
      long: ['虽然叫这个名字，它们并不是磁盘读写。', '/proc/vmstat 里的同名项才统计磁盘流量，单位 kB。'],
    },
    seeAlso: ['charged', 'cgroup v1'],
    sources: [cgroupV1],
  },
  {
    term: 'pswpin',
    aliases: ['pswpout', 'swpin_zero', 'swpout_zero'],
    unit: 'page-count',
    en: {
      short: 'Pages read from swap (pswpin) and written to it (pswpout).',
      long: [
        'Both rising together is swap thrashing.',
        'swpin_zero and swpout_zero count pages full of zeros, for which no disk was needed.',
      ],
    },
    'zh-CN': {
      short: '从交换读入（pswpin）和写到交换（pswpout）的页数。',
      long: ['两者一起上升就是交换颠簸。', 'swpin_zero 与 swpout_zero 统计全零页，它们不需要磁盘读写。'],
    },
    seeAlso: ['swap', 'zswpin'],
    sources: [cgroupV2, memcontrol],
  },
  {
    term: 'zswpin',
    aliases: ['zswpout', 'zswpwb', 'zswap_incomp'],
    unit: 'page-count',
    en: {
      short: 'Pages brought back from zswap (zswpin), put into it (zswpout), or moved on to the swap device (zswpwb).',
      long: [
        'They show swapping that never reached a disk.',
        'zswap_incomp is the number of pages stored as they are because they do not compress.',
      ],
    },
    'zh-CN': {
      short: '从 zswap 取回（zswpin）、放入 zswap（zswpout）或再移到交换设备（zswpwb）的页数。',
      long: ['它们反映没有到达磁盘的交换。', 'zswap_incomp 是因无法压缩而原样保存的页数。'],
    },
    seeAlso: ['zswap', 'pswpin'],
    sources: [cgroupV2, memcontrol],
  },
  {
    term: 'thp_fault_alloc',
    aliases: ['thp_collapse_alloc'],
    unit: 'huge-page-count',
    en: {
      short: 'Huge pages given out on first touch (thp_fault_alloc) or made by merging small ones (thp_collapse_alloc).',
      long: [
        'They tell whether THP is at work in the cgroup at all.',
        'Each stands for 2 MiB on x86-64, not for one small page.',
      ],
    },
    'zh-CN': {
      short: '首次访问时分配的大页数（thp_fault_alloc），或由小页合并成的大页数（thp_collapse_alloc）。',
      long: ['它们说明 THP 在这个 cgroup 里是否起作用。', '在 x86-64 上每个代表 2 MiB，而不是一个小页。'],
    },
    seeAlso: ['THP', 'anon_thp'],
    sources: [cgroupV2, thp],
  },
  {
    term: 'thp_swpout',
    aliases: ['thp_swpout_fallback'],
    unit: 'huge-page-count',
    en: {
      short: 'Huge pages swapped out whole; thp_swpout_fallback counts those that had to be split first.',
      long: ['A fallback happens when swap has no contiguous room left.', 'Neither number explains an OOM on its own.'],
    },
    'zh-CN': {
      short: '整页换出的大页数；thp_swpout_fallback 是先拆分才能换出的大页数。',
      long: ['交换中没有连续空间时就会拆分。', '单凭这两个数都不能解释 OOM。'],
    },
    seeAlso: ['THP', 'swap'],
    sources: [cgroupV2, thp],
  },
  {
    term: 'pgdemote_kswapd',
    aliases: ['pgdemote_direct', 'pgdemote_khugepaged', 'pgdemote_proactive', 'pgpromote_success'],
    unit: 'page-count',
    en: {
      short: 'Pages moved to slower memory (pgdemote_*) or back to fast memory (pgpromote_success).',
      long: [
        'They are 0 on machines without tiered memory such as CXL.',
        'Demoted pages stay charged, so demotion does not help against a cgroup limit.',
      ],
    },
    'zh-CN': {
      short: '移到慢速内存（pgdemote_*）或移回快速内存（pgpromote_success）的页数。',
      long: ['没有 CXL 之类分层内存的机器上它们为 0。', '降级的页仍然计费，所以对 cgroup 上限没有帮助。'],
    },
    seeAlso: ['reclaim', 'NUMA node'],
    sources: [cgroupV2],
  },
  {
    term: 'numa_pages_migrated',
    aliases: ['numa_pte_updates', 'numa_hint_faults'],
    unit: 'page-count',
    en: {
      short: 'Work of NUMA balancing, which moves pages near the CPU that uses them.',
      long: [
        'numa_pte_updates counts mappings marked for watching, numa_hint_faults the touches noticed, numa_pages_migrated the pages moved.',
        'They matter for speed, not for an OOM.',
      ],
    },
    'zh-CN': {
      short: 'NUMA 均衡的工作量，它把页移到使用它的 CPU 附近。',
      long: [
        'numa_pte_updates 是标记观察的映射数，numa_hint_faults 是察觉到的访问数，numa_pages_migrated 是移动的页数。',
        '它们关系到速度，与 OOM 无关。',
      ],
    },
    seeAlso: ['NUMA node'],
    sources: [cgroupV2, vmstat],
  },
];
