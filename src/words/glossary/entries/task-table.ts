import type { TopicEntry } from '../entry.js';
import { memcontrol, oomKill, proc } from '../sources.js';

/** Columns of the task table and the fields of the kill line. */
export const taskTable: readonly TopicEntry[] = [
  {
    term: 'pid',
    aliases: ['process ID', '进程号'],
    en: {
      short: 'The number of a process, as the node sees it.',
      long: ['Inside the container the same process has another number, often 1.', 'It can be reused after the process is gone.'],
    },
    'zh-CN': {
      short: '节点视角下的进程号。',
      long: ['同一进程在容器内有另一个号，常常是 1。', '进程消失后号码可能被重新使用。'],
    },
    seeAlso: ['tgid', 'comm'],
    sources: [oomKill],
  },
  {
    term: 'tgid',
    aliases: ['thread group ID', '线程组号'],
    en: {
      short: 'The number of the process a row stands for; threads of one process share it.',
      long: [
        'The table lists processes, not threads, so tgid mostly equals pid.',
        'They differ when the main thread has exited and another one stands in.',
      ],
    },
    'zh-CN': {
      short: '该行所代表的进程号；同一进程的线程共用它。',
      long: ['任务表列的是进程而不是线程，所以 tgid 通常等于 pid。', '主线程已退出而由另一线程代表时，两者不同。'],
    },
    seeAlso: ['pid', 'task table'],
    sources: [oomKill],
  },
  {
    term: 'uid',
    aliases: ['user ID', '用户号'],
    en: {
      short: 'The user a process ran as, as the node counts users.',
      long: ['0 is root, also in most containers.', 'With user namespaces the number differs from the one inside the container.'],
    },
    'zh-CN': {
      short: '进程所属的用户，按节点的编号。',
      long: ['0 是 root，多数容器里也是。', '使用用户命名空间时，它与容器内的编号不同。'],
    },
    seeAlso: ['task table'],
    sources: [oomKill],
  },
  {
    term: 'comm',
    aliases: ['name', 'task', 'process name', '进程名'],
    en: {
      short: 'The name of a process or thread, at most 15 characters long.',
      long: [
        'It is not the command line: Java shows as java, and a program can change it.',
        'It may hold blanks, slashes and brackets, as in "CPU 0/KVM" or "runc:[2:INIT]".',
      ],
    },
    'zh-CN': {
      short: '进程或线程的名字，最长 15 个字符。',
      long: [
        '它不是命令行：Java 程序显示为 java，程序也可以自己改名。',
        '它可以含有空格、斜杠和括号，如 "CPU 0/KVM" 或 "runc:[2:INIT]"。',
      ],
    },
    seeAlso: ['pid', 'task table'],
    sources: [proc, oomKill],
  },
  {
    term: 'total_vm',
    aliases: ['VSZ', 'VmSize', 'virtual memory', '虚拟内存'],
    unit: 'table-or-kill-line',
    en: {
      short: 'The address space of a process, used or not.',
      long: [
        'Programs reserve far more than they touch: Go, Java and sanitizers reserve gigabytes or terabytes.',
        'It is neither charged nor limited by a cgroup, so a large value explains nothing.',
      ],
    },
    'zh-CN': {
      short: '进程的地址空间，不论是否用到。',
      long: [
        '程序预留的远多于实际访问的：Go、Java 和 sanitizer 会预留数 GiB 乃至数 TiB。',
        '它既不计费也不受 cgroup 限制，所以数值大并不说明什么。',
      ],
    },
    seeAlso: ['RSS', 'task table'],
    sources: [proc, oomKill],
  },
  {
    term: 'RSS',
    aliases: ['VmRSS', 'resident set size', 'resident memory', '常驻内存'],
    unit: 'pages',
    en: {
      short: 'The memory of a process that is in RAM and mapped by it now.',
      long: [
        'It is anonymous memory, mapped file pages and mapped shared memory together; what is shared is counted for every process that maps it.',
        'Page cache that nobody maps, tmpfs files and kernel memory are in no RSS, so the sum of the column can be far below usage.',
        'In memory.stat of cgroup v1 the key rss means something else: the anonymous memory of the cgroup.',
      ],
    },
    'zh-CN': {
      short: '进程当前映射且位于内存中的部分。',
      long: [
        '它是匿名内存、已映射的文件页和已映射的共享内存之和；共享的部分在每个映射它的进程里都算一遍。',
        '没有进程映射的页缓存、tmpfs 文件和内核内存不在任何 RSS 中，所以这一列之和可能远小于用量。',
        '在 cgroup v1 的 memory.stat 中，键 rss 另有含义：cgroup 的匿名内存。',
      ],
    },
    seeAlso: ['rss_anon', 'rss_file', 'rss_shmem', 'PSS', 'held by no process'],
    sources: [proc, oomKill],
  },
  {
    term: 'PSS',
    aliases: ['proportional set size', 'smaps_rollup'],
    unit: 'kB',
    en: {
      short: 'RSS with every shared page divided by the number of processes that map it.',
      long: [
        'The sum over all processes counts each page once, which the sum of RSS does not.',
        'The kernel does not print it in reports; /proc/PID/smaps_rollup has it for a living process.',
      ],
    },
    'zh-CN': {
      short: '把每个共享页除以映射它的进程数之后的 RSS。',
      long: ['对所有进程求和时每页只算一次，而 RSS 求和做不到。', '内核报告不打印它；活着的进程可看 /proc/PID/smaps_rollup。'],
    },
    seeAlso: ['RSS'],
    sources: [proc],
  },
  {
    term: 'rss_anon',
    aliases: ['anon-rss'],
    unit: 'table-or-kill-line',
    en: {
      short: 'The part of RSS that is anonymous: heap, stacks, private data.',
      long: [
        'The table has this column since 6.8; the kill line of older kernels has anon-rss for the victim as well.',
        'After the oom_reaper line it should be near 0.',
      ],
    },
    'zh-CN': {
      short: 'RSS 中的匿名部分：堆、栈、私有数据。',
      long: [
        '任务表自 6.8 起有这一列；更老的内核也在被杀一行里用 anon-rss 给出被杀者的值。',
        '在 oom_reaper 一行之后它应接近 0。',
      ],
    },
    seeAlso: ['RSS', 'anon', 'oom_reaper'],
    sources: [oomKill],
  },
  {
    term: 'rss_file',
    aliases: ['file-rss'],
    unit: 'table-or-kill-line',
    en: {
      short: 'The part of RSS that is mapped from files: program code, libraries, mapped data.',
      long: [
        'Most of it is clean page cache, which the kernel can drop and read again.',
        'It may be charged to another cgroup, the one that touched the file first.',
      ],
    },
    'zh-CN': {
      short: 'RSS 中由文件映射而来的部分：程序代码、库、映射的数据。',
      long: ['大多是干净的页缓存，内核可以丢弃后再读。', '它可能计在另一个 cgroup 名下，即最先访问该文件的那个。'],
    },
    seeAlso: ['RSS', 'mapped_file', 'page cache'],
    sources: [oomKill],
  },
  {
    term: 'rss_shmem',
    aliases: ['shmem-rss'],
    unit: 'table-or-kill-line',
    en: {
      short: 'The part of RSS that is mapped shared memory or tmpfs.',
      long: [
        'Every process that maps a shared segment shows it in full, so summing the column overcounts.',
        'The kill line has shmem-rss since 4.5.',
      ],
    },
    'zh-CN': {
      short: 'RSS 中映射的共享内存或 tmpfs。',
      long: ['每个映射同一共享段的进程都会完整显示它，所以整列相加会重复计算。', '被杀一行自 4.5 起有 shmem-rss。'],
    },
    seeAlso: ['RSS', 'shmem'],
    sources: [oomKill],
  },
  {
    term: 'nrss',
    aliases: ['(01)nrss'],
    unit: 'pages',
    en: {
      short: 'A column that some patched kernels add: RSS on the NUMA nodes that ran out.',
      long: ['Mainline Linux does not print it.', 'oomkit reads the table by its header, so a foreign column does no harm.'],
    },
    'zh-CN': {
      short: '某些打过补丁的内核增加的一列：在耗尽的 NUMA 节点上的 RSS。',
      long: ['主线 Linux 不打印它。', 'oomkit 按表头解析任务表，所以多出的列没有影响。'],
    },
    seeAlso: ['RSS', 'CONSTRAINT_MEMORY_POLICY'],
    sources: ['Linux patch series "mm, oom: per numa node oom for CONSTRAINT_MEMORY_POLICY" (2022)'],
  },
  {
    term: 'pgtables_bytes',
    aliases: ['pgtables', 'nr_ptes', 'nr_pmds', 'nr_puds', 'VmPTE'],
    unit: 'bytes',
    en: {
      short: 'What the page tables of a process take, in bytes.',
      long: [
        'Until 4.14 the table had counts of page table pages instead: nr_ptes, later nr_pmds and nr_puds too.',
        'The kill line has pgtables in kB since 5.4.',
        'It is kernel memory: charged to the cgroup, but not part of RSS.',
      ],
    },
    'zh-CN': {
      short: '进程页表占用的字节数。',
      long: [
        '4.14 及之前表里是页表页的个数：nr_ptes，后来还有 nr_pmds 和 nr_puds。',
        '被杀一行自 5.4 起有以 kB 为单位的 pgtables。',
        '它是内核内存：计入 cgroup，但不属于 RSS。',
      ],
    },
    seeAlso: ['pagetables', 'task table'],
    sources: [oomKill],
  },
  {
    term: 'swapents',
    aliases: ['swap entries', 'VmSwap'],
    unit: 'pages',
    en: {
      short: 'Pages of a process that are in swap.',
      long: [
        'They count for its oom_score but free no more RAM when it is killed.',
        'A column of zeros means no swap or none in use.',
      ],
    },
    'zh-CN': {
      short: '进程在交换中的页数。',
      long: ['它计入 oom_score，但杀掉进程并不会因此多释放内存。', '整列为零说明没有交换或没有使用。'],
    },
    seeAlso: ['swap', 'oom_score'],
    sources: [oomKill],
  },
  {
    term: 'cpu',
    aliases: ['cpu column'],
    en: {
      short: 'In tables of 2.6 kernels: the CPU on which the process last ran.',
      long: ['It says nothing about memory.', 'Later kernels dropped the column.'],
    },
    'zh-CN': {
      short: '2.6 内核的任务表中，进程最近运行的 CPU。',
      long: ['它与内存无关。', '后来的内核去掉了这一列。'],
    },
    seeAlso: ['task table'],
    sources: ['Linux 2.6.32 mm/oom_kill.c'],
  },
  {
    term: 'oom_score_adj',
    aliases: ['oom score adjustment'],
    en: {
      short: 'A number from -1000 to 1000 that makes a process less or more likely to be killed.',
      long: [
        'Each step is worth a thousandth of the memory at stake; -1000 exempts the process.',
        'The kubelet sets it by QoS class: Guaranteed -997, BestEffort 1000, Burstable 1000 less the share of node memory requested, within 2 and 999; the pause process has -998.',
        'Within one container all processes mostly have the same value, so there the largest is chosen.',
      ],
    },
    'zh-CN': {
      short: '-1000 到 1000 之间的数，使进程更不容易或更容易被杀。',
      long: [
        '每一步相当于所涉内存的千分之一；-1000 表示免杀。',
        'kubelet 按 QoS 等级设置：Guaranteed 为 -997，BestEffort 为 1000，Burstable 为 1000 减去请求占节点内存的千分比，限于 2 到 999；pause 进程为 -998。',
        '同一容器内所有进程的值多半相同，所以选最大的那个。',
      ],
    },
    seeAlso: ['oom_score', 'QoS class', 'pause container', 'oom_adj'],
    sources: [proc, oomKill, 'Kubernetes 1.32 pkg/kubelet/qos/policy.go'],
  },
  {
    term: 'oom_adj',
    aliases: ['oomkilladj'],
    en: {
      short: 'The older, coarser form of oom_score_adj, from -17 (never) to 15.',
      long: ['Reports of 2.6 kernels print it.', 'It was replaced in 2.6.36; writing the old file still works and is converted.'],
    },
    'zh-CN': {
      short: 'oom_score_adj 的旧形式，从 -17（免杀）到 15。',
      long: ['2.6 内核的报告打印它。', '2.6.36 起被取代；写旧文件仍然有效，会自动换算。'],
    },
    seeAlso: ['oom_score_adj'],
    sources: [proc],
  },
  {
    term: 'Killed process',
    aliases: ['kill line'],
    en: {
      short: 'The line that names the victim and what it held when it was killed.',
      long: [
        'It begins "Memory cgroup out of memory:" for a cgroup and "Out of memory:" for the node.',
        'In a group kill there is one such line for each process, and the first victim appears twice.',
        'Sizes in it are kB.',
      ],
    },
    'zh-CN': {
      short: '写明被杀者及其当时占用内存的一行。',
      long: [
        'cgroup 的以 "Memory cgroup out of memory:" 开头，节点的以 "Out of memory:" 开头。',
        '整组被杀时每个进程一行，第一个被杀者出现两次。',
        '其中的大小以 kB 为单位。',
      ],
    },
    seeAlso: ['victim', 'group kill', 'rss_anon', 'kB'],
    sources: [oomKill, memcontrol],
  },
];
