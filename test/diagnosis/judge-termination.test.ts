import { describe, expect, it } from 'vitest';
import { judgeTermination } from '../../src/diagnosis/termination/judge-termination.js';
import { killsOfPod } from '../../src/diagnosis/termination/kills-of-pod.js';
import type { ClusterEvent, OomEventCount, PodFacts } from '../../src/model/index.js';
import { eventFacts, podFacts, type RawEvent, type RawPod } from '../../src/sources/kubernetes/index.js';
import { containerStatus, type EventParts, event, type PodParts, pod, terminated } from '../support/cluster-objects.js';

const FINISHED = '2026-11-25T12:00:00Z';
const DEAD = 'b'.repeat(64);
const ALIVE = 'a'.repeat(64);

function facts(parts: Partial<PodParts>): PodFacts {
  return podFacts(pod({ name: 'web', ...parts }) as RawPod);
}

/** A pod whose container ended so, and runs again. */
function ended(reason: string, exitCode: number, parts: Partial<PodParts> = {}): PodFacts {
  return facts({
    statuses: [containerStatus({ name: 'app', restartCount: 1, lastState: terminated(reason, exitCode) })],
    ...parts,
  });
}

function told(parts: Partial<EventParts> & Pick<EventParts, 'reason' | 'message'>): ClusterEvent {
  const found = eventFacts(event({ podName: 'web', ...parts }) as RawEvent);
  if (found === undefined) throw new Error(`${parts.reason} tells nothing`);
  return found;
}

function counted(containerId: string, kills = 1): OomEventCount {
  return { namespace: 'shop', pod: 'web', container: 'app', containerId, kills };
}

function judge(of: PodFacts, more: Partial<Parameters<typeof judgeTermination>[0]> = {}) {
  const [container] = of.containers;
  if (container === undefined) throw new Error('no container');
  const termination = container.current ?? container.last;
  return judgeTermination({
    pod: of,
    container,
    events: [],
    oomEvents: [],
    ...(termination === undefined ? {} : { termination }),
    ...more,
  });
}

const probe = told({
  reason: 'Killing',
  message: 'Container app failed liveness probe, will be restarted',
  type: 'Normal',
  at: '2026-11-25T11:59:31Z',
  container: 'app',
});

