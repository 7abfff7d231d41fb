import type { TopicEntry } from '../entry.js';
import { cadvisor, cgroupV1, cgroupV2, memcontrol, pageCounter, zswapDoc } from '../sources.js';

/** The counters at the head of a memcg report, and what other tools make of them. */
export const charge: readonly TopicEntry[] = [
  {
    term: 'usage',
    aliases: ['memory usage', 'container_memory_usage_bytes', '用量'],
    unit: 'bytes-or-kB',
    en: {
      short: 'What the cgroup was charged at the moment of the report.',
      long: [
        'The line "memory: usage …kB, limit …kB, failcnt …" is about the cgroup whose limit was hit, with all its descendants.',
        'It covers process memory, page cache, tmpfs and kernel memory, so it is often far more than the processes hold.',
        'It may stand a little under the limit, because the page that could not be charged is not in it.',
      ],
    },
    'zh-CN': {
      short: '报告产生时 cgroup 已被计费的内存。',
      long: [
        '日志行 "memory: usage …kB, limit …kB, failcnt …" 说的是触及上限的那个 cgroup，并包含它的所有后代。',
        '它包括进程内存、页缓存、tmpfs 和内核内存，因此常常远大于进程自己占用的部分。',
        '它可能略低于上限，因为没能计费成功的那一页不在其中。',
      ],
    },
    seeAlso: ['limit', 'charged', 'memory.current', 'working set'],
    sources: [memcontrol, cgroupV2],
  },
  {
    term: 'limit',
    aliases: ['上限'],
    unit: 'bytes-or-kB',
    en: {
      short: 'The most memory a cgroup may be charged before the kernel reclaims and, if that fails, kills.',
      long: [
        'For a container it is resources.limits.memory; for a pod cgroup the sum over its containers, when each of them has one; for kubepods what the node leaves to pods.',
        'The report names the cgroup it belongs to as oom_memcg, which need not be the container of the killed process.',
        'Page cache and kernel memory count against it just as process memory does.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 可被计费的最大内存；到达后内核先回收，回收不出来就杀进程。',
      long: [
        '对容器而言就是 resources.limits.memory；对 pod 的 cgroup，是各容器上限之和（每个容器都设了上限时才有）；对 kubepods，是节点留给 pod 的内存。',
        '报告用 oom_memcg 指出这是谁的上限，它不一定是被杀进程所在的容器。',
        '页缓存和内核内存同进程内存一样计入上限。',
      ],
    },
    seeAlso: ['usage', 'memory.max', 'oom_memcg', 'unlimited'],
    sources: [memcontrol, cgroupV2],
  },
  {
    term: 'unlimited',
    aliases: ['no limit', '9007199254740988kB', '9007199254740992kB', '18014398509481983kB', '9223372036854771712', '无上限'],
    en: {
      short: 'A limit such as 9007199254740988kB means that no limit is set.',
      long: [
        'The kernel has no word for it in its reports: it prints the largest value its page counter can hold.',
        'The exact figure depends on the page size and the kernel version.',
        'In the files of cgroup v2 the same thing reads "max".',
      ],
    },
    'zh-CN': {
      short: '9007199254740988kB 这样的上限表示没有设置上限。',
      long: [
        '内核在报告里没有专门的写法，它直接打印页计数器能容纳的最大值。',
        '具体数字取决于页大小和内核版本。',
        '在 cgroup v2 的文件里，同样的意思写作 "max"。',
      ],
    },
    seeAlso: ['limit', 'page size'],
    sources: [pageCounter],
  },
  {
    term: 'failcnt',
    aliases: ['memory.failcnt', 'memory.memsw.failcnt', 'fail count', 'container_memory_failcnt', '失败计数'],
    unit: 'count',
    en: {
      short: 'How often a charge found the cgroup at its limit.',
      long: [
        'Each time, the kernel reclaims memory and tries again; it kills only when that does not help.',
        'Thousands of them with a single kill mean that the cgroup lived at its limit for a while, which is normal where page cache fills it.',
        'cgroup v2 has no memory.failcnt file: the max line of memory.events counts this, and newer kernels print that number in the report.',
      ],
    },
    'zh-CN': {
      short: '计费时发现 cgroup 已到上限的次数。',
      long: [
        '每次发生时内核都会先回收内存再重试，只有回收无效才会杀进程。',
        '上万次失败却只有一次 OOM，说明 cgroup 长时间贴着上限运行；页缓存占满上限时这很正常。',
        'cgroup v2 没有 memory.failcnt 文件，对应的是 memory.events 中的 max；较新的内核在报告里打印的就是它。',
      ],
    },
    seeAlso: ['limit', 'memory.events', 'reclaim'],
    sources: [cgroupV1, memcontrol],
  },
  {
    term: 'working set',
    aliases: ['container_memory_working_set_bytes', 'workingSetBytes', '工作集'],
    unit: 'bytes',
    en: {
      short: 'Usage less inactive file cache: what kubectl top shows and the kubelet evicts by.',
      long: [
        'It is memory.current minus inactive_file (v1: total_inactive_file), and never less than 0.',
        'Active page cache, dirty pages, tmpfs and slab stay in it, so it can be much more than the processes need.',
        'The OOM killer does not look at it: the limit applies to usage, so a pod can die at a low working set when its cache cannot be reclaimed in time.',
      ],
    },
    'zh-CN': {
      short: '用量减去不活跃的文件缓存，即 kubectl top 显示、kubelet 驱逐时参考的数值。',
      long: [
        '它等于 memory.current 减去 inactive_file（v1 为 total_inactive_file），最小为 0。',
        '活跃页缓存、脏页、tmpfs 和 slab 都留在其中，所以它可能远大于进程真正需要的内存。',
        'OOM killer 不看这个值：上限管的是用量，若缓存来不及回收，工作集不高的 pod 也会被杀。',
      ],
    },
    seeAlso: ['usage', 'inactive_file', 'kubectl top', 'eviction'],
    sources: [cadvisor],
  },
  {
    term: 'memory+swap',
    aliases: ['memsw', 'memory.memsw.usage_in_bytes', 'memory.memsw.limit_in_bytes'],
    unit: 'kB',
    en: {
      short: 'The cgroup v1 counter of memory and swap together.',
      long: [
        'A report that prints this line comes from cgroup v1; v2 prints a line for swap alone.',
        'If its usage equals its limit while memory is below its own limit, this is the limit that was hit, and swapping out could not help.',
      ],
    },
    'zh-CN': {
      short: 'cgroup v1 中内存与交换合计的计数器。',
      long: [
        '打印这一行的报告来自 cgroup v1；v2 单独打印交换的一行。',
        '如果它的用量等于它的上限，而 memory 一行还没到上限，那么触及的就是这个上限，换出也无济于事。',
      ],
    },
    seeAlso: ['swap', 'cgroup v1', 'limit'],
    sources: [cgroupV1, memcontrol],
  },
  {
    term: 'kmem',
    aliases: ['memory.kmem.usage_in_bytes', 'memory.kmem.limit_in_bytes', 'container_memory_kernel_usage'],
    unit: 'kB',
    en: {
      short: 'The part of a cgroup v1 usage that the kernel itself holds for the cgroup.',
      long: [
        'Kernel stacks, slab objects and page tables are in it; it is contained in usage, not added to it.',
        'Its limit cannot be set since 5.16; on older kernels an allocation could fail here while memory was still below its limit.',
      ],
    },
    'zh-CN': {
      short: 'cgroup v1 用量中由内核替该 cgroup 占用的部分。',
      long: [
        '内核栈、slab 对象和页表都算在内；它包含在用量之中，不是另加的。',
        '自 5.16 起不能再设置它的上限；在更老的内核上，memory 未到上限时分配也可能因它而失败。',
      ],
    },
    seeAlso: ['kernel', 'slab', 'kernel_stack', 'cgroup v1'],
    sources: [cgroupV1],
  },
  {
    term: 'swap',
    aliases: ['memory.swap.current', 'container_memory_swap', '交换'],
    unit: 'bytes-or-kB',
    en: {
      short: 'Anonymous and tmpfs memory that was moved out of RAM to a swap device.',
      long: [
        'Once out, it is charged to swap and no longer to memory (v2), or to memory+swap only (v1).',
        'Many Kubernetes nodes have none, and then process memory and tmpfs cannot be reclaimed at all.',
        'In a report the line "swap: usage …" marks cgroup v2.',
      ],
    },
    'zh-CN': {
      short: '从内存移到交换设备上的匿名内存和 tmpfs 内存。',
      long: [
        '移出后它计入 swap 而不再计入 memory（v2），或只计入 memory+swap（v1）。',
        '许多 Kubernetes 节点没有交换，此时进程内存和 tmpfs 完全无法回收。',
        '报告中出现 "swap: usage …" 一行即说明是 cgroup v2。',
      ],
    },
    seeAlso: ['memory+swap', 'memory.swap.max', 'swapents', 'swapcached'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'swapcached',
    aliases: ['swap cache', 'pages in swap cache', '交换缓存'],
    unit: 'bytes',
    en: {
      short: 'Pages that are in RAM and in swap at the same time.',
      long: [
        'They were swapped in and not changed since, or are on their way out, so their copy in swap is still good.',
        'They count against memory and against swap; Mem-Info gives them as "pages in swap cache".',
      ],
    },
    'zh-CN': {
      short: '同时在内存和交换中的页。',
      long: [
        '它们换入后没有再改动，或者正在换出，所以交换里的副本仍然有效。',
        '它们既计入 memory 也计入 swap；在 Mem-Info 中写作 "pages in swap cache"。',
      ],
    },
    seeAlso: ['swap', 'Mem-Info'],
    sources: [cgroupV2],
  },
  {
    term: 'zswap',
    aliases: ['zswapped', 'memory.zswap.current'],
    unit: 'bytes',
    en: {
      short: 'RAM that holds swapped-out pages in compressed form; zswapped is their size before compression.',
      long: [
        'It is charged to the cgroup, so swapping to zswap frees only the difference between the two numbers.',
        'Pages leave it for the swap device when the pool is full, if writeback is allowed.',
      ],
    },
    'zh-CN': {
      short: '以压缩形式保存换出页的内存；zswapped 是压缩前的大小。',
      long: ['它计入 cgroup，所以换出到 zswap 只省下两者之差。', '池满后，若允许写回，页会转到交换设备上。'],
    },
    seeAlso: ['swap', 'zswpin'],
    sources: [zswapDoc, cgroupV2],
  },
];
