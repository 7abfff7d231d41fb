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
  remedies: ['workaround'],
};
