import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { isFullOfUnwrittenPages, unwrittenBytes } from '../shares.js';

/**
 * Verified: the commit message and diff of 81a70c21d917 in Andrew Morton's mm-commits mail of 2022-11-22 (a 120 MiB cgroup on a
 * 256 GB machine: dd was killed, with the patch it is not). It went through mm-hotfixes in the weeks of 6.1-rc7, so 6.1 has it.
 * It names no first bad commit; the wake-up it adds a wait to came with Johannes Weiner's series of 2017-02-02 (4.11). Which stable
 * branches took it was not checked.
 */
export const memcgV1WritebackThrottle: KnownIssue = {
  id: 'memcg-v1-writeback-throttle',
  affects: { kernel: { from: [4, 11], before: [6, 1], symptomsSuffice: false } },
  symptoms: (facts) => facts.cgroupVersion === 1 && isFullOfUnwrittenPages(facts),
  symptomsInWords: 'A memory cgroup of cgroup v1 at its limit, with at least 30 % of the charge dirty or under writeback.',
  seen: (facts) => ({ release: facts.kernelRelease ?? '', unwritten: bytes(unwrittenBytes(facts) ?? 0) }),
  fixedIn: ['Linux 6.1'],
  links: [
    'https://git.kernel.org/linus/81a70c21d9170de67a45843bdd627f4cce9c4215',
    'https://lore.kernel.org/all/20221118070603.84081-1-aneesh.kumar@linux.ibm.com/',
  ],
  remedies: ['fix'],
};
