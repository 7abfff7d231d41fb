import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import {
  ApiServer,
  type ApiServerChoice,
  type ClusterContents,
  type Fault,
  type KubeObject,
  sendStatus,
} from '../support/api-server.js';
import { containerStatus, event, node, PLANTED, pod, terminated } from '../support/cluster-objects.js';
import { departures } from '../support/published-api.js';
import { runProgram, startProgram, temporaryFile } from '../support/run-program.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram } from './built-program.js';

beforeAll(buildProgram);

const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function served(contents: ClusterContents, choice: ApiServerChoice = {}): Promise<{ server: ApiServer; config: string }> {
  const server = await ApiServer.start({ token: PLANTED, contents: { nodes: [node()], ...contents }, ...choice });
  const config = temporaryFile('config', server.kubeconfig());
  cleanUp.push(() => server.close(), config.remove);
  return { server, config: config.path };
}

interface Printed {
  readonly causes: readonly {
    id: string;
    confidence: number;
    because: readonly { key: string; statement: string }[];
    against: readonly { key: string }[];
    advice: readonly object[];
  }[];
  readonly incident: {
    readonly container?: object;
    readonly limited?: object;
    readonly kubernetes: { readonly notRead: readonly { part: string; rule?: object }[]; readonly [key: string]: unknown };
  };
  readonly accounting?: {
    readonly chargedBytes: number;
    readonly chargedHow: string;
    readonly lines: readonly { id: string; bytes: number; how: string }[];
  };
}

/** Diagnoses and reads the JSON back. */
async function diagnosed(
  config: string,
  args: readonly string[],
): Promise<{ status: number | null; stderr: string; items: readonly Printed[] }> {
  const { status, stdout, stderr } = await runProgram(['diagnose', '--kubeconfig', config, '-o', 'json', ...args]);
  return { status, stderr, items: stdout === '' ? [] : JSON.parse(stdout).items };
}

function ended(
  name: string,
  reason: string,
  exitCode: number,
  more: { parts?: object; end?: object; restarts?: number } = {},
): KubeObject {
  const { parts, end, restarts = 1 } = more;
  return pod({
    name,
    statuses: [containerStatus({ name: 'app', restartCount: restarts, lastState: terminated(reason, exitCode, end) })],
    ...parts,
  });
}

const logPath = (name: string, container = 'app') => `/api/v1/namespaces/shop/pods/${name}/log?${container}`;

const SEED_LOG = 'examples/01-cdi-importer/kernel.log';
/** The pod of the first example, as the cluster would show it. */
const importer = pod({
  name: 'importer-disk-0',
  uid: '6b212546-f5dd-4fdf-bcc7-72a686638102',
  container: { name: 'importer', resources: { limits: { memory: '600M' }, requests: { memory: '60M' } } },
  statuses: [
    containerStatus({
      name: 'importer',
      restartCount: 2,
      lastState: terminated('OOMKilled', 137, {
        containerID: 'containerd://ea887b1c9c5c8e734ac798fedd2bf5d39c0b7ce5ad961027dfc1ca138a23a2e8',
      }),
    }),
  ],
});

