import type { TopicEntry } from '../entry.js';
import { cgroupV2, oomKill, oomKill50, proc } from '../sources.js';

/** How the kernel chooses, kills and cleans up. */
export const killing: readonly TopicEntry[] = [
  {
    term: 'victim',
    aliases: ['OOM victim', '被杀者', '被杀进程'],
    en: {
      short: 'The process the OOM killer chose.',
      long: [
        'It is the one with the highest badness among the candidates, mostly simply the largest.',
        'It need not be the culprit: it may be the largest while something else, such as page cache, grew.',
      ],
    },
    'zh-CN': {
      short: 'OOM killer 选中的进程。',
      long: [
        '它是候选者中 badness 最高的，多数情况下就是最大的。',
        '它不一定是元凶：它可能只是最大，而真正增长的是别的，例如页缓存。',
      ],
    },
    seeAlso: ['oom_score', 'invoker', 'task_memcg', 'Killed process'],
    sources: [oomKill],
  },
  {
    term: 'oom_score',
    aliases: ['badness', 'oom_badness', 'score', 'OOM 评分'],
    en: {
      short: 'How attractive a process is to the OOM killer: its memory plus its oom_score_adj.',
      long: [
        "Badness is RSS, swap and page tables in pages, plus oom_score_adj thousandths of the memory at stake: the node's, or the limit of the cgroup.",
        'The highest is killed.',
        '/proc/PID/oom_score shows it scaled; kernels before 5.1 print it as "score N" in thousandths.',
      ],
    },
    'zh-CN': {
      short: '进程对 OOM killer 的“吸引力”：它的内存加上 oom_score_adj。',
      long: [
        'badness 等于以页计的 RSS、交换与页表之和，再加上 oom_score_adj 个千分之一的所涉内存：节点的内存，或 cgroup 的上限。',
        '最高者被杀。',
        '/proc/PID/oom_score 是换算后的值；5.1 之前的内核以千分比打印为 "score N"。',
      ],
    },
    seeAlso: ['oom_score_adj', 'victim', 'swapents', 'pgtables_bytes'],
    sources: [oomKill, proc],
  },
  {
    term: 'oom_reaper',
    aliases: ['reaped process', 'OOM 收割线程'],
    en: {
      short: 'The kernel thread that takes the memory of the victim even before the victim has died.',
      long: [
        'It exists because a killed process can hang, waiting for a lock or a disk, and free nothing (4.6).',
        'Its line gives what is left after the work; file and shared pages may remain.',
      ],
    },
    'zh-CN': {
      short: '在被杀者真正死亡之前就收走其内存的内核线程。',
      long: [
        '被杀的进程可能因等锁或等磁盘而挂住，什么也不释放，所以才有它（4.6）。',
        '它的日志行给出收割后剩下的量；文件页和共享页可能还在。',
      ],
    },
    seeAlso: ['victim', 'unable to reap', 'rss_anon'],
    sources: [oomKill],
  },
  {
    term: 'unable to reap',
    aliases: ['unable to reap pid'],
    en: {
      short: 'The oom_reaper could not get at the memory of the victim and gave up.',
      long: [
        'Another thread held the lock of its address space for too long.',
        'The kernel may then choose a further victim, so two kills can follow one shortage.',
      ],
    },
    'zh-CN': {
      short: 'oom_reaper 拿不到被杀者的内存，放弃了。',
      long: ['另一个线程长时间持有其地址空间的锁。', '内核随后可能再选一个进程，所以一次不足可能杀两个。'],
    },
    seeAlso: ['oom_reaper'],
    sources: [oomKill],
  },
  {
    term: 'already exiting',
    aliases: ['Skip killing the task', 'is already exiting'],
    en: {
      short: 'A process of a group kill was found dying already and was left alone.',
      long: ['It is normal in a group kill: the first victim is met again.', 'It needs no action.'],
    },
    'zh-CN': {
      short: '整组被杀时发现某进程已在退出，于是跳过。',
      long: ['整组被杀时这很正常：会再次碰到第一个被杀者。', '不需要处理。'],
    },
    seeAlso: ['group kill'],
    sources: [oomKill],
  },
  {
    term: 'group kill',
    aliases: ['are going to be killed due to memory.oom.group set', '整组被杀'],
    en: {
      short: 'All processes of a cgroup are killed together, not only the victim.',
      long: [
        'It happens where memory.oom.group is 1; the report says "Tasks in … are going to be killed due to memory.oom.group set".',
        'Processes with oom_score_adj -1000 are spared.',
      ],
    },
    'zh-CN': {
      short: 'cgroup 中的所有进程一起被杀，而不只是选中的那个。',
      long: [
        '发生在 memory.oom.group 为 1 的地方；报告写着 "Tasks in … are going to be killed due to memory.oom.group set"。',
        'oom_score_adj 为 -1000 的进程除外。',
      ],
    },
    seeAlso: ['memory.oom.group', 'already exiting', 'oom_kill'],
    sources: [oomKill, cgroupV2],
  },
  {
    term: 'memory.oom.group',
    aliases: ['oom.group', 'singleProcessOOMKill'],
    en: {
      short: 'The file that makes the OOM killer treat a cgroup as one: all or nothing (4.19).',
      long: [
        'The kubelet sets it to 1 for containers on cgroup v2 since 1.28, so a killed worker takes its whole container along.',
        "The kubelet's singleProcessOOMKill (1.32) goes back to killing one process.",
        'cgroup v1 has no such file.',
      ],
    },
    'zh-CN': {
      short: '让 OOM killer 把一个 cgroup 当作整体对待的文件：要么全杀，要么不杀（4.19）。',
      long: [
        'kubelet 自 1.28 起在 cgroup v2 上为容器设为 1，所以一个 worker 被杀会连带整个容器。',
        'kubelet 的 singleProcessOOMKill（1.32）可恢复为只杀一个进程。',
        'cgroup v1 没有这个文件。',
      ],
    },
    seeAlso: ['group kill', 'OOMKilled', 'cgroup v2'],
    sources: [cgroupV2, 'Kubernetes 1.28 kubernetes/kubernetes#117793', 'Kubernetes 1.32 kubernetes/kubernetes#126096'],
  },
  {
    term: 'sacrifice child',
    aliases: ['Kill process', 'or sacrifice child', '牺牲子进程'],
    en: {
      short: 'Up to 5.0 the kernel killed a child of the chosen process first, if it had one with memory of its own.',
      long: [
        'So "Kill process A … or sacrifice child" may be followed by "Killed process B".',
        'From 5.1 on the chosen process is the one that is killed.',
      ],
    },
    'zh-CN': {
      short: '直到 5.0，内核会先杀所选进程的一个有独立内存的子进程。',
      long: ['所以 "Kill process A … or sacrifice child" 之后可能是 "Killed process B"。', '自 5.1 起，被杀的就是选中的进程。'],
    },
    seeAlso: ['victim', 'oom_score'],
    sources: [oomKill50, 'Linux commit bbbe48029720 (mm, oom: remove prefer children over parent heuristic)'],
  },
  {
    term: 'SIGKILL',
    aliases: ['signal 9', 'kill -9', '强制终止信号'],
    en: {
      short: 'The signal that ends a process at once and cannot be caught.',
      long: [
        'The OOM killer sends it, but so do the kubelet after the grace period, a failed liveness probe, systemd-oomd and people.',
        'Only the kernel log or the counters of the cgroup tell whether it was an OOM kill.',
      ],
    },
    'zh-CN': {
      short: '立即终止进程且无法捕获的信号。',
      long: [
        'OOM killer 会发它，但宽限期结束后的 kubelet、存活探针失败、systemd-oomd 和人也会发。',
        '只有内核日志或 cgroup 的计数器能说明是不是 OOM。',
      ],
    },
    seeAlso: ['exit code 137', 'systemd-oomd', 'oom_kill'],
    sources: ['Linux man-pages 6.7 signal(7)'],
  },
];
