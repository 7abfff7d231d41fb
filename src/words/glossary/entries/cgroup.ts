import type { TopicEntry } from '../entry.js';
import { cgroupV1, cgroupV2, psi } from '../sources.js';

/** What a cgroup is, and the two versions of the interface. */
export const cgroup: readonly TopicEntry[] = [
  {
    term: 'cgroup',
    aliases: ['control group', '控制组'],
    en: {
      short: 'A group of processes to which the kernel applies common limits.',
      long: [
        'Cgroups form a tree; in Kubernetes each container has one, inside that of its pod, inside kubepods.',
        'Whatever a cgroup uses counts for all its ancestors too, and the limit of any of them can stop it.',
        "A container's own cgroup vanishes within moments of its death, while the pod's stays as long as the pod.",
      ],
    },
    'zh-CN': {
      short: '内核对其统一施加限制的一组进程。',
      long: [
        'cgroup 组成一棵树；在 Kubernetes 中每个容器有一个，位于 pod 的 cgroup 之内，再位于 kubepods 之内。',
        '一个 cgroup 的用量同时计入它的所有祖先，其中任何一个的上限都能拦住它。',
        '容器自己的 cgroup 在容器死后片刻就消失，而 pod 的 cgroup 与 pod 共存。',
      ],
    },
    seeAlso: ['memcg', 'kubepods', 'cgroup v1', 'cgroup v2'],
    sources: [cgroupV2],
  },
  {
    term: 'memcg',
    aliases: ['memory cgroup', 'memory controller', '内存控制器'],
    en: {
      short: 'A cgroup seen from its memory side: the counters, lists and limits kept for it.',
      long: [
        'Reports of the kernel use the word for the cgroup whose limit was hit (oom_memcg) and the one the victim lived in (task_memcg).',
        'A deleted memcg lingers in the kernel, with its remaining page cache, until that is reclaimed.',
      ],
    },
    'zh-CN': {
      short: '从内存角度看的 cgroup：为它维护的计数器、链表和上限。',
      long: [
        '内核报告用这个词指触及上限的 cgroup（oom_memcg）和被杀进程所在的 cgroup（task_memcg）。',
        '已删除的 memcg 会连同剩余的页缓存留在内核里，直到这些缓存被回收。',
      ],
    },
    seeAlso: ['cgroup', 'oom_memcg', 'task_memcg'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'cgroup v1',
    aliases: ['memcg v1', 'legacy hierarchy', 'cgroup1'],
    en: {
      short: 'The older cgroup interface, with one tree for each resource; memory is under /sys/fs/cgroup/memory.',
      long: [
        'A report is from v1 if it has a "memory+swap:" line.',
        'v1 does not throttle dirty pages per cgroup, does not count sockets as memory, and kills one process rather than the whole container.',
        'Kubernetes put its support for v1 into maintenance in 1.31.',
      ],
    },
    'zh-CN': {
      short: '较老的 cgroup 接口，每种资源一棵树；内存在 /sys/fs/cgroup/memory 下。',
      long: [
        '报告里有 "memory+swap:" 一行就是 v1。',
        'v1 不按 cgroup 限制脏页，不把套接字算作内存，杀的是一个进程而不是整个容器。',
        'Kubernetes 自 1.31 起对 v1 只做维护。',
      ],
    },
    seeAlso: ['cgroup v2', 'memory+swap', 'dirty throttling'],
    sources: [cgroupV1, 'Kubernetes 1.31 KEP-4569 (cgroup v1 in maintenance mode)'],
  },
  {
    term: 'cgroup v2',
    aliases: ['memcg v2', 'unified hierarchy', 'cgroup2', '统一层级'],
    en: {
      short: 'The present cgroup interface, with a single tree under /sys/fs/cgroup.',
      long: [
        'A report is from v2 if it has a "swap:" line and no "memory+swap:" line.',
        'It adds memory.high, memory.min, pressure (PSI), a per-cgroup dirty threshold and memory.oom.group.',
        '"stat -fc %T /sys/fs/cgroup" prints cgroup2fs on such a node.',
      ],
    },
    'zh-CN': {
      short: '现行的 cgroup 接口，/sys/fs/cgroup 下只有一棵树。',
      long: [
        '报告里有 "swap:" 一行而没有 "memory+swap:" 一行就是 v2。',
        '它增加了 memory.high、memory.min、压力（PSI）、按 cgroup 的脏页阈值和 memory.oom.group。',
        '在这样的节点上，"stat -fc %T /sys/fs/cgroup" 打印 cgroup2fs。',
      ],
    },
    seeAlso: ['cgroup v1', 'memory.max', 'memory.oom.group', 'PSI'],
    sources: [cgroupV2],
  },
  {
    term: 'hierarchical_memory_limit',
    aliases: ['hierarchical_memsw_limit'],
    unit: 'bytes',
    en: {
      short: "The tightest limit that applies to a v1 cgroup: its own or an ancestor's.",
      long: [
        'If it is smaller than memory.limit_in_bytes, an ancestor, such as the pod, will be hit first.',
        'hierarchical_memsw_limit is the same for memory and swap together.',
      ],
    },
    'zh-CN': {
      short: '对一个 v1 cgroup 实际生效的最紧上限：自己的或某个祖先的。',
      long: [
        '如果它小于 memory.limit_in_bytes，说明会先触及祖先（例如 pod）的上限。',
        'hierarchical_memsw_limit 是内存加交换的同类值。',
      ],
    },
    seeAlso: ['limit', 'memory.max', 'cgroup v1'],
    sources: [cgroupV1],
  },
  {
    term: 'total_<counter>',
    aliases: ['total_'],
    unit: 'bytes',
    en: {
      short: 'In memory.stat of cgroup v1: the counter of that name with all descendants added.',
      long: [
        'total_rss is rss of the cgroup and of everything below it.',
        'For a pod or node cgroup only these numbers are of use; those without the prefix leave out the containers.',
        'On v2 every number includes the descendants, and the prefix does not exist.',
      ],
    },
    'zh-CN': {
      short: 'cgroup v1 的 memory.stat 中，同名计数器加上所有后代。',
      long: [
        'total_rss 就是该 cgroup 及其下所有 cgroup 的 rss 之和。',
        '对 pod 或节点级的 cgroup，只有这些数有用；不带前缀的数不含容器。',
        '在 v2 上每个数都包含后代，没有这个前缀。',
      ],
    },
    seeAlso: ['memory.stat', 'cgroup v1', 'RSS'],
    sources: [cgroupV1],
  },
  {
    term: 'PSI',
    aliases: ['memory.pressure', 'pressure stall information', 'container_pressure_memory_waiting_seconds_total', '压力阻塞信息'],
    en: {
      short: 'The share of time in which processes stood still because they waited for memory.',
      long: [
        '"some" is time in which at least one process waited, "full" time in which all did; avg10, avg60 and avg300 are percentages over that many seconds.',
        'A rising "full" before a kill means thrashing at the limit; none at all means a sudden, large allocation.',
        'Cgroup v2 gives it for each cgroup as memory.pressure; for the node it is /proc/pressure/memory.',
      ],
    },
    'zh-CN': {
      short: '进程因等待内存而停顿的时间占比。',
      long: [
        '"some" 是至少一个进程在等的时间，"full" 是全部在等的时间；avg10、avg60、avg300 是相应秒数内的百分比。',
        '被杀前 "full" 上升，说明贴着上限颠簸；完全没有，说明是突然的大块分配。',
        'cgroup v2 为每个 cgroup 提供 memory.pressure；节点的在 /proc/pressure/memory。',
      ],
    },
    seeAlso: ['systemd-oomd', 'reclaim', 'cgroup v2'],
    sources: [psi, cgroupV2],
  },
];
