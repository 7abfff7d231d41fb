import type { TopicEntry } from '../entry.js';
import { mmzone, pageAlloc, physicalMemory, showMem, vmSysctl, vmscan } from '../sources.js';

/** How a node's memory is divided, kept in reserve and handed out. */
export const zones: readonly TopicEntry[] = [
  {
    term: 'NUMA node',
    aliases: ['node', 'memory node', 'Node 0', 'Node 1', 'NUMA 节点'],
    en: {
      short: 'A bank of memory near one group of CPUs; small machines have one, Node 0.',
      long: [
        'It is not a Kubernetes node, which may have several.',
        'One can run out while another has memory left, if the allocation was bound to it.',
      ],
    },
    'zh-CN': {
      short: '靠近某一组 CPU 的一片内存；小机器只有一个，即 Node 0。',
      long: ['它不是 Kubernetes 节点，后者可以包含好几个。', '如果分配被绑定在某个 NUMA 节点上，它可能先耗尽，而别的还有剩余。'],
    },
    seeAlso: ['zone', 'mems_allowed', 'nodemask'],
    sources: [physicalMemory],
  },
  {
    term: 'zone',
    aliases: ['memory zone', '内存区'],
    en: {
      short: 'A range of physical memory with the same uses: DMA, DMA32, Normal, HighMem, Movable or Device.',
      long: [
        'Mem-Info has a line for each zone of each NUMA node.',
        'A request may use the zones up to a highest one, so a zone can be full of memory that a given request may not have.',
        'Compare free with min in the largest zone first.',
      ],
    },
    'zh-CN': {
      short: '用途相同的一段物理内存：DMA、DMA32、Normal、HighMem、Movable 或 Device。',
      long: [
        'Mem-Info 中每个 NUMA 节点的每个 zone 各有一行。',
        '一个请求只能用到某个最高的 zone 为止，所以有的 zone 里虽有内存，这个请求却不能用。',
        '先看最大的 zone，比较 free 与 min。',
      ],
    },
    seeAlso: ['min watermark', 'free', 'lowmem_reserve', 'NUMA node'],
    sources: [physicalMemory, showMem],
  },
  {
    term: 'ZONE_DMA',
    aliases: ['DMA', 'DMA32', 'ZONE_DMA32'],
    en: {
      short: 'Zones for devices with short addresses: DMA below 16 MiB, DMA32 below 4 GiB (x86-64).',
      long: [
        'Their free memory is held back from ordinary requests by lowmem_reserve.',
        'On arm64 and virtual machines all memory may lie in one of them.',
      ],
    },
    'zh-CN': {
      short: '为寻址范围小的设备准备的 zone：DMA 在 16 MiB 以下，DMA32 在 4 GiB 以下（x86-64）。',
      long: ['lowmem_reserve 使普通请求用不到它们的全部空闲内存。', '在 arm64 和虚拟机上，所有内存可能都在其中一个 zone 里。'],
    },
    seeAlso: ['zone', 'lowmem_reserve', 'GFP_DMA', 'GFP_DMA32'],
    sources: [physicalMemory],
  },
  {
    term: 'ZONE_NORMAL',
    aliases: ['Normal'],
    en: {
      short: 'The zone that holds most memory of a 64-bit machine and serves every kind of request.',
      long: [
        'When the node runs out, this is the line of Mem-Info to read.',
        'free below min there means that only reserves were left.',
      ],
    },
    'zh-CN': {
      short: '64 位机器上大部分内存所在、能满足各种请求的 zone。',
      long: ['节点耗尽内存时，就看 Mem-Info 的这一行。', '其中 free 低于 min，说明只剩下储备。'],
    },
    seeAlso: ['zone', 'min watermark', 'free'],
    sources: [physicalMemory],
  },
  {
    term: 'ZONE_HIGHMEM',
    aliases: ['HighMem', 'high memory', '高端内存'],
    en: {
      short: 'On 32-bit machines: memory the kernel cannot address all the time.',
      long: [
        'Only process memory and page cache can use it.',
        "The kernel's own part, Normal, can run out while HighMem is free.",
      ],
    },
    'zh-CN': {
      short: '32 位机器上内核不能一直直接寻址的内存。',
      long: ['只有进程内存和页缓存能用它。', '内核自用的 Normal 可能耗尽，而 HighMem 仍有空闲。'],
    },
    seeAlso: ['zone', '__GFP_HIGHMEM'],
    sources: [physicalMemory],
  },
  {
    term: 'ZONE_MOVABLE',
    aliases: ['Movable', 'HighMem/MovableOnly', 'pages HighMem/MovableOnly'],
    en: {
      short: 'A zone only for pages that can be moved, so that memory can be unplugged or made into huge pages.',
      long: [
        'Kernel memory never goes there; the node can be out of memory for the kernel while this zone is free.',
        'The size is set at boot or by memory hotplug.',
      ],
    },
    'zh-CN': {
      short: '只放可移动页的 zone，便于热拔内存或组成大页。',
      long: ['内核内存从不放在这里；所以可能这个 zone 空着，而内核已经无内存可用。', '大小由启动参数或内存热插拔决定。'],
    },
    seeAlso: ['zone', '__GFP_MOVABLE'],
    sources: [physicalMemory],
  },
  {
    term: 'ZONE_DEVICE',
    aliases: ['Device', 'device memory'],
    en: {
      short: 'A zone for memory on devices, such as persistent memory or a GPU.',
      long: ['Ordinary requests never use it.', 'It adds to "pages RAM" without being of use against a shortage.'],
    },
    'zh-CN': {
      short: '设备上的内存所在的 zone，例如持久内存或 GPU。',
      long: ['普通请求从不使用它。', '它会计入 "pages RAM"，但内存不足时帮不上忙。'],
    },
    seeAlso: ['zone', 'pages RAM'],
    sources: [physicalMemory],
  },
  {
    term: 'watermark',
    aliases: ['watermarks', 'zone watermark', '水位'],
    en: {
      short: 'Three levels of free memory in each zone: min, low and high.',
      long: [
        'Below low the kernel starts to reclaim in the background, below min the requesting threads must reclaim themselves, at high it stops.',
        'They follow from vm.min_free_kbytes and vm.watermark_scale_factor.',
      ],
    },
    'zh-CN': {
      short: '每个 zone 的三级空闲内存水位：min、low、high。',
      long: [
        '低于 low 时内核开始后台回收，低于 min 时申请内存的线程必须自己回收，到 high 时停止。',
        '它们由 vm.min_free_kbytes 和 vm.watermark_scale_factor 决定。',
      ],
    },
    seeAlso: ['min watermark', 'low watermark', 'high watermark', 'kswapd'],
    sources: [vmSysctl, pageAlloc],
  },
  {
    term: 'min watermark',
    aliases: ['min', 'vm.min_free_kbytes', 'min_free_kbytes', 'min 水位'],
    unit: 'kB',
    en: {
      short: 'The free memory of a zone below which ordinary requests get nothing without reclaim.',
      long: [
        'What is below it is kept for urgent requests and for freeing memory.',
        'The OOM killer runs for the node when reclaim cannot bring any usable zone back above it.',
      ],
    },
    'zh-CN': {
      short: 'zone 的空闲内存低于它时，普通请求不回收就得不到内存。',
      long: [
        '它以下的部分留给紧急请求和释放内存的操作。',
        '当回收无法让任何可用的 zone 回到它之上时，就会为节点触发 OOM killer。',
      ],
    },
    seeAlso: ['watermark', 'free', 'boost'],
    sources: [vmSysctl, pageAlloc],
  },
  {
    term: 'low watermark',
    aliases: ['low', 'low 水位'],
    unit: 'kB',
    en: {
      short: 'The free memory of a zone below which kswapd wakes up.',
      long: [
        'Free memory swings between low and high on any busy node; that is normal.',
        'It has nothing to do with memory.low of a cgroup.',
      ],
    },
    'zh-CN': {
      short: 'zone 的空闲内存低于它时，kswapd 被唤醒。',
      long: ['繁忙的节点上空闲内存在 low 与 high 之间摆动，这很正常。', '它与 cgroup 的 memory.low 无关。'],
    },
    seeAlso: ['watermark', 'kswapd'],
    sources: [vmSysctl, vmscan],
  },
  {
    term: 'high watermark',
    aliases: ['high', 'high 水位'],
    unit: 'kB',
    en: {
      short: 'The free memory of a zone at which kswapd goes back to sleep.',
      long: ['It marks a zone that has enough.', 'It has nothing to do with memory.high of a cgroup.'],
    },
    'zh-CN': {
      short: 'zone 的空闲内存达到它时，kswapd 重新休眠。',
      long: ['它表示这个 zone 已有足够的内存。', '它与 cgroup 的 memory.high 无关。'],
    },
    seeAlso: ['watermark', 'kswapd'],
    sources: [vmSysctl, vmscan],
  },
  {
    term: 'boost',
    aliases: ['watermark_boost'],
    unit: 'kB',
    en: {
      short: 'A temporary rise of the watermarks of a zone after pages of different kinds got mixed.',
      long: [
        'It makes kswapd free larger blocks, against fragmentation.',
        'The min, low and high printed in the same line already contain it.',
      ],
    },
    'zh-CN': {
      short: '不同类型的页混到一起之后，zone 水位的临时上调。',
      long: ['它让 kswapd 腾出更大的块，以减少碎片。', '同一行打印的 min、low、high 已经包含它。'],
    },
    seeAlso: ['watermark', 'fragmentation'],
    sources: [vmSysctl, showMem],
  },
  {
    term: 'lowmem_reserve',
    aliases: ['lowmem_reserve[]', 'vm.lowmem_reserve_ratio'],
    unit: 'pages',
    en: {
      short: 'Pages of a zone that requests which could use a higher zone must leave alone.',
      long: [
        'The list has one number for each kind of request, by the highest zone that it may use.',
        'Such a request needs min plus this number free, which is why DMA32 may look free and still be of no use.',
      ],
    },
    'zh-CN': {
      short: '能用更高 zone 的请求不得动用的本 zone 页数。',
      long: ['列表按请求可用的最高 zone 各给一个数。', '这类请求要求空闲不少于 min 加上它，所以 DMA32 看似有空闲却用不上。'],
    },
    seeAlso: ['zone', 'ZONE_DMA', 'min watermark'],
    sources: [vmSysctl, showMem],
  },
  {
    term: 'reserved_highatomic',
    aliases: ['nr_reserved_highatomic'],
    unit: 'kB',
    en: {
      short: 'Memory of a zone set aside for urgent requests of several pages at once.',
      long: ['Network drivers need such blocks.', 'It counts as free but is given to others only in need.'],
    },
    'zh-CN': {
      short: 'zone 中为一次要多页的紧急请求留出的内存。',
      long: ['网卡驱动需要这种块。', '它算作空闲，但只有不得已时才给别的请求。'],
    },
    seeAlso: ['GFP_ATOMIC', 'migrate type', 'free'],
    sources: [showMem, pageAlloc],
  },
  {
    term: 'buddy allocator',
    aliases: ['buddy list', 'free list', 'buddyinfo', '伙伴系统', '伙伴列表'],
    en: {
      short: "The kernel's store of free pages, in blocks of 1, 2, 4 … pages.",
      long: [
        'A line such as "Node 0 Normal: 40*4kB (UE) 96*8kB …" says how many free blocks of each size a zone had.',
        'If the large sizes are all 0 while the sum is big, memory is fragmented.',
        'The letters in brackets are the migrate types found among the blocks.',
      ],
    },
    'zh-CN': {
      short: '内核存放空闲页的地方，按 1、2、4 … 页的块组织。',
      long: [
        '"Node 0 Normal: 40*4kB (UE) 96*8kB …" 这样的行给出 zone 中各种大小的空闲块数。',
        '如果总量不小而大块全为 0，就是内存碎片。',
        '括号里的字母是这些块所属的迁移类型。',
      ],
    },
    seeAlso: ['migrate type', 'fragmentation', 'order', 'page size'],
    sources: [showMem, physicalMemory],
  },
  {
    term: 'migrate type',
    aliases: ['U', 'M', 'E', 'H', 'C', 'I', 'R', 'MIGRATE_UNMOVABLE', 'MIGRATE_MOVABLE', '迁移类型'],
    en: {
      short: 'The letters after a block size: what kind of pages the free blocks are meant for.',
      long: [
        'U is unmovable (kernel memory), M movable (processes and page cache), E reclaimable (slab caches).',
        'H is the reserve for urgent large requests, C memory lent out by CMA, I blocks isolated for moving or unplugging; R was a reserve of kernels before 4.4.',
        'Blocks of C and I cannot serve kernel memory, so free memory made of them may not help.',
      ],
    },
    'zh-CN': {
      short: '块大小后面的字母：这些空闲块用于哪一类页。',
      long: [
        'U 是不可移动（内核内存），M 是可移动（进程与页缓存），E 是可回收（slab 缓存）。',
        'H 是紧急大块请求的储备，C 是 CMA 借出的内存，I 是为移动或热拔而隔离的块；R 是 4.4 之前内核的储备。',
        'C 和 I 的块不能用于内核内存，所以由它们构成的空闲内存未必有用。',
      ],
    },
    seeAlso: ['buddy allocator', 'free_cma', 'reserved_highatomic'],
    sources: [showMem, mmzone],
  },
  {
    term: 'fragmentation',
    aliases: ['external fragmentation', '内存碎片', '碎片'],
    en: {
      short: 'Free memory that is there but not in blocks large enough for the request.',
      long: ['It matters only for an order above 0.', 'Compaction repairs it as long as enough of the pages can be moved.'],
    },
    'zh-CN': {
      short: '有空闲内存，但没有大到能满足请求的连续块。',
      long: ['只有 order 大于 0 时才有影响。', '只要能移动的页足够多，内存规整就能修复它。'],
    },
    seeAlso: ['order', 'buddy allocator', 'compaction'],
    sources: [pageAlloc],
  },
];