describe('oomkit diagnose pod/NAME', () => {
  it("shows the kernel's accounting with the cluster's names, and does not blame a container that does not exist", async () => {
    const { config } = await served({ pods: [importer] });
    const { status, items } = await diagnosed(config, ['pod/importer-disk-0', '--node-log', SEED_LOG]);
    expect(status).toBe(0);
    const [item, ...others] = items;
    expect(others).toEqual([]);
    expect(item?.causes[0]?.id).toBe('page-cache-writeback');
    expect(item?.accounting?.chargedBytes).toBe(585_936 * 1024);
    expect(item?.incident.container).toMatchObject({ namespace: 'shop', podName: 'importer-disk-0', containerName: 'importer' });
    expect(item?.incident.limited).toMatchObject({ level: 'pod', podName: 'importer-disk-0' });
    expect(item?.incident.kubernetes).toMatchObject({ hasKernelReport: true, termination: { reason: 'OOMKilled' } });
    // The pod's limit is the only container's own.
    expect(item?.causes.map(({ id }) => id)).not.toContain('ancestor-limit');
    // It has no volume in memory, so it was not files on a tmpfs.
    expect(item?.causes.map(({ id }) => id)).toEqual(['page-cache-writeback']);
    expect(item?.causes[0]?.because.map(({ key }) => key)).toContain('evidence.cluster.no-memory-volume');
    const text = (await runProgram(['diagnose', '--kubeconfig', config, 'pod/importer-disk-0', '--node-log', SEED_LOG])).stdout;
    expect(text.replaceAll('\n', ' ')).toMatch(/pod shop\/importer-disk-0 reached/);
    expect(text).toMatch(/Status +OOMKilled, exit code 137/);
  });

  it('says without the kernel log that it does not know what filled the memory, and how to find out', async () => {
    const { config } = await served({ pods: [ended('web-0', 'OOMKilled', 137)] });
    const { status, items } = await diagnosed(config, ['pod/web-0']);
    expect(status).toBe(0);
    expect(items[0]?.causes.map(({ id }) => id)).toEqual(['insufficient-evidence']);
    expect(items[0]).not.toHaveProperty('accounting');
    expect(JSON.stringify(items[0]?.causes[0]?.advice)).toContain('oomkit diagnose pod/web-0 -n shop --node-log node.log');
    expect(items[0]?.incident.kubernetes.notRead.map(({ part }) => part)).toContain('node-log');
  });

  it('calls the answer partial when the node log it was given cannot be read', async () => {
    const { config } = await served({ pods: [ended('web-0', 'OOMKilled', 137)] });
    const { status, items } = await diagnosed(config, ['pod/web-0', '--node-log', '/nonexistent/node.log']);
    expect(status).toBe(4);
    expect(items[0]?.causes[0]).toMatchObject({ id: 'insufficient-evidence' });
    expect(items[0]?.incident.kubernetes.notRead.map(({ part }) => part)).toContain('node-log');
  });

  it('calls the answer partial when a part of the node log cannot be read: the report may be in there', async () => {
    const { config } = await served({ pods: [ended('web-0', 'OOMKilled', 137)] });
    const whole = gzipSync('[1.0] usb 1-1: new device\n'.repeat(5000));
    const log = join(temporaryDirectory(), 'node.log.gz');
    writeFileSync(log, whole.subarray(0, whole.length - 10));
    const { status, items, stderr } = await diagnosed(config, ['pod/web-0', '--node-log', log]);
    expect(status).toBe(4);
    expect(stderr).not.toContain('none about pod');
    expect(items[0]?.incident.kubernetes.notRead.map(({ part }) => part)).toContain('node-log');
  });

  it('reads the node log from a named pipe once', async () => {
    const { config } = await served({ pods: [ended('web-0', 'OOMKilled', 137)] });
    const directory = temporaryDirectory();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'exec cat "$1" > "$0"', pipe, SEED_LOG], { stdio: 'ignore' });
    cleanUp.push(() => void writer.kill('SIGKILL'));
    const { stderr } = await diagnosed(config, ['pod/web-0', '--node-log', pipe]);
    expect(stderr).toMatch(/pipe holds 1 OOM report, none about pod web-0/);
  });

  it('says of a log of another node that the pod is not in it', async () => {
    const { config } = await served({ pods: [ended('web-0', 'OOMKilled', 137)] });
    const { items, stderr } = await diagnosed(config, ['pod/web-0', '--node-log', SEED_LOG]);
    expect(stderr).toMatch(/kernel\.log holds 1 OOM report, none about pod web-0 \(UID /);
    expect(items[0]?.causes[0]).toMatchObject({ id: 'insufficient-evidence' });
    expect(items[0]?.causes[0]?.because.map(({ key }) => key)).toContain('evidence.cluster.log-without-report');
  });

  it.each([
    [
      'a probe',
      [
        event({
          reason: 'Killing',
          message: 'Container app failed liveness probe, will be restarted',
          podName: 'a',
          container: 'app',
        }),
      ],
      {},
      'probe',
    ],
    [
      'an eviction',
      [
        event({
          reason: 'Evicted',
          message: 'The node was low on resource: memory.',
          podName: 'a',
          annotations: { starved_resource: 'memory' },
        }),
      ],
      {},
      'eviction',
    ],
    ['the grace period', [event({ reason: 'ExceededGracePeriod', message: 'did not stop', podName: 'a' })], {}, 'grace'],
  ] as const)('is not-oom after %s', async (_, events, parts, word) => {
    const { config } = await served({ pods: [ended('a', 'Error', 137, { parts })], events });
    const { items } = await diagnosed(config, ['pod/a']);
    expect(items[0]?.causes[0]?.id).toBe('not-oom');
    expect(items[0]?.causes[0]?.because[0]?.key).toContain(word === 'eviction' ? 'evicted' : word);
    if (word === 'eviction') expect(items[0]?.causes[1]).toMatchObject({ id: 'node-memory' });
  });

  it('is not-oom where systemd-oomd says that it was it', async () => {
    const id = 'b'.repeat(64);
    const cgroup = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod11111111_2222_4333_8444_555555555555.slice/cri-containerd-${id}.scope`;
    const log = temporaryFile(
      'journal.txt',
      `Nov 25 12:00:00 node-1 systemd-oomd[612]: Killed ${cgroup} due to memory pressure for /kubepods.slice being 81.11% > 60.00% for > 20s with reclaim activity\n`,
    );
    cleanUp.push(log.remove);
    const { config } = await served({
      pods: [ended('a', 'Error', 137, { parts: { uid: '11111111-2222-4333-8444-555555555555' } })],
    });
    const { items } = await diagnosed(config, ['pod/a', '--node-log', log.path]);
    expect(items[0]?.causes[0]).toMatchObject({ id: 'not-oom', because: [{ key: 'judge.systemd-oomd' }] });
  });

  it("is not-oom where the program's own runtime was out of memory, and keeps nothing of its log", async () => {
    const { config } = await served({
      pods: [ended('a', 'Error', 3)],
      texts: {
        [logPath('a')]:
          `password=${PLANTED}\nException in thread "main" java.lang.OutOfMemoryError: Java heap space\n\tat Main.main(Main.java:3)\n`,
      },
    });
    const result = await diagnosed(config, ['pod/a']);
    expect(result.items[0]?.causes[0]).toMatchObject({ id: 'not-oom' });
    expect(result.items[0]?.causes[0]?.because[0]?.statement).toMatch(/Java heap was full, not the container/);
    expect(JSON.stringify(result)).not.toMatch(/Main\.java|Pl4nt/);
  });

  it('is a child’s kill by the status, or by the counter where the status shows nothing', async () => {
    const counter = `container_oom_events_total{container="app",id="/kubepods/burstable/pod00000000-0000-4000-8000-000000000000/${'a'.repeat(64)}",image="i",name="n",namespace="shop",pod="b"} 2 1764072000000\n`;
    const { config } = await served({
      pods: [ended('a', 'OOMKilled', 2), pod({ name: 'b' })],
      texts: { '/api/v1/nodes/node-1/proxy/metrics/cadvisor': counter },
    });
    for (const name of ['a', 'b']) {
      const { items } = await diagnosed(config, [`pod/${name}`]);
      expect(items[0]?.causes[0]?.id).toBe('child-process-killed');
    }
  });

  it('is tmpfs where a volume in memory holds most of the limit, and the accounting says what it is made of', async () => {
    const parts = {
      uid: '11111111-2222-4333-8444-555555555555',
      container: { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] },
      spec: { volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory' } }] },
    };
    const summary = {
      node: {},
      pods: [
        { podRef: { name: 'a', namespace: 'shop', uid: parts.uid }, volume: [{ name: 'scratch', usedBytes: 200 * 2 ** 20 }] },
      ],
    };
    const { config } = await served({
      pods: [ended('a', 'OOMKilled', 137, { parts })],
      texts: { '/api/v1/nodes/node-1/proxy/stats/summary': JSON.stringify(summary) },
    });
    const { items } = await diagnosed(config, ['pod/a']);
    const [item] = items;
    expect(item?.causes[0]).toMatchObject({ id: 'tmpfs', against: [{ key: 'against.cluster.volumes-now' }] });
    expect(item?.accounting).toMatchObject({ chargedHow: 'derived', chargedBytes: 256 * 2 ** 20 });
    expect(item?.accounting?.lines.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(256 * 2 ** 20);
    expect(item?.accounting?.lines.find(({ id }) => id === 'shmem')).toMatchObject({ bytes: 200 * 2 ** 20, how: 'derived' });
  });

  it('sees a heap that may grow beyond the limit, and one that cannot fill it', async () => {
    const java = (options: string) => ({ container: { env: [{ name: 'JAVA_TOOL_OPTIONS', value: options }] } });
    const { config } = await served({
      pods: [ended('a', 'OOMKilled', 137, { parts: java('-Xmx1g') }), ended('b', 'OOMKilled', 137, { parts: java('-Xmx64m') })],
    });
    const [large] = (await diagnosed(config, ['pod/a'])).items;
    expect(large?.causes[0]).toMatchObject({ id: 'anon-memory', because: [{ key: 'evidence.cluster.heap-above-limit' }] });
    const [small] = (await diagnosed(config, ['pod/b'])).items;
    expect(small?.causes.map(({ id }) => id)).toEqual(['insufficient-evidence']);
  });

  it('sees a container that dies at each start, and one whose init never ran', async () => {
    const quick = { startedAt: '2026-11-25T11:59:58Z', finishedAt: '2026-11-25T12:00:00Z' };
    const init = pod({
      name: 'b',
      statuses: [
        containerStatus({
          name: 'app',
          state: terminated('StartError', 128, { message: 'container init was OOM-killed (memory limit too low?)' }),
        }),
      ],
    });
    const { config } = await served({ pods: [ended('a', 'OOMKilled', 137, { end: quick, restarts: 6 }), init] });
    for (const name of ['a', 'b']) {
      expect((await diagnosed(config, [`pod/${name}`])).items[0]?.causes[0]?.id).toBe('limit-below-baseline');
    }
  });

  it('does not take an OOM kill without any limit for one of a limit', async () => {
    const { config } = await served({ pods: [ended('a', 'OOMKilled', 137, { parts: { container: { resources: {} } } })] });
    const [item] = (await diagnosed(config, ['pod/a'])).items;
    expect(item?.causes[0]).toMatchObject({ id: 'node-memory', against: [{ key: 'against.cluster.kubepods-may-be-it' }] });
    expect(item?.causes[0]?.confidence).toBeLessThan(0.6);
  });

  it('takes one container with -c, and names those there are', async () => {
    const two = pod({
      name: 'a',
      spec: { containers: [{ name: 'app' }, { name: 'sidecar' }] },
      statuses: ['app', 'sidecar'].map((name) => containerStatus({ name, lastState: terminated('OOMKilled', 137) })),
    });
    const { config } = await served({ pods: [two] });
    expect((await diagnosed(config, ['pod/a'])).items).toHaveLength(2);
    const { items } = await diagnosed(config, ['pod/a', '-c', 'sidecar']);
    expect(items.map(({ incident }) => incident.container)).toMatchObject([{ containerName: 'sidecar' }]);
    const none = await diagnosed(config, ['pod/a', '-c', 'web']);
    expect(none.status).toBe(1);
    expect(none.stderr).toMatch(/pod a has no container 'web'; it has: app, sidecar/);
  });

  it('looks at the pods of a workload', async () => {
    const deployment = { kind: 'Deployment', metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web-1' } } } };
    const { config } = await served({
      pods: [pod({ name: 'web-0' }), ended('web-1', 'OOMKilled', 2)],
      others: { '/apis/apps/v1/namespaces/shop/deployments/web': deployment },
    });
    const { items } = await diagnosed(config, ['deploy/web']);
    expect(items.map(({ incident }) => incident.container)).toMatchObject([{ podName: 'web-1' }]);
    const missing = await diagnosed(config, ['sts/web']);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toMatch(/there is no such thing \(404\)/);
  });

  it('says that nothing has ended', async () => {
    const { config } = await served({ pods: [pod({ name: 'well' })] });
    const { status, stderr, items } = await diagnosed(config, ['pod/well']);
    expect([status, items]).toEqual([1, []]);
    expect(stderr).toMatch(/no container of pod\/well in namespace shop has ended/);
  });

  it('prints JSON that fits its schema, and speaks Chinese', async () => {
    const { config } = await served({
      pods: [importer, ended('a', 'Error', 137)],
      events: [event({ reason: 'Killing', message: 'Stopping container app', podName: 'a' })],
    });
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    const validate = ajv.compile(JSON.parse(readFileSync('schema/diagnosis-list.v1alpha1.json', 'utf8')));
    for (const args of [['pod/importer-disk-0', '--node-log', SEED_LOG], ['pod/importer-disk-0'], ['pod/a']]) {
      const { stdout } = await runProgram(['diagnose', '--kubeconfig', config, '-o', 'json', ...args]);
      validate(JSON.parse(stdout));
      expect(validate.errors ?? []).toEqual([]);
    }
    const { stdout } = await runProgram(['diagnose', '--kubeconfig', config, 'pod/a', '--lang', 'zh-CN']);
    expect(stdout).toMatch(/状态/);
  });
});

describe('what may not be read', () => {
  it('costs itself alone, and the report names the rule or the command', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
    const { config } = await served({ pods: [ended('web-0', 'OOMKilled', 137)] }, { rules });
    const { status, items } = await diagnosed(config, ['pod/web-0']);
    expect(status).toBe(4);
    const notRead = items[0]?.incident.kubernetes.notRead ?? [];
    expect(notRead.map(({ part }) => part).sort()).toEqual(
      ['cadvisor', 'events', 'metrics-api', 'node', 'node-events', 'node-log', 'previous-log', 'stats-summary'].sort(),
    );
    expect(notRead.find(({ part }) => part === 'previous-log')?.rule).toEqual({
      apiGroup: '',
      resource: 'pods/log',
      verb: 'get',
    });
    expect(JSON.stringify(notRead.flatMap(({ rule }) => rule ?? []))).not.toContain('proxy');
    const { stdout } = await runProgram(['diagnose', '--kubeconfig', config, 'pod/web-0']);
    expect(stdout).toMatch(/a role that allows get of nodes would let it be read/);
  });

  it('of the pod itself is an error', async () => {
    const { config } = await served({ pods: [] }, { rules: [] });
    const { status, stderr } = await diagnosed(config, ['pod/web-0']);
    expect(status).toBe(3);
    expect(stderr).toMatch(/not allowed \(403\): pods is forbidden/);
  });
});

describe('--patch', () => {
  /** Patches are parts of a pod's spec in the published API. */
  function podSpecOf(patch: { spec: { template?: { spec: object } } & object }): object {
    return patch.spec.template?.spec ?? patch.spec;
  }

  it('prints what would be changed in the workload, and changes nothing', async () => {
    const parts = {
      uid: '11111111-2222-4333-8444-555555555555',
      metadata: { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: '1', controller: true }] },
      container: { volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] },
      spec: { volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory' } }] },
    };
    const owner = { metadata: { name: 'web-1', ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }] } };
    const summary = {
      pods: [
        { podRef: { name: 'a', namespace: 'shop', uid: parts.uid }, volume: [{ name: 'scratch', usedBytes: 200 * 2 ** 20 }] },
      ],
    };
    const { server, config } = await served({
      pods: [ended('a', 'OOMKilled', 137, { parts })],
      others: { '/apis/apps/v1/namespaces/shop/replicasets/web-1': owner },
      texts: { '/api/v1/nodes/node-1/proxy/stats/summary': JSON.stringify(summary) },
    });
    const { status, stdout } = await runProgram(['diagnose', '--kubeconfig', config, 'pod/a', '--patch']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# Nothing was changed\. To apply: kubectl patch deployment web -n shop --patch-file FILE\n/);
    const [document] = parseAllDocuments(stdout);
    const patch = document?.toJS();
    expect(patch).toEqual({
      spec: { template: { spec: { volumes: [{ name: 'scratch', emptyDir: { medium: 'Memory', sizeLimit: '64Mi' } }] } } },
    });
    expect(departures(podSpecOf(patch), 'V1PodSpec')).toEqual([]);
    expect(server.requests.every((request) => request.startsWith('GET '))).toBe(true);
  });

  it('raises a limit by the arithmetic of the diagnosis', async () => {
    const log = 'test/fixtures/oom-logs/kernel-5.10-v2-anon-single.txt';
    const cgroup = /task_memcg=\/kubepods\S*?pod([0-9a-f_-]+)(?:\.slice)?\/(?:cri-containerd-)?([0-9a-f]+)/.exec(
      readFileSync(log, 'utf8'),
    );
    const uid = (cgroup?.[1] ?? '').replaceAll('_', '-');
    const id = cgroup?.[2] ?? '';
    const one = pod({
      name: 'a',
      uid,
      statuses: [
        containerStatus({ name: 'app', lastState: terminated('OOMKilled', 137, { containerID: `containerd://${id}` }) }),
      ],
    });
    const { config } = await served({ pods: [one] });
    const { status, stdout, stderr } = await runProgram([
      'diagnose',
      '--kubeconfig',
      config,
      'pod/a',
      '--node-log',
      log,
      '--patch',
    ]);
    expect(status, stderr).toBe(0);
    const patch = parseAllDocuments(stdout)[0]?.toJS();
    expect(departures(podSpecOf(patch), 'V1PodSpec')).toEqual([]);
    expect(patch.spec.containers[0]).toMatchObject({
      name: 'app',
      resources: { limits: { memory: expect.stringMatching(/^\d+Mi$/) } },
    });
    expect(stdout).toMatch(/kubectl patch pod a -n shop --subresource resize/);
  });

  it('prints none where nothing is sure', async () => {
    const { config } = await served({ pods: [ended('a', 'OOMKilled', 137)] });
    const { status, stdout, stderr } = await runProgram(['diagnose', '--kubeconfig', config, 'pod/a', '--patch']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/nothing in the diagnosis is sure enough/);
  });
});

