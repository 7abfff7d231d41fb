import { bytes } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, isContainerLimit, shareOfCharge } from '../shares.js';

const ANON_SHARE = 0.7;

/**
 * Verified: nodejs/node#47259 (pods killed after the move to cgroup v2: libuv 1.44 does not read it), libuv#3744 (support),
 * the release notes of Node.js 20.3.0 (libuv 1.45.0), and OpenShift's release notes, which ask for Node.js 20.3.0 on cgroup v2.
 */
export const nodeCgroupV2Heap: KnownIssue = {
  id: 'node-cgroup-v2-heap',
  affects: { runtime: 'Node.js before 20.3.0 (libuv before 1.45.0)' },
  symptoms: (facts) =>
    isContainerLimit(facts) &&
    facts.cgroupVersion === 2 &&
    facts.victimComm === 'node' &&
    atLeast(shareOfCharge(facts, facts.anonBytes), ANON_SHARE),
  symptomsInWords:
    "cgroup v2; a container's or pod's limit hit with at least 70 % of the charge anonymous; the victim is `node`.",
  seen: (facts) => ({ limit: bytes(facts.limitBytes ?? facts.chargedBytes ?? 0) }),
  fixedIn: ['Node.js 20.3.0'],
  links: ['https://github.com/nodejs/node/issues/47259', 'https://github.com/libuv/libuv/pull/3744'],
  remedies: ['fix', 'workaround'],
};
