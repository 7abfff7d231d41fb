import { describe, expect, it } from 'vitest';
import { judgeTermination, type TerminationCase } from '../../src/diagnosis/judge-termination.js';
import { eventFacts, podFacts } from '../../src/kubernetes/index.js';
import type { ClusterEvent, OtherEnd, TerminationVerdict } from '../../src/model/index.js';
import type { KubeObject } from '../support/api-server.js';
import { containerStatus, event, type PodParts, pod, terminated } from '../support/cluster-objects.js';

interface End {
  readonly reason: string;
  readonly exitCode: number;
  readonly more?: object;
  readonly events?: readonly KubeObject[];
  readonly pod?: Partial<PodParts>;
  readonly rest?: Partial<TerminationCase>;
}

/** The case of a pod `web` whose container ended so at 12:00:00 UTC. */
function caseOf({ reason, exitCode, more, events = [], pod: parts = {}, rest = {} }: End): TerminationCase {
  const status = containerStatus({ name: 'app', lastState: terminated(reason, exitCode, more) });
  const facts = podFacts(pod({ name: 'web', statuses: [status], ...parts }) as Parameters<typeof podFacts>[0]);
  const [container] = facts.containers;
  if (container?.last === undefined) throw new Error('the fixture has an ended container');
  const seen = events.map((object) => eventFacts(object as Parameters<typeof eventFacts>[0]));
  return {
    pod: facts,
    container,
    termination: container.last,
    events: seen.filter((one): one is ClusterEvent => one !== undefined),
    oomEvents: [],
    ...rest,
  };
}

const killing = (message: string, at = '2026-11-25T12:00:00Z'): KubeObject =>
  event({ reason: 'Killing', message, podName: 'web', at, container: 'app', type: 'Normal' });
const counted = (containerId: string, kills: number): Partial<TerminationCase> => ({
  oomEvents: [{ namespace: 'shop', pod: 'web', container: 'app', containerId, kills }],
});

const rows: [title: string, end: End, verdict: TerminationVerdict, other?: OtherEnd][] = [
  ['OOMKilled with 137', { reason: 'OOMKilled', exitCode: 137 }, 'oom-kill'],
  ['OOMKilled with 0: a child was killed', { reason: 'OOMKilled', exitCode: 0 }, 'child-oom-kill'],
  ['OOMKilled with 1: a child was killed', { reason: 'OOMKilled', exitCode: 1 }, 'child-oom-kill'],
  ['OOMKilled with 2: a child was killed', { reason: 'OOMKilled', exitCode: 2 }, 'child-oom-kill'],
  ['Error with 137 that the kubelet counted', { reason: 'Error', exitCode: 137, rest: counted('b'.repeat(64), 1) }, 'oom-kill'],
  ['Error with 1 that the kubelet counted', { reason: 'Error', exitCode: 1, rest: counted('b'.repeat(64), 2) }, 'child-oom-kill'],
  ['Error with 137 and a kernel report', { reason: 'Error', exitCode: 137, rest: { hasKernelReport: true } }, 'oom-kill'],
  ['Error with 137 and nothing else', { reason: 'Error', exitCode: 137 }, 'possible-oom-kill'],
  [
    'a failed liveness probe',
    { reason: 'Error', exitCode: 137, events: [killing('Container app failed liveness probe, will be restarted')] },
    'not-oom',
    'probe',
  ],
  [
    'a failed startup probe',
    { reason: 'Error', exitCode: 137, events: [killing('Container app failed startup probe, will be restarted')] },
    'not-oom',
    'probe',
  ],
  [
    'a stop whose grace period was over',
    { reason: 'Error', exitCode: 137, events: [killing('Stopping container app', '2026-11-25T11:59:30Z')] },
    'not-oom',
    'grace-period',
  ],
  [
    'an event about the grace period',
    {
      reason: 'Error',
      exitCode: 137,
      events: [event({ reason: 'ExceededGracePeriod', message: 'Container runtime did not kill the pod', podName: 'web' })],
    },
    'not-oom',
    'grace-period',
  ],
  [
    'an eviction',
    {
      reason: 'Error',
      exitCode: 137,
      pod: { status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' } },
    },
    'not-oom',
    'eviction',
  ],
  ['systemd-oomd', { reason: 'Error', exitCode: 137, rest: { killedByOomd: true } }, 'not-oom', 'systemd-oomd'],
  [
    'a node that shuts down',
    { reason: 'Error', exitCode: 137, pod: { status: { phase: 'Failed', reason: 'Terminated' } } },
    'not-oom',
    'node-shutdown',
  ],
  [
    "Java's own OutOfMemoryError",
    { reason: 'Error', exitCode: 3, rest: { runtimeWords: ['java-heap'] } },
    'not-oom',
    'runtime-oom',
  ],
  ['an exit of its own', { reason: 'Error', exitCode: 1 }, 'not-oom', 'exit'],
  ['a lost container', { reason: 'ContainerStatusUnknown', exitCode: 137 }, 'possible-oom-kill'],
  ['an end without fault', { reason: 'Completed', exitCode: 0 }, 'none'],
];

describe('judgeTermination', () => {
  it.each(rows)('judges %s', (...[, end, verdict, other]) => {
    const judgement = judgeTermination(caseOf(end));
    expect([judgement.verdict, judgement.other]).toEqual([verdict, other]);
    if (verdict !== 'none') expect(judgement.because.length).toBeGreaterThan(0);
  });

  it('is never sure of a SIGKILL that nothing explains, and says what speaks against', () => {
    const { confidence, against } = judgeTermination(caseOf({ reason: 'Error', exitCode: 137 }));
    expect(confidence).toBeLessThan(0.5);
    expect(against.map(({ key }) => key)).toContain('judge.against.sigkill');
  });

  it('does not take the counter of another instance for this one', () => {
    const judgement = judgeTermination(caseOf({ reason: 'Error', exitCode: 137, rest: counted('c'.repeat(64), 4) }));
    expect(judgement.verdict).toBe('possible-oom-kill');
  });

  it('does not take a probe of an hour before for the cause', () => {
    const events = [killing('Container app failed liveness probe, will be restarted', '2026-11-25T11:00:00Z')];
    expect(judgeTermination(caseOf({ reason: 'Error', exitCode: 137, events })).verdict).toBe('possible-oom-kill');
  });

  it('does not take the probe of another container for the cause', () => {
    const other = event({
      reason: 'Killing',
      message: 'Container sidecar failed liveness probe, will be restarted',
      podName: 'web',
      container: 'sidecar',
    });
    expect(judgeTermination(caseOf({ reason: 'Error', exitCode: 137, events: [other] })).verdict).toBe('possible-oom-kill');
  });

  it('sees a kill in a container that lives on', () => {
    const { termination: _, ...alive } = caseOf({ reason: 'Completed', exitCode: 0, rest: counted('a'.repeat(64), 2) });
    expect(judgeTermination(alive).verdict).toBe('child-oom-kill');
  });
});
