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
  remedies: ['workaround'],
};
