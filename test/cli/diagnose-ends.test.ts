import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiServer, type ClusterContents, type KubeObject } from '../support/api-server.js';
import { containerStatus, event, node, type PodParts, pod, terminated } from '../support/cluster-objects.js';
import { runProgram, temporaryFile } from '../support/run-program.js';
import { buildProgram } from './built-program.js';

beforeAll(buildProgram);

const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function served(contents: ClusterContents): Promise<string> {
  const server = await ApiServer.start({ contents: { nodes: [node()], ...contents } });
  const config = temporaryFile('config', server.kubeconfig());
  cleanUp.push(() => server.close(), config.remove);
  return config.path;
}

interface Item {
  readonly incident: {
    readonly id: string;
    readonly time?: string;
    readonly container?: { readonly containerId?: string; readonly containerName?: string; readonly podName?: string };
    readonly kubernetes: {
      readonly termination?: { readonly reason: string; readonly exitCode: number };
      readonly hasKernelReport: boolean;
    };
  };
  readonly causes: readonly { readonly id: string }[];
}

/** The report for people, its lines joined. */
async function printed(config: string): Promise<string> {
  const { stdout } = await runProgram(['diagnose', '--kubeconfig', config, 'pod/p']);
  return stdout.replace(/\s+/g, ' ');
}

async function diagnosed(config: string, ...args: string[]) {
  const { status, stdout, stderr } = await runProgram(['diagnose', '--kubeconfig', config, '-o', 'json', ...args]);
  const items: readonly Item[] = stdout === '' ? [] : JSON.parse(stdout).items;
  return { status, stderr, items };
}

/** The ends that `diagnose` tells of, in its order: how Kubernetes has them, and the first cause. */
function ends(items: readonly Item[]): string[] {
  return items.map(({ incident, causes }) => `${incident.kubernetes.termination?.reason ?? '-'}: ${causes[0]?.id}`);
}

/** What `list` and `diagnose` say of the ends of a pod. */
async function both(config: string) {
  const list = JSON.parse((await runProgram(['list', '--kubeconfig', config, '--all-kills', '-o', 'json'])).stdout);
  const { items } = await diagnosed(config, 'pod/p');
  return {
    listed: list.items.map(({ verdict, other }: { verdict: string; other?: string }) => other ?? verdict).sort(),
    told: ends(items),
  };
}

const EARLIER = { startedAt: '2026-11-25T10:00:00Z', finishedAt: '2026-11-25T11:00:00Z' };
const PRESENT = { containerID: `containerd://${'a'.repeat(64)}` };
const OLD = 'b'.repeat(64);

/** A pod whose container ended an hour before, and again. */
function twice(last: [string, number], now: [string, number], parts: Partial<PodParts> = {}): KubeObject {
  const statuses = [
    containerStatus({
      name: 'app',
      restartCount: 1,
      state: terminated(...now, PRESENT),
      lastState: terminated(...last, EARLIER),
    }),
  ];
  return pod({ name: 'p', statuses, ...parts });
}

const EVICTED = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory. ' };

