import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, shareOfCharge } from '../shares.js';

const SOCKET_SHARE = 0.25;

/**
 * Verified: Documentation/admin-guide/cgroup-v2.rst lists socket buffers among the tracked memory and `sock` in memory.stat;
 * pytorch/ci-infra#1024 shows kills with 76 % of the limit in `sock` and caps tcp_rmem; google/cadvisor#3642 says that cAdvisor
 * does not report it.
 */
export const socketBuffersCharged: KnownIssue = {
  id: 'socket-buffers-charged',
  affects: {},
  symptoms: (facts) =>
    facts.scope === 'memcg' && facts.cgroupVersion === 2 && atLeast(shareOfCharge(facts, facts.sockBytes), SOCKET_SHARE),
  symptomsInWords: 'A memory cgroup of cgroup v2 at its limit, with at least 25 % of the charge in socket buffers (`sock`).',
  seen: (facts) => ({ sock: bytes(facts.sockBytes ?? 0), share: ratio(shareOfCharge(facts, facts.sockBytes) ?? 0) }),
  links: [
    'https://docs.kernel.org/admin-guide/cgroup-v2.html#memory',
    'https://github.com/pytorch/ci-infra/pull/1024',
    'https://github.com/google/cadvisor/pull/3642',
  ],
  remedies: ['workaround'],
};
