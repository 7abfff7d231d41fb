import type { TopicEntry } from '../entry.js';
import { cgroupV1, cgroupV2, memcontrol, showMem } from '../sources.js';

/** Memory the kernel allocates on behalf of processes. */
export const kernelMemory: readonly TopicEntry[] = [
  {
    term: 'kernel',
    aliases: ['kernel memory', '内核内存'],
    unit: 'bytes',
    en: {
      short: 'Memory the kernel allocated on behalf of the cgroup.',
      long: [
        'It contains kernel stacks, page tables, per-CPU data, vmalloc and slab, and whatever else is charged; memory.stat has the key since 5.18.',
        'No process shows it as RSS, but it counts against the limit.',
        'It grows with threads, processes, open files, mounts, mapped memory and files looked up.',
      ],
    },
    'zh-CN': {
      short: '内核替 cgroup 分配的内存。',
      long: [
        '它包括内核栈、页表、per-CPU 数据、vmalloc、slab 以及其他计费的内核页；memory.stat 自 5.18 起有这个键。',
        '任何进程的 RSS 里都看不到它，但它计入上限。',
        '线程、进程、打开的文件、挂载、映射的内存和查找过的文件越多，它就越大。',
      ],
    },
    seeAlso: ['slab', 'kernel_stack', 'pagetables', 'percpu', 'sock', 'kmem'],
    sources: [cgroupV2, memcontrol],
  },
  {
    term: 'slab',
    aliases: ['SLUB', 'kmem_cache', 'slab 内存'],
    unit: 'bytes',
    en: {
      short: "Memory of the kernel's small objects: inodes, directory entries, sockets, task structures.",
      long: [
        'It is the sum of slab_reclaimable and slab_unreclaimable.',
        'A program that walks or creates millions of files fills it without using memory of its own.',
        'On a living node, slabtop and /proc/slabinfo show which objects they are.',
      ],
    },
    'zh-CN': {
      short: '内核小对象占用的内存：inode、目录项、套接字、任务结构等。',
      long: [
        '它是 slab_reclaimable 与 slab_unreclaimable 之和。',
        '遍历或创建上百万个文件的程序会把它撑大，而自己并不占多少内存。',
        '在运行中的节点上，用 slabtop 和 /proc/slabinfo 可以看到是哪些对象。',
      ],
    },
    seeAlso: ['slab_reclaimable', 'slab_unreclaimable', 'kernel'],
    sources: [cgroupV2],
  },
  {
    term: 'slab_reclaimable',
    aliases: ['SReclaimable'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Slab objects that may be freed under pressure, mostly cached inodes and directory entries.',
      long: [
        'Reclaim frees it through shrinkers, which is slower and less sure than dropping page cache.',
        'One object in use keeps its whole page, so not all of it comes back.',
      ],
    },
    'zh-CN': {
      short: '有压力时可以释放的 slab 对象，主要是缓存的 inode 和目录项。',
      long: [
        '它通过 shrinker 回收，比丢弃页缓存慢，也没那么可靠。',
        '一页里只要有一个对象在用，整页就还不回来，所以不会全部释放。',
      ],
    },
    seeAlso: ['slab', 'slab_unreclaimable', 'reclaim'],
    sources: [cgroupV2, showMem],
  },
  {
    term: 'slab_unreclaimable',
    aliases: ['SUnreclaim', 'Unreclaimable slab info'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Slab objects that stay until the kernel itself frees them.',
      long: [
        'Task structures, sockets, network buffers and many driver objects are of this kind.',
        'A steady growth here on a node is often a kernel or driver leak.',
        'The list "Unreclaimable slab info:" in a report of the whole node names the largest of them.',
      ],
    },
    'zh-CN': {
      short: '只有内核自己释放才会消失的 slab 对象。',
      long: [
        '任务结构、套接字、网络缓冲和许多驱动对象都属于这一类。',
        '如果节点上它持续增长，往往是内核或驱动泄漏。',
        '节点级报告中的 "Unreclaimable slab info:" 列出其中最大的几种。',
      ],
    },
    seeAlso: ['slab', 'slab_reclaimable', 'Mem-Info'],
    sources: [cgroupV2, showMem],
  },
  {
    term: 'kernel_stack',
    aliases: ['kernel stacks', '内核栈'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'The stacks on which threads run inside the kernel.',
      long: [
        'Each thread has one, 16 KiB on x86-64, whether it works or sleeps.',
        'So 10,000 threads cost 160 MiB that no process shows.',
      ],
    },
    'zh-CN': {
      short: '线程在内核中运行时使用的栈。',
      long: [
        '每个线程一个，在 x86-64 上是 16 KiB，不论它在干活还是睡眠。',
        '因此 10,000 个线程就要 160 MiB，而哪个进程都看不到这笔内存。',
      ],
    },
    seeAlso: ['kernel', 'tgid'],
    sources: [cgroupV2, showMem],
  },
  {
    term: 'pagetables',
    aliases: ['页表'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Tables that map the addresses of processes to physical pages.',
      long: [
        'They cost about 2 MiB for each GiB mapped in 4 KiB pages, and each process pays anew for memory that is shared.',
        'Many processes that map one large shared segment, as PostgreSQL does, can spend gigabytes on them; huge pages are the cure.',
        'memory.stat has the key since 5.11.',
      ],
    },
    'zh-CN': {
      short: '把进程地址映射到物理页的表。',
      long: [
        '以 4 KiB 页映射时每 GiB 约需 2 MiB，共享内存则每个进程各付一份。',
        '许多进程映射同一大段共享内存时（如 PostgreSQL），页表可达数 GiB；改用大页可以解决。',
        'memory.stat 自 5.11 起有这个键。',
      ],
    },
    seeAlso: ['pgtables_bytes', 'sec_pagetables', 'hugetlb'],
    sources: [cgroupV2, memcontrol],
  },
  {
    term: 'sec_pagetables',
    aliases: ['secondary page tables'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Secondary page tables, mostly those that KVM keeps for virtual machines.',
      long: [
        'They grow with the memory a guest touches, so a pod that runs a virtual machine needs some room for them.',
        'They are printed since 6.1.',
      ],
    },
    'zh-CN': {
      short: '二级页表，主要是 KVM 为虚拟机维护的页表。',
      long: ['它随客户机访问的内存增长，所以运行虚拟机的 pod 要为它留一些余量。', '自 6.1 起打印。'],
    },
    seeAlso: ['pagetables', 'kernel'],
    sources: [cgroupV2, showMem],
  },
  {
    term: 'percpu',
    aliases: ['per-CPU memory'],
    unit: 'bytes',
    en: {
      short: 'Kernel data kept once for each CPU.',
      long: [
        'Cgroups themselves, network interfaces and BPF maps use it, so it grows with the number of pods and of CPUs.',
        'It is charged to the cgroup that caused it and printed since 5.9.',
      ],
    },
    'zh-CN': {
      short: '内核为每个 CPU 各存一份的数据。',
      long: ['cgroup 本身、网络接口和 BPF map 都用它，所以它随 pod 数和 CPU 数增长。', '它计入引起它的 cgroup，自 5.9 起打印。'],
    },
    seeAlso: ['kernel', 'memcg'],
    sources: [cgroupV2],
  },
  {
    term: 'sock',
    aliases: ['socket memory', 'memory.kmem.tcp.usage_in_bytes', '套接字内存'],
    unit: 'bytes',
    en: {
      short: "Network buffers of the cgroup's sockets.",
      long: [
        'Much of it means data that a peer does not read or that the program does not receive.',
        'On cgroup v2 it counts against the memory limit; v1 keeps it in a counter of its own, memory.kmem.tcp.',
        'It is not part of the key kernel.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 内套接字的网络缓冲。',
      long: [
        '数值很大，说明对端没有读走数据，或者程序没有接收数据。',
        '在 cgroup v2 上它计入内存上限；v1 用单独的计数器 memory.kmem.tcp。',
        '它不包含在键 kernel 之中。',
      ],
    },
    seeAlso: ['kernel', 'cgroup v1'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'vmalloc',
    aliases: ['VmallocUsed'],
    unit: 'bytes',
    en: {
      short: 'Kernel memory in large, virtually contiguous blocks.',
      long: [
        'Kernel modules, BPF programs, large tables and thread stacks may come from it.',
        'In memory.stat only what is charged to the cgroup is counted.',
      ],
    },
    'zh-CN': {
      short: '内核中虚拟地址连续的大块内存。',
      long: ['内核模块、BPF 程序、大型表和线程的内核栈可能由它分配。', 'memory.stat 只统计计入该 cgroup 的部分。'],
    },
    seeAlso: ['kernel', 'kernel_stack'],
    sources: [cgroupV2],
  },
];
