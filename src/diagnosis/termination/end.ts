import type { Advice, Citation, Message } from '../../model/index.js';
import { message, seconds } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import type { Finding } from '../rule.js';

/** Cites what the cluster told. */
export function citePod(file: CaseFile, statement: Message, of = 'pod'): Citation {
  const { kubernetes } = file.incident;
  const name = of === 'node' ? kubernetes?.pod.nodeName : kubernetes?.pod.name;
  return { statement, from: [{ source: `${of}/${name ?? ''}` }] };
}

/** The container's end was no OOM kill by the kernel. */
export function weighOtherEnd(file: CaseFile): Finding | undefined {
  const { end } = file;
  if (end?.verdict !== 'not-oom' || end.other === undefined) return undefined;
  return {
    confidence: end.confidence,
    title: message(`cause.not-oom.title-${end.other}`),
    because: end.because.map((statement) => citePod(file, statement)),
    against: end.against.map((statement) => citePod(file, statement)),
    advice: adviceOn(file),
  };
}

function adviceOn({ end, incident }: CaseFile): Advice[] {
  const { pod, container } = incident.kubernetes ?? {};
  const describe: Advice = {
    action: message('advice.cluster.describe'),
    snippet: { language: 'sh', text: `kubectl describe pod ${pod?.name ?? 'POD'} -n ${pod?.namespace ?? 'NAMESPACE'}` },
  };
  switch (end?.other) {
    case 'probe':
      return [{ action: message('advice.cluster.probe'), verify: message('advice.cluster.probe.verify') }, describe];
    case 'grace-period':
      return [{ action: message('advice.cluster.grace') }, describe];
    case 'eviction':
      return [{ action: message('advice.requests-equal-limits'), cost: message('advice.requests-equal-limits.cost') }, describe];
    case 'runtime-oom':
      return [
        {
          action: message('advice.cluster.runtime-oom'),
          snippet: {
            language: 'sh',
            text: `kubectl logs ${pod?.name ?? 'POD'} -n ${pod?.namespace ?? 'NAMESPACE'} -c ${container?.name ?? 'CONTAINER'} --previous --tail=50`,
          },
        },
      ];
    default:
      return [describe];
  }
}

/** A child was killed: by the status, or by the kubelet's counter where the status shows nothing. */
export function weighChildEnd(file: CaseFile): Finding | undefined {
  const { end } = file;
  if (end?.verdict !== 'child-oom-kill') return undefined;
  return {
    confidence: end.confidence,
    title: message('cause.child-process-killed.title-unknown', { container: file.incident.kubernetes?.container.name ?? '' }),
    because: end.because.map((statement) => citePod(file, statement)),
    against: end.against.map((statement) => citePod(file, statement)),
    advice: [
      { action: message('advice.cluster.child'), verify: message('advice.cluster.child.verify') },
      { action: message('advice.oom-group'), cost: message('advice.oom-group.cost') },
    ],
  };
}

/** How long the container ran, where its status says both times. */
function ranSeconds({ incident }: CaseFile): number | undefined {
  const { startedAt, finishedAt } = incident.kubernetes?.termination ?? {};
  const ran = (Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000;
  return Number.isNaN(ran) || ran < 0 ? undefined : ran;
}

/** A container that is killed again and again as soon as it starts. */
export function weighStart(file: CaseFile): Finding | undefined {
  const { kubernetes } = file.incident;
  if (kubernetes === undefined || file.end?.verdict !== 'oom-kill') return undefined;
  const { container, termination } = kubernetes;
  if (termination?.initWasOomKilled === true) {
    return {
      confidence: 0.92,
      title: message('cause.limit-below-baseline.title'),
      because: [citePod(file, message('judge.init-oom-killed'))],
      advice: [
        {
          action: message('advice.limit-for-start', { proposed: { kind: 'bytes', value: 128 * 2 ** 20 } }),
          verify: message('advice.raise-limit.verify'),
        },
      ],
    };
  }
  const ran = ranSeconds(file);
  if (ran === undefined || ran > 10 || container.restartCount < 2) return undefined;
  return {
    confidence: ran <= 3 ? 0.55 : 0.5,
    title: message('cause.limit-below-baseline.title'),
    because: [citePod(file, message('evidence.cluster.killed-at-start', { ran: seconds(ran), count: container.restartCount }))],
    against: [citePod(file, message('against.cluster.start-may-be-load'))],
    advice: [],
  };
}
