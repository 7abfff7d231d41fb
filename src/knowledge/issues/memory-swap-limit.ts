import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';

/** A counter whose charges fail stands within a batch of pages of its limit. */
const AT_LIMIT = 0.99;

/**
 * Verified: mm/memcontrol.c try_charge() charges the memsw counter before the memory counter (a patch of 2015 and current code), so a charge
 * that fails on memsw leaves the memory failcnt alone; seen in real logs as `memory … failcnt 0` beside
 * `memory+swap … failcnt 38` (bluek8s/kubedirector#356).
 */
export const memorySwapLimit: KnownIssue = {
  id: 'memory-swap-limit',
  affects: {},
  symptoms: (facts) =>
    facts.scope === 'memcg' &&
    facts.cgroupVersion === 1 &&
    facts.failcnt === 0 &&
    facts.memorySwapFailcnt !== undefined &&
    facts.memorySwapFailcnt > 0 &&
    facts.memorySwapUsageBytes !== undefined &&
    facts.memorySwapLimitBytes !== undefined &&
    facts.memorySwapUsageBytes >= AT_LIMIT * facts.memorySwapLimitBytes,
  symptomsInWords: 'cgroup v1; the memory+swap counter is at its limit and has failed, the memory counter never has (failcnt 0).',
  seen: (facts) => ({
    limit: bytes(facts.memorySwapLimitBytes ?? 0),
    failcnt: facts.memorySwapFailcnt ?? 0,
    share: ratio((facts.memorySwapUsageBytes ?? 0) / Math.max(1, facts.memorySwapLimitBytes ?? 1)),
  }),
  links: ['https://docs.kernel.org/admin-guide/cgroup-v1/memory.html', 'https://github.com/bluek8s/kubedirector/issues/356'],
  title: {
    en: 'The memory+swap limit was hit, not the memory limit',
    'zh-CN': '达到的是 memory+swap（内存加交换）的限制，而不是内存限制',
  },
  why: {
    en: 'cgroup v1 charges the memory+swap counter first. When it is full, the memory counter fails no charge and its failcnt stays 0, and swapping cannot help, because swap counts too. A dashboard that watches the memory failcnt sees nothing.',
    'zh-CN':
      'cgroup v1 先向 memory+swap 计数器计费。它满了以后，内存计数器从不记录失败，failcnt 一直是 0；换出也无济于事，因为交换空间同样计入。只看内存 failcnt 的监控什么也看不到。',
  },
  fits: {
    en: 'memory+swap stands at {share} of its limit of {limit} and failed {failcnt|time|times}; the memory counter never did.',
    'zh-CN': 'memory+swap 已达其限制 {limit} 的 {share}，失败 {failcnt} 次；内存计数器一次也没有失败。',
  },
  workaround: {
    en: 'Treat it as a full memory limit if both limits are equal. If memory+swap is larger, find out what was swapped out: it is still part of the charge.',
    'zh-CN': '如果两个限制相等，就按内存限制已满处理。如果 memory+swap 更大，请查明哪些内存被换出：这部分仍然计入。',
  },
};
