import type { TopicEntry } from '../entry.js';
import { gfp44, gfpTypes, mmflags, oomKill } from '../sources.js';

/** gfp_mask and the named combinations of flags, as reports print them. */
export const gfpCombinations: readonly TopicEntry[] = [
  {
    term: 'gfp_mask',
    aliases: ['GFP flags', 'gfp_t', 'get_free_pages'],
    en: {
      short: 'What kind of memory the invoker asked for, and what the kernel might do to get it.',
      long: [
        'Since 4.6 the names of the flags follow the number; before, only the number is printed, and its bits mean different things in different versions.',
        'GFP_HIGHUSER_MOVABLE is process memory or page cache, GFP_KERNEL mostly kernel memory or the charge of a page fault, GFP_NOFS a write in a file system.',
        '0x0() comes from a page fault that lost its flags; up to 5.15 it is often a false alarm of the whole node after a cgroup had failed.',
      ],
    },
    'zh-CN': {
      short: '触发者要的是哪种内存，以及内核可以为此做什么。',
      long: [
        '自 4.6 起数字后面跟着标志名；之前只有数字，而且各版本的位含义不同。',
        'GFP_HIGHUSER_MOVABLE 是进程内存或页缓存，GFP_KERNEL 多为内核内存或缺页时的计费，GFP_NOFS 是文件系统中的写入。',
        '0x0() 来自丢失了标志的缺页；5.15 及之前，它常常是 cgroup 失败后误报的节点 OOM。',
      ],
    },
    seeAlso: ['GFP_KERNEL', 'GFP_HIGHUSER_MOVABLE', 'GFP_NOFS', 'order', 'invoker'],
    sources: [gfpTypes, mmflags, 'Linux 5.16 commit 60e2793d440a (mm, oom: do not trigger out_of_memory from the #PF)'],
  },
  {
    term: 'GFP_KERNEL',
    aliases: [],
    en: {
      short: 'An ordinary request of the kernel: it may wait, reclaim, and start disk I/O.',
      long: [
        'In a cgroup report it is also what a page fault is charged with, so it does not prove that kernel memory was wanted; the stack does.',
        'It is __GFP_RECLAIM, __GFP_IO and __GFP_FS together.',
      ],
    },
    'zh-CN': {
      short: '内核的普通请求：可以等待、回收、发起磁盘 I/O。',
      long: [
        '在 cgroup 报告里，缺页计费也用它，所以它并不证明要的是内核内存；要看调用栈。',
        '它等于 __GFP_RECLAIM、__GFP_IO 与 __GFP_FS 之和。',
      ],
    },
    seeAlso: ['GFP_KERNEL_ACCOUNT', 'GFP_NOFS', 'gfp_mask', 'Call Trace'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_KERNEL_ACCOUNT',
    aliases: [],
    en: {
      short: 'GFP_KERNEL for memory that is charged to the cgroup of the process.',
      long: [
        'Stacks, page tables, pipes, file handles and the like are allocated this way.',
        'As the mask of an invoker it says that kernel memory was wanted.',
      ],
    },
    'zh-CN': {
      short: '计入进程所在 cgroup 的 GFP_KERNEL。',
      long: ['内核栈、页表、管道、文件句柄等这样分配。', '触发者带这个标志，说明要的是内核内存。'],
    },
    seeAlso: ['GFP_KERNEL', '__GFP_ACCOUNT', 'kernel'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_USER',
    aliases: [],
    en: {
      short: 'Memory for a process that the kernel or a device must be able to reach too.',
      long: ['Drivers use it for buffers mapped into programs.', 'It is GFP_KERNEL bound to the nodes of the cpuset.'],
    },
    'zh-CN': {
      short: '给进程用、而内核或设备也要能访问的内存。',
      long: ['驱动程序用它分配映射到程序里的缓冲区。', '它等于受 cpuset 节点约束的 GFP_KERNEL。'],
    },
    seeAlso: ['GFP_HIGHUSER', '__GFP_HARDWALL'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_HIGHUSER',
    aliases: [],
    en: {
      short: 'Memory for a process that may come from any zone but must stay where it is.',
      long: ['Older kernels use it for tmpfs and for pages pinned by devices.', 'It is GFP_USER with __GFP_HIGHMEM.'],
    },
    'zh-CN': {
      short: '给进程用、可来自任何 zone 但不能移动的内存。',
      long: ['较老的内核用它分配 tmpfs 和被设备固定的页。', '它等于 GFP_USER 加 __GFP_HIGHMEM。'],
    },
    seeAlso: ['GFP_USER', 'GFP_HIGHUSER_MOVABLE'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_HIGHUSER_MOVABLE',
    aliases: [],
    en: {
      short: 'Memory for a process or for page cache, from any zone, that the kernel may move or reclaim.',
      long: [
        'It is by far the most common mask when the whole node runs out: a page fault or a read from a file.',
        'With __GFP_ZERO it is fresh process memory, without it mostly page cache or a copy of a page.',
      ],
    },
    'zh-CN': {
      short: '给进程或页缓存用、可来自任何 zone、内核可以移动或回收的内存。',
      long: ['整个节点耗尽时，最常见的就是它：缺页或读文件。', '带 __GFP_ZERO 的是新的进程内存，不带的多为页缓存或页的拷贝。'],
    },
    seeAlso: ['GFP_HIGHUSER', '__GFP_ZERO', '__GFP_MOVABLE'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_NOFS',
    aliases: [],
    en: {
      short: 'A request from inside a file system: it may reclaim and do I/O, but not call the file system again.',
      long: [
        'In a cgroup report, with __GFP_WRITE, it is a program writing a file into the page cache.',
        'The kernel does not kill for it when the node is short, but at a cgroup limit it does.',
        'Reclaim is weaker here, for file metadata cannot be freed.',
      ],
    },
    'zh-CN': {
      short: '来自文件系统内部的请求：可以回收和 I/O，但不能再进入文件系统。',
      long: [
        '在 cgroup 报告里带 __GFP_WRITE 时，就是程序正在把文件写入页缓存。',
        '节点内存不足时内核不会为它杀进程，触及 cgroup 上限时会。',
        '这里的回收能力较弱，因为不能释放文件元数据。',
      ],
    },
    seeAlso: ['__GFP_WRITE', 'GFP_NOIO', '__GFP_FS', 'dirty'],
    sources: [gfpTypes, oomKill],
  },
  {
    term: 'GFP_NOIO',
    aliases: [],
    en: {
      short: 'A request from inside the block layer: it may reclaim, but not start any disk I/O.',
      long: [
        'Only clean cache and the like can be taken for it.',
        'Drivers of network storage use it to avoid waiting for themselves.',
      ],
    },
    'zh-CN': {
      short: '来自块设备层内部的请求：可以回收，但不能发起磁盘 I/O。',
      long: ['为它只能收回干净缓存之类的内存。', '网络存储驱动用它来避免等待自己。'],
    },
    seeAlso: ['GFP_NOFS', '__GFP_IO'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_NOWAIT',
    aliases: [],
    en: {
      short: 'A request that must not wait: no reclaim in place, only a call to kswapd.',
      long: ['It may fail, and the caller copes.', 'It does not bring on the OOM killer.'],
    },
    'zh-CN': {
      short: '不能等待的请求：不就地回收，只唤醒 kswapd。',
      long: ['它可以失败，调用者自会处理。', '它不会引发 OOM killer。'],
    },
    seeAlso: ['GFP_ATOMIC', 'kswapd'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_ATOMIC',
    aliases: [],
    en: {
      short: 'A request that must not wait and should not fail, as in an interrupt: it may use a reserve.',
      long: [
        'Network drivers are the usual source.',
        'It shows up in "page allocation failure" messages rather than in OOM reports, for it never kills.',
      ],
    },
    'zh-CN': {
      short: '不能等待又不宜失败的请求（如在中断里），可以动用储备。',
      long: ['通常来自网卡驱动。', '它见于 "page allocation failure" 而不是 OOM 报告，因为它从不引发杀进程。'],
    },
    seeAlso: ['__GFP_HIGH', 'reserved_highatomic', 'min watermark'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_TRANSHUGE',
    aliases: ['GFP_TRANSHUGE_LIGHT'],
    en: {
      short: 'A request for a transparent huge page.',
      long: [
        'It fails fast if none is at hand, and the kernel takes small pages instead.',
        'GFP_TRANSHUGE_LIGHT does not even try to reclaim; page faults use it by default, khugepaged the other.',
      ],
    },
    'zh-CN': {
      short: '申请一个透明大页。',
      long: ['手头没有就很快失败，内核改用小页。', 'GFP_TRANSHUGE_LIGHT 连回收都不尝试；缺页默认用它，khugepaged 用前者。'],
    },
    seeAlso: ['THP', '__GFP_COMP', '__GFP_NORETRY'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_DMA',
    aliases: ['__GFP_DMA'],
    en: {
      short: 'Memory from the lowest zone only: the first 16 MiB on x86-64.',
      long: ['Very old devices need it.', 'A kill with it means that this tiny zone was empty, not the node.'],
    },
    'zh-CN': {
      short: '只能来自最低的 zone：x86-64 上是最前面的 16 MiB。',
      long: ['很老的设备需要它。', '带它的 OOM 说明是这个很小的 zone 空了，而不是节点。'],
    },
    seeAlso: ['ZONE_DMA', 'GFP_DMA32'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_DMA32',
    aliases: ['__GFP_DMA32'],
    en: {
      short: 'Memory below 4 GiB only, for devices with 32-bit addresses.',
      long: ['The rest of the node may have much free memory when such a request fails.', '__GFP_DMA32 is the same flag.'],
    },
    'zh-CN': {
      short: '只能来自 4 GiB 以下，供 32 位寻址的设备使用。',
      long: ['这种请求失败时，节点的其余部分可能还有很多空闲内存。', '请看 Mem-Info 中的 DMA32 zone。'],
    },
    seeAlso: ['ZONE_DMA', 'GFP_DMA'],
    sources: [gfpTypes],
  },
  {
    term: 'GFP_TEMPORARY',
    aliases: [],
    en: {
      short: 'In kernels up to 4.13: GFP_KERNEL for memory that is soon given back.',
      long: [
        'It told the allocator where to place the page, nothing else.',
        'It was removed because nobody agreed what temporary meant.',
      ],
    },
    'zh-CN': {
      short: '4.13 及之前的内核中，用于很快归还的内存的 GFP_KERNEL。',
      long: ['它只告诉分配器把页放在哪里。', '后来因为“临时”的含义说不清而被移除。'],
    },
    seeAlso: ['GFP_KERNEL', '__GFP_RECLAIMABLE'],
    sources: [gfp44],
  },
];