describe('--debug-node', () => {
  /** Serves the pods that are made as having run to their end, with the log of the first example. */
  function running(phase: string, log: string): Fault {
    return (request, response, url) => {
      const name = /^\/api\/v1\/namespaces\/shop\/pods\/(oomkit-dmesg-[a-z0-9]+)(\/log)?$/.exec(url.pathname);
      if (request.method !== 'GET' || name === null) return false;
      if (name[2] !== undefined) response.end(log);
      else response.end(JSON.stringify({ metadata: { name: name[1] }, status: { phase } }));
      return true;
    };
  }

  it('reads the log by a pod of its own, and deletes it', async () => {
    const { server, config } = await served(
      { pods: [importer] },
      { fault: running('Succeeded', readFileSync(SEED_LOG, 'utf8')) },
    );
    const { status, stdout, stderr } = await runProgram([
      'diagnose',
      '--kubeconfig',
      config,
      'pod/importer-disk-0',
      '--debug-node',
      '-o',
      'json',
    ]);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout).items[0].causes[0].id).toBe('page-cache-writeback');
    expect(server.created).toHaveLength(1);
    expect(departures(server.created[0], 'V1Pod')).toEqual([]);
    expect(server.created[0]).toMatchObject({
      spec: { nodeName: 'node-1', automountServiceAccountToken: false, restartPolicy: 'Never' },
    });
    expect(server.deleted).toEqual([`/api/v1/namespaces/shop/pods/${server.created[0]?.metadata?.name}`]);
    expect(stderr).toMatch(/made pod oomkit-dmesg-\w+ on node node-1 to read its kernel log; it is deleted again/);
  });

  it('deletes it when it fails, and on Ctrl-C', async () => {
    const failed = await served({ pods: [importer] }, { fault: running('Failed', '') });
    const { items } = await diagnosed(failed.config, ['pod/importer-disk-0', '--debug-node']);
    expect(items[0]?.incident.kubernetes.notRead.map(({ part }) => part)).toContain('debug-node');
    expect(failed.server.deleted).toHaveLength(1);
    const pending = await served({ pods: [importer] }, { fault: running('Pending', '') });
    const {
      child,
      texts,
      ended: end,
    } = startProgram(['diagnose', '--kubeconfig', pending.config, 'pod/importer-disk-0', '--debug-node']);
    while (!texts.stderr.includes('made pod')) await new Promise((resolve) => setTimeout(resolve, 10));
    child.kill('SIGINT');
    expect((await end).status).toBe(130);
    expect(pending.server.deleted).toHaveLength(1);
  });

  it('makes nothing unless asked', async () => {
    const { server, config } = await served({ pods: [importer] });
    await diagnosed(config, ['pod/importer-disk-0']);
    expect(server.requests.filter((request) => !request.startsWith('GET '))).toEqual([]);
  });

  it('may be refused, which costs the log alone', async () => {
    const { config } = await served(
      { pods: [importer] },
      {
        fault: (request, response) => {
          if (request.method !== 'POST') return false;
          sendStatus(response, 403, 'pods is forbidden: violates PodSecurity "baseline:latest": privileged');
          return true;
        },
      },
    );
    const { items } = await diagnosed(config, ['pod/importer-disk-0', '--debug-node']);
    expect(items[0]?.incident.kubernetes.notRead.find(({ part }) => part === 'debug-node')?.rule).toEqual({
      apiGroup: '',
      resource: 'pods',
      verb: 'create',
    });
  });
});