describe('every end of a container is told of', () => {
  it('the OOM kill of a Job whose retry completed', async () => {
    const config = await served({ pods: [twice(['OOMKilled', 137], ['Completed', 0], { status: { phase: 'Succeeded' } })] });
    expect(await both(config)).toEqual({ listed: ['oom-kill'], told: ['OOMKilled: insufficient-evidence'] });
    const { status, items, stderr } = await diagnosed(config, 'pod/p');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(items[0]?.incident).toMatchObject({
      time: EARLIER.finishedAt,
      container: { containerId: OLD },
      kubernetes: { termination: { reason: 'OOMKilled', exitCode: 137 } },
    });
  });

  it('an OOM kill before the error that it ended with now', async () => {
    const config = await served({ pods: [twice(['OOMKilled', 137], ['Error', 1])] });
    const { items } = await diagnosed(config, 'pod/p');
    expect(ends(items)).toEqual(['OOMKilled: insufficient-evidence', 'Error: not-oom']);
    expect(new Set(items.map(({ incident }) => incident.id)).size).toBe(2);
    const stdout = await printed(config);
    expect(stdout).toMatch(/shop\/p\/app was OOM-killed at 2026-11-25 11:00:00/);
  });

  it('an OOM kill and the eviction after it', async () => {
    const config = await served({ pods: [twice(['OOMKilled', 137], ['Completed', 0], { status: EVICTED })] });
    expect(await both(config)).toEqual({
      listed: ['eviction', 'oom-kill'],
      told: ['OOMKilled: insufficient-evidence', 'Completed: not-oom'],
    });
    const { items } = await diagnosed(config, 'pod/p');
    expect(items[1]?.causes.map(({ id }) => id)).toEqual(['not-oom', 'node-memory']);
  });

  it('two OOM kills, the newest first, and those of init and ephemeral containers', async () => {
    const config = await served({
      pods: [
        twice(['OOMKilled', 137], ['OOMKilled', 137], {
          spec: {
            initContainers: [{ name: 'proxy', restartPolicy: 'Always' }],
            ephemeralContainers: [{ name: 'debug' }],
          },
          initStatuses: [
            containerStatus({ name: 'proxy', lastState: terminated('OOMKilled', 137, { finishedAt: '2026-11-25T11:30:00Z' }) }),
          ],
          ephemeralStatuses: [
            containerStatus({ name: 'debug', state: terminated('OOMKilled', 137, { finishedAt: '2026-11-25T12:30:00Z' }) }),
          ],
        }),
      ],
    });
    const { items } = await diagnosed(config, 'pod/p');
    expect(items.map(({ incident }) => [incident.container?.containerName, incident.time])).toEqual([
      ['debug', '2026-11-25T12:30:00Z'],
      ['app', '2026-11-25T12:00:00Z'],
      ['proxy', '2026-11-25T11:30:00Z'],
      ['app', '2026-11-25T11:00:00Z'],
    ]);
    const stdout = await printed(config);
    for (const name of ['debug', 'app', 'proxy']) expect(stdout).toContain(`shop/p/${name} was OOM-killed`);
    expect((await diagnosed(config, 'pod/p', '-c', 'app')).items).toHaveLength(2);
  });

  it('an eviction does not explain an end an hour before it, and is told of beside it', async () => {
    const waiting = pod({
      name: 'p',
      statuses: [
        containerStatus({
          name: 'app',
          restartCount: 3,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: terminated('Error', 137, EARLIER),
        }),
      ],
      status: EVICTED,
    });
    const config = await served({ pods: [waiting] });
    expect(await both(config)).toEqual({
      listed: ['eviction', 'possible-oom-kill'],
      told: ['Error: insufficient-evidence', '-: not-oom'],
    });
  });

  it('of a workload in the pods that were OOM-killed, however many ended later', async () => {
    const deployment = { kind: 'Deployment', metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } } } };
    const metadata = { labels: { app: 'web' } };
    const ended = (name: string, reason: string, exitCode: number, finishedAt: string) =>
      pod({
        name,
        metadata,
        statuses: [containerStatus({ name: 'app', restartCount: 1, lastState: terminated(reason, exitCode, { finishedAt }) })],
      });
    const config = await served({
      pods: [
        ...Array.from({ length: 12 }, (_, index) => ended(`web-${index}`, 'Error', 1, `2026-11-25T12:00:${10 + index}Z`)),
        ended('web-killed', 'OOMKilled', 137, EARLIER.finishedAt),
      ],
      others: { '/apis/apps/v1/namespaces/shop/deployments/web': deployment },
    });
    const { items } = await diagnosed(config, 'deploy/web');
    expect(items[0]?.incident.container?.podName).toBe('web-killed');
    expect(ends(items.slice(1))).toEqual(Array.from({ length: 9 }, () => 'Error: not-oom'));
  });
});

describe('that nothing is to be told', () => {
  it('is said of containers that ended well, without denying that they ended', async () => {
    const config = await served({ pods: [twice(['Completed', 0], ['Completed', 0], { status: { phase: 'Succeeded' } })] });
    const { status, items, stderr } = await diagnosed(config, 'pod/p');
    expect([status, items]).toEqual([1, []]);
    expect(stderr).toMatch(/1 container of pod\/p in namespace shop ended with exit code 0/);
    expect(stderr).not.toMatch(/has ended/);
  });

  it('is said of ends that Kubernetes has forgotten, with what may tell of them', async () => {
    const forgotten = pod({
      name: 'p',
      statuses: [containerStatus({ name: 'app', restartCount: 7, state: { waiting: { reason: 'CrashLoopBackOff' } } })],
    });
    const config = await served({ pods: [forgotten] });
    const { status, items, stderr } = await diagnosed(config, 'pod/p');
    expect([status, items]).toEqual([1, []]);
    expect(stderr).toMatch(/container app of pod p in namespace shop was restarted 7 times, and Kubernetes keeps no status/);
    expect(stderr).toMatch(/ssh node-1 sudo dmesg > node\.log; oomkit diagnose pod\/p -n shop --node-log node\.log/);
    expect(stderr).not.toMatch(/has ended|no OOM kill/);
    const chinese = await runProgram(['diagnose', '--kubeconfig', config, 'pod/p', '--lang', 'zh-CN']);
    expect(chinese.stderr).toMatch(/重启过 7 次/);
  });
});

