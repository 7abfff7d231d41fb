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
  remedies: ['fix', 'workaround'],
};