describe('--heap', () => {
  it('holds the heap of the running container against the charge, through a port-forward', async () => {
    const histogram = [
      ' num     #instances         #bytes  class name (module)',
      '-------------------------------------------------------',
      '   1:         10000       52428800  [B (java.base@21)',
      'Total         10000       52428800',
      '',
    ].join('\n');
    const forwarded = (request: string) => {
      expect(request).toMatch(/^GET \/heap HTTP\/1\.1\r\n/);
      return Buffer.from(
        `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${histogram.length}\r\nConnection: close\r\n\r\n${histogram}`,
      );
    };
    const { server, config } = await served({ pods: [importer] }, { forwarded });
    const { status, stdout, stderr } = await runProgram([
      'diagnose',
      '--kubeconfig',
      config,
      'pod/importer-disk-0',
      '--node-log',
      SEED_LOG,
      '--heap',
      '8080/heap',
    ]);
    expect(status, stderr).toBe(0);
    expect(server.requests).toContain('GET /api/v1/namespaces/shop/pods/importer-disk-0/portforward?ports=8080');
    expect(stdout).toMatch(/50 MiB/);
    expect(stdout).toMatch(/the heap profile is of the container as it runs now/);
  });

  it('that cannot be had costs itself alone', async () => {
    const { config } = await served({ pods: [importer] });
    const { status, stdout, stderr } = await runProgram([
      'diagnose',
      '--kubeconfig',
      config,
      'pod/importer-disk-0',
      '--heap',
      '8080/heap',
    ]);
    expect(status).toBe(4);
    expect(stdout).toMatch(/OOMKilled/);
    expect(stderr).toMatch(/no heap profile could be had from port 8080 of pod importer-disk-0/);
  });
});

