import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { isFullOfUnwrittenPages, shareOfCharge, unwrittenBytes } from '../shares.js';

/**
 * Verified: mainline commit 81a70c21d917 quotes 9badce000e2c ("don't enable cgroup writeback on traditional hierarchies") and
 * says that balance_dirty_pages() does not throttle on cgroup v1; kubevirt CDI #3017 states the consequence (the host's
 * dirty_ratio is the only bound); docker/for-linux#651 reports that lower vm.dirty_bytes stopped the kills.
 */
export const memcgV1DirtyThrottling: KnownIssue = {
  id: 'memcg-v1-dirty-throttling',
  affects: {},
  symptoms: (facts) => facts.cgroupVersion === 1 && isFullOfUnwrittenPages(facts),
  symptomsInWords: 'A memory cgroup of cgroup v1 at its limit, with at least 30 % of the charge dirty or under writeback.',
  seen: (facts) => ({
    unwritten: bytes(unwrittenBytes(facts) ?? 0),
    share: ratio(shareOfCharge(facts, unwrittenBytes(facts)) ?? 0),
  }),
  links: [
    'https://git.kernel.org/linus/9badce000e2c',
    'https://github.com/docker/for-linux/issues/651',
    'https://github.com/kubevirt/containerized-data-importer/pull/3017',
  ],
  remedies: ['fix', 'workaround'],
};
