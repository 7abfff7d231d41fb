import type { TopicEntry } from '../entry.js';
import { oomKill, pageAlloc, proc, showMem, vmSysctl } from '../sources.js';

/** How to read the text of a report: units, times, and the lines around it. */
export const logText: readonly TopicEntry[] = [
  {
    term: 'page size',
    aliases: ['page', '页', '页大小'],
    unit: 'bytes',
    en: {
      short: 'The unit in which the kernel hands out memory: 4 KiB on x86-64, 4 or 64 KiB on arm64 and ppc64.',
      long: [
        'Numbers in pages cannot be read without it: 1000 pages are 4 MB or 64 MB.',
        'Mem-Info betrays it in the buddy lists, whose first size is one page; reports of a cgroup do not print it.',
        '"getconf PAGESIZE" prints it on a node.',
      ],
    },
    'zh-CN': {
      short: '内核分配内存的单位：x86-64 上是 4 KiB，arm64 和 ppc64 上是 4 或 64 KiB。',
      long: [
        '不知道页大小就无法解读以页为单位的数：1000 页可能是 4 MB，也可能是 64 MB。',
        'Mem-Info 的伙伴列表里第一个块大小就是一页；cgroup 的报告不打印页大小。',
        '在节点上可以用 "getconf PAGESIZE" 查看。',
      ],
    },
    seeAlso: ['task table', 'buddy allocator'],
    sources: [showMem],
  },
  {
    term: 'kB',
    aliases: ['KiB', 'kilobyte', '千字节'],
    unit: 'bytes',
    en: {
      short: '1024 bytes, in everything the kernel prints.',
      long: [
        'The kernel writes kB and means KiB; so 585936kB are 572.2 MiB, the limit of a pod set to 600M.',
        'Kubernetes quantities differ: M is 1000 × 1000 and Mi is 1024 × 1024.',
      ],
    },
    'zh-CN': {
      short: '内核打印的 kB 一律是 1024 字节。',
      long: [
        '内核写 kB 而意思是 KiB；所以 585936kB 是 572.2 MiB，正是设为 600M 的 pod 上限。',
        'Kubernetes 的单位有别：M 是 1000 × 1000，Mi 是 1024 × 1024。',
      ],
    },
    seeAlso: ['page size', 'memory limit'],
    sources: [proc],
  },
  {
    term: 'uptime timestamp',
    aliases: ['printk time', 'dmesg time', 'monotonic time', '启动后时间'],
    en: {
      short: 'The number in brackets before a kernel line, such as [580237.375615]: seconds since the node booted.',
      long: [
        'The wall-clock time is boot time plus this number; dmesg -T does that sum and can be off by seconds or, after a suspend, by more.',
        'The times journald and syslog put in front are wall-clock times already.',
      ],
    },
    'zh-CN': {
      short: '内核日志行前方括号里的数，如 [580237.375615]：节点启动以来的秒数。',
      long: [
        '实际时间等于启动时间加上它；dmesg -T 就是这样算的，可能差几秒，休眠过的机器差得更多。',
        'journald 和 syslog 加在前面的时间已经是实际时间。',
      ],
    },
    seeAlso: ['OOM report'],
    sources: ['Linux 6.12 kernel/printk/printk.c'],
  },
  {
    term: 'Call Trace',
    aliases: ['stack trace', 'stack', '调用栈'],
    en: {
      short: 'The chain of kernel functions that led to the OOM killer, newest first.',
      long: [
        'It tells what the invoker wanted: handle_mm_fault is process memory, filemap or page_cache functions are file cache, shmem is tmpfs, kmem is kernel memory.',
        'mem_cgroup_out_of_memory in it means a cgroup limit; __alloc_pages_slowpath without it means the node.',
        'Entries with a question mark are guesses of the unwinder.',
      ],
    },
    'zh-CN': {
      short: '通向 OOM killer 的内核函数链，最新的在最前。',
      long: [
        '它说明触发者要什么：handle_mm_fault 是进程内存，filemap 或 page_cache 函数是文件缓存，shmem 是 tmpfs，kmem 是内核内存。',
        '其中有 mem_cgroup_out_of_memory 说明是 cgroup 上限；没有它而有 __alloc_pages_slowpath 说明是节点。',
        '带问号的条目是回溯程序的猜测。',
      ],
    },
    seeAlso: ['invoker', 'memcg OOM', 'global_oom'],
    sources: [oomKill, pageAlloc],
  },
  {
    term: 'callbacks suppressed',
    aliases: ['oom_kill_process: callbacks suppressed', 'ratelimit', '限速'],
    unit: 'count',
    en: {
      short: 'How many reports the kernel left out because there were too many.',
      long: [
        'At most ten full reports are printed in five seconds; the kill lines of the others are still logged.',
        'A large number means a storm of kills, often a cgroup that is restarted and killed again.',
      ],
    },
    'zh-CN': {
      short: '内核因报告过多而略去的份数。',
      long: [
        '五秒内最多打印十份完整报告；其余的仍会记录被杀的那一行。',
        '数值很大说明 OOM 接连发生，往往是 cgroup 反复重启又被杀。',
      ],
    },
    seeAlso: ['OOM report'],
    sources: [oomKill],
  },
  {
    term: 'no killable processes',
    aliases: ['System is deadlocked on memory', 'vm.panic_on_oom', 'panic_on_oom', 'Out of memory and no killable processes'],
    en: {
      short: 'The OOM killer found nothing it was allowed to kill.',
      long: [
        'All that is left is exempt: kernel threads, init, or processes with oom_score_adj -1000.',
        'For the whole node the kernel then panics; for a cgroup it lets the charge go over the limit or fails it.',
        'vm.panic_on_oom makes it panic instead of killing at all.',
      ],
    },
    'zh-CN': {
      short: 'OOM killer 找不到可以杀的进程。',
      long: [
        '剩下的都不能杀：内核线程、init，或 oom_score_adj 为 -1000 的进程。',
        '若是整个节点，内核随即 panic；若是 cgroup，则让计费超过上限或失败。',
        'vm.panic_on_oom 使内核直接 panic 而不杀进程。',
      ],
    },
    seeAlso: ['oom_score_adj', 'OOM killer'],
    sources: [oomKill, vmSysctl],
  },
  {
    term: 'sysrq-f',
    aliases: ['moom', 'manual OOM'],
    en: {
      short: 'A kill asked for by hand, by writing f to /proc/sysrq-trigger.',
      long: ['Its report has order=-1 and says nothing about a shortage.', 'Some watchdogs and tests use it.'],
    },
    'zh-CN': {
      short: '手动要求的 OOM：向 /proc/sysrq-trigger 写入 f。',
      long: ['报告中 order=-1，并不说明内存真的不足。', '有些看门狗和测试会用它。'],
    },
    seeAlso: ['order', 'OOM killer'],
    sources: [oomKill, 'Linux 6.12 Documentation/admin-guide/sysrq.rst'],
  },
  {
    term: 'vm.oom_kill_allocating_task',
    aliases: ['oom_kill_allocating_task'],
    en: {
      short: 'A setting that makes the OOM killer kill the invoker instead of choosing the largest process.',
      long: [
        'The kill line then reads "Out of memory (oom_kill_allocating_task)".',
        'It applies to the whole node only, not to cgroup limits, and hits innocent processes more often.',
      ],
    },
    'zh-CN': {
      short: '让 OOM killer 直接杀触发者、而不挑最大进程的设置。',
      long: [
        '此时被杀一行写作 "Out of memory (oom_kill_allocating_task)"。',
        '它只对整个节点的 OOM 生效，不影响 cgroup 上限，也更容易误杀。',
      ],
    },
    seeAlso: ['invoker', 'victim', 'oom_score'],
    sources: [vmSysctl, oomKill],
  },
];
