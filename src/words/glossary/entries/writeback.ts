import type { TopicEntry } from '../entry.js';
import { cgroupV2, openManual, pageWriteback, qemuCacheModes, vmSysctl } from '../sources.js';

/** How written data reaches the disk, and how a program can keep it out of the page cache. */
export const writeback: readonly TopicEntry[] = [
  {
    term: 'dirty throttling',
    aliases: ['balance_dirty_pages', 'writeback throttling', '脏页限流'],
    en: {
      short: 'Slowing a writer down so that dirty pages do not outrun the disk.',
      long: [
        'Each writer sleeps a little once dirty pages near the threshold, until its pace fits that of the disk.',
        'On cgroup v2 a cgroup has a threshold of its own, if the file system supports it; on v1 only the threshold of the whole node counts.',
        'So a small v1 container on a large node may fill its limit with dirty pages long before it is slowed down.',
      ],
    },
    'zh-CN': {
      short: '让写入者慢下来，使脏页不至于超过磁盘的速度。',
      long: [
        '脏页接近阈值后，每个写入者都要睡一会儿，直到速度与磁盘相称。',
        '在 cgroup v2 上，若文件系统支持，cgroup 有自己的阈值；在 v1 上只看整个节点的阈值。',
        '因此大节点上的小 v1 容器，可能早在被限流之前就用脏页占满了上限。',
      ],
    },
    seeAlso: ['dirty', 'vm.dirty_ratio', 'cgroup writeback', 'cgroup v1'],
    sources: [pageWriteback, cgroupV2, 'Linux commit 9badce000e2c (cgroup, writeback: no cgroup writeback on v1)'],
  },
  {
    term: 'vm.dirty_ratio',
    aliases: ['dirty_ratio', 'vm.dirty_bytes', 'dirty_bytes'],
    en: {
      short: 'The share of available memory that may be dirty before writers are held back, 20 % by default.',
      long: [
        "It is a setting of the node, counted from free memory and page cache, not from a container's limit.",
        'vm.dirty_bytes sets the same as an absolute size; setting one clears the other.',
        '20 % of a 256 GiB node is about 50 GiB, more than any usual container limit.',
      ],
    },
    'zh-CN': {
      short: '写入者被拖住之前，可用内存中允许有多少脏页，默认 20%。',
      long: [
        '它是节点级设置，按空闲内存加页缓存计算，与容器上限无关。',
        'vm.dirty_bytes 用绝对大小设置同一件事；设了一个，另一个就清零。',
        '256 GiB 节点的 20% 约 50 GiB，超过通常的任何容器上限。',
      ],
    },
    seeAlso: ['vm.dirty_background_ratio', 'dirty throttling', 'dirty'],
    sources: [vmSysctl],
  },
  {
    term: 'vm.dirty_background_ratio',
    aliases: ['dirty_background_ratio', 'vm.dirty_background_bytes', 'dirty_background_bytes'],
    en: {
      short:
        'The share of available memory that may be dirty before the kernel starts writing in the background, 10 % by default.',
      long: [
        'Pages dirty for longer than 30 seconds (vm.dirty_expire_centisecs) are written in any case.',
        'A lower value makes the disk start earlier and leaves fewer dirty pages to drain in an emergency.',
      ],
    },
    'zh-CN': {
      short: '内核开始在后台写出之前，可用内存中允许有多少脏页，默认 10%。',
      long: [
        '脏了超过 30 秒（vm.dirty_expire_centisecs）的页无论如何都会写出。',
        '调低它可以让磁盘早些开始写，紧急时要排空的脏页就少。',
      ],
    },
    seeAlso: ['vm.dirty_ratio', 'writeback'],
    sources: [vmSysctl],
  },
  {
    term: 'cgroup writeback',
    aliases: ['memcg dirty limit', 'cgroup 回写'],
    en: {
      short: 'Counting dirty pages and their disk writes per cgroup, on cgroup v2 only.',
      long: [
        'It needs the memory and io controllers together and support in the file system: ext4, xfs, btrfs and f2fs have it, NFS, CephFS and FUSE do not.',
        'Without it, writes of a container are throttled only by the thresholds of the whole node.',
      ],
    },
    'zh-CN': {
      short: '按 cgroup 统计脏页及其磁盘写入，只有 cgroup v2 支持。',
      long: [
        '它要求同时启用 memory 与 io 控制器，并有文件系统支持：ext4、xfs、btrfs、f2fs 支持，NFS、CephFS、FUSE 不支持。',
        '没有它时，容器的写入只受整个节点的阈值约束。',
      ],
    },
    seeAlso: ['dirty throttling', 'cgroup v2'],
    sources: [cgroupV2, pageWriteback],
  },
  {
    term: 'O_DIRECT',
    aliases: ['direct I/O', 'direct IO', '直接 I/O'],
    en: {
      short: 'A way to open a file so that reads and writes bypass the page cache.',
      long: [
        'Nothing becomes dirty, so a writer with O_DIRECT cannot fill its cgroup with page cache.',
        'Buffers and sizes must be aligned, and some file systems refuse it.',
        'It does not make data durable by itself: an fsync at the end is still needed.',
      ],
    },
    'zh-CN': {
      short: '打开文件的一种方式，读写绕过页缓存。',
      long: [
        '不产生脏页，所以用 O_DIRECT 的写入者不会用页缓存占满自己的 cgroup。',
        '缓冲区和长度必须对齐，有些文件系统不支持。',
        '它本身不保证数据落盘：最后仍需要 fsync。',
      ],
    },
    seeAlso: ['cache=none', 'cache=directsync', 'dirty'],
    sources: [openManual],
  },
  {
    term: 'cache mode',
    aliases: ['QEMU cache mode', 'qemu-img -t', '缓存模式'],
    en: {
      short: 'How QEMU and qemu-img use the page cache of the host for a disk image.',
      long: [
        'none and directsync use O_DIRECT and leave no page cache behind; writeback, writethrough and unsafe go through it.',
        'writeback and unsafe may leave gigabytes of dirty pages charged to the container.',
        'qemu-img takes -t for the destination and -T for the source.',
      ],
    },
    'zh-CN': {
      short: 'QEMU 和 qemu-img 读写磁盘镜像时如何使用宿主机的页缓存。',
      long: [
        'none 和 directsync 使用 O_DIRECT，不留下页缓存；writeback、writethrough 和 unsafe 都经过页缓存。',
        'writeback 和 unsafe 可能留下数 GiB 计入容器的脏页。',
        'qemu-img 用 -t 指定目标的模式，用 -T 指定源的模式。',
      ],
    },
    seeAlso: ['cache=none', 'cache=directsync', 'cache=writeback', 'O_DIRECT'],
    sources: [qemuCacheModes],
  },
  {
    term: 'cache=none',
    aliases: ['none cache mode'],
    en: {
      short: "QEMU's cache mode that uses O_DIRECT and flushes when asked to.",
      long: [
        "It bounds page cache as well as directsync does and is faster, because not every write waits for the disk's own cache.",
        'Data is safe after the flush at the end.',
      ],
    },
    'zh-CN': {
      short: 'QEMU 的一种缓存模式：使用 O_DIRECT，按请求刷盘。',
      long: ['它对页缓存的约束与 directsync 相同，而且更快，因为不必每次写入都等磁盘自身的缓存。', '最后刷盘之后数据才安全。'],
    },
    seeAlso: ['cache mode', 'cache=directsync', 'O_DIRECT'],
    sources: [qemuCacheModes],
  },
  {
    term: 'cache=directsync',
    aliases: ['directsync', 'directsync cache mode'],
    en: {
      short: "QEMU's cache mode that uses O_DIRECT and flushes after every write.",
      long: [
        'It leaves no dirty pages, so it fits a tight memory limit.',
        'The flush after each write makes it the slowest mode on disks without a protected cache.',
      ],
    },
    'zh-CN': {
      short: 'QEMU 的一种缓存模式：使用 O_DIRECT，每次写入后都刷盘。',
      long: ['它不留下脏页，适合很紧的内存上限。', '每次写入都刷盘，所以在没有掉电保护缓存的磁盘上是最慢的模式。'],
    },
    seeAlso: ['cache mode', 'cache=none'],
    sources: [qemuCacheModes],
  },
  {
    term: 'cache=writeback',
    aliases: ['writeback cache mode', 'cache=unsafe', 'cache=writethrough'],
    en: {
      short: "QEMU's cache mode that writes into the host's page cache and lets the kernel write it out.",
      long: [
        "It is fast until the page cache reaches the container's limit; then the writer is stuck with dirty pages or killed.",
        'unsafe also ignores flush requests; writethrough goes through the cache but flushes after each write, so little stays dirty.',
      ],
    },
    'zh-CN': {
      short: 'QEMU 的一种缓存模式：写入宿主机的页缓存，再由内核写出。',
      long: [
        '在页缓存到达容器上限之前它很快；之后写入者会被脏页拖住或被杀。',
        'unsafe 还会忽略刷盘请求；writethrough 也经过缓存，但每次写入后都刷盘，所以脏页很少。',
      ],
    },
    seeAlso: ['cache mode', 'dirty', 'dirty throttling'],
    sources: [qemuCacheModes],
  },
];
