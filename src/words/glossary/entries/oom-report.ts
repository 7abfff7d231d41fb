import type { TopicEntry } from '../entry.js';
import { cpusets, memcontrol, memoryPolicy, oomKill, oomKill50, pageAlloc, vmSysctl } from '../sources.js';

/** The lines of a report and the fields in them. */
export const oomReport: readonly TopicEntry[] = [
  {
    term: 'OOM killer',
    aliases: ['OOM', 'out of memory', '内存不足'],
    en: {
      short: 'The part of the kernel that kills a process when memory cannot be found any other way.',
      long: [
        'It acts for a cgroup at its limit or for the whole node, after reclaim has failed.',
        'The process it kills gets SIGKILL and has no chance to clean up or to log.',
        'Its report in the kernel log is the best witness of what happened.',
      ],
    },
    'zh-CN': {
      short: '内核中在别无他法时靠杀进程腾出内存的部分。',
      long: [
        '回收失败之后，它为触及上限的 cgroup 或为整个节点出手。',
        '被杀的进程收到 SIGKILL，来不及清理，也来不及写日志。',
        '它留在内核日志里的报告是最可靠的证据。',
      ],
    },
    seeAlso: ['OOM report', 'invoker', 'victim', 'memcg OOM', 'global_oom'],
    sources: [oomKill],
  },
  {
    term: 'OOM report',
    aliases: ['dump_header', 'OOM 报告'],
    en: {
      short: 'What the kernel logs about one run of the OOM killer.',
      long: [
        'It begins with "… invoked oom-killer" and ends with "Killed process …".',
        'In between come a stack, the counters of the cgroup or the Mem-Info of the node, the task table, and the oom-kill line.',
        'The kernel prints at most ten in five seconds, and logs lose lines, so a missing report does not prove that there was no kill.',
      ],
    },
    'zh-CN': {
      short: '内核就一次 OOM killer 运行写下的日志。',
      long: [
        '它以 "… invoked oom-killer" 开头，以 "Killed process …" 结尾。',
        '中间依次是调用栈、cgroup 的计数器或节点的 Mem-Info、任务表，以及 oom-kill 一行。',
        '内核每五秒最多打印十份，日志也会丢行，所以没有报告不等于没有被杀。',
      ],
    },
    seeAlso: ['invoker', 'task table', 'Mem-Info', 'oom-kill', 'callbacks suppressed'],
    sources: [oomKill],
  },
  {
    term: 'invoker',
    aliases: ['invoked oom-killer', '触发者'],
    en: {
      short: 'The process whose request for a page set the OOM killer off.',
      long: [
        'It is named at the very start of the report and need not be the one that is killed.',
        'Often it is merely the one that asked at the wrong moment, but its stack shows what kind of memory was wanted.',
      ],
    },
    'zh-CN': {
      short: '因申请内存页而触发 OOM killer 的进程。',
      long: ['报告一开头就写着它的名字，它不一定是被杀的那个。', '它往往只是碰巧在那一刻申请，但它的调用栈说明要的是哪种内存。'],
    },
    seeAlso: ['victim', 'gfp_mask', 'order', 'Call Trace'],
    sources: [oomKill],
  },
  {
    term: 'oom-kill',
    aliases: ['oom-kill:constraint', 'oom-kill line'],
    en: {
      short: 'The one-line summary of a report: constraint, cgroups, process.',
      long: [
        'Kernels print it since 5.0, after the task table: constraint, nodemask, cpuset, mems_allowed, oom_memcg or global_oom, task_memcg, task, pid and uid.',
        'cpuset is that of the invoker; task_memcg, task, pid and uid are those of the victim.',
      ],
    },
    'zh-CN': {
      short: '报告的一行摘要：约束、cgroup、进程。',
      long: [
        '内核自 5.0 起在任务表之后打印它：constraint、nodemask、cpuset、mems_allowed、oom_memcg 或 global_oom、task_memcg、task、pid 和 uid。',
        'cpuset 属于触发者；task_memcg、task、pid 和 uid 属于被杀者。',
      ],
    },
    seeAlso: ['constraint', 'oom_memcg', 'task_memcg', 'global_oom', 'cpuset'],
    sources: [oomKill50, oomKill],
  },
  {
    term: 'oom_memcg',
    aliases: ['as a result of limit of'],
    en: {
      short: 'The cgroup whose limit was hit.',
      long: [
        'Compare it with task_memcg: the same path means the container hit its own limit, a shorter one that an ancestor, such as the pod, did.',
        "When a pod has one container the two limits are equal, and the pod's is the one the kernel names; that is no sign of a second culprit.",
        'Before 5.0 the line "Task in A killed as a result of limit of B" says it, B being this cgroup.',
      ],
    },
    'zh-CN': {
      short: '触及上限的那个 cgroup。',
      long: [
        '请与 task_memcg 对比：路径相同，说明容器触及自己的上限；路径更短，说明是 pod 等祖先的上限。',
        'pod 只有一个容器时两个上限相等，内核报出的是 pod 的；这并不说明另有元凶。',
        '5.0 之前由 "Task in A killed as a result of limit of B" 一行说明，其中 B 就是它。',
      ],
    },
    seeAlso: ['task_memcg', 'limit', 'kubepods', 'memcg OOM'],
    sources: [memcontrol, oomKill50],
  },
  {
    term: 'task_memcg',
    aliases: ['Task in'],
    en: {
      short: 'The cgroup in which the killed process lived.',
      long: [
        'Its path names the pod and the container of the victim.',
        'It lies below oom_memcg, or is the same; with global_oom it can be anywhere on the node.',
      ],
    },
    'zh-CN': {
      short: '被杀进程所在的 cgroup。',
      long: [
        '从路径可以看出被杀者属于哪个 pod、哪个容器。',
        '它位于 oom_memcg 之下或与之相同；global_oom 时可以是节点上的任何一个。',
      ],
    },
    seeAlso: ['oom_memcg', 'pod UID', 'container ID'],
    sources: [memcontrol],
  },
  {
    term: 'global_oom',
    aliases: ['node OOM', '全局 OOM'],
    en: {
      short: 'The whole node was out of memory, not one cgroup.',
      long: [
        'The victim is chosen among all processes of the node, weighed by oom_score_adj, so an innocent pod may die.',
        'Look at the Mem-Info of the report and at what is not a pod: system daemons, kernel memory, huge page pools.',
      ],
    },
    'zh-CN': {
      short: '耗尽内存的是整个节点，而不是某个 cgroup。',
      long: [
        '被杀者从节点上所有进程中按 oom_score_adj 加权选出，所以无辜的 pod 也可能被杀。',
        '请查看报告的 Mem-Info，以及 pod 以外的内存：系统守护进程、内核内存、大页池。',
      ],
    },
    seeAlso: ['memcg OOM', 'CONSTRAINT_NONE', 'Mem-Info', 'oom_score_adj'],
    sources: [oomKill, memcontrol],
  },
  {
    term: 'memcg OOM',
    aliases: ['Memory cgroup out of memory', 'cgroup OOM'],
    en: {
      short: 'A cgroup could not be charged more within its limit.',
      long: [
        'The node may have plenty of memory left.',
        'Only processes of the cgroup named in oom_memcg, and of those below it, are candidates.',
      ],
    },
    'zh-CN': {
      short: '某个 cgroup 在上限之内无法再计费。',
      long: ['此时节点可能还有大量空闲内存。', '候选者只有 oom_memcg 所指 cgroup 及其后代中的进程。'],
    },
    seeAlso: ['CONSTRAINT_MEMCG', 'oom_memcg', 'global_oom', 'limit'],
    sources: [memcontrol, oomKill],
  },
  {
    term: 'task table',
    aliases: ['Tasks state', 'task dump', 'vm.oom_dump_tasks', '任务表'],
    en: {
      short: 'The list of processes in a report, with what each holds.',
      long: [
        'All sizes are pages except pgtables_bytes; multiply by the page size, mostly 4 KiB.',
        'For a cgroup it lists only processes of that cgroup and below; kernel threads are never in it.',
        'vm.oom_dump_tasks=0 leaves it out.',
      ],
    },
    'zh-CN': {
      short: '报告中的进程列表及各自占用的内存。',
      long: [
        '除 pgtables_bytes 外都以页为单位；乘以页大小（多为 4 KiB）。',
        '对 cgroup 只列出该 cgroup 及其后代中的进程；内核线程从不在其中。',
        'vm.oom_dump_tasks=0 会省去它。',
      ],
    },
    seeAlso: ['RSS', 'total_vm', 'pgtables_bytes', 'swapents', 'page size'],
    sources: [oomKill, vmSysctl],
  },
  {
    term: 'order',
    aliases: ['allocation order', '阶'],
    en: {
      short: 'How many pages were wanted at once, as a power of two: 0 is one page, 3 is eight.',
      long: [
        'At order 0 memory was simply short; above it, free memory may be there but not in one piece.',
        'Above order 3 the kernel gives up rather than kill.',
        '-1 marks a kill asked for by hand with sysrq-f.',
      ],
    },
    'zh-CN': {
      short: '一次要多少页，以 2 的幂表示：0 是一页，3 是八页。',
      long: [
        'order 为 0 就是单纯的内存不够；大于 0 时可能有空闲内存，只是不连续。',
        '大于 3 时内核宁可失败也不杀进程。',
        '-1 表示用 sysrq-f 手动要求的。',
      ],
    },
    seeAlso: ['buddy allocator', 'fragmentation', 'gfp_mask', 'sysrq-f'],
    sources: [oomKill, pageAlloc],
  },
  {
    term: 'nodemask',
    aliases: ['nodemask=(null)'],
    en: {
      short: 'The NUMA nodes to which a memory policy restricted the allocation; (null) means no restriction.',
      long: [
        'Nodes named here come from mbind or set_mempolicy, that is from the program or numactl.',
        'Restrictions of a cpuset are in mems_allowed instead.',
      ],
    },
    'zh-CN': {
      short: '内存策略把这次分配限制在哪些 NUMA 节点；(null) 表示没有限制。',
      long: ['这里的节点来自 mbind 或 set_mempolicy，也就是程序自己或 numactl 的设置。', 'cpuset 的限制写在 mems_allowed 里。'],
    },
    seeAlso: ['mems_allowed', 'CONSTRAINT_MEMORY_POLICY', 'NUMA node'],
    sources: [oomKill, memoryPolicy],
  },
  {
    term: 'cpuset',
    aliases: ['cpuset.mems'],
    en: {
      short: 'The cgroup that says on which CPUs and NUMA nodes the invoker may run and allocate.',
      long: [
        'In a report it belongs to the invoker, which may be in another container than the victim.',
        'On cgroup v2 it often reads "/" or the last part of a path only.',
      ],
    },
    'zh-CN': {
      short: '规定触发者可以在哪些 CPU 和 NUMA 节点上运行和分配内存的 cgroup。',
      long: ['报告中的它属于触发者，触发者可能与被杀者不在同一个容器。', '在 cgroup v2 上它常常只是 "/" 或路径的最后一段。'],
    },
    seeAlso: ['mems_allowed', 'invoker', 'CONSTRAINT_CPUSET'],
    sources: [cpusets, oomKill],
  },
  {
    term: 'mems_allowed',
    aliases: ['Mems_allowed_list'],
    en: {
      short: "The NUMA nodes from which the invoker's cpuset lets it take memory, as a list such as 0-1.",
      long: [
        'If it leaves out nodes of the machine, those may have free memory that was out of reach.',
        "The kubelet's static memory manager sets it for Guaranteed pods.",
      ],
    },
    'zh-CN': {
      short: '触发者的 cpuset 允许从哪些 NUMA 节点取内存，写成 0-1 这样的列表。',
      long: [
        '如果没有包括机器的全部节点，其余节点上可能有空闲内存却用不到。',
        'kubelet 的静态内存管理器会为 Guaranteed pod 设置它。',
      ],
    },
    seeAlso: ['cpuset', 'nodemask', 'NUMA node'],
    sources: [cpusets],
  },
];
