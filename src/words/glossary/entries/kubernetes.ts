import type { TopicEntry } from '../entry.js';
import { allocatable, cgroupManager, podApi, podQos, qosPolicy, resources } from '../sources.js';

/** What Kubernetes says about memory, and how its names appear in kernel logs. */
export const kubernetes: readonly TopicEntry[] = [
  {
    term: 'OOMKilled',
    aliases: ['reason: OOMKilled'],
    en: {
      short: "The reason in a container's status when the runtime learned of an OOM kill in it.",
      long: [
        'With exit code 137 the main process, or all of them, was killed; with another code a child was, and the main process ended by itself.',
        'It may be missing although there was a kill: the runtime can learn of it too late.',
        'It does not say whose limit was hit, nor what filled it.',
      ],
    },
    'zh-CN': {
      short: '运行时得知容器内发生 OOM 时写入容器状态的原因。',
      long: [
        '退出码为 137 时，被杀的是主进程或全部进程；为其他值时，被杀的是子进程，主进程自己退出。',
        '即使发生了 OOM，它也可能缺失：运行时可能知道得太晚。',
        '它不说明是谁的上限，也不说明被什么占满。',
      ],
    },
    seeAlso: ['exit code 137', 'victim', 'oom_memcg', 'group kill'],
    sources: [podApi, 'containerd/containerd#8180, kubernetes/kubernetes#104454'],
  },
  {
    term: 'exit code 137',
    aliases: ['137', 'exit status 137', '退出码 137'],
    en: {
      short: '128 + 9: the process was ended by SIGKILL.',
      long: [
        'That is an OOM kill only if the kernel log or the counters say so.',
        'The end of the grace period, a failed liveness probe, systemd-oomd or a person give the same code.',
      ],
    },
    'zh-CN': {
      short: '128 + 9：进程被 SIGKILL 终止。',
      long: ['只有内核日志或计数器证实，才是 OOM。', '宽限期结束、存活探针失败、systemd-oomd 或人为操作都会得到同样的退出码。'],
    },
    seeAlso: ['OOMKilled', 'SIGKILL', 'systemd-oomd', 'eviction'],
    sources: [podApi, 'POSIX.1-2017 Shell Command Language 2.8.2'],
  },
  {
    term: 'memory limit',
    aliases: ['resources.limits.memory', 'limits.memory', 'kube_pod_container_resource_limits', '内存上限'],
    unit: 'bytes',
    en: {
      short: 'The memory a container may use at most, from its manifest.',
      long: [
        "The runtime writes it to memory.max of the container's cgroup; the pod's cgroup gets the sum, if every container has one.",
        'It bounds page cache, tmpfs and kernel memory along with process memory.',
        'An in-place resize can change it, so the one in force at the kill may not be that of the manifest.',
      ],
    },
    'zh-CN': {
      short: '清单中规定的容器最多可用的内存。',
      long: [
        '运行时把它写到容器 cgroup 的 memory.max；若每个容器都设了，pod 的 cgroup 取其总和。',
        '它同时约束进程内存、页缓存、tmpfs 和内核内存。',
        '原地调整可以改变它，所以被杀时生效的上限不一定与清单相同。',
      ],
    },
    seeAlso: ['limit', 'memory.max', 'memory request', 'kB'],
    sources: [resources],
  },
  {
    term: 'memory request',
    aliases: ['resources.requests.memory', 'requests.memory', 'kube_pod_container_resource_requests', '内存请求'],
    unit: 'bytes',
    en: {
      short: 'The memory the scheduler sets aside for a container.',
      long: [
        'The kernel does not enforce it: a container may use more, up to its limit.',
        'It decides the QoS class and the oom_score_adj, and who is evicted first.',
        'A request below what is really used lets the node be overcommitted.',
      ],
    },
    'zh-CN': {
      short: '调度器为容器预留的内存。',
      long: [
        '内核不强制它：容器可以用得更多，直到上限。',
        '它决定 QoS 等级、oom_score_adj 以及谁先被驱逐。',
        '请求低于实际用量会使节点超卖。',
      ],
    },
    seeAlso: ['memory limit', 'QoS class', 'eviction'],
    sources: [resources],
  },
  {
    term: 'QoS class',
    aliases: ['quality of service', 'QoS 等级'],
    en: {
      short: 'The class Kubernetes gives a pod by its requests and limits: Guaranteed, Burstable or BestEffort.',
      long: [
        'It sets the place in the cgroup tree and the oom_score_adj of the processes.',
        'When the node is short, BestEffort goes first and Guaranteed last.',
        'It does not protect a container from its own limit.',
      ],
    },
    'zh-CN': {
      short: 'Kubernetes 按请求和上限给 pod 定的等级：Guaranteed、Burstable 或 BestEffort。',
      long: [
        '它决定 pod 在 cgroup 树中的位置和进程的 oom_score_adj。',
        '节点内存不足时，BestEffort 最先、Guaranteed 最后被杀。',
        '它不能使容器免受自己上限的约束。',
      ],
    },
    seeAlso: ['Guaranteed', 'Burstable', 'BestEffort', 'oom_score_adj', 'kubepods'],
    sources: [podQos, qosPolicy],
  },
  {
    term: 'Guaranteed',
    aliases: ['guaranteed pod'],
    en: {
      short: 'The QoS class of pods whose containers all have equal requests and limits for CPU and memory.',
      long: [
        'Their processes get oom_score_adj -997, so almost anything else dies first when the node is short.',
        'Their cgroups lie directly under kubepods.',
      ],
    },
    'zh-CN': {
      short: '所有容器的 CPU 和内存请求都等于上限的 pod 的 QoS 等级。',
      long: ['进程的 oom_score_adj 为 -997，所以节点内存不足时几乎总是别的先被杀。', '它们的 cgroup 直接位于 kubepods 之下。'],
    },
    seeAlso: ['QoS class', 'oom_score_adj'],
    sources: [podQos, qosPolicy],
  },
  {
    term: 'Burstable',
    aliases: ['burstable pod'],
    en: {
      short: 'The QoS class of pods with some request or limit that are not Guaranteed.',
      long: [
        'oom_score_adj falls with the share of the node that the container requests, from 999 down to 2.',
        'So a container far above its request is killed before one within its own.',
      ],
    },
    'zh-CN': {
      short: '设了某些请求或上限、但不是 Guaranteed 的 pod 的 QoS 等级。',
      long: ['oom_score_adj 随请求占节点的比例下降，从 999 到 2。', '因此远超请求的容器会先于没有超出的被杀。'],
    },
    seeAlso: ['QoS class', 'oom_score_adj', 'memory request'],
    sources: [podQos, qosPolicy],
  },
  {
    term: 'BestEffort',
    aliases: ['best effort pod'],
    en: {
      short: 'The QoS class of pods without any request or limit.',
      long: [
        'Their processes get oom_score_adj 1000 and are the first to go when the node is short.',
        'Having no limit of their own, they can bring the node into that state.',
      ],
    },
    'zh-CN': {
      short: '没有任何请求和上限的 pod 的 QoS 等级。',
      long: ['进程的 oom_score_adj 为 1000，节点内存不足时最先被杀。', '它们自己没有上限，因此可能正是它们把节点拖到这一步。'],
    },
    seeAlso: ['QoS class', 'oom_score_adj'],
    sources: [podQos, qosPolicy],
  },
  {
    term: 'kubepods',
    aliases: ['kubepods.slice', 'kubepods-burstable.slice', 'kubepods-besteffort.slice', 'kubelet-kubepods.slice'],
    en: {
      short: 'The cgroup above all pods of a node; burstable and besteffort pods have one more level below it.',
      long: [
        "Its limit is the node's memory less kube-reserved and system-reserved.",
        'If oom_memcg is this cgroup, all pods together used up what the node leaves them, and any of them may have been killed.',
        'The systemd driver writes kubepods.slice, the cgroupfs driver kubepods.',
      ],
    },
    'zh-CN': {
      short: '节点上所有 pod 之上的 cgroup；burstable 和 besteffort 的 pod 还隔着一层。',
      long: [
        '它的上限是节点内存减去 kube-reserved 和 system-reserved。',
        '如果 oom_memcg 是它，说明所有 pod 合起来用尽了节点留给它们的内存，任何一个都可能被杀。',
        'systemd 驱动写作 kubepods.slice，cgroupfs 驱动写作 kubepods。',
      ],
    },
    seeAlso: ['node allocatable', 'oom_memcg', 'QoS class', 'slice'],
    sources: [cgroupManager, allocatable],
  },
  {
    term: 'slice',
    aliases: ['scope', 'systemd slice', 'cri-containerd scope'],
    en: {
      short: "systemd's words for cgroups: a slice holds other cgroups, a scope holds processes it did not start.",
      long: [
        'With the systemd driver each pod is a slice and each container a scope, such as cri-containerd-….scope or crio-….scope.',
        'Dashes of the pod UID become underscores there.',
      ],
    },
    'zh-CN': {
      short: 'systemd 对 cgroup 的叫法：slice 容纳其他 cgroup，scope 容纳并非由它启动的进程。',
      long: [
        '使用 systemd 驱动时，每个 pod 是一个 slice，每个容器是一个 scope，如 cri-containerd-….scope 或 crio-….scope。',
        '其中 pod UID 的连字符变成下划线。',
      ],
    },
    seeAlso: ['kubepods', 'pod UID', 'container ID'],
    sources: [cgroupManager, 'systemd 256 systemd.slice(5), systemd.scope(5)'],
  },
  {
    term: 'pod UID',
    aliases: ['metadata.uid', 'kubernetes.io/config.hash'],
    en: {
      short: 'The identifier of a pod, found in cgroup paths after "pod".',
      long: [
        '"kubectl get pods -A -o custom-columns=…:.metadata.uid" finds the name, as long as the pod exists.',
        'A static pod has 32 hexadecimal digits there instead: the hash of its manifest.',
      ],
    },
    'zh-CN': {
      short: 'pod 的标识，在 cgroup 路径中位于 "pod" 之后。',
      long: [
        '只要 pod 还在，就能用 "kubectl get pods -A -o custom-columns=…:.metadata.uid" 查到名字。',
        '静态 pod 在此处是 32 位十六进制数，即其清单的哈希。',
      ],
    },
    seeAlso: ['container ID', 'task_memcg', 'kubepods'],
    sources: [cgroupManager, podApi],
  },
  {
    term: 'container ID',
    aliases: ['容器 ID'],
    en: {
      short: "The 64 hexadecimal digits that end a container's cgroup path.",
      long: [
        "They match containerID in the pod's status, there with the runtime in front.",
        'A restarted container has a new one, so an old report names an ID that is in no status any more.',
      ],
    },
    'zh-CN': {
      short: '容器 cgroup 路径末尾的 64 位十六进制数。',
      long: [
        '它对应 pod 状态里的 containerID，那里前面还有运行时的名字。',
        '容器重启后会换新的，所以旧报告里的 ID 可能已不在任何状态中。',
      ],
    },
    seeAlso: ['pod UID', 'task_memcg'],
    sources: [cgroupManager, podApi],
  },
  {
    term: 'pause container',
    aliases: ['pause', 'sandbox', 'infra container'],
    en: {
      short: "The tiny process that holds a pod's network and other namespaces.",
      long: [
        'It appears in task tables with about 1 MiB and oom_score_adj -998.',
        'It is hardly ever the victim; when it is, the whole pod restarts.',
      ],
    },
    'zh-CN': {
      short: '维持 pod 网络等命名空间的很小的进程。',
      long: ['它在任务表里约占 1 MiB，oom_score_adj 为 -998。', '它几乎从不被杀；一旦被杀，整个 pod 都会重启。'],
    },
    seeAlso: ['oom_score_adj', 'task table'],
    sources: [qosPolicy],
  },
];
