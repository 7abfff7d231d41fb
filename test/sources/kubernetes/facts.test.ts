import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  eventFacts,
  nodeFacts,
  nodeSummary,
  oomEventCounts,
  parseCadvisor,
  parseQuantity,
  podFacts,
  type RawEvent,
  type RawNode,
  type RawPod,
  runtimeWords,
  workloadType,
} from '../../../src/sources/kubernetes/index.js';
import { containerStatus, event, node, PLANTED, pod, terminated } from '../../support/cluster-objects.js';
import { departures } from '../../support/published-api.js';

/** A pod with everything that is read. */
const full = pod({
  name: 'web-0',
  statuses: [
    {
      ...containerStatus({ name: 'app', restartCount: 4, lastState: terminated('OOMKilled', 137, { signal: 9 }) }),
      resources: { limits: { memory: '512Mi' }, requests: { memory: '128Mi' } },
    },
  ],
  initStatuses: [containerStatus({ name: 'migrate', state: terminated('Completed', 0) })],
  ephemeralStatuses: [containerStatus({ name: 'debug' })],
  metadata: {
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'web', uid: '1', controller: true, blockOwnerDeletion: true },
    ],
  },
  container: {
    livenessProbe: { httpGet: { path: '/', port: 80 } },
    volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
    args: ['--max-old-space-size=200', '--api-key', PLANTED],
    env: [
      { name: 'JAVA_TOOL_OPTIONS', value: `-Xmx384m -XX:MaxRAMPercentage=75.0 -Dtoken=${PLANTED}` },
      { name: 'GOMEMLIMIT', value: '200MiB' },
      { name: 'DOTNET_GCHeapHardLimit', value: '0x10000000' },
      { name: 'DATABASE_PASSWORD', value: PLANTED },
      { name: 'NODE_OPTIONS', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ],
  },
  spec: {
    resources: { limits: { memory: '1Gi' } },
    initContainers: [{ name: 'migrate', image: 'registry.example/app:1' }],
    ephemeralContainers: [{ name: 'debug', image: 'registry.example/debug:1' }],
    volumes: [
      { name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } },
      { name: 'disk', emptyDir: {} },
    ],
  },
});

describe('the payloads of the tests', () => {
  it.each([
    ['a pod', full, 'V1Pod'],
    ['a plain pod', pod({ name: 'a' }), 'V1Pod'],
    ['an event about a pod', event({ reason: 'Killing', message: 'x', podName: 'a', container: 'app' }), 'CoreV1Event'],
    ['an event about a node', event({ reason: 'SystemOOM', message: 'x', nodeName: 'node-1' }), 'CoreV1Event'],
    ['a node', node(), 'V1Node'],
  ])('have the shape of the published API: %s', (_, object, type) => {
    expect(departures(object, type)).toEqual([]);
  });

  it('would be told apart from others', () => {
    expect(departures({ spec: { containerz: [] } }, 'V1Pod')).toEqual(['V1Pod.spec.containerz is not in V1PodSpec']);
    expect(departures({ spec: { containers: [{ name: 7 }] } }, 'V1Pod')).toEqual(['V1Pod.spec.containers[0].name is not string']);
    expect(departures({ metadata: { creationTimestamp: 'yesterday' } }, 'V1Pod')).toHaveLength(1);
  });
});

