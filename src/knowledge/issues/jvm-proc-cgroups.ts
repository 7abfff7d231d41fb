import { bytes } from '../../model/index.js';
import { javaFilledTheLimit } from '../java-heap.js';
import type { KernelRange } from '../kernel-range.js';
import type { KnownIssue } from '../known-issue.js';

/** Kernels whose /proc/cgroups may lack the memory controller. */
export const WITHOUT_PROC_CGROUPS: KernelRange = { from: [6, 12], symptomsSuffice: false };

/**
 * Verified: openjdk/jdk#23811 (8349988: do not depend on /proc/cgroups), flatcar/Flatcar#1884 (OOM kills after the move to 6.12),
 * corretto/corretto-21#143 (21.0.9 on Ubuntu's 6.14), keycloak/keycloak#36609 (solved with openjdk 25, persists for 21 to 24).
 * flatcar/scripts#3289: a kernel with CONFIG_MEMCG_V1 and CONFIG_CPUSETS_V1 is not affected. Which update releases got a backport was not checked.
 */
export const jvmProcCgroups: KnownIssue = {
  id: 'jvm-proc-cgroups',
  affects: { kernel: WITHOUT_PROC_CGROUPS, runtime: 'OpenJDK before 25 without a backport' },
  symptoms: javaFilledTheLimit,
  symptomsInWords:
    "Linux 6.12 or later and cgroup v2; a container's or pod's limit hit with at least 70 % of the charge anonymous; the victim is `java`, its address space at least 1 GiB larger than the limit.",
  seen: (facts) => ({ release: facts.kernelRelease ?? '', limit: bytes(facts.limitBytes ?? 0) }),
  fixedIn: ['OpenJDK 25'],
  links: [
    'https://bugs.openjdk.org/browse/JDK-8346874',
    'https://github.com/openjdk/jdk/pull/23811',
    'https://github.com/flatcar/Flatcar/issues/1884',
    'https://github.com/corretto/corretto-21/issues/143',
  ],
  remedies: ['fix', 'workaround'],
};
