import type { TopicEntry } from '../entry.js';
import { cpusets, memcontrol, memoryPolicy, oomKill } from '../sources.js';

/** Values of constraint= in the oom-kill line. */
export const constraints: readonly TopicEntry[] = [
  {
    term: 'constraint',
    aliases: ['oom_constraint', '约束'],
    en: {
      short: 'What narrowed the search for memory: nothing, a cgroup, a cpuset or a memory policy.',
      long: [
        'It tells which kind of shortage the report is about before any number is read.',
        'Trust oom_memcg more: one kernel (5.2-rc) printed CONSTRAINT_NONE for a cgroup kill.',
      ],
    },
    'zh-CN': {
      short: '内存查找受什么限制：无、cgroup、cpuset 或内存策略。',
      long: [
        '还没看任何数字，它就说明了是哪一类不足。',
        'oom_memcg 更可信：有一个内核（5.2-rc）在 cgroup OOM 时打印了 CONSTRAINT_NONE。',
      ],
    },
    seeAlso: ['CONSTRAINT_NONE', 'CONSTRAINT_MEMCG', 'CONSTRAINT_CPUSET', 'CONSTRAINT_MEMORY_POLICY', 'oom-kill'],
    sources: [oomKill],
  },
  {
    term: 'CONSTRAINT_NONE',
    aliases: [],
    en: {
      short: 'The whole node ran out of memory; nothing narrowed the search.',
      long: [
        'The limit of the killed container has nothing to do with it.',
        'It comes with global_oom and with the Mem-Info of the node.',
      ],
    },
    'zh-CN': {
      short: '整个节点内存耗尽，没有其他限制。',
      long: ['与被杀容器的上限无关。', '同时会有 global_oom 和节点的 Mem-Info。'],
    },
    seeAlso: ['global_oom', 'constraint', 'Mem-Info'],
    sources: [oomKill],
  },
  {
    term: 'CONSTRAINT_MEMCG',
    aliases: [],
    en: {
      short: 'A cgroup reached its memory limit; the node may have memory to spare.',
      long: [
        'This is the ordinary case behind OOMKilled.',
        "oom_memcg says whose limit it was: the container's, the pod's or that of all pods.",
      ],
    },
    'zh-CN': {
      short: '某个 cgroup 到达内存上限；节点可能仍有富余。',
      long: ['OOMKilled 背后通常就是它。', 'oom_memcg 说明是谁的上限：容器、pod 还是全部 pod。'],
    },
    seeAlso: ['memcg OOM', 'oom_memcg', 'OOMKilled'],
    sources: [oomKill, memcontrol],
  },
  {
    term: 'CONSTRAINT_CPUSET',
    aliases: [],
    en: {
      short: 'The NUMA nodes allowed by the cpuset ran out, while others may have free memory.',
      long: [
        'Look at mems_allowed and compare it with the NUMA nodes of the machine.',
        'CPU pinning, the static memory manager of the kubelet and numactl lead to it.',
      ],
    },
    'zh-CN': {
      short: 'cpuset 允许的 NUMA 节点内存耗尽，其他节点可能仍有空闲。',
      long: ['请查看 mems_allowed，并与机器的 NUMA 节点对照。', 'CPU 绑定、kubelet 的静态内存管理器和 numactl 会导致这种情况。'],
    },
    seeAlso: ['cpuset', 'mems_allowed', 'NUMA node'],
    sources: [oomKill, cpusets],
  },
  {
    term: 'CONSTRAINT_MEMORY_POLICY',
    aliases: ['constraint mempolicy', 'mempolicy', 'mbind', '内存策略'],
    en: {
      short: 'The NUMA nodes to which the program bound its memory ran out.',
      long: [
        'The program, or numactl --membind in front of it, chose them; nodemask lists them.',
        'Preferring nodes instead of binding to them avoids the kill.',
      ],
    },
    'zh-CN': {
      short: '程序把内存绑定到的 NUMA 节点已经耗尽。',
      long: [
        '这些节点由程序自己或前面的 numactl --membind 选定，列在 nodemask 中。',
        '改用 preferred 而不是 bind 可以避免被杀。',
      ],
    },
    seeAlso: ['nodemask', 'NUMA node', 'constraint'],
    sources: [oomKill, memoryPolicy],
  },
  {
    term: 'CONSTRAINT_BPF_PSI_MEM',
    aliases: ['CONSTRAINT_BPF', 'BPF OOM'],
    en: {
      short: 'A BPF program asked for the kill because memory pressure was too high.',
      long: [
        'No limit has to be reached for that, so usage may be far below it.',
        'It was seen with kernels built from a proposed patch series; the name comes from the BPF program.',
      ],
    },
    'zh-CN': {
      short: '某个 BPF 程序因内存压力过高而要求杀进程。',
      long: ['这不需要触及任何上限，所以用量可能远低于上限。', '它出现在打了尚未合入的补丁的内核上；名字由 BPF 程序给出。'],
    },
    seeAlso: ['PSI', 'constraint', 'systemd-oomd'],
    sources: ['Linux patch series "mm: BPF OOM" (2025, on 6.16)'],
  },
];
