import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, shareOfCharge } from '../shares.js';

const HUGE_SHARE_OF_ANON = 0.5;
const ANON_SHARE = 0.5;

/**
 * Verified: Documentation/admin-guide/mm/transhuge.rst (khugepaged may allocate up to max_ptes_none pages a program never touched,
 * "a higher value leads to use additional memory"; `madvise` restricts huge pages to regions that ask) and Yugabyte's
 * TA-26440 (RSS twice what the allocator holds; max_ptes_none = 0 advised).
 */
export const thpResidentMemory: KnownIssue = {
  id: 'thp-resident-memory',
  affects: {},
  symptoms: (facts) =>
    facts.scope === 'memcg' &&
    facts.anonThpBytes !== undefined &&
    facts.anonBytes !== undefined &&
    facts.anonThpBytes >= HUGE_SHARE_OF_ANON * facts.anonBytes &&
    atLeast(shareOfCharge(facts, facts.anonBytes), ANON_SHARE),
  symptomsInWords:
    'A memory cgroup at its limit, at least half of the charge anonymous memory, and at least half of that in transparent huge pages.',
  seen: (facts) => ({
    huge: bytes(facts.anonThpBytes ?? 0),
    share: ratio((facts.anonThpBytes ?? 0) / Math.max(1, facts.anonBytes ?? 1)),
  }),
  links: [
    'https://docs.kernel.org/admin-guide/mm/transhuge.html',
    'https://docs.yugabyte.com/stable/releases/techadvisories/ta-26440',
  ],
  title: {
    en: 'Transparent huge pages can make a process larger than what it uses',
    'zh-CN': '透明大页会让进程占用的内存多于实际使用量',
  },
  why: {
    en: 'A transparent huge page (THP) is 2 MiB on x86-64, charged as a whole, even if the program touched only a part or its allocator has given the rest back. A heap profile then shows much less than the kernel charges.',
    'zh-CN':
      '透明大页（THP）在 x86-64 上是 2 MiB，整页计费，即使程序只访问了一部分，或分配器已归还其余部分。这时堆剖析（heap profile）显示的内存远少于内核计入的内存。',
  },
  fits: {
    en: 'Here {huge}, {share} of the anonymous memory, is in huge pages. That does not prove waste: compare with a heap profile.',
    'zh-CN': '本次有 {huge}（占匿名内存的 {share}）是大页。这并不证明有浪费：请与堆剖析对比。',
  },
  workaround: {
    en: 'On the node, set /sys/kernel/mm/transparent_hugepage/enabled to madvise, or khugepaged/max_ptes_none below it to 0. It costs some speed in programs with large heaps.',
    'zh-CN':
      '在节点上把 /sys/kernel/mm/transparent_hugepage/enabled 设为 madvise，或把其下的 khugepaged/max_ptes_none 设为 0。大堆程序会损失一些速度。',
  },
};
