import type { TopicEntry } from '../entry.js';
import { allocatable, cadvisor, eviction, psi, resources, tmpfsDoc } from '../sources.js';

/** How Kubernetes and systemd deal with a node that runs short, and where operators look. */
export const nodePressure: readonly TopicEntry[] = [
  {
    term: 'eviction',
    aliases: ['Evicted', 'node-pressure eviction', 'evictionHard', 'MemoryPressure', '驱逐'],
    en: {
      short: 'The kubelet ends pods because the node is short of memory, before the kernel has to.',
      long: [
        "By default it acts when memory.available, which is capacity less the node's working set, falls below 100Mi.",
        "The pod's status then reads Evicted; there is no OOM report in the kernel log.",
        'It looks every ten seconds or so, so a fast allocation reaches the OOM killer first.',
      ],
    },
    'zh-CN': {
      short: '节点内存不足时，kubelet 抢在内核之前终止 pod。',
      long: [
        '默认在 memory.available（容量减去节点工作集）低于 100Mi 时动作。',
        '此时 pod 状态为 Evicted；内核日志里没有 OOM 报告。',
        '它大约每十秒检查一次，所以快速的分配会先触发 OOM killer。',
      ],
    },
    seeAlso: ['working set', 'node allocatable', 'global_oom', 'exit code 137'],
    sources: [eviction],
  },
  {
    term: 'node allocatable',
    aliases: ['allocatable', 'kube-reserved', 'system-reserved', 'enforceNodeAllocatable', '节点可分配量'],
    unit: 'bytes',
    en: {
      short: 'The memory of a node that pods may have, after reservations for the system.',
      long: [
        'The scheduler counts capacity less kube-reserved, system-reserved and the eviction threshold.',
        'The kubepods cgroup is limited to capacity less the two reservations only, so eviction has room to act first.',
        'Reservations that are too small are the usual reason for an OOM of the whole node.',
      ],
    },
    'zh-CN': {
      short: '节点扣除系统预留之后可供 pod 使用的内存。',
      long: [
        '调度器按容量减去 kube-reserved、system-reserved 和驱逐阈值计算。',
        'kubepods 的 cgroup 上限只减去前两项，这样驱逐还有余地先动作。',
        '预留过小是整个节点 OOM 的常见原因。',
      ],
    },
    seeAlso: ['kubepods', 'eviction', 'global_oom'],
    sources: [allocatable, 'Kubernetes 1.32 pkg/kubelet/cm/node_container_manager_linux.go'],
  },
  {
    term: 'emptyDir',
    aliases: ['emptyDir.medium', 'medium: Memory', 'sizeLimit'],
    en: {
      short: "A pod's scratch volume; with medium: Memory it is a tmpfs and counts as memory.",
      long: [
        'Its contents survive a restart of the container, so a container can be killed again as soon as it starts.',
        "Without sizeLimit it may grow up to the pod's memory limit, or, if there is none, to what the node has for pods.",
      ],
    },
    'zh-CN': {
      short: 'pod 的临时卷；设 medium: Memory 时是 tmpfs，按内存计。',
      long: [
        '容器重启后内容仍在，所以容器可能一启动又被杀。',
        '没有 sizeLimit 时，它可以增长到 pod 的内存上限；没有上限时可到节点留给 pod 的全部内存。',
      ],
    },
    seeAlso: ['tmpfs', 'shmem', 'memory limit'],
    sources: [resources, tmpfsDoc],
  },
  {
    term: 'kubectl top',
    aliases: ['metrics-server', 'metrics.k8s.io', 'HPA memory'],
    en: {
      short: 'Shows the working set of pods and nodes, measured every 15 seconds or so.',
      long: [
        'It is neither RSS nor what the limit applies to.',
        'A fast kill falls between two measurements, so the last value shown may be small.',
      ],
    },
    'zh-CN': {
      short: '显示 pod 和节点的工作集，大约每 15 秒测一次。',
      long: ['它既不是 RSS，也不是上限所管的量。', '突发的 OOM 会落在两次测量之间，所以最后显示的值可能很小。'],
    },
    seeAlso: ['working set', 'usage', 'cAdvisor'],
    sources: ['metrics-server 0.7 pkg/scraper/client/resource/client.go', cadvisor],
  },
  {
    term: 'cAdvisor',
    aliases: ['container_memory', '/metrics/cadvisor'],
    en: {
      short: 'The part of the kubelet that reads cgroups and exports container_memory_* metrics.',
      long: [
        'container_memory_cache includes tmpfs, container_memory_rss is anonymous memory only, and container_memory_failures_total counts page faults.',
        'On cgroup v2 container_memory_failcnt and container_memory_kernel_usage stay 0.',
      ],
    },
    'zh-CN': {
      short: 'kubelet 中读取 cgroup 并导出 container_memory_* 指标的部分。',
      long: [
        'container_memory_cache 包含 tmpfs，container_memory_rss 只是匿名内存，container_memory_failures_total 统计的是缺页。',
        '在 cgroup v2 上 container_memory_failcnt 和 container_memory_kernel_usage 一直为 0。',
      ],
    },
    seeAlso: ['working set', 'kubectl top', 'pgfault'],
    sources: [cadvisor],
  },
  {
    term: 'SystemOOM',
    aliases: ['OOMKilling', 'SystemOOM event'],
    en: {
      short: 'The event the kubelet records on a Node when the whole node ran out of memory.',
      long: [
        "It is not written for kills at a cgroup's limit; Kubernetes has no event for those.",
        'OOMKilling events come from node-problem-detector, where it is installed.',
      ],
    },
    'zh-CN': {
      short: '整个节点内存耗尽时，kubelet 记在 Node 上的事件。',
      long: [
        '触及 cgroup 上限的 OOM 不会产生它；Kubernetes 没有对应的事件。',
        'OOMKilling 事件来自 node-problem-detector（如果安装了）。',
      ],
    },
    seeAlso: ['global_oom', 'OOMKilled'],
    sources: ['Kubernetes 1.32 pkg/kubelet/oom/oom_watcher_linux.go'],
  },
  {
    term: 'systemd-oomd',
    aliases: ['oomd', 'userspace OOM killer', 'earlyoom'],
    en: {
      short: 'A daemon that kills whole cgroups when memory pressure or swap use is too high.',
      long: [
        'It sends SIGKILL from user space: the kernel logs no OOM report, and oom_kill in memory.events does not rise.',
        'Its journal says "Killed … due to memory pressure" and names the cgroup.',
        'On Kubernetes nodes it is best kept away from kubepods.slice.',
      ],
    },
    'zh-CN': {
      short: '内存压力或交换用量过高时杀掉整个 cgroup 的守护进程。',
      long: [
        '它从用户态发送 SIGKILL：内核没有 OOM 报告，memory.events 的 oom_kill 也不会增加。',
        '它的日志写着 "Killed … due to memory pressure" 并给出 cgroup。',
        '在 Kubernetes 节点上最好不让它管 kubepods.slice。',
      ],
    },
    seeAlso: ['PSI', 'SIGKILL', 'exit code 137'],
    sources: ['systemd 256 systemd-oomd.service(8)', psi],
  },
];
