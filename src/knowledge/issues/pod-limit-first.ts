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
  title: {
    en: "The pod's cgroup hits its limit before the container's, even with a single container",
    'zh-CN': '即使只有一个容器，也是 Pod 的 cgroup 先于容器的 cgroup 达到限制',
  },
  why: {
    en: "The kubelet gives the pod the sum of its containers' limits, if each has one. The pod's cgroup is also charged for the sandbox and for what earlier containers left behind, such as tmpfs files, so it is full first. The kernel then names the pod as the cgroup at its limit; that alone does not mean that another container is to blame.",
    'zh-CN':
      '若每个容器都设了限制，kubelet 就把它们之和设为 Pod 的限制。Pod 的 cgroup 还要承担沙箱（sandbox）以及先前容器遗留的内存（如 tmpfs 文件），所以它先满。内核于是报告 Pod 达到限制；仅凭这一点不能说明是别的容器造成的。',
  },
  fits: {
    en: "The kernel names the pod's cgroup, and the victim lived in a container below it.",
    'zh-CN': '内核报告的是 Pod 的 cgroup，而被杀进程属于其下的一个容器。',
  },
  workaround: {
    en: "Compare the limits of all containers with the pod's. With one container, or equal limits, read the kill as that container's own.",
    'zh-CN': '把各容器的限制与 Pod 的限制相比较。若只有一个容器或两者相等，就把这次被杀视为该容器自己的问题。',
  },
};
