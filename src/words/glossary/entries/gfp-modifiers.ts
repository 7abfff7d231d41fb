import type { TopicEntry } from '../entry.js';
import { gfp44, gfpTypes, memcontrol, pageAlloc } from '../sources.js';

/** Single flags of gfp_mask that say how hard to try. */
export const gfpModifiers: readonly TopicEntry[] = [
  {
    term: '__GFP_IO',
    aliases: [],
    en: {
      short: 'The kernel may start disk I/O to free memory for this request.',
      long: [
        'Without it dirty pages cannot be written out on the spot.',
        'It is part of GFP_KERNEL and GFP_NOFS, and missing in GFP_NOIO.',
      ],
    },
    'zh-CN': {
      short: '为满足这次请求，内核可以发起磁盘 I/O 来腾内存。',
      long: ['没有它就不能当场写出脏页。', 'GFP_KERNEL 和 GFP_NOFS 含有它，GFP_NOIO 没有。'],
    },
    seeAlso: ['__GFP_FS', 'GFP_NOIO'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_FS',
    aliases: [],
    en: {
      short: 'The kernel may call into file systems to free memory for this request.',
      long: [
        'Without it the OOM killer does not act for the node, as reclaim was not free to do all it could.',
        'It is part of GFP_KERNEL and missing in GFP_NOFS.',
      ],
    },
    'zh-CN': {
      short: '为满足这次请求，内核可以调用文件系统来腾内存。',
      long: ['没有它时，OOM killer 不会为节点出手，因为回收尚未竭尽所能。', 'GFP_KERNEL 含有它，GFP_NOFS 没有。'],
    },
    seeAlso: ['__GFP_IO', 'GFP_NOFS'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_DIRECT_RECLAIM',
    aliases: [],
    en: {
      short: 'The requesting thread may reclaim memory itself and wait for it.',
      long: [
        'Every request that can bring on the OOM killer has it.',
        'Without it the request fails at once when memory is short.',
      ],
    },
    'zh-CN': {
      short: '发出请求的线程可以自己回收内存并等待。',
      long: ['凡能引发 OOM killer 的请求都带有它。', '没有它时，内存不足就立即失败。'],
    },
    seeAlso: ['reclaim', '__GFP_KSWAPD_RECLAIM', '__GFP_RECLAIM'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_KSWAPD_RECLAIM',
    aliases: [],
    en: {
      short: 'The request may wake kswapd when free memory falls below the low watermark.',
      long: ['Nearly all requests have it.', 'Those for huge pages may not, as background reclaim for them is seldom worth it.'],
    },
    'zh-CN': {
      short: '空闲内存低于 low 水位时，该请求可以唤醒 kswapd。',
      long: ['几乎所有请求都带有它。', '大页请求可能不带，因为为它做后台回收往往不值得。'],
    },
    seeAlso: ['kswapd', 'low watermark', '__GFP_DIRECT_RECLAIM'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_RECLAIM',
    aliases: ['__GFP_WAIT'],
    en: {
      short: 'Both kinds of reclaim together: in place and by kswapd.',
      long: [
        'It appears by name only when the mask fits none of the usual combinations.',
        'Kernels before 4.4 had __GFP_WAIT in its place.',
      ],
    },
    'zh-CN': {
      short: '两种回收合在一起：就地回收和由 kswapd 回收。',
      long: ['只有当掩码不符合任何常见组合时才会单独打印它。', '4.4 之前的内核用 __GFP_WAIT。'],
    },
    seeAlso: ['__GFP_DIRECT_RECLAIM', '__GFP_KSWAPD_RECLAIM'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_NORETRY',
    aliases: [],
    en: {
      short: 'Try a little, then fail: the caller has another way.',
      long: ['Such a request never brings on the OOM killer.', 'It is used for large or optional allocations.'],
    },
    'zh-CN': {
      short: '稍作尝试就失败：调用者另有办法。',
      long: ['这种请求从不引发 OOM killer。', '用于大块的或可有可无的分配。'],
    },
    seeAlso: ['__GFP_RETRY_MAYFAIL', '__GFP_NOFAIL'],
    sources: [gfpTypes, memcontrol],
  },
  {
    term: '__GFP_RETRY_MAYFAIL',
    aliases: ['__GFP_REPEAT'],
    en: {
      short: 'Try hard, but fail rather than kill.',
      long: [
        'Its failure is a sign that the OOM killer will soon be needed for others.',
        'Kernels before 4.13 called a similar flag __GFP_REPEAT.',
      ],
    },
    'zh-CN': {
      short: '尽力尝试，但宁可失败也不杀进程。',
      long: ['它失败预示着不久会因别的请求而 OOM。', '4.13 之前类似的标志叫 __GFP_REPEAT。'],
    },
    seeAlso: ['__GFP_NORETRY', '__GFP_NOFAIL'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_NOFAIL',
    aliases: [],
    en: {
      short: 'The request must not fail; the kernel tries for ever.',
      long: [
        'At a cgroup limit it is granted beyond the limit, so usage can exceed it a little.',
        'File systems use it where they cannot turn back.',
      ],
    },
    'zh-CN': {
      short: '请求不允许失败；内核会一直尝试。',
      long: ['触及 cgroup 上限时会超额放行，所以用量可能略微超过上限。', '文件系统在无法回头的地方使用它。'],
    },
    seeAlso: ['__GFP_NORETRY', 'usage'],
    sources: [gfpTypes, memcontrol],
  },
  {
    term: '__GFP_HIGH',
    aliases: [],
    en: {
      short: 'An important request that may dip into the reserve below the min watermark.',
      long: ['GFP_ATOMIC contains it.', 'It does not mean high memory; that is __GFP_HIGHMEM.'],
    },
    'zh-CN': {
      short: '重要的请求，可以动用 min 水位以下的储备。',
      long: ['GFP_ATOMIC 含有它。', '它不是指高端内存，那是 __GFP_HIGHMEM。'],
    },
    seeAlso: ['GFP_ATOMIC', 'min watermark', '__GFP_HIGHMEM'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_ATOMIC',
    aliases: [],
    en: {
      short: 'In kernels from 4.4 to 6.2: the caller cannot wait and has high priority.',
      long: ['__GFP_HIGH took over its meaning.', 'It is printed as part of GFP_ATOMIC in most cases.'],
    },
    'zh-CN': {
      short: '4.4 到 6.2 的内核中：调用者不能等待，且优先级高。',
      long: ['它的含义后来由 __GFP_HIGH 承担。', '多数情况下作为 GFP_ATOMIC 的一部分打印。'],
    },
    seeAlso: ['__GFP_HIGH', 'GFP_ATOMIC'],
    sources: ['Linux 5.10 include/linux/gfp.h'],
  },
  {
    term: '__GFP_MEMALLOC',
    aliases: [],
    en: {
      short: 'The request may use all of memory, reserves included.',
      long: [
        'Only code that frees memory by running, such as swap over the network, may set it.',
        'A dying OOM victim gets part of the same right.',
      ],
    },
    'zh-CN': {
      short: '请求可以使用全部内存，包括储备。',
      long: ['只有运行起来能释放内存的代码（如通过网络的交换）才可设置它。', '正在死去的被杀进程也享有部分同样的权利。'],
    },
    seeAlso: ['__GFP_NOMEMALLOC', 'min watermark'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_NOMEMALLOC',
    aliases: [],
    en: {
      short: 'The request must not touch the emergency reserves, whoever makes it.',
      long: ['It wins over __GFP_MEMALLOC.', 'Optional allocations, such as huge pages, set it.'],
    },
    'zh-CN': {
      short: '不论由谁发出，该请求都不得动用应急储备。',
      long: ['它优先于 __GFP_MEMALLOC。', '可有可无的分配（如大页）会设置它。'],
    },
    seeAlso: ['__GFP_MEMALLOC', 'GFP_TRANSHUGE'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_NOWARN',
    aliases: [],
    en: {
      short: 'No "page allocation failure" message is to be logged if the request fails.',
      long: ['The caller expects failures.', 'It does not silence OOM reports.'],
    },
    'zh-CN': {
      short: '请求失败时不要打印 "page allocation failure"。',
      long: ['调用者预料到可能失败。', '它不会隐去 OOM 报告。'],
    },
    seeAlso: ['gfp_mask'],
    sources: [gfpTypes, pageAlloc],
  },
  {
    term: '__GFP_NOLOCKDEP',
    aliases: [],
    en: {
      short: 'The lock checker of debug kernels is to ignore this request.',
      long: ['It says nothing about memory.', 'It has no effect on production kernels.'],
    },
    'zh-CN': {
      short: '让调试内核的锁检查器忽略这次请求。',
      long: ['它与内存无关。', '在生产内核上没有作用。'],
    },
    seeAlso: ['gfp_mask'],
    sources: [gfpTypes],
  },
  {
    term: '__GFP_COLD',
    aliases: ['__GFP_NOTRACK', '__GFP_OTHER_NODE'],
    en: {
      short: 'Hints of older kernels that are gone now.',
      long: [
        "__GFP_COLD asked for a page not in the CPU's cache, as for read-ahead; __GFP_NOTRACK kept a debugger away; __GFP_OTHER_NODE counted the page for another node.",
        'All were removed between 4.10 and 4.15, and none matters for an OOM.',
      ],
    },
    'zh-CN': {
      short: '旧内核的提示标志，现已移除。',
      long: [
        '__GFP_COLD 要求不在 CPU 缓存里的页，例如预读；__GFP_NOTRACK 让调试工具不跟踪；__GFP_OTHER_NODE 把页记到另一个节点名下。',
        '它们在 4.10 到 4.15 之间移除，都与 OOM 无关。',
      ],
    },
    seeAlso: ['gfp_mask'],
    sources: [gfp44],
  },
];