describe('--prometheus', () => {
  it('is asked for the very container that was killed, and costs itself alone', async () => {
    const queries: string[] = [];
    const metrics = createServer((request, response) => {
      queries.push(decodeURIComponent(request.url ?? '').replaceAll('+', ' '));
      request.on('data', (chunk: Buffer) => queries.push(decodeURIComponent(chunk.toString())));
      request.on('end', () => response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } })));
    });
    metrics.listen(0, '127.0.0.1');
    await once(metrics, 'listening');
    cleanUp.push(() => void metrics.close());
    const url = `http://127.0.0.1:${(metrics.address() as AddressInfo).port}`;
    const { config } = await served({ pods: [ended('web-0', 'OOMKilled', 137)] });
    const { items, stderr } = await diagnosed(config, ['pod/web-0', '--prometheus', url]);
    expect(queries.join('\n')).toContain('b'.repeat(64));
    expect(stderr).toMatch(/bbbbbbbbbbbb/);
    expect(items[0]?.causes[0]?.id).toBe('insufficient-evidence');
  });
});

describe('the command line', () => {
  it.each([
    [['pod/a', 'pod/b'], /give one pod or workload/],
    [['pod/a', '--kmsg'], /choose from a log/],
    [['kern.log', '--patch'], /need a pod or workload/],
    [['pod/a', '--heap', 'x'], /--heap takes PORT\/PATH/],
  ])('refuses %j', async (args, text) => {
    const { status, stderr } = await runProgram(['diagnose', ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(text);
  });
});

describe('secrets', () => {
  it.each(['text', 'wide', 'json', 'markdown'])('are in no output: %s', async (format) => {
    const events = [
      event({ reason: 'Unhealthy', message: `Liveness probe failed: token=${PLANTED}`, podName: 'a' }),
      event({
        reason: 'Killing',
        message: `Container app failed liveness probe (password: ${PLANTED}), will be restarted`,
        podName: 'a',
        container: 'app',
      }),
    ];
    const { config } = await served({ pods: [ended('a', 'Error', 137)], events, texts: { [logPath('a')]: PLANTED } });
    const { stdout, stderr } = await runProgram(['diagnose', '--kubeconfig', config, 'pod/a', '-o', format, '--debug']);
    expect(stdout).toContain('shop/a/app'.split('/')[1]);
    expect(stdout + stderr).not.toContain(PLANTED);
  });
});