describe('the end of a container', () => {
  it.each([
    ['OOMKilled and 137: the container itself', 'OOMKilled', 137, 'oom-kill'],
    ['OOMKilled and 0: a child (kubernetes#104454)', 'OOMKilled', 0, 'child-oom-kill'],
    ['OOMKilled and 1: a child', 'OOMKilled', 1, 'child-oom-kill'],
    ['OOMKilled and 2: a child', 'OOMKilled', 2, 'child-oom-kill'],
    ['OOMKilled and 143: a child, then SIGTERM', 'OOMKilled', 143, 'child-oom-kill'],
    ['Error and 137: any SIGKILL (containerd#8180)', 'Error', 137, 'possible-oom-kill'],
    ['Error and 1: by itself', 'Error', 1, 'not-oom'],
    ['Error and 134: abort(), as V8 does', 'Error', 134, 'not-oom'],
    ['Completed', 'Completed', 0, 'none'],
    ['lost by the kubelet', 'ContainerStatusUnknown', 137, 'possible-oom-kill'],
  ] as const)('%s', (_, reason, exitCode, verdict) => {
    expect(judge(ended(reason, exitCode)).verdict).toBe(verdict);
  });

  it('is hardly an OOM kill when the kubelet lost the container, and less likely one without a limit', () => {
    expect(judge(ended('ContainerStatusUnknown', 137)).confidence).toBeLessThan(0.2);
    const unlimited = judge(ended('Error', 137, { container: { resources: {} } }));
    expect(unlimited.confidence).toBeLessThan(judge(ended('Error', 137)).confidence);
  });

  it.each([
    ['a failed liveness probe', [probe], {}, 'probe'],
    ['a failed startup probe', [{ ...probe, note: 'Container app failed startup probe, will be restarted' }], {}, 'probe'],
    ['an eviction', [told({ reason: 'Evicted', message: 'The node was low on resource: memory.' })], {}, 'eviction'],
    ['a preemption', [told({ reason: 'Preempting', message: 'Preempted in order to admit critical pod' })], {}, 'preemption'],
    [
      'the grace period',
      [told({ reason: 'ExceededGracePeriod', message: 'Container runtime did not kill the pod within specified grace period.' })],
      {},
      'grace-period',
    ],
    [
      'a stop 30 s before',
      [told({ reason: 'Killing', message: 'Stopping container app', type: 'Normal', at: '2026-11-25T11:59:30Z' })],
      {},
      'grace-period',
    ],
    ['a deletion whose grace period ends then', [], { metadata: { deletionTimestamp: FINISHED } }, 'grace-period'],
    ['a shutdown of the node', [], { status: { reason: 'NodeShutdown' } }, 'node-shutdown'],
  ] as const)('with 137 is not an OOM kill after %s', (_, events, parts, other) => {
    const judgement = judge(ended('Error', 137, parts as Partial<PodParts>), { events });
    expect(judgement).toMatchObject({ verdict: 'not-oom', other });
    expect(judgement.because.length).toBeGreaterThan(0);
  });

  it.each([
    [
      'of another container',
      { ...probe, container: 'sidecar', note: 'Container sidecar failed liveness probe, will be restarted' },
    ],
    ['an hour before', { ...probe, firstSeen: '2026-11-25T11:00:00Z', lastSeen: '2026-11-25T11:00:00Z' }],
    ['after it', { ...probe, firstSeen: '2026-11-25T12:05:00Z', lastSeen: '2026-11-25T12:05:00Z' }],
    ['without a time', { reason: 'Killing', warning: false, note: probe.note, about: probe.about, count: 1 }],
  ])('is not explained by a probe %s', (_, other) => {
    expect(judge(ended('Error', 137), { events: [other] }).verdict).toBe('possible-oom-kill');
  });

  it('is not explained by a stop that the container still had time for', () => {
    const stop = told({ reason: 'Killing', message: 'Stopping container app', type: 'Normal', at: '2026-11-25T11:59:50Z' });
    expect(judge(ended('Error', 137), { events: [stop] }).verdict).toBe('possible-oom-kill');
  });

  it('stays an OOM kill when a probe failed too, with that against it', () => {
    const judgement = judge(ended('OOMKilled', 137), { events: [probe] });
    expect(judgement.verdict).toBe('oom-kill');
    expect(judgement.against).toHaveLength(1);
    expect(judgement.confidence).toBeLessThan(judge(ended('OOMKilled', 137)).confidence);
  });

  it("is an OOM kill that the runtime missed when the kubelet's counter or the kernel's log has it", () => {
    expect(judge(ended('Error', 137), { oomEvents: [counted(DEAD)] }).verdict).toBe('oom-kill');
    expect(judge(ended('Error', 1), { oomEvents: [counted(DEAD)] }).verdict).toBe('child-oom-kill');
    expect(judge(ended('Error', 137), { hasKernelReport: true, events: [probe] }).verdict).toBe('oom-kill');
  });

  it("is not shown by a counter of another instance's", () => {
    expect(judge(ended('Error', 137), { oomEvents: [counted(ALIVE)] }).verdict).toBe('possible-oom-kill');
  });

  it('is systemd-oomd’s when its log says so', () => {
    expect(judge(ended('Error', 137), { killedByOomd: true })).toMatchObject({ verdict: 'not-oom', other: 'systemd-oomd' });
  });

  it('may be the node’s when it ran out then, and the event names no container', () => {
    const system = told({
      reason: 'SystemOOM',
      message: 'System OOM encountered, victim process: app, pid: 7',
      nodeName: 'node-1',
    });
    const judgement = judge(ended('Error', 137), { events: [system] });
    expect(judgement.verdict).toBe('possible-oom-kill');
    expect(judgement.confidence).toBeGreaterThan(0.5);
  });

  it('is the runtime’s own when its log ends so, but not where it was SIGKILL', () => {
    expect(judge(ended('Error', 3), { runtimeWords: ['java-heap'] })).toMatchObject({ verdict: 'not-oom', other: 'runtime-oom' });
    expect(judge(ended('Error', 137), { runtimeWords: ['java-heap'] }).verdict).toBe('possible-oom-kill');
  });

  it('is an OOM kill of the init process when runc says so', () => {
    const early = facts({
      statuses: [
        containerStatus({
          name: 'app',
          state: terminated('StartError', 128, {
            message:
              'failed to create containerd task: OCI runtime create failed: container init was OOM-killed (memory limit too low?)',
          }),
        }),
      ],
    });
    expect(judge(early).verdict).toBe('oom-kill');
  });
});

