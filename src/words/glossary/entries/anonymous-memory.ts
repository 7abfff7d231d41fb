import type { TopicEntry } from '../entry.js';
import { cgroupV1, cgroupV2, hugetlbDoc, mmConcepts, showMem, thp, unevictableLru } from '../sources.js';

/** Memory of processes, and how pages are pinned or made huge. */
export const anonymousMemory: readonly TopicEntry[] = [
  {
    term: 'anon',
    aliases: ['anonymous memory', 'anonymous pages', 'AnonPages', 'container_memory_rss', '匿名内存', '匿名页'],
    unit: 'bytes',
    en: {
      short: 'Memory of processes that no file stands behind: heap, stacks, private mappings.',
      long: [
        'What malloc, a JVM or a Go program allocates ends up here once it is touched.',
        'Without swap the kernel cannot take it back, so when anon alone nears the limit only freeing or a kill helps.',
        'cgroup v1 calls it rss; shared memory is not in it but in shmem.',
      ],
    },
    'zh-CN': {
      short: '没有文件支撑的进程内存：堆、栈、私有映射。',
      long: [
        'malloc、JVM 或 Go 程序申请的内存，一旦被访问就算在这里。',
        '没有交换时内核无法收回它，所以 anon 自身接近上限时，只有释放或杀进程才有用。',
        'cgroup v1 称之为 rss；共享内存不在其中，而在 shmem 中。',
      ],
    },
    seeAlso: ['RSS', 'shmem', 'rss_anon', 'active_anon', 'swap'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'active_anon',
    aliases: ['inactive_anon'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Anonymous and tmpfs pages on the active and the inactive LRU list.',
      long: [
        'The two lists order pages by how recently they were used; pages leave memory from the inactive end, and only if there is swap.',
        'tmpfs pages are on these lists too, so their sum can exceed anon.',
        'How they split between active and inactive says little about an OOM.',
      ],
    },
    'zh-CN': {
      short: '位于活跃与不活跃 LRU 链表上的匿名页和 tmpfs 页。',
      long: [
        '两个链表按最近使用的先后排列页；页从不活跃的一端离开内存，而且必须有交换。',
        'tmpfs 的页也在这些链表上，所以两者之和可能大于 anon。',
        '活跃与不活跃的比例对分析 OOM 意义不大。',
      ],
    },
    seeAlso: ['anon', 'shmem', 'LRU', 'MGLRU'],
    sources: [cgroupV2, showMem],
  },
  {
    term: 'anon_thp',
    aliases: ['rss_huge', 'AnonHugePages'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'The part of anon that is held in transparent huge pages.',
      long: [
        'A huge page is charged whole, 2 MiB on x86-64, even if the program touched only a few bytes of it.',
        'If it is near anon while the program says it uses less, THP may be inflating the usage.',
      ],
    },
    'zh-CN': {
      short: 'anon 中由透明大页承载的部分。',
      long: [
        '大页按整页计费，在 x86-64 上是 2 MiB，即使程序只碰了其中几个字节。',
        '如果它接近 anon，而程序自称用得更少，可能是 THP 放大了用量。',
      ],
    },
    seeAlso: ['THP', 'anon'],
    sources: [cgroupV1, cgroupV2, thp],
  },
  {
    term: 'THP',
    aliases: ['transparent huge page', 'transparent hugepages', 'khugepaged', '透明大页'],
    en: {
      short: 'Transparent huge pages: the kernel backs memory with large pages without the program asking.',
      long: [
        'They save page tables and TLB misses, but round memory up, so a sparse heap can grow several times.',
        '/sys/kernel/mm/transparent_hugepage/enabled chooses always, madvise or never for the whole node.',
        'khugepaged is the kernel thread that merges small pages into huge ones afterwards.',
      ],
    },
    'zh-CN': {
      short: '透明大页：程序不必申请，内核自动用大页承载内存。',
      long: [
        '它节省页表并减少 TLB 缺失，但会向上取整，稀疏的堆可能因此膨胀数倍。',
        '/sys/kernel/mm/transparent_hugepage/enabled 为整个节点选择 always、madvise 或 never。',
        'khugepaged 是事后把小页合并成大页的内核线程。',
      ],
    },
    seeAlso: ['anon_thp', 'file_thp', 'hugetlb', 'GFP_TRANSHUGE'],
    sources: [thp],
  },
  {
    term: 'file_thp',
    aliases: ['shmem_thp', 'shmem_pmdmapped'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Page cache (file_thp) or tmpfs memory (shmem_thp) held in huge pages.',
      long: [
        'Each is contained in file or shmem, not added to it.',
        'shmem_pmdmapped is the share of shmem_thp that some process maps as a whole huge page.',
      ],
    },
    'zh-CN': {
      short: '由大页承载的页缓存（file_thp）或 tmpfs 内存（shmem_thp）。',
      long: [
        '它们分别包含在 file 或 shmem 之中，不是另加的。',
        'shmem_pmdmapped 是 shmem_thp 中被某个进程以整个大页映射的部分。',
      ],
    },
    seeAlso: ['THP', 'page cache', 'shmem'],
    sources: [cgroupV2, showMem],
  },
  {
    term: 'hugetlb',
    aliases: ['hugetlbfs', 'huge pages', 'hugepages-2Mi', '大页'],
    unit: 'bytes',
    en: {
      short: 'Huge pages reserved ahead of time for programs that ask for them by name.',
      long: [
        'The pool is taken from the node at boot or by an administrator, and nothing else can use it, full or empty.',
        'It has limits of its own (resource hugepages-2Mi) and is not part of the memory limit, unless the cgroup file system is mounted with memory_hugetlb_accounting (6.7).',
        'A large, unused pool is a classic reason why a node runs out of memory with little to show for it.',
      ],
    },
    'zh-CN': {
      short: '预先保留、供点名使用的程序申请的大页。',
      long: [
        '这个池在启动时或由管理员从节点划出，不论用没用，其他程序都不能用。',
        '它有自己的上限（资源 hugepages-2Mi），不计入内存上限，除非 cgroup 文件系统以 memory_hugetlb_accounting 挂载（6.7）。',
        '保留很多却没人用的大页池，是节点莫名耗尽内存的常见原因。',
      ],
    },
    seeAlso: ['hugepages_total', 'THP'],
    sources: [hugetlbDoc, cgroupV2],
  },
  {
    term: 'unevictable',
    aliases: ['不可回收'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Pages that reclaim must leave alone, mostly because a process locked them.',
      long: [
        'mlock, ramfs and locked shared memory put pages on this list.',
        'They are counted in anon, file or shmem as well; this number only says how much of those is out of reach.',
        'Page cache that is unevictable cannot be dropped to make room, unlike ordinary cache.',
      ],
    },
    'zh-CN': {
      short: '回收时必须绕开的页，多半因为被进程锁定。',
      long: [
        'mlock、ramfs 和锁定的共享内存会把页放到这个链表上。',
        '这些页同时计入 anon、file 或 shmem；这个数只说明其中有多少动不得。',
        '与普通缓存不同，不可回收的页缓存无法丢弃来腾出空间。',
      ],
    },
    seeAlso: ['mlock', 'LRU', 'reclaim'],
    sources: [unevictableLru, cgroupV2],
  },
  {
    term: 'mlock',
    aliases: ['mlocked', 'mlockall', 'locked memory', 'VmLck', '锁定内存'],
    unit: 'pages-or-kB',
    en: {
      short: 'A request of a process to keep its pages in RAM.',
      long: [
        'Databases, real-time programs and key stores use it; locked pages are neither swapped out nor dropped.',
        'Locking a mapped file makes its page cache as hard as process memory.',
        'VmLck in /proc/PID/status shows how much a living process locked.',
      ],
    },
    'zh-CN': {
      short: '进程要求把自己的页一直留在内存里。',
      long: [
        '数据库、实时程序和密钥存储会用它；锁定的页既不换出也不丢弃。',
        '锁定一个被映射的文件，会使它的页缓存同进程内存一样无法回收。',
        '活着的进程锁了多少，看 /proc/PID/status 的 VmLck。',
      ],
    },
    seeAlso: ['unevictable'],
    sources: [unevictableLru, mmConcepts],
  },
];