describe('a pod', () => {
  const facts = podFacts(full as RawPod);

  it('gives limits, roles, ends and volumes in memory', () => {
    expect(facts).toMatchObject({
      namespace: 'shop',
      name: 'web-0',
      qosClass: 'burstable',
      owner: { kind: 'StatefulSet', name: 'web' },
      limitBytes: 2 ** 30,
      memoryVolumes: [{ name: 'scratch', sizeLimitBytes: 64 * 2 ** 20, mountedBy: ['app'] }],
    });
    expect(facts.containers.map(({ name, role }) => [name, role])).toEqual([
      ['migrate', 'init'],
      ['app', 'container'],
      ['debug', 'ephemeral'],
    ]);
    expect(facts.containers[1]).toMatchObject({
      program: 'app',
      limitBytes: 256 * 2 ** 20,
      limitInForceBytes: 512 * 2 ** 20,
      restartCount: 4,
      state: 'running',
      hasLivenessProbe: true,
      last: { reason: 'OOMKilled', exitCode: 137, signal: 9, containerId: 'b'.repeat(64) },
    });
  });

  it('gives the memory settings of runtimes and no other value', () => {
    expect(
      facts.containers[1]?.memoryFlags.map(({ name, value, bytes, share, variable }) => [name, value, bytes ?? share, variable]),
    ).toEqual([
      ['--max-old-space-size', '200', 200 * 2 ** 20, undefined],
      ['-Xmx', '384m', 384 * 2 ** 20, 'JAVA_TOOL_OPTIONS'],
      ['-XX:MaxRAMPercentage', '75.0', 0.75, 'JAVA_TOOL_OPTIONS'],
      ['GOMEMLIMIT', '200MiB', 200 * 2 ** 20, 'GOMEMLIMIT'],
      ['DOTNET_GCHeapHardLimit', '0x10000000', 2 ** 28, 'DOTNET_GCHeapHardLimit'],
    ]);
    expect(facts.containers[1]?.environmentNames).toContain('DATABASE_PASSWORD');
    expect(JSON.stringify(facts)).not.toContain(PLANTED);
  });

  it('is found by the hash of its manifest where it is static', () => {
    const annotations = { 'kubernetes.io/config.hash': '1b9b3f0e5b6f0a4d8c7e6f5a4b3c2d1e' };
    expect(podFacts(pod({ name: 'etcd', metadata: { annotations } }) as RawPod).cgroupUid).toBe(
      '1b9b3f0e5b6f0a4d8c7e6f5a4b3c2d1e',
    );
  });

  it('has no time where the kubelet did not know one', () => {
    const statuses = [
      containerStatus({
        name: 'app',
        state: terminated('OOMKilled', 137, { startedAt: null, finishedAt: '1970-01-01T00:00:00Z' }),
      }),
    ];
    const [container] = podFacts(pod({ name: 'a', statuses }) as RawPod).containers;
    expect(container?.current).not.toHaveProperty('startedAt');
    expect(container?.current).not.toHaveProperty('finishedAt');
  });

  it('may be anything that is JSON, and breaks nothing', () => {
    fc.assert(
      fc.property(
        fc.record(
          { metadata: fc.constant({}), spec: fc.constant({}), status: fc.record({ reason: fc.string() }) },
          { requiredKeys: [] },
        ),
        (some) => {
          expect(podFacts(some).containers).toEqual([]);
        },
      ),
    );
  });
});

describe('a quantity', () => {
  it.each([
    ['256Mi', 256 * 2 ** 20],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['600M', 600e6],
    ['128974848', 128974848],
    ['129e6', 129e6],
    ['1', 1],
    ['100m', 1],
    ['2k', 2000],
  ])('%s', (text, size) => expect(parseQuantity(text)).toBe(size));

  it.each(['', 'Mi', '-1Mi', '1 Mi', '0x10', '1Mib', undefined, null, {}, Number.NaN])('is none: %j', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });
});

describe('what is quoted', () => {
  it('has no secret: the note of an event, the message of a pod, the first word of a command', () => {
    const note = `Liveness probe errored: "mysqladmin -uroot -p${PLANTED} ping", Authorization: Bearer ${PLANTED}`;
    const unhealthy = event({ reason: 'Unhealthy', message: `${'x '.repeat(500)}${note}`, podName: 'a' });
    const evicted = { ...pod({ name: 'a' }), status: { message: `webhook denied: https://u:${PLANTED}@host refused` } };
    const told = [eventFacts(unhealthy as RawEvent), podFacts(evicted as RawPod)];
    expect(JSON.stringify(told)).not.toContain(PLANTED.slice(0, 4));
    expect(JSON.stringify(told)).toContain('redacted');
    const command = [`DB_PASSWORD=${PLANTED} /usr/bin/app --token ${PLANTED}`];
    const [container] = podFacts({ spec: { containers: [{ name: 'a', command }] } } as RawPod).containers;
    expect(container?.program).toBe('DB_PASSWORD=redacted');
  });
});

describe('an event', () => {
  it('tells of whom and when, and of the resource that ran short', () => {
    const eviction = event({
      reason: 'Evicted',
      message: 'low on memory',
      podName: 'a',
      annotations: { starved_resource: 'memory' },
    });
    expect(eventFacts(eviction as RawEvent)).toMatchObject({
      reason: 'Evicted',
      warning: true,
      starvedResource: 'memory',
      about: { kind: 'Pod', name: 'a' },
    });
    const series = {
      ...event({ reason: 'Unhealthy', message: 'x', podName: 'a' }),
      series: { count: 7, lastObservedTime: '2026-11-25T12:30:00.000000Z' },
    };
    expect(eventFacts(series as RawEvent)).toMatchObject({ count: 7, lastSeen: '2026-11-25T12:30:00.000000Z' });
  });

  it('of no use is left out', () => {
    expect(eventFacts(event({ reason: 'Pulled', message: 'x', podName: 'a' }) as RawEvent)).toBeUndefined();
  });
});