describe('a pod that was evicted', () => {
  const eviction = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
  const hourEarlier = { finishedAt: '2026-11-25T11:00:00Z', startedAt: '2026-11-25T10:00:00Z' };
  const present = { containerID: `containerd://${ALIVE}` };

  function endOf(reason: string, exitCode: number, container = 'app') {
    return containerStatus({ name: container, state: terminated(reason, exitCode, present) });
  }

  it.each([
    ['killed', 'Error', 137],
    ['that obeyed SIGTERM', 'Error', 143],
    ['that ended well', 'Completed', 0],
    ['that ended with a code of its own', 'Error', 1],
  ])('took a container along %s', (_, reason, exitCode) => {
    const judgement = judge(facts({ statuses: [endOf(reason, exitCode)], status: eviction }));
    expect(judgement).toMatchObject({ verdict: 'not-oom', other: 'eviction', because: [{ key: 'judge.evicted-note' }] });
  });

  it('took along what ended without a time of its own', () => {
    const lost = { reason: 'ContainerStatusUnknown', exitCode: 137, startedAt: null, finishedAt: null };
    const judgement = judge(
      facts({ statuses: [containerStatus({ name: 'app', state: { terminated: lost } })], status: eviction }),
    );
    expect(judgement).toMatchObject({ verdict: 'not-oom', other: 'eviction' });
  });

  it('does not explain an end an hour before, of the same container or of another', () => {
    const restarted = facts({
      statuses: [
        containerStatus({
          name: 'app',
          restartCount: 1,
          state: terminated('Error', 137, present),
          lastState: terminated('Error', 137, hourEarlier),
        }),
      ],
      status: eviction,
    });
    const verdicts = killsOfPod(restarted, { events: [], oomEvents: [] }).map(({ seenIn, verdict, other }) => [
      seenIn,
      verdict,
      other,
    ]);
    expect(verdicts).toEqual([
      ['last-state', 'possible-oom-kill', undefined],
      ['state', 'not-oom', 'eviction'],
    ]);
    const waiting = facts({
      statuses: [
        containerStatus({
          name: 'app',
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: terminated('Error', 137, hourEarlier),
        }),
      ],
      status: eviction,
    });
    expect(killsOfPod(waiting, { events: [], oomEvents: [] }).map(({ verdict, other }) => [verdict, other])).toEqual([
      ['possible-oom-kill', undefined],
      ['not-oom', 'eviction'],
    ]);
    const init = facts({
      initStatuses: [containerStatus({ name: 'migrate', state: terminated('Completed', 0, hourEarlier) })],
      statuses: [endOf('Error', 143)],
      status: eviction,
    });
    expect(killsOfPod(init, { events: [], oomEvents: [] }).map(({ container }) => container)).toEqual(['app']);
  });

  it('may have been OOM-killed before: both are told', () => {
    const both = facts({
      statuses: [
        containerStatus({
          name: 'app',
          restartCount: 1,
          state: terminated('Completed', 0, present),
          lastState: terminated('OOMKilled', 137, hourEarlier),
        }),
      ],
      status: eviction,
    });
    expect(killsOfPod(both, { events: [], oomEvents: [] }).map(({ verdict, other }) => [verdict, other])).toEqual([
      ['oom-kill', undefined],
      ['not-oom', 'eviction'],
    ]);
  });

  it('of a node that shut down does not explain an instance before it either', () => {
    const statuses = [
      containerStatus({
        name: 'app',
        state: terminated('Error', 137, present),
        lastState: terminated('Error', 137, hourEarlier),
      }),
    ];
    const kills = killsOfPod(facts({ statuses, status: { phase: 'Failed', reason: 'Terminated' } }), {
      events: [],
      oomEvents: [],
    });
    expect(kills.map(({ verdict, other }) => [verdict, other])).toEqual([
      ['possible-oom-kill', undefined],
      ['not-oom', 'node-shutdown'],
    ]);
  });
});

