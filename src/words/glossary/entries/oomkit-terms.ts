import type { TopicEntry } from '../entry.js';
import { cgroupV2, design } from '../sources.js';

/** oomkit's own words. */
export const oomkitTerms: readonly TopicEntry[] = [
  {
    term: 'charged',
    aliases: ['charge', 'chargedBytes', '已计费', '计费'],
    unit: 'bytes',
    en: {
      short: 'Counted against a cgroup: the total that its limit is compared with.',
      long: [
        'oomkit splits it into five lines that always add up: anon, file, shmem, kernel and unexplained.',
        'A page is charged to the cgroup that first touched it and stays there until it is freed.',
        'For a node it is RAM less what is free.',
      ],
    },
    'zh-CN': {
      short: '计入某个 cgroup 的内存总量，上限就是与它比较。',
      long: [
        'oomkit 把它分成总能加平的五行：anon、file、shmem、kernel 和 unexplained。',
        '一个页计入最先访问它的 cgroup，直到释放为止。',
        '对节点而言，它是内存总量减去空闲。',
      ],
    },
    seeAlso: ['usage', 'unexplained', 'held by no process', 'anon', 'page cache'],
    sources: [design, cgroupV2],
  },
  {
    term: 'unexplained',
    aliases: ['remainder', '未解释'],
    unit: 'bytes',
    en: {
      short: 'What is charged and covered by none of the other lines.',
      long: [
        'It is the remainder that closes the sum, so nothing is hidden.',
        "A small value, also a negative one, is normal: the kernel's counters are read at different moments and lag a little.",
        'A large one means that the log lacks numbers, mostly the memory statistics.',
      ],
    },
    'zh-CN': {
      short: '已计费但其他各行都没有涵盖的部分。',
      long: [
        '它是使总和相等的余数，因此没有什么被掩盖。',
        '数值小（甚至为负）很正常：内核的计数器在不同时刻读取，且略有滞后。',
        '数值大说明日志缺少数字，多半缺内存统计。',
      ],
    },
    seeAlso: ['charged', 'absent', 'memory.stat'],
    sources: [design],
  },
  {
    term: 'held by no process',
    aliases: ['heldByNoProcessBytes', 'no process', '无进程持有'],
    unit: 'bytes',
    en: {
      short: 'Charged memory that no process in the task table has resident.',
      long: [
        'It is the charge less the RSS of all tasks: page cache nobody maps, tmpfs files, kernel memory.',
        'ps, top and jmap cannot show it, which is why a kill can look groundless.',
        'If it is most of the limit, look for file writes and tmpfs rather than for a leak.',
      ],
    },
    'zh-CN': {
      short: '已计费、但任务表中没有任何进程常驻持有的内存。',
      long: [
        '它等于计费总量减去所有任务的 RSS：没有进程映射的页缓存、tmpfs 文件、内核内存。',
        'ps、top 和 jmap 都看不到它，所以 OOM 有时显得毫无理由。',
        '如果它占上限的大部分，应查文件写入和 tmpfs，而不是内存泄漏。',
      ],
    },
    seeAlso: ['RSS', 'charged', 'page cache', 'tmpfs', 'kernel'],
    sources: [design],
  },
  {
    term: 'confidence',
    aliases: ['置信度'],
    en: {
      short: 'How sure oomkit is of a cause, from 0 to 1: the share of such verdicts that would be right.',
      long: [
        '0.9 means that about nine of ten verdicts given on like evidence hold.',
        'Causes can hold together, so the numbers need not add up to 1.',
        'Missing parts of a report lower it.',
      ],
    },
    'zh-CN': {
      short: 'oomkit 对某个原因的把握，0 到 1：此类判断中正确的比例。',
      long: [
        '0.9 表示在类似证据上作出的判断，十次约有九次成立。',
        '多个原因可以同时成立，所以各数之和不必为 1。',
        '报告缺失的部分会降低它。',
      ],
    },
    seeAlso: ['cause', 'evidence', 'partial report'],
    sources: [design],
  },
  {
    term: 'measured',
    aliases: ['实测'],
    en: {
      short: 'The kernel printed this very number.',
      long: ['oomkit only changed its unit.', 'The line it was read from is given beside it.'],
    },
    'zh-CN': {
      short: '内核直接打印了这个数。',
      long: ['oomkit 只换算了单位。', '旁边给出读取它的行号。'],
    },
    seeAlso: ['derived', 'absent', 'provenance'],
    sources: [design],
  },
  {
    term: 'derived',
    aliases: ['推导'],
    en: {
      short: 'Computed from numbers that the kernel printed.',
      long: [
        'A note says how: for example the usage less the RSS of all tasks less kmem.',
        'It is exact only as far as the numbers it comes from were read at one moment.',
      ],
    },
    'zh-CN': {
      short: '由内核打印的数计算得出。',
      long: ['附注说明算法，例如用量减去所有任务的 RSS 再减去 kmem。', '它的准确程度取决于各数是否在同一时刻读取。'],
    },
    seeAlso: ['measured', 'absent'],
    sources: [design],
  },
  {
    term: 'absent',
    aliases: ['缺失'],
    en: {
      short: 'The evidence does not give this number and nothing allows it to be derived.',
      long: ['It is not 0: the memory may be there and is then part of unexplained.', 'The warnings say what is missing.'],
    },
    'zh-CN': {
      short: '证据没有给出这个数，也无法推导。',
      long: ['它不等于 0：内存可能存在，此时算在 unexplained 里。', '警告部分说明缺了什么。'],
    },
    seeAlso: ['measured', 'derived', 'unexplained'],
    sources: [design],
  },
  {
    term: 'cause',
    aliases: ['verdict', '原因', '结论'],
    en: {
      short: 'What oomkit blames for a kill, with the evidence for and against it.',
      long: [
        'Causes have fixed names, such as anon-memory, page-cache-writeback or tmpfs, and are ranked by confidence.',
        'Several may hold at once.',
      ],
    },
    'zh-CN': {
      short: 'oomkit 认定的 OOM 原因，连同支持与反对的证据。',
      long: ['原因有固定的名字，如 anon-memory、page-cache-writeback 或 tmpfs，按置信度排序。', '几个原因可以同时成立。'],
    },
    seeAlso: ['confidence', 'evidence', 'known issue'],
    sources: [design],
  },
  {
    term: 'evidence',
    aliases: ['because', 'against', '证据'],
    en: {
      short: 'The facts a verdict rests on, each with the place it was read from.',
      long: [
        'Facts may contradict each other; then both are shown, and the one nearest to the kill counts.',
        'What is missing is listed as well.',
      ],
    },
    'zh-CN': {
      short: '结论所依据的事实，各自注明出处。',
      long: ['事实可能互相矛盾；此时两者都列出，以最接近被杀时刻的为准。', '缺少的部分也会列出。'],
    },
    seeAlso: ['provenance', 'cause'],
    sources: [design],
  },
  {
    term: 'provenance',
    aliases: ['source', 'read from', '出处'],
    en: {
      short: 'Where a fact came from: the file or source, the line, and the time it was true.',
      long: ['It lets you check every number against the log.', 'Lines count from 1.'],
    },
    'zh-CN': {
      short: '事实的来源：文件或来源、行号以及成立的时间。',
      long: ['据此可以对照日志核实每个数。', '行号从 1 开始。'],
    },
    seeAlso: ['evidence', 'measured'],
    sources: [design],
  },
  {
    term: 'incident',
    aliases: ['事件', '事故'],
    en: {
      short: 'One run of the OOM killer with all that was found about it.',
      long: [
        'A group kill is one incident although many processes die.',
        'The same kill read from two logs is one incident too.',
      ],
    },
    'zh-CN': {
      short: 'OOM killer 的一次运行，以及找到的全部相关信息。',
      long: ['整组被杀虽然死了多个进程，仍是一个事件。', '从两份日志读到的同一次 OOM 也是一个事件。'],
    },
    seeAlso: ['OOM report', 'group kill'],
    sources: [design],
  },
  {
    term: 'partial report',
    aliases: ['partial', 'completeness', '不完整的报告'],
    en: {
      short: 'A report of which lines are missing.',
      long: [
        'Logs are filtered, cut and rate-limited; oomkit says which sections are missing and works with the rest.',
        'The full text is in "dmesg" or "journalctl -k" on the node, as long as it has not been overwritten.',
      ],
    },
    'zh-CN': {
      short: '缺行的报告。',
      long: [
        '日志会被过滤、截断和限速；oomkit 说明缺了哪些部分，并用其余部分继续分析。',
        '完整文本在节点的 "dmesg" 或 "journalctl -k" 里，只要还没有被覆盖。',
      ],
    },
    seeAlso: ['OOM report', 'absent', 'callbacks suppressed'],
    sources: [design],
  },
  {
    term: 'known issue',
    aliases: ['known defect', '已知问题'],
    en: {
      short: 'A defect of a kernel, kubelet or runtime whose symptoms and versions fit the incident.',
      long: ['It is a hint to check, with a link, not a verdict.', 'Vendors backport fixes, so a version alone proves little.'],
    },
    'zh-CN': {
      short: '症状和版本都与事件相符的内核、kubelet 或运行时缺陷。',
      long: ['它是附有链接、供核查的线索，不是结论。', '发行商会回移补丁，所以单凭版本号说明不了什么。'],
    },
    seeAlso: ['cause', 'MGLRU'],
    sources: [design],
  },
  {
    term: 'headroom',
    aliases: ['headroomBytes', '余量'],
    unit: 'bytes',
    en: {
      short: 'The limit less the usage: what a living container can still be charged.',
      long: [
        'Clean page cache adds to it in effect, because it is dropped on demand.',
        'The nearest limit counts, which may be that of the pod.',
      ],
    },
    'zh-CN': {
      short: '上限减去用量：运行中的容器还能再计费多少。',
      long: ['干净的页缓存实际上也算余量，因为需要时会被丢弃。', '以最近的上限为准，它可能是 pod 的。'],
    },
    seeAlso: ['limit', 'usage', 'clean'],
    sources: [design],
  },
];
