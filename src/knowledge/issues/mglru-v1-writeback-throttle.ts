import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, isFullOfUnwrittenPages, shareOfCharge } from '../shares.js';

/** Writeback has begun: the flusher was woken, and the writer did not wait for it. */
const WRITEBACK_SHARE = 0.05;

/**
 * Verified: Baolin Wang's RFC of 2026-03-25 and the thread below it (lkml.iu.edu) describe the cause and a test; commits of that
 * title are in pushes of the mm tree in 2026-04. In which release it arrived was not checked; 7.1 was the next to open, so
 * nothing is claimed from 7.1 on. That MGLRU never throttled on v1 is stated by Axel Rasmussen in the thread of 2024-03.
 */
export const mglruV1WritebackThrottle: KnownIssue = {
  id: 'mglru-v1-writeback-throttle',
  affects: { kernel: { from: [6, 1], before: [7, 1], symptomsSuffice: false } },
  symptoms: (facts) =>
    facts.cgroupVersion === 1 &&
    isFullOfUnwrittenPages(facts) &&
    atLeast(shareOfCharge(facts, facts.writebackBytes), WRITEBACK_SHARE),
  symptomsInWords:
    'A memory cgroup of cgroup v1 at its limit, with at least 30 % of the charge dirty or under writeback and at least 5 % under writeback.',
  seen: (facts) => ({ release: facts.kernelRelease ?? '', writeback: bytes(facts.writebackBytes ?? 0) }),
  links: ['https://lkml.iu.edu/2603.3/05056.html', 'https://git.kernel.org/linus/6b0dfabb35550cb7b0808585dea6c24971d685d3'],
  title: {
    en: 'On cgroup v1 the multi-gen LRU does not wait for writeback',
    'zh-CN': '在 cgroup v1 上，multi-gen LRU 不等待回写完成',
  },
  why: {
    en: 'The classic LRU makes a writer on cgroup v1 wait in reclaim until pages are written. The multi-gen LRU (MGLRU) has no such wait, so the cgroup can run out of memory while its pages are on their way to the disk. This holds where MGLRU is on: /sys/kernel/mm/lru_gen/enabled is not 0x0000.',
    'zh-CN':
      '传统 LRU 会让 cgroup v1 上的写入者在回收中等待页面写完。multi-gen LRU（MGLRU）没有这种等待，因此页面还在写往磁盘的途中，cgroup 就可能耗尽内存。前提是 MGLRU 已启用：/sys/kernel/mm/lru_gen/enabled 不是 0x0000。',
  },
  fits: {
    en: 'Kernel {release}, cgroup v1, {writeback} under writeback.',
    'zh-CN': '内核 {release}，cgroup v1，回写中的页有 {writeback}。',
  },
  fix: {
    en: 'A patch was taken into the memory-management tree in April 2026: "mm: vmscan: fix dirty folios throttling on cgroup v1 for MGLRU". Look for it in the changelog of your kernel.',
    'zh-CN':
      '2026 年 4 月内存管理代码树收入了补丁“mm: vmscan: fix dirty folios throttling on cgroup v1 for MGLRU”，请在所用内核的更新日志中查找。',
  },
  workaround: {
    en: 'Turn MGLRU off at boot or on an idle node (`echo n > /sys/kernel/mm/lru_gen/enabled`), or move the node to cgroup v2.',
    'zh-CN': '在启动时或节点空闲时关闭 MGLRU（`echo n > /sys/kernel/mm/lru_gen/enabled`），或把节点迁移到 cgroup v2。',
  },
};
