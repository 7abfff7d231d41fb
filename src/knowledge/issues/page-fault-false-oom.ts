import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import type { SymptomFacts } from '../symptom-facts.js';

/** The zones were above their high watermarks: there was no need for a kill. */
function nodeHadMemory(facts: SymptomFacts): boolean {
  if (facts.nodeFreeBytes === undefined || facts.nodeHighWatermarkBytes === undefined) return false;
  return facts.nodeFreeBytes > facts.nodeHighWatermarkBytes;
}

/**
 * Verified: the commit message and diff of 60e2793d440a (mm-commits, 2021-10-27): pagefault_out_of_memory() called out_of_memory()
 * with gfp_mask 0 and no memcg; a kmem charge that fails in a page fault on cgroup v1 ended there. The patch removes the call,
 * so kernels with it cannot print this. It is next to 0b28179a6138 in the 5.16 merge and in stable pushes of November 2021
 * (4.14.256-rc1 seen). A real case with panic: linux-mm, 5.15-rc4.
 */
export const pageFaultFalseOom: KnownIssue = {
  id: 'page-fault-false-oom',
  affects: { kernel: { from: [3, 8], before: [5, 16], symptomsSuffice: true } },
  symptoms: (facts) =>
    facts.scope === 'node' &&
    facts.order === 0 &&
    facts.gfpMask !== undefined &&
    Number(facts.gfpMask) === 0 &&
    facts.invokerStack.includes('pagefault_out_of_memory') &&
    nodeHadMemory(facts),
  symptomsInWords:
    'A global report with `gfp_mask=0x0`, order 0 and pagefault_out_of_memory() on the stack, while the zones have more free memory than their high watermarks.',
  seen: (facts) => ({ free: bytes(facts.nodeFreeBytes ?? 0) }),
  fixedIn: ['Linux 5.16', 'stable releases since November 2021'],
  links: [
    'https://git.kernel.org/linus/60e2793d440a3ec95abb5d6d4fc034a4b480472d',
    'https://lore.kernel.org/all/f5fd8dd8-0ad4-c524-5f65-920b01972a42@virtuozzo.com/',
  ],
  title: {
    en: 'A failed charge in a page fault is reported as the whole node out of memory',
    'zh-CN': '缺页时的计费失败被误报为整个节点内存不足',
  },
  why: {
    en: "When a page fault could not get memory, above all because a cgroup's kmem limit refused the charge, old kernels called the global OOM killer. They had lost the reason of the failure by then (gfp_mask=0x0), so they killed a process of the node, or panicked, with memory to spare.",
    'zh-CN':
      '缺页处理拿不到内存时（多半是某个 cgroup 的 kmem 限制拒绝了计费），旧内核会调用全局 OOM killer。此时失败原因已经丢失（gfp_mask=0x0），于是在节点内存充裕时杀死某个进程，甚至触发 panic。',
  },
  fits: {
    en: 'gfp_mask is 0 and the caller is pagefault_out_of_memory(); the node had {free} free.',
    'zh-CN': 'gfp_mask 为 0，调用者是 pagefault_out_of_memory()；节点空闲内存为 {free}。',
  },
  fix: {
    en: 'Linux 5.16 and the stable releases since November 2021 no longer do this.',
    'zh-CN': 'Linux 5.16 以及 2021 年 11 月以后的稳定版不再如此。',
  },
  workaround: {
    en: 'Look for a memcg report just before this one: that cgroup is the culprit. Do not set memory.kmem.limit_in_bytes, and do not set vm.panic_on_oom on such a node.',
    'zh-CN':
      '查看紧邻其前的 memcg 报告：那个 cgroup 才是起因。不要设置 memory.kmem.limit_in_bytes，也不要在这类节点上设置 vm.panic_on_oom。',
  },
};
