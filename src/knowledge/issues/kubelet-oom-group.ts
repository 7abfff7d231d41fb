import type { KnownIssue } from '../known-issue.js';
import { isInPod } from '../shares.js';

/**
 * Verified: kubernetes#117793 (release note: on cgroups v2 the kubelet sets memory.oom.group for containers; 1.28),
 * kubernetes#126096 (singleProcessOOMKill, 1.32; the backport #129044 was closed), and the API text of kubelet config v1beta1.
 */
export const kubeletOomGroup: KnownIssue = {
  id: 'kubelet-oom-group',
  affects: { kubelet: '1.28 and later, on cgroup v2' },
  symptoms: (facts) => facts.groupKill && facts.victimCount > 1 && facts.cgroupVersion !== 1 && isInPod(facts),
  symptomsInWords: "A group kill (memory.oom.group) of two or more processes in a pod's container, not on cgroup v1.",
  seen: (facts) => ({ victim: facts.victimComm ?? '', count: facts.victimCount }),
  links: ['https://github.com/kubernetes/kubernetes/pull/117793', 'https://github.com/kubernetes/kubernetes/pull/126096'],
  remedies: ['fix', 'workaround'],
};
