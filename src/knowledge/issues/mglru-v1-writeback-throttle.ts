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
  remedies: ['fix', 'workaround'],
};
