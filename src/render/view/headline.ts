import {
  type Accounting,
  bytes,
  type Diagnosis,
  type Incident,
  type KubernetesFacts,
  type Message,
  nested,
  type TerminationJudgement,
} from '../../model/index.js';
import { limitOwner } from './identity.js';
import { reachedLimit } from './limit.js';
import { timePhrase } from './time.js';
import { say } from './words.js';

/** One sentence: what was killed, when, and whose limit was hit. */
export function headline({ incident, accounting, end }: Diagnosis): Message {
  if (incident.kubernetes?.hasKernelReport === false) return clusterHeadline(incident.kubernetes, incident, end);
  return say('headline', { what: nested(whatHappened(incident)), why: nested(whoseLimit(incident, accounting)) });
}

/** Only Kubernetes tells of it, and nothing of the memory: a section on it would be empty. */
export function isWithoutMemory({ incident, accounting }: Diagnosis): boolean {
  return accounting === undefined && incident.kubernetes?.hasKernelReport === false;
}

/** Kubernetes tells that a container ended, and how surely it was an OOM kill. */
function clusterHeadline(
  { pod, container }: KubernetesFacts,
  incident: Incident,
  { verdict, because }: Pick<TerminationJudgement, 'verdict' | 'because'> = { verdict: 'none', because: [] },
): Message {
  const params = { name: `${pod.namespace}/${pod.name}/${container.name}`, when: nested(timePhrase(incident)) };
  const isStop = because.some(({ key }) => key === 'judge.oomkilled-stopped');
  return isStop ? say('headline.cluster.stopped', params) : say(`headline.cluster.${verdict}`, params);
}

function whatHappened(incident: Incident): Message {
  const { report } = incident;
  const when = nested(timePhrase(incident));
  const [victim, ...others] = report.killed;
  if (victim === undefined) {
    switch (report.outcome) {
      case 'no-killable-process':
        return say('headline.killed.none', { when });
      case 'panic':
        return say('headline.killed.panic', { when });
      case 'killed':
      case 'unknown':
        return say('headline.killed.unknown', { when });
    }
  }
  const who = { comm: victim.comm, pid: String(victim.pid), when };
  if (others.length === 0) return say('headline.killed.one', who);
  return report.groupKill === undefined
    ? say('headline.killed.many', { ...who, others: others.length })
    : say('headline.killed.group', { ...who, count: report.killed.length });
}

function whoseLimit(incident: Incident, accounting: Accounting | undefined): Message {
  const { scope, report } = incident;
  if (report.invokedBy?.order === -1) return say('headline.why.sysrq');
  switch (scope) {
    case 'unknown':
      return say('headline.why.unknown');
    case 'node':
      if (report.constraint?.word === 'CONSTRAINT_CPUSET') return say('headline.why.cpuset');
      if (report.constraint?.word === 'CONSTRAINT_MEMORY_POLICY') return say('headline.why.mempolicy');
      return say('headline.why.node');
    case 'memcg': {
      const owner = nested(limitOwner(incident, report.killed.length > 0));
      const reached = reachedLimit(report);
      const resource = nested(say(reached?.resource ?? 'resource.memory'));
      const limitBytes = reached?.limitBytes ?? accounting?.limitBytes;
      return limitBytes === undefined
        ? say('headline.why.limit-unknown', { owner, resource })
        : say('headline.why.limit', { owner, resource, limit: bytes(limitBytes) });
    }
  }
}
