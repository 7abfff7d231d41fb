/** The sentences of this folder, by language and key; the values of the placeholders come with the Message. */
export const heapMessages = {
  en: {
    'heap.verdict.nothing-to-compare':
      'The heap holds {heapBytes}; without RSS or a cgroup to hold it against, that says nothing about a leak.',
    'heap.verdict.more-than-charged':
      'The heap holds {heapBytes}, more than the {wholeBytes} the cgroup is charged: the figures are of different processes or different times.',
    'heap.verdict.more-than-rss':
      'The heap holds {heapBytes}, more than the {wholeBytes} the process has resident: the figures are of different processes or different times, or the heap is swapped out.',
    'heap.verdict.dominates-charged':
      'The heap holds {share} of what the cgroup is charged ({heapBytes} of {wholeBytes}); with what the collector keeps in reserve it accounts for the memory.',
    'heap.verdict.dominates-rss':
      'The heap holds {share} of the resident memory ({heapBytes} of {wholeBytes}); with what the collector keeps in reserve it accounts for the memory.',
    'heap.verdict.part-of-charged':
      'The heap holds {share} of what the cgroup is charged ({heapBytes} of {wholeBytes}); it is part of the answer, not all of it.',
    'heap.verdict.part-of-rss':
      'The heap holds {share} of the resident memory ({heapBytes} of {wholeBytes}); it is part of the answer, not all of it.',
    'heap.verdict.not-a-leak-charged':
      'The heap holds {share} of what the cgroup is charged ({heapBytes} of {wholeBytes}); this is not a heap leak.',
    'heap.verdict.not-a-leak-rss':
      'The heap holds {share} of the resident memory ({heapBytes} of {wholeBytes}); this is not a heap leak.',
    'heap.verdict.not-a-leak-but':
      'The heap holds {share} of what the cgroup is charged ({heapBytes} of {wholeBytes}); this is not a heap leak. {elsewhere}',
    'heap.elsewhere.outside-the-heap':
      'The processes hold {resident} of the charge, {outsideBytes} of it outside the live heap: native allocations, thread stacks, mapped files, or memory the runtime has not given back.',
    'heap.elsewhere.outside-the-processes':
      'The processes hold only {resident} of the charge; {outsideBytes} is in no process: page cache, tmpfs or kernel memory.',
    'heap.retained.not-computed':
      'Retained sizes were not computed: they would take {neededBytes} of memory, above the bound of {boundBytes}. Sizes are of the objects themselves.',
  },
  'zh-CN': {
    'heap.verdict.nothing-to-compare': '堆占用 {heapBytes}；没有 RSS 或 cgroup 数据可供对比，无法据此判断是否泄漏。',
    'heap.verdict.more-than-charged': '堆占用 {heapBytes}，超过计入 cgroup 的 {wholeBytes}：两组数据来自不同的进程或不同的时刻。',
    'heap.verdict.more-than-rss':
      '堆占用 {heapBytes}，超过进程常驻的 {wholeBytes}：两组数据来自不同的进程或不同的时刻，或者堆已被换出。',
    'heap.verdict.dominates-charged':
      '堆占计入 cgroup 的内存的 {share}（{wholeBytes} 中的 {heapBytes}）；加上垃圾回收器预留的部分，内存主要就在堆里。',
    'heap.verdict.dominates-rss':
      '堆占常驻内存的 {share}（{wholeBytes} 中的 {heapBytes}）；加上垃圾回收器预留的部分，内存主要就在堆里。',
    'heap.verdict.part-of-charged':
      '堆占计入 cgroup 的内存的 {share}（{wholeBytes} 中的 {heapBytes}）；堆只是原因的一部分，不是全部。',
    'heap.verdict.part-of-rss': '堆占常驻内存的 {share}（{wholeBytes} 中的 {heapBytes}）；堆只是原因的一部分，不是全部。',
    'heap.verdict.not-a-leak-charged': '堆只占计入 cgroup 的内存的 {share}（{wholeBytes} 中的 {heapBytes}）；这不是堆内存泄漏。',
    'heap.verdict.not-a-leak-rss': '堆只占常驻内存的 {share}（{wholeBytes} 中的 {heapBytes}）；这不是堆内存泄漏。',
    'heap.verdict.not-a-leak-but':
      '堆只占计入 cgroup 的内存的 {share}（{wholeBytes} 中的 {heapBytes}）；这不是堆内存泄漏。{elsewhere}',
    'heap.elsewhere.outside-the-heap':
      '各进程占计入 cgroup 的内存的 {resident}，其中 {outsideBytes} 在存活堆之外：本机（native）分配、线程栈、映射的文件，或运行时尚未归还的内存。',
    'heap.elsewhere.outside-the-processes':
      '各进程只占计入 cgroup 的内存的 {resident}；{outsideBytes} 不属于任何进程：页缓存、tmpfs 或内核内存。',
    'heap.retained.not-computed':
      '未计算保留大小（retained size）：需要 {neededBytes} 内存，超过上限 {boundBytes}。所列为对象自身大小。',
  },
} as const;
