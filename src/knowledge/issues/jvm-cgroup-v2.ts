import { bytes } from '../../model/index.js';
import { javaFilledTheLimit } from '../java-heap.js';
import { mayAffect } from '../kernel-range.js';
import type { KnownIssue } from '../known-issue.js';
import { WITHOUT_PROC_CGROUPS } from './jvm-proc-cgroups.js';

/**
 * Verified: kubernetes.io "About cgroup v2" (OpenJDK jdk8u372, 11.0.16, 15 and later support it), Red Hat's article on 8u372,
 * corretto-11#320 (11.0.18 still takes the host's memory where cpuacct is missing). From 6.12 on jvm-proc-cgroups says more.
 */
export const jvmCgroupV2: KnownIssue = {
  id: 'jvm-cgroup-v2',
  affects: { runtime: 'OpenJDK before 8u372, 11.0.16 and 15' },
  symptoms: (facts) => javaFilledTheLimit(facts) && !mayAffect(WITHOUT_PROC_CGROUPS, facts.kernel, facts.kernelRelease),
  symptomsInWords:
    "cgroup v2; a container's or pod's limit hit with at least 70 % of the charge anonymous; the victim is `java`, its address space at least 1 GiB larger than the limit. On Linux 6.12 and later jvm-proc-cgroups is cited instead.",
  seen: (facts) => ({ limit: bytes(facts.limitBytes ?? 0) }),
  fixedIn: ['OpenJDK 8u372', 'OpenJDK 11.0.16', 'OpenJDK 15'],
  links: [
    'https://kubernetes.io/docs/concepts/architecture/cgroups/',
    'https://developers.redhat.com/articles/2023/04/19/openjdk-8u372-feature-cgroup-v2-support',
    'https://github.com/corretto/corretto-11/issues/320',
  ],
  remedies: ['fix', 'workaround'],
};
