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
  title: {
    en: 'Since Kubernetes 1.28 one oversized process takes the whole container down',
    'zh-CN': '自 Kubernetes 1.28 起，一个进程占用过多内存就会让整个容器被杀',
  },
  why: {
    en: 'On cgroup v2 the kubelet sets memory.oom.group, so the kernel kills every process of the container together. Before 1.28, and on cgroup v1, only the process chosen died and a supervisor in the container could restart it.',
    'zh-CN':
      '在 cgroup v2 上，kubelet 会设置 memory.oom.group，内核因此一并杀死容器内的所有进程。1.28 之前以及在 cgroup v1 上，只有被选中的进程死亡，容器内的管理进程可以把它重新拉起。',
  },
  fits: {
    en: 'The kernel chose {victim} and killed its whole cgroup, {count|process|processes}.',
    'zh-CN': '内核选中了 {victim}，并杀死其 cgroup 内的全部 {count} 个进程。',
  },
  fix: {
    en: 'Kubernetes 1.32 has the kubelet option singleProcessOOMKill: true, for the whole node.',
    'zh-CN': 'Kubernetes 1.32 提供 kubelet 选项 singleProcessOOMKill: true，对整个节点生效。',
  },
  workaround: {
    en: "Find the process that grew: the first victim, not the container's main process, is the one to look at.",
    'zh-CN': '先找出变大的进程：应查看第一个被杀的进程，而不是容器的主进程。',
  },
};
