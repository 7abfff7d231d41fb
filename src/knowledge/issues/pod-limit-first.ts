import type { KnownIssue } from '../known-issue.js';
import { isInPod } from '../shares.js';

/**
 * Verified: containerd#6323 (a pod of one container on cgroup v2: both cgroups have the same memory.max and the `oom` event is
 * counted on the pod's). A charge walks from the container to the root (mm/page_counter.c), and the pod's cgroup also holds the sandbox.
 */
export const podLimitFirst: KnownIssue = {
  id: 'pod-limit-first',
  affects: {},
  symptoms: (facts) => facts.scope === 'memcg' && facts.limitedLevel === 'pod' && isInPod(facts),
  symptomsInWords: "The limit hit is the pod's cgroup, and the victim lived in a container's cgroup below it.",
  seen: () => ({}),
  links: ['https://github.com/containerd/containerd/pull/6323', 'https://github.com/k3s-io/k3s/issues/4572'],
  remedies: ['workaround'],
};
