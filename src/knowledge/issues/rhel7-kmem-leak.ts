import { bytes, ratio } from '../../model/index.js';
import type { KnownIssue } from '../known-issue.js';
import { atLeast, isContainerLimit, shareOfCharge } from '../shares.js';

/** Kernel memory of a healthy container is a few per cent of its charge. */
const LEAK_SHARE = 0.2;

/**
 * Whether a release names a RHEL or CentOS 7 kernel before 3.10.0-1062.4.1, the first of 7.7.z with the fix. `-1075` is the one
 * of the development line (Red Hat bug 1507149); later numbers have it too.
 */
function isLeakingBuild(release: string): boolean {
  const match = /^3\.10\.0-(\d+)(?:\.(\d+)(?:\.(\d+))?)?[\w.]*\.el7/.exec(release);
  if (match === null) return false;
  const [build, update, fix] = [Number(match[1]), Number(match[2] ?? 0), Number(match[3] ?? 0)];
  return build < 1062 || (build === 1062 && (update < 4 || (update === 4 && fix < 1)));
}

/**
 * Verified: opencontainers/runc#1725 (runc turns kmem accounting on, 3.10.0-693 misbehaves), kubernetes#61937 (cgroups leak since
 * 1.9), moby#37722 (slab grows with every container), docker/for-linux#841 (3.10.0-1062.4.1 or `cgroup.memory=nokmem` cure it; quotes
 * 3.10.0-1075 from Red Hat bug 1507149, which was not read itself).
 */
export const rhel7KmemLeak: KnownIssue = {
  id: 'rhel7-kmem-leak',
  affects: {
    kernel: { vendorBuilds: isLeakingBuild, symptomsSuffice: false },
    runtime: 'runc since 17.06 (Docker), kubelet since 1.9',
  },
  symptoms: (facts) => isContainerLimit(facts) && atLeast(shareOfCharge(facts, facts.kmemUsageBytes), LEAK_SHARE),
  symptomsInWords:
    "A container's or pod's limit hit on a RHEL or CentOS 7 kernel before 3.10.0-1062.4.1, with at least 20 % of the charge on the kmem counter.",
  seen: (facts) => ({
    release: facts.kernelRelease ?? '',
    kmem: bytes(facts.kmemUsageBytes ?? 0),
    share: ratio(shareOfCharge(facts, facts.kmemUsageBytes) ?? 0),
  }),
  fixedIn: ['kernel-3.10.0-1062.4.1.el7'],
  links: [
    'https://github.com/opencontainers/runc/issues/1725',
    'https://github.com/kubernetes/kubernetes/issues/61937',
    'https://github.com/docker/for-linux/issues/841',
    'https://github.com/moby/moby/issues/37722',
    'https://bugzilla.redhat.com/show_bug.cgi?id=1507149',
  ],
  remedies: ['fix', 'workaround'],
};
