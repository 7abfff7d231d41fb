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
  remedies: ['fix', 'workaround'],
};