describe('a kill whose time nobody knows', () => {
  it('is not given one', async () => {
    const config = await served({ pods: [twice(['Error', 1], ['OOMKilled', 2])] });
    const { items } = await diagnosed(config, 'pod/p');
    expect(items[0]?.causes[0]?.id).toBe('child-process-killed');
    expect(items[0]?.incident).not.toHaveProperty('time');
    const stdout = await printed(config);
    expect(stdout).toContain('was OOM-killed at some time before 2026-11-25 12:00:00');
    expect(stdout).not.toContain('was OOM-killed at 2026');
  });

  it('is not even sure where the container was being stopped', async () => {
    const draining = pod({
      name: 'p',
      metadata: { deletionTimestamp: '2026-11-25T12:00:30Z' },
      statuses: [containerStatus({ name: 'app', state: terminated('OOMKilled', 143, PRESENT) })],
    });
    const events = [
      event({ reason: 'Killing', message: 'Stopping container app', podName: 'p', container: 'app', type: 'Normal' }),
    ];
    const config = await served({ pods: [draining], events });
    const { items } = await diagnosed(config, 'pod/p');
    expect(items[0]?.causes.map(({ id }) => id)).toEqual(['insufficient-evidence', 'child-process-killed']);
    const stdout = await printed(config);
    expect(stdout).toMatch(/was stopped, and its status says OOMKilled/);
    expect(stdout).not.toMatch(/OOM-killed at 2026|ended by itself/);
  });
});

describe("the kernel's report is bound to the end that it is about", () => {
  const UID = '11111111-2222-4333-8444-555555555555';
  const SOURCE = readFileSync('test/fixtures/oom-logs/kernel-5.10-v2-anon-single.txt', 'utf8');

  /** The report of a kill in an instance of the pod's container, at a time. */
  function kill(containerId: string, at: string): string {
    const path = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UID.replaceAll('-', '_')}.slice/cri-containerd-${containerId}.scope`;
    const stamp = at.replace('Z', '+00:00');
    return SOURCE.split('\n')
      .filter((line) => line !== '')
      .map((line) => line.replace(/^.*?\[[^\]]*\] /, '').replace(/\/kubepods\S*?(?=,|:|$)/g, path))
      .map((line) => `${stamp} node-1 kernel: ${line}\n`)
      .join('');
  }

  async function diagnosedWith(log: string, pods: readonly KubeObject[]): Promise<readonly Item[]> {
    const file = temporaryFile('node.log', log);
    cleanUp.push(file.remove);
    const config = await served({ pods });
    const { status, items, stderr } = await diagnosed(config, 'pod/p', '--node-log', file.path);
    expect(status, stderr).toBe(0);
    return items;
  }

  const summary = (items: readonly Item[]) =>
    items.map(({ incident: { kubernetes, container } }) => [
      kubernetes.hasKernelReport,
      container?.containerId?.[0],
      kubernetes.termination?.exitCode,
    ]);

  it('by the id of the container', async () => {
    const two = twice(['OOMKilled', 137], ['Error', 1], { uid: UID });
    expect(summary(await diagnosedWith(kill(OLD, EARLIER.finishedAt), [two]))).toEqual([
      [true, 'b', 137],
      [false, 'a', 1],
    ]);
  });

  it('and by the time: a kill in the same run, long before, did not end it', async () => {
    const last = { startedAt: '2026-11-25T10:00:00Z', finishedAt: '2026-11-25T12:00:00Z' };
    const one = (reason: string, exitCode: number) =>
      pod({
        name: 'p',
        uid: UID,
        statuses: [containerStatus({ name: 'app', restartCount: 1, lastState: terminated(reason, exitCode, last) })],
      });
    const early = kill(OLD, '2026-11-25T10:30:00Z');
    expect(summary(await diagnosedWith(early, [one('Error', 137)]))).toEqual([
      [true, 'b', undefined],
      [false, 'b', 137],
    ]);
    // The child's kill is what the flag tells of, at whatever time of the run.
    expect(summary(await diagnosedWith(early, [one('OOMKilled', 2)]))).toEqual([[true, 'b', 2]]);
  });

  it('and to none where Kubernetes has forgotten the instance', async () => {
    const two = twice(['Error', 1], ['OOMKilled', 137], { uid: UID });
    expect(summary(await diagnosedWith(kill('c'.repeat(64), '2026-11-25T08:00:00Z'), [two]))).toEqual([
      [false, 'a', 137],
      [true, 'c', undefined],
      [false, 'b', 1],
    ]);
  });
});