describe('a node and its kubelet', () => {
  it('tell versions, sizes and the conditions that hold', () => {
    expect(nodeFacts(node('node-1', { MemoryPressure: 'True', Ready: 'True', DiskPressure: 'False' }) as RawNode)).toMatchObject({
      kernel: '6.12.48',
      kubelet: 'v1.34.1',
      allocatableBytes: 7 * 2 ** 30,
      conditions: ['MemoryPressure'],
    });
  });

  it('tell memory and what lies in volumes', () => {
    const summary = nodeSummary({
      node: { memory: { availableBytes: 5, workingSetBytes: 7 } },
      pods: [
        {
          podRef: { name: 'a', namespace: 'shop', uid: '1' },
          memory: { workingSetBytes: 3 },
          volume: [{ name: 'scratch', usedBytes: 2 }, { name: 'x' }],
        },
      ],
    });
    expect(summary.node).toEqual({ availableBytes: 5, workingSetBytes: 7 });
    expect(summary.pods[0]).toMatchObject({ usage: { workingSetBytes: 3 }, volumeBytes: { scratch: 2 } });
    expect(nodeSummary({}).pods).toEqual([]);
  });

  it('count kills in the format of cAdvisor, of containers alone', () => {
    const id = (container: string) =>
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1b1f6d67_0e0b_4f0c_9c53_0d6c5b1a2e3f.slice/cri-containerd-${container}.scope`;
    const text = [
      '# HELP container_oom_events_total Count of out of memory events observed for the container',
      `container_oom_events_total{container="app",id="${id('c'.repeat(64))}",image="i",name="n",namespace="shop",pod="web"} 3 1764072000000`,
      `container_oom_events_total{container="",id="/kubepods.slice",image="",name="",namespace="shop",pod="web"} 3 1764072000000`,
      `container_oom_events_total{container="POD",id="x",image="i",name="n",namespace="shop",pod="web"} 3 1764072000000`,
      `container_memory_working_set_bytes{container="app",id="${id('c'.repeat(64))}",image="i",name="n",namespace="shop",pod="web"} 1.048576e+06 1764072000000`,
      `container_memory_max_usage_bytes{container="app",id="${id('c'.repeat(64))}",image="i",name="n",namespace="shop",pod="web"} 0 1764072000000`,
      'container_memory_rss{container="app",id="y",namespace="shop",pod="we',
      'container_memory_rss{container="a\\"b\\\\",id="z",namespace="shop",pod="odd"} NaN',
      'something else',
    ].join('\n');
    const containers = parseCadvisor(text);
    expect(oomEventCounts(containers)).toEqual([
      { namespace: 'shop', pod: 'web', container: 'app', containerId: 'c'.repeat(64), kills: 3 },
    ]);
    expect(containers.find(({ container }) => container === 'app')?.usage).toEqual({
      workingSetBytes: 2 ** 20,
      observedAt: '2025-11-25T12:00:00.000Z',
    });
  });
});

describe('the end of a log', () => {
  it.each([
    ['java.lang.OutOfMemoryError: Java heap space', 'java-heap'],
    ['Exception in thread "main" java.lang.OutOfMemoryError: Metaspace', 'java-metaspace'],
    ['java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory', 'java-native'],
    ['fatal error: runtime: out of memory', 'go'],
    ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'node-heap'],
    ['Traceback (most recent call last):\n  File "a.py"\nMemoryError', 'python'],
    ['Unhandled exception. System.OutOfMemoryException: Exception of type', 'dotnet'],
    ["terminate called after throwing an instance of 'std::bad_alloc'", 'cpp'],
  ])('tells: %s', (text, word) => expect(runtimeWords(`before\n${text}\nafter`)).toEqual([word]));

  it('tells nothing of memory in other words', () => {
    expect(runtimeWords('killed\nout of disk\nno MemoryError today')).toEqual([]);
  });
});

describe('a kind of workload', () => {
  it.each([
    ['deploy', 'Deployment'],
    ['Deployments.apps', 'Deployment'],
    ['sts', 'StatefulSet'],
    ['ds', 'DaemonSet'],
    ['rs', 'ReplicaSet'],
    ['job', 'Job'],
  ])('%s is %s', (word, kind) => expect(workloadType(word)?.kind).toBe(kind));

  it('is not a pod', () => expect(workloadType('pod')).toBeUndefined());
});
