import type { KnownIssue } from '../known-issue.js';
import { isInPod } from '../shares.js';

/**
 * Verified: kubernetes#50632 (a uwsgi worker), #78973 (php-fpm and a stress child: the pod keeps running) and #100483 (asks for the
 * event to be shown). That the oldest process comes first: dump_tasks() walks a cgroup's tasks in the order in which they
 * joined, before 5.3 all processes in the order of their creation (mm/oom_kill.c).
 */
export const childOomUnseen: KnownIssue = {
  id: 'child-oom-unseen',
  affects: {},
  symptoms: (facts) =>
    facts.scope === 'memcg' &&
    !facts.groupKill &&
    facts.limitedLevel === 'container' &&
    isInPod(facts) &&
    facts.victimIsOldest === false &&
    facts.victimComm !== 'pause',
  symptomsInWords:
    "The limit of a pod's container hit, no group kill, and the victim is not the oldest process of the task table.",
  seen: (facts) => ({ victim: facts.victimComm ?? '', count: facts.processCount ?? 0 }),
  links: [
    'https://github.com/kubernetes/kubernetes/issues/50632',
    'https://github.com/kubernetes/kubernetes/issues/78973',
    'https://github.com/kubernetes/kubernetes/issues/100483',
  ],
  title: {
    en: "Kubernetes does not report the OOM kill of a process that is not the container's main one",
    'zh-CN': '被 OOM 杀死的若不是容器的主进程，Kubernetes 不会报告',
  },
  why: {
    en: "The container's status follows its first process. If the kernel kills another one, the container may go on running with no restart, no event and no OOMKilled; the work of the lost process just fails.",
    'zh-CN':
      '容器状态取决于它的第一个进程。内核杀死其他进程时，容器可能照常运行：没有重启、没有事件、也没有 OOMKilled，只是被杀进程的工作失败了。',
  },
  fits: {
    en: 'The victim {victim} is not the oldest of {count|process|processes} listed, and it alone was killed.',
    'zh-CN': '在列出的 {count} 个进程中，被杀的 {victim} 不是最早的一个，且只有它被杀。',
  },
  fix: {
    en: 'On cgroup v2 the kubelet kills all processes of the container together, since Kubernetes 1.28.',
    'zh-CN': '在 cgroup v2 上，自 Kubernetes 1.28 起 kubelet 会让容器的所有进程一并被杀。',
  },
  workaround: {
    en: "Watch oom_kill in the container's memory.events (cgroup v2), or the metric container_oom_events_total. Let the main process exit when a child dies.",
    'zh-CN': '监控容器 memory.events（cgroup v2）中的 oom_kill，或指标 container_oom_events_total。让主进程在子进程死亡时退出。',
  },
};
