import type { TopicEntry } from '../entry.js';
import { hugetlbDoc, physicalMemory, showMem, vmscan, vmstat } from '../sources.js';

/** The other numbers of Mem-Info; those shared with memory.stat are explained with the kinds of memory. */
export const memInfo: readonly TopicEntry[] = [
  {
    term: 'Mem-Info',
    aliases: ['show_mem', 'Mem-Info:'],
    en: {
      short: 'The block of a report that says where the memory of the whole node was.',
      long: [
        'Its first lines are pages of all nodes together; the lines that begin with "Node" are kB.',
        "Only reports of the whole node have it; a report of a cgroup has that cgroup's counters instead.",
      ],
    },
    'zh-CN': {
      short: '报告中说明整个节点的内存去向的一段。',
      long: [
        '开头几行是所有 NUMA 节点合计的页数；以 "Node" 开头的行以 kB 为单位。',
        '只有节点级的报告才有它；cgroup 的报告给的是该 cgroup 的计数器。',
      ],
    },
    seeAlso: ['free', 'zone', 'pages RAM', 'global_oom'],
    sources: [showMem],
  },
  {
    term: 'free',
    aliases: ['MemFree', 'free memory', '空闲内存'],
    unit: 'pages-or-kB',
    en: {
      short: 'Memory that nobody uses at the moment, page cache not included.',
      long: [
        'A healthy node keeps little of it, because page cache fills the rest.',
        'Compare it with min of the same zone, not with 0.',
      ],
    },
    'zh-CN': {
      short: '此刻无人使用的内存，不含页缓存。',
      long: ['健康的节点空闲内存也不多，因为其余都被页缓存占用。', '应与同一 zone 的 min 比较，而不是与 0 比较。'],
    },
    seeAlso: ['min watermark', 'free_pcp', 'free_cma', 'buddy allocator'],
    sources: [showMem],
  },
  {
    term: 'free_pcp',
    aliases: ['local_pcp', 'per-CPU pages', 'pcp'],
    unit: 'pages-or-kB',
    en: {
      short: 'Free pages kept in small stocks for each CPU; local_pcp is that of the CPU that reported.',
      long: [
        'They are not contained in free.',
        'Other CPUs cannot use them until they are drained, which the kernel does before it kills.',
      ],
    },
    'zh-CN': {
      short: '为每个 CPU 各留的少量空闲页；local_pcp 是打印报告的那个 CPU 的。',
      long: ['它们不包含在 free 之中。', '排空之前其他 CPU 用不到，内核在杀进程前会先排空。'],
    },
    seeAlso: ['free'],
    sources: [showMem],
  },
  {
    term: 'free_cma',
    aliases: ['CMA', 'pages cma reserved', 'cma reserved', 'CmaFree'],
    unit: 'pages-or-kB',
    en: {
      short: 'Free memory in the areas that devices may claim as one piece (CMA).',
      long: [
        'It is contained in free but can only be lent to movable pages.',
        'If nearly all free memory is CMA, kernel memory can run out all the same.',
        '"pages cma reserved" is the size of the areas.',
      ],
    },
    'zh-CN': {
      short: '设备可整块征用的区域（CMA）中的空闲内存。',
      long: [
        '它包含在 free 之中，但只能借给可移动的页。',
        '如果空闲内存几乎都是 CMA，内核内存照样会耗尽。',
        '"pages cma reserved" 是这些区域的大小。',
      ],
    },
    seeAlso: ['free', 'migrate type'],
    sources: [showMem],
  },
  {
    term: 'isolated',
    aliases: ['isolated_anon', 'isolated_file', 'isolated(anon)', 'isolated(file)'],
    unit: 'pages-or-kB',
    en: {
      short: 'Pages taken off the LRU lists for the moment, to be reclaimed or moved.',
      long: ['Normally there are few.', 'Very many mean that a great number of threads were reclaiming at once.'],
    },
    'zh-CN': {
      short: '暂时从 LRU 链表取下、正待回收或移动的页。',
      long: ['平时很少。', '数量很多说明有大量线程同时在回收。'],
    },
    seeAlso: ['LRU', 'reclaim', 'compaction'],
    sources: [showMem, vmscan],
  },
  {
    term: 'bounce',
    aliases: ['NR_BOUNCE', 'bounce buffers'],
    unit: 'pages-or-kB',
    en: {
      short: 'Copies of pages made for devices that cannot reach all of memory.',
      long: ['It is 0 on present 64-bit machines.', 'It was of use with high memory and old controllers.'],
    },
    'zh-CN': {
      short: '为不能访问全部内存的设备制作的页副本。',
      long: ['在如今的 64 位机器上为 0。', '它用于高端内存和老旧控制器。'],
    },
    seeAlso: ['ZONE_DMA', 'ZONE_HIGHMEM'],
    sources: [showMem],
  },
  {
    term: 'unstable',
    aliases: ['NFS_Unstable', 'NR_UNSTABLE_NFS'],
    unit: 'pages-or-kB',
    en: {
      short: 'In kernels before 5.8: pages sent to an NFS server and not yet confirmed as stored.',
      long: ['They cannot be dropped, just as dirty pages cannot.', 'Later kernels count them as writeback.'],
    },
    'zh-CN': {
      short: '5.8 之前的内核中，已发给 NFS 服务器但尚未确认落盘的页。',
      long: ['它们同脏页一样不能丢弃。', '后来的内核把它们算作回写。'],
    },
    seeAlso: ['writeback', 'writepending'],
    sources: ['Linux 5.7 mm/page_alloc.c', 'Linux commit 8d92890bd6b8 (mm/writeback: discard NR_UNSTABLE_NFS)'],
  },
  {
    term: 'writepending',
    aliases: ['NR_ZONE_WRITE_PENDING'],
    unit: 'kB',
    en: {
      short: 'Dirty and in-writeback pages of one zone together.',
      long: [
        'If it is a large share of the file pages there, reclaim had to wait for the disk.',
        'The same for the whole node is dirty plus writeback.',
      ],
    },
    'zh-CN': {
      short: '一个 zone 中脏页与正在回写的页之和。',
      long: ['如果占其中文件页的很大一部分，说明回收不得不等磁盘。', '整个节点的同类数值是 dirty 加 writeback。'],
    },
    seeAlso: ['dirty', 'writeback', 'zone'],
    sources: [showMem],
  },
  {
    term: 'writeback_tmp',
    aliases: [],
    unit: 'kB',
    en: {
      short: 'Temporary copies FUSE makes of pages it is writing.',
      long: [
        'They belong to file systems in user space, such as s3fs or sshfs.',
        'Newer kernels write without the copy, and the number stays 0.',
      ],
    },
    'zh-CN': {
      short: 'FUSE 写出页时制作的临时副本。',
      long: ['属于 s3fs、sshfs 之类的用户态文件系统。', '较新的内核不再复制，这个数一直为 0。'],
    },
    seeAlso: ['writeback'],
    sources: [showMem],
  },
  {
    term: 'kernel_misc_reclaimable',
    aliases: ['KReclaimable'],
    unit: 'pages-or-kB',
    en: {
      short: 'Kernel memory outside slab that can be freed under pressure.',
      long: ['Some drivers, mostly for graphics, keep pools of this kind.', 'It is usually 0.'],
    },
    'zh-CN': {
      short: 'slab 之外、有压力时可以释放的内核内存。',
      long: ['某些驱动（主要是图形驱动）有这种内存池。', '通常为 0。'],
    },
    seeAlso: ['slab_reclaimable'],
    sources: [showMem],
  },
  {
    term: 'shadow_call_stack',
    aliases: [],
    unit: 'kB',
    en: {
      short: 'Second stacks of threads on arm64, which guard return addresses.',
      long: [
        'They grow with the number of threads, as kernel_stack does.',
        'They are printed only where the kernel was built with them.',
      ],
    },
    'zh-CN': {
      short: 'arm64 上用来保护返回地址的线程第二栈。',
      long: ['它同 kernel_stack 一样随线程数增长。', '只有编译时启用了它的内核才会打印。'],
    },
    seeAlso: ['kernel_stack'],
    sources: [showMem],
  },
  {
    term: 'present',
    aliases: ['present pages'],
    unit: 'kB',
    en: {
      short: 'Physical memory in a zone, holes left out.',
      long: ['The sum over the zones is "pages RAM".', 'What the kernel took at boot is still in it; managed leaves that out.'],
    },
    'zh-CN': {
      short: 'zone 中的物理内存，不含空洞。',
      long: ['各 zone 之和就是 "pages RAM"。', '它仍包含内核启动时占用的部分；managed 不含。'],
    },
    seeAlso: ['managed', 'pages RAM'],
    sources: [physicalMemory, showMem],
  },
  {
    term: 'managed',
    aliases: ['managed pages'],
    unit: 'kB',
    en: {
      short: 'Memory of a zone that the kernel can hand out at all.',
      long: [
        'It is present less what was reserved at boot for the kernel itself, its page descriptors or a crash kernel.',
        "A node's MemTotal is the sum of this over its zones.",
      ],
    },
    'zh-CN': {
      short: 'zone 中内核能够分配出去的内存。',
      long: [
        '它等于 present 减去启动时为内核自身、页描述符或崩溃内核保留的部分。',
        '节点的 MemTotal 就是各 zone 的 managed 之和。',
      ],
    },
    seeAlso: ['present', 'pages reserved'],
    sources: [physicalMemory, showMem],
  },
  {
    term: 'all_unreclaimable',
    aliases: ['all_unreclaimable?'],
    en: {
      short: 'Whether the kernel has given up reclaiming on that node: yes or no.',
      long: [
        'Since 4.12 yes means that kswapd failed 16 times in a row to free anything.',
        'Then what is left is process memory without swap, locked pages or kernel memory.',
      ],
    },
    'zh-CN': {
      short: '内核是否已放弃在该节点上回收：yes 或 no。',
      long: [
        '自 4.12 起，yes 表示 kswapd 连续 16 次没有回收到任何内存。',
        '此时剩下的是没有交换的进程内存、锁定的页或内核内存。',
      ],
    },
    seeAlso: ['kswapd', 'reclaim', 'pages_scanned'],
    sources: [showMem, vmscan],
  },
  {
    term: 'pages_scanned',
    aliases: ['nr_scanned'],
    unit: 'count',
    en: {
      short: 'In kernels up to 4.11: pages of a zone or node looked at since something was last freed.',
      long: [
        'A value several times the size of the lists means that reclaim went round in vain.',
        'Newer kernels no longer print it.',
      ],
    },
    'zh-CN': {
      short: '4.11 及之前的内核中，自上次释放以来在 zone 或节点上扫描的页数。',
      long: ['是链表大小的数倍，说明回收在空转。', '较新的内核不再打印它。'],
    },
    seeAlso: ['all_unreclaimable', 'pgscan'],
    sources: ['Linux 4.4 mm/page_alloc.c'],
  },
  {
    term: 'pages RAM',
    aliases: ['MemTotal', 'total RAM'],
    unit: 'pages',
    en: {
      short: 'All memory of the machine that the report covers, in pages.',
      long: [
        'It is a little more than MemTotal, because it includes what was reserved at boot.',
        'With the kB of present it betrays the page size.',
      ],
    },
    'zh-CN': {
      short: '报告涉及的机器全部内存，以页计。',
      long: ['它比 MemTotal 略大，因为包含启动时保留的部分。', '与 present 的 kB 数对照可以推出页大小。'],
    },
    seeAlso: ['pages reserved', 'present', 'page size'],
    sources: [showMem],
  },
  {
    term: 'pages reserved',
    aliases: ['reserved'],
    unit: 'pages',
    en: {
      short: 'Pages that were never available: taken at boot by the kernel, its tables or a crash kernel.',
      long: ['It is the sum of present less managed.', 'Huge page pools are not in it, those have lines of their own.'],
    },
    'zh-CN': {
      short: '从未可用的页：启动时被内核、它的表或崩溃内核占去。',
      long: ['它等于 present 与 managed 之差的总和。', '大页池不在其中，它们另有几行。'],
    },
    seeAlso: ['pages RAM', 'managed', 'hugepages_total'],
    sources: [showMem],
  },
  {
    term: 'pages hwpoisoned',
    aliases: ['hwpoisoned', 'HardwareCorrupted'],
    unit: 'pages',
    en: {
      short: 'Pages taken out of use because the hardware reported memory errors.',
      long: ['Anything but 0 calls for a look at the memory modules.', 'The number is far too small to cause a shortage.'],
    },
    'zh-CN': {
      short: '因硬件报告内存错误而停用的页。',
      long: ['只要不为 0，就该检查内存条。', '数量通常很小，不足以造成内存不足。'],
    },
    seeAlso: ['pages RAM'],
    sources: [showMem],
  },
  {
    term: 'total pagecache pages',
    aliases: ['pagecache pages'],
    unit: 'pages',
    en: {
      short: 'All page cache of the node, with tmpfs and the swap cache in it.',
      long: [
        'If shmem is most of it, there was little cache to drop.',
        'It is a number for the whole node, never for one cgroup.',
      ],
    },
    'zh-CN': {
      short: '整个节点的页缓存，含 tmpfs 和交换缓存。',
      long: ['如果其中大部分是 shmem，就没有多少缓存可丢。', '它总是整个节点的数，从不针对某个 cgroup。'],
    },
    seeAlso: ['page cache', 'shmem', 'swapcached'],
    sources: [showMem],
  },
  {
    term: 'hugepages_total',
    aliases: ['hugepages_free', 'hugepages_surp', 'hugepages_size'],
    unit: 'huge-page-count',
    en: {
      short: 'The pool of hugetlb pages of one size on one node: total, free, surplus, and the size of one.',
      long: [
        'total × size is memory taken from everything else, whether used or not.',
        'surp counts pages made beyond the fixed pool.',
      ],
    },
    'zh-CN': {
      short: '某节点上某种大小的 hugetlb 页池：总数、空闲、超额和单页大小。',
      long: ['total × size 就是从其他用途中划走的内存，不论用没用。', 'surp 是固定池之外临时增加的页。'],
    },
    seeAlso: ['hugetlb'],
    sources: [hugetlbDoc, showMem],
  },
  {
    term: 'Free swap',
    aliases: ['Total swap', 'SwapFree', 'SwapTotal', 'Swap cache stats'],
    unit: 'kB',
    en: {
      short: 'How much swap the node had, and how much of it was left.',
      long: [
        'Total swap = 0kB means that process memory and tmpfs could not be reclaimed at all.',
        'Free swap near 0 with a large total means that swap was used up first.',
        '"Swap cache stats" counts pages put into and taken out of the swap cache since boot.',
        'The key total_swap in memory.stat of cgroup v1 is something else: the swap used by a cgroup and those below it.',
      ],
    },
    'zh-CN': {
      short: '节点有多少交换，还剩多少。',
      long: [
        'Total swap = 0kB 说明进程内存和 tmpfs 完全无法回收。',
        '总量很大而 Free swap 接近 0，说明交换先被用尽。',
        '"Swap cache stats" 统计启动以来进出交换缓存的页。',
        'cgroup v1 的 memory.stat 中的 total_swap 是另一回事：它是该 cgroup 及其后代使用的交换。',
      ],
    },
    seeAlso: ['swap', 'swapcached', 'swapents'],
    sources: [showMem, vmstat],
  },
];
