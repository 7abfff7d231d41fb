import type { TopicEntry } from '../entry.js';
import { cgroupV1, cgroupV2, mmConcepts, pageWriteback, resources, tmpfsDoc } from '../sources.js';

/** Memory that holds the contents of files, those of tmpfs included. */
export const pageCache: readonly TopicEntry[] = [
  {
    term: 'page cache',
    aliases: ['file', 'cache', 'file cache', 'cached', 'container_memory_cache', '页缓存', '文件缓存'],
    unit: 'bytes',
    en: {
      short: 'Contents of files that the kernel keeps in RAM after reading or before writing them.',
      long: [
        'It is charged to the cgroup whose process first touched it, and stays charged after that process is gone.',
        'Clean cache is dropped as soon as room is needed, so cache at the limit is normal and no reason for a kill by itself.',
        'Cache that is dirty, in writeback, locked, or really tmpfs cannot be dropped at once.',
        'The keys file (v2) and cache (v1) include shmem; oomkit counts shmem apart.',
      ],
    },
    'zh-CN': {
      short: '内核在读取之后或写出之前保留在内存里的文件内容。',
      long: [
        '它计入最先访问它的进程所在的 cgroup，进程退出后仍然计费。',
        '干净的缓存一有需要就会丢弃，所以缓存占满上限很正常，本身不会引起 OOM。',
        '脏的、正在回写的、被锁定的，以及实为 tmpfs 的缓存，都不能立即丢弃。',
        'v2 的 file 和 v1 的 cache 都包含 shmem；oomkit 把 shmem 分开计算。',
      ],
    },
    seeAlso: ['clean', 'dirty', 'writeback', 'shmem', 'inactive_file'],
    sources: [cgroupV1, cgroupV2, mmConcepts],
  },
  {
    term: 'clean',
    aliases: ['clean page cache', 'clean pages', '干净页'],
    unit: 'bytes',
    en: {
      short: 'Page cache that is the same as on disk, so it can be dropped at any time.',
      long: [
        'The kernel does not print it: oomkit takes the page cache and subtracts what is dirty or in writeback.',
        'Much clean cache next to an OOM kill points to cache that is locked or in constant use, or to a kernel defect.',
      ],
    },
    'zh-CN': {
      short: '与磁盘内容一致、随时可以丢弃的页缓存。',
      long: [
        '内核不直接打印它：oomkit 用页缓存减去脏页和正在回写的页得出。',
        '若发生 OOM 时干净缓存仍然很多，说明缓存被锁定或一直在用，或者是内核缺陷。',
      ],
    },
    seeAlso: ['page cache', 'dirty', 'writeback', 'mlock'],
    sources: [mmConcepts],
  },
  {
    term: 'dirty',
    aliases: ['file_dirty', 'dirty pages', 'nr_dirty', '脏页'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Page cache that was changed and has not yet been written to disk.',
      long: [
        'It cannot be dropped until it has been written, so a fast writer on a slow disk can fill a limit with it.',
        'A large value at the kill, with little anon, is the mark of a copy, a backup or an image import.',
      ],
    },
    'zh-CN': {
      short: '已修改但还没有写到磁盘的页缓存。',
      long: [
        '写出之前不能丢弃，所以慢盘上的快速写入者可以用它占满上限。',
        '被杀时脏页很多而 anon 很少，是拷贝、备份或镜像导入的典型特征。',
      ],
    },
    seeAlso: ['writeback', 'dirty throttling', 'vm.dirty_ratio', 'O_DIRECT'],
    sources: [cgroupV1, cgroupV2, pageWriteback],
  },
  {
    term: 'writeback',
    aliases: ['file_writeback', 'nr_writeback', '回写'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Page cache that is being written to disk right now.',
      long: [
        'It becomes clean, and so reclaimable, when the disk confirms the write.',
        'A large value at the kill means that the storage could not keep up: look at the disk latency and at the network of network storage.',
      ],
    },
    'zh-CN': {
      short: '正在写往磁盘的页缓存。',
      long: [
        '磁盘确认写完后它才变干净，才可回收。',
        '被杀时这个值很大，说明存储跟不上：请检查磁盘延迟；如果是网络存储，还要检查网络。',
      ],
    },
    seeAlso: ['dirty', 'dirty throttling', 'writepending', 'cgroup writeback'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'shmem',
    aliases: ['shared memory', 'shared anonymous memory', '共享内存'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Memory of tmpfs files, System V and POSIX shared memory, and shared anonymous mappings.',
      long: [
        'It behaves like process memory: no disk stands behind it, so without swap it cannot be reclaimed.',
        'It may outlive every process, as a file in tmpfs does.',
        'It is charged to the cgroup that first touched it, even if others use it too.',
      ],
    },
    'zh-CN': {
      short: 'tmpfs 文件、System V 与 POSIX 共享内存，以及共享匿名映射占用的内存。',
      long: [
        '它的表现同进程内存一样：背后没有磁盘，没有交换就无法回收。',
        '它可以比所有进程活得更久，例如 tmpfs 里的文件。',
        '它计入最先访问它的 cgroup，即使别的 cgroup 也在用。',
      ],
    },
    seeAlso: ['tmpfs', 'anon', 'page cache', 'rss_shmem'],
    sources: [cgroupV1, cgroupV2, tmpfsDoc],
  },
  {
    term: 'tmpfs',
    aliases: ['/dev/shm', 'emptyDir medium Memory', 'ramdisk', '内存盘'],
    en: {
      short: 'A file system whose files live in memory, charged to whoever writes them.',
      long: [
        'In a pod it is an emptyDir with medium: Memory, /dev/shm, or a mounted secret.',
        'Every file in it counts against the memory limit until it is deleted; a restart of the container does not delete it.',
        'Its contents show as shmem in the statistics and in no process of the task table, unless a process maps them.',
      ],
    },
    'zh-CN': {
      short: '文件存放在内存里的文件系统，谁写入就计给谁。',
      long: [
        '在 pod 里它是 medium: Memory 的 emptyDir、/dev/shm 或挂载的 secret。',
        '其中的文件在删除之前一直计入内存上限；容器重启不会删除它们。',
        '它的内容在统计里显示为 shmem；除非有进程映射，否则任务表里没有哪个进程持有它。',
      ],
    },
    seeAlso: ['shmem', 'emptyDir', 'held by no process'],
    sources: [tmpfsDoc, resources],
  },
  {
    term: 'mapped_file',
    aliases: ['file_mapped', 'mapped', 'container_memory_mapped_file'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'The part of the page cache, tmpfs included, that processes have mapped with mmap.',
      long: [
        'Program code, shared libraries and databases that map their files show up here.',
        'It is contained in file; only this part of the cache also counts in the RSS of processes.',
      ],
    },
    'zh-CN': {
      short: '页缓存（含 tmpfs）中被进程用 mmap 映射的部分。',
      long: [
        '程序代码、共享库，以及用映射方式读文件的数据库会出现在这里。',
        '它包含在 file 之中；缓存里只有这一部分同时计入进程的 RSS。',
      ],
    },
    seeAlso: ['page cache', 'rss_file', 'RSS'],
    sources: [cgroupV1, cgroupV2],
  },
  {
    term: 'active_file',
    aliases: ['container_memory_total_active_file_bytes', '活跃文件缓存'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Page cache that was used more than once lately.',
      long: [
        'It can be reclaimed like other clean cache, only later.',
        'It is part of the working set, which is why a pod that reads much can look full in kubectl top.',
      ],
    },
    'zh-CN': {
      short: '近期被多次使用的页缓存。',
      long: [
        '它同其他干净缓存一样可以回收，只是排在后面。',
        '它算在工作集里，所以大量读文件的 pod 在 kubectl top 里可能显得很满。',
      ],
    },
    seeAlso: ['inactive_file', 'working set', 'LRU'],
    sources: [cgroupV2, mmConcepts],
  },
  {
    term: 'inactive_file',
    aliases: ['total_inactive_file', 'container_memory_total_inactive_file_bytes', '不活跃文件缓存'],
    unit: 'stat-or-mem-info',
    en: {
      short: 'Page cache next in line to be reclaimed.',
      long: [
        'Freshly read or written pages begin here and move up when they are used again.',
        'It is what the kubelet subtracts from usage to get the working set.',
        'Inactive does not mean free to drop: dirty pages sit on this list too.',
      ],
    },
    'zh-CN': {
      short: '排在回收队列最前面的页缓存。',
      long: [
        '刚读入或刚写入的页从这里开始，再次使用才会上移。',
        'kubelet 计算工作集时从用量中减去的就是它。',
        '不活跃不等于可以直接丢弃：脏页也在这个链表上。',
      ],
    },
    seeAlso: ['active_file', 'working set', 'dirty', 'LRU'],
    sources: [cgroupV2, mmConcepts],
  },
];