describe('OOMKilled of a container that was being stopped', () => {
  const stop = told({ reason: 'Killing', message: 'Stopping container app', type: 'Normal', at: '2026-11-25T11:59:55Z' });
  const stopped = () => facts({ statuses: [containerStatus({ name: 'app', state: terminated('OOMKilled', 143) })] });

  it.each([
    ['by an event', [stop], {}],
    ['by its deletion', [], { metadata: { deletionTimestamp: '2026-11-25T12:00:20Z' } }],
    ['by an eviction', [], { status: { phase: 'Failed', reason: 'Evicted' } }],
  ] as const)('is not sure %s, and the main process did not end by itself', (_, events, parts) => {
    const of = facts({
      statuses: [containerStatus({ name: 'app', state: terminated('OOMKilled', 143) })],
      ...(parts as Partial<PodParts>),
    });
    const judgement = judge(of, { events: [...events] });
    expect(judgement.verdict).toBe('child-oom-kill');
    expect(judgement.confidence).toBeLessThan(0.5);
    expect(judgement.because.map(({ key }) => key)).toEqual(['judge.oomkilled-stopped']);
    expect(judgement.against.map(({ key }) => key)).toEqual(['judge.against.stopped']);
  });

  it.each([
    ['a stop long before or after', [{ ...stop, firstSeen: '2026-11-25T11:00:00Z', lastSeen: '2026-11-25T11:00:00Z' }], {}],
    ['the stop of another container', [{ ...stop, container: 'sidecar', note: 'Stopping container sidecar' }], {}],
    ['a deletion an hour later', [], { metadata: { deletionTimestamp: '2026-11-25T13:00:30Z' } }],
  ] as const)('stays as sure with %s', (_, events, parts) => {
    const of = ended('OOMKilled', 2, parts as Partial<PodParts>);
    expect(judge(of, { events: [...events] }).confidence).toBe(judge(ended('OOMKilled', 2)).confidence);
  });

  it('is sure again where the kernel or the counter has the kill', () => {
    expect(judge(stopped(), { events: [stop], oomEvents: [counted(DEAD)] }).confidence).toBeGreaterThan(0.8);
    expect(judge(stopped(), { events: [stop], hasKernelReport: true }).confidence).toBeGreaterThan(0.9);
  });

  it('did not end by itself with 143 in any case', () => {
    const judgement = judge(ended('OOMKilled', 143));
    expect(judgement.because.map(({ key }) => key)).toEqual(['judge.oomkilled-sigterm']);
    expect(judgement.confidence).toBeLessThan(judge(ended('OOMKilled', 2)).confidence);
  });
});

describe('the kills of a pod', () => {
  it('are those of init and ephemeral containers too', () => {
    const kills = killsOfPod(
      facts({
        statuses: [containerStatus({ name: 'app' })],
        initStatuses: [containerStatus({ name: 'migrate', state: terminated('OOMKilled', 137) })],
        ephemeralStatuses: [containerStatus({ name: 'debug', state: terminated('OOMKilled', 137) })],
      }),
      { events: [], oomEvents: [] },
    );
    expect(kills.map(({ container, role }) => [container, role])).toEqual([
      ['migrate', 'init'],
      ['debug', 'ephemeral'],
    ]);
  });

  it('are two when the present instance ended as well as the last one', () => {
    const statuses = [
      containerStatus({
        name: 'app',
        state: terminated('OOMKilled', 137, { containerID: `containerd://${ALIVE}` }),
        lastState: terminated('OOMKilled', 137),
      }),
    ];
    expect(killsOfPod(facts({ statuses }), { events: [], oomEvents: [] }).map(({ seenIn }) => seenIn)).toEqual([
      'last-state',
      'state',
    ]);
  });

  it('include one in a container that lived on, which no status shows', () => {
    const [kill, ...others] = killsOfPod(facts({}), { events: [], oomEvents: [counted(ALIVE, 2)] });
    expect(others).toEqual([]);
    expect(kill).toMatchObject({ verdict: 'child-oom-kill', seenIn: 'metrics', kills: 2, container: 'app' });
  });

  it('are none of a pod that is well, and of a program that ended by itself', () => {
    expect(killsOfPod(facts({}), { events: [], oomEvents: [] })).toEqual([]);
    expect(killsOfPod(ended('Error', 1), { events: [], oomEvents: [] })).toEqual([]);
    expect(killsOfPod(ended('Completed', 0), { events: [], oomEvents: [] })).toEqual([]);
  });

  it('hold an eviction whose containers are no longer told of', () => {
    const evicted = facts({
      statuses: [],
      status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.', containerStatuses: [] },
    });
    expect(killsOfPod(evicted, { events: [], oomEvents: [] })).toMatchObject([
      { verdict: 'not-oom', other: 'eviction', reason: 'Evicted' },
    ]);
  });
});
