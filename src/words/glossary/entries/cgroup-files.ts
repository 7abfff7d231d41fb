import type { TopicEntry } from '../entry.js';
import { cgroupV1, cgroupV2, memcontrol } from '../sources.js';

/** Files of the memory controller. */
export const cgroupFiles: readonly TopicEntry[] = [
  {
    term: 'memory.current',
    aliases: ['memory.usage_in_bytes'],
    unit: 'bytes',
    en: {
      short: 'The file that tells what a cgroup and its descendants are charged now.',
      long: [
        'v1 calls it memory.usage_in_bytes.',
        'It includes page cache and kernel memory, so it often sits near the limit in a healthy container.',
      ],
    },
    'zh-CN': {
      short: '给出 cgroup 及其后代当前已计费内存的文件。',
      long: ['v1 中叫 memory.usage_in_bytes。', '它包含页缓存和内核内存，所以健康的容器里它也常常接近上限。'],
    },
    seeAlso: ['usage', 'memory.max', 'memory.stat', 'working set'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'memory.max',
    aliases: ['memory.limit_in_bytes', 'container_spec_memory_limit_bytes', '硬上限'],
    unit: 'bytes',
    en: {
      short: 'The hard memory limit of a cgroup: at it the kernel reclaims and, failing that, kills.',
      long: [
        'v1 calls it memory.limit_in_bytes; "max" means no limit.',
        'The container runtime writes resources.limits.memory here.',
        'Lowering it below the current usage reclaims at once and may kill.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 的内存硬上限：到达后内核回收，回收无效就杀进程。',
      long: [
        'v1 中叫 memory.limit_in_bytes；"max" 表示没有上限。',
        '容器运行时把 resources.limits.memory 写到这里。',
        '把它调到当前用量以下会立即触发回收，也可能杀进程。',
      ],
    },
    seeAlso: ['limit', 'memory.high', 'memory limit', 'unlimited'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'memory.high',
    aliases: ['high limit'],
    unit: 'bytes',
    en: {
      short: 'A limit that slows a cgroup down and reclaims from it, but never kills.',
      long: [
        'A cgroup held at it for long can look hung, with high pressure and no OOM kill.',
        'Kubernetes sets it only with the feature MemoryQoS (KEP-2570, alpha).',
      ],
    },
    'zh-CN': {
      short: '超过后会减速并回收、但从不杀进程的上限。',
      long: [
        '长时间被它压住的 cgroup 看起来像卡死：压力很高，却没有 OOM。',
        'Kubernetes 只在启用 MemoryQoS 特性（KEP-2570，alpha）时设置它。',
      ],
    },
    seeAlso: ['memory.max', 'PSI', 'memory.events'],
    sources: [cgroupV2, 'Kubernetes 1.27 KEP-2570 (MemoryQoS)'],
  },
  {
    term: 'memory.min',
    aliases: ['硬保护'],
    unit: 'bytes',
    en: {
      short: 'Memory of a cgroup that reclaim never takes, whatever the pressure elsewhere.',
      long: [
        'If too much of a node is protected this way, the OOM killer has to act instead of reclaim.',
        "It does not protect against the cgroup's own limit.",
      ],
    },
    'zh-CN': {
      short: '无论别处压力多大，回收都不会动的那部分内存。',
      long: ['节点上受此保护的内存过多时，无法回收，只能由 OOM killer 出手。', '它不能抵御 cgroup 自己的上限。'],
    },
    seeAlso: ['memory.low', 'reclaim'],
    sources: [cgroupV2],
  },
  {
    term: 'memory.low',
    aliases: ['软保护'],
    unit: 'bytes',
    en: {
      short: 'Memory of a cgroup that reclaim takes only when nothing unprotected is left.',
      long: ['It is the gentle form of memory.min.', 'The low line of memory.events counts how often it could not be honoured.'],
    },
    'zh-CN': {
      short: '只有在没有未受保护的内存时，回收才会动的那部分内存。',
      long: ['它是 memory.min 的温和形式。', 'memory.events 的 low 一行统计它没能兑现的次数。'],
    },
    seeAlso: ['memory.min', 'memory.events'],
    sources: [cgroupV2],
  },
  {
    term: 'memory.events',
    aliases: ['memory.oom_control'],
    unit: 'count',
    en: {
      short: "Counters of what happened at a cgroup's limits: low, high, max, oom, oom_kill, oom_group_kill.",
      long: [
        'max counts how often the limit was met, oom how often reclaim did not help, oom_kill the processes killed.',
        "The numbers include all descendants, so after a container has gone the pod's file still holds its kills.",
        'v1 has only oom_kill, in memory.oom_control.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 在各上限处发生的事件计数：low、high、max、oom、oom_kill、oom_group_kill。',
      long: [
        'max 是触及上限的次数，oom 是回收无效的次数，oom_kill 是被杀的进程数。',
        '这些数包含所有后代，所以容器消失之后，pod 的文件里仍留有它的被杀记录。',
        'v1 只有 oom_kill，在 memory.oom_control 中。',
      ],
    },
    seeAlso: ['memory.events.local', 'oom_kill', 'failcnt'],
    sources: [cgroupV2, cgroupV1],
  },
  {
    term: 'memory.events.local',
    aliases: ['local events'],
    unit: 'count',
    en: {
      short: 'The same counters as memory.events, but for this cgroup alone.',
      long: [
        'The cgroup whose local oom count rises is the one whose own limit was hit.',
        "That tells a container's limit from its pod's.",
      ],
    },
    'zh-CN': {
      short: '与 memory.events 相同的计数器，但只统计本 cgroup 自己。',
      long: ['哪个 cgroup 的本地 oom 计数上升，触及的就是哪个的上限。', '由此可以区分是容器的上限还是 pod 的上限。'],
    },
    seeAlso: ['memory.events', 'oom_memcg'],
    sources: [cgroupV2],
  },
  {
    term: 'oom_kill',
    aliases: ['oom_group_kill', 'container_oom_events_total', 'node_vmstat_oom_kill'],
    unit: 'count',
    en: {
      short: 'How many processes of a cgroup were killed by the OOM killer, for whatever reason.',
      long: [
        'It counts where the victim lived, not whose limit was hit, so kills for want of memory on the node are in it too.',
        'oom_group_kill (5.17) counts the times the whole cgroup was killed.',
        '/proc/vmstat has the same for the whole node.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 中被 OOM killer 杀死的进程数，不论原因。',
      long: [
        '它按被杀进程所在的 cgroup 统计，而不是按谁的上限，所以节点内存不足造成的也算在内。',
        'oom_group_kill（5.17）统计整个 cgroup 被杀的次数。',
        '/proc/vmstat 有整个节点的同名计数。',
      ],
    },
    seeAlso: ['memory.events', 'group kill', 'victim'],
    sources: [cgroupV2, memcontrol],
  },
  {
    term: 'memory.stat',
    aliases: ['Memory cgroup stats', 'memory statistics', '内存统计'],
    en: {
      short: "What a cgroup's memory consists of, and counters of reclaim.",
      long: [
        'A report repeats it after "Memory cgroup stats for …:", sizes in bytes; kernels before 5.3 print one line per cgroup in KB instead.',
        'From 5.3 to 6.4 a v1 report prints it with the key names of v2.',
        'The block is often missing from saved logs; oomkit then derives what it can from the other lines.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 内存的构成，以及回收的各种计数。',
      long: [
        '报告在 "Memory cgroup stats for …:" 之后重复它，单位是字节；5.3 之前的内核改为每个 cgroup 一行，单位是 KB。',
        '从 5.3 到 6.4，v1 的报告也用 v2 的键名打印。',
        '保存下来的日志常常缺少这一段；此时 oomkit 从其他行推导能推导的部分。',
      ],
    },
    seeAlso: ['anon', 'page cache', 'shmem', 'kernel', 'derived'],
    sources: [cgroupV1, cgroupV2, memcontrol],
  },
  {
    term: 'memory.peak',
    aliases: ['memory.max_usage_in_bytes', 'max_usage', 'container_memory_max_usage_bytes', '峰值'],
    unit: 'bytes',
    en: {
      short: 'The highest usage a cgroup has had since it was made or the mark was reset.',
      long: [
        'v1 calls it memory.max_usage_in_bytes; v2 has it since 5.19.',
        'Page cache raises it up to the limit, so a peak at the limit does not prove that the limit is too small.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 自创建或重置以来的最高用量。',
      long: [
        'v1 中叫 memory.max_usage_in_bytes；v2 自 5.19 起提供。',
        '页缓存会把它推到上限，所以峰值等于上限并不证明上限太小。',
      ],
    },
    seeAlso: ['memory.current', 'usage'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'memory.swap.max',
    aliases: ['memory.swap.high', 'container_swap_limit_bytes'],
    unit: 'bytes',
    en: {
      short: 'The most swap a v2 cgroup may use; 0 forbids swapping.',
      long: [
        'When it is reached the cgroup is not swapped further and the memory limit kills sooner.',
        'The kubelet sets it from the swap behaviour of the node (KEP-2400).',
      ],
    },
    'zh-CN': {
      short: 'v2 cgroup 最多可用的交换；0 表示禁止交换。',
      long: ['到达后不再换出，于是更早因内存上限被杀。', 'kubelet 按节点的交换策略设置它（KEP-2400）。'],
    },
    seeAlso: ['swap', 'memory.max'],
    sources: [cgroupV2, 'Kubernetes 1.32 KEP-2400 (node swap)'],
  },
];
