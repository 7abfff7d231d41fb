import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { workloadOf } from '../../src/cli/workload-argument.js';
import { MIB, type Scenario, scenarios } from '../support/incident-series.js';
import { type MetricsServer, skipServer, startPrometheus, startVictoriaMetrics } from '../support/metrics-servers.js';
import { cgroupOf, openMetrics, type Subject } from '../support/metrics-text.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram, oomkit, programPath } from './built-program.js';

const END = 1_780_000_000;
const UNTIL = new Date(END * 1000).toISOString();
const leaking: Subject = {
  namespace: 'shop',
  pod: 'cart-7d4f9c5b6d-x2k7p',
  container: 'app',
  owner: { kind: 'Deployment', name: 'cart' },
};
const steady: Subject = { namespace: 'shop', pod: 'db-0', container: 'db', owner: { kind: 'StatefulSet', name: 'db' } };
const young: Subject = { namespace: 'shop', pod: 'new-x2k7p', container: 'app', owner: { kind: 'DaemonSet', name: 'new' } };

/** Eight days without a kill. */
const quiet: Scenario = {
  limitBytes: 512 * MIB,
  runs: [{ seconds: 8 * 86_400, at: () => ({ anon: 200 * MIB, file: 290 * MIB, shmem: 2 * MIB, kernel: 8 * MIB }) }],
  reason: 'Completed',
};

/** A StatefulSet that two clusters have: in one it is steady and is killed by what no sample shows, in the other it leaks. */
function inCluster(cluster: string, uid: string): Subject {
  return { ...steady, pod: 'twin-0', owner: { kind: 'StatefulSet', name: 'twin' }, external: { cluster }, uid };
}
const inA = inCluster('A', '11111111-0aa8-4e1c-9e8b-6f2b7e2b3d11');
const inB = inCluster('B', '22222222-0aa8-4e1c-9e8b-6f2b7e2b3d22');
const flat: Scenario = {
  limitBytes: 512 * MIB,
  runs: [{ seconds: 10 * 3600, at: () => ({ anon: 90 * MIB, kernel: 8 * MIB, file: 20 * MIB }) }],
};
const growing: Scenario = {
  limitBytes: 2048 * MIB,
  runs: [{ seconds: 20 * 3600, at: (_, share) => ({ anon: 60 * MIB + share * 400 * MIB, kernel: 8 * MIB }) }],
  reason: 'Completed',
};

const text = openMetrics([
  { subject: inA, scenario: flat, sampling: { endSeconds: END, stepSeconds: 30 } },
  { subject: inB, scenario: growing, sampling: { endSeconds: END, stepSeconds: 60 } },
  { subject: leaking, scenario: scenarios.leak, sampling: { endSeconds: END, stepSeconds: 30 } },
  { subject: steady, scenario: quiet, sampling: { endSeconds: END, stepSeconds: 120 } },
  { subject: young, scenario: scenarios.sawtooth, sampling: { endSeconds: END, stepSeconds: 60 } },
]);

/** A kernel's report of the leak's kill: 98 % of the charge is anon memory. */
function kernelLog(path = cgroupOf(leaking, 1)): string {
  const at = new Date(END * 1000).toISOString().replace('Z', '+00:00');
  return [
    'app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=937',
    'memory: usage 524288kB, limit 524288kB, failcnt 77',
    'swap: usage 0kB, limit 0kB, failcnt 0',
    `Memory cgroup stats for ${path}:`,
    'anon 524288000',
    'file 4096000',
    'kernel 8486912',
    'shmem 0',
    'file_dirty 0',
    'file_writeback 0',
    'Tasks state (memory values in pages):',
    '[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
    '[   4711]     0  4711   300000   128000  1228800        0           937 app',
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=${path},task_memcg=${path},task=app,pid=4711,uid=0`,
    'Memory cgroup out of memory: Killed process 4711 (app) total-vm:1200000kB, anon-rss:512000kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1200kB oom_score_adj:937',
  ]
    .map((line) => `${at} node-7 kernel: ${line}\n`)
    .join('');
}

function schemas(name: string): (value: unknown) => unknown {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const read = (file: string): object => JSON.parse(readFileSync(`schema/${file}.v1alpha1.json`, 'utf8'));
  ajv.addSchema(read('diagnosis-list'), 'diagnosis-list.v1alpha1.json');
  const validate = name === 'diagnosis-list' ? ajv.getSchema('diagnosis-list.v1alpha1.json') : ajv.compile(read(name));
  return (value) => {
    validate?.(value);
    return validate?.errors ?? [];
  };
}

/** A kubeconfig for a test's API server, which is started and ended with the test. */
async function kubeconfigFor(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const path = join(temporaryDirectory(), 'config');
  const cluster = { server: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  writeFileSync(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'test', user: {} }],
    }),
  );
  return path;
}

/** Runs the program beside servers of the test's own process. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<{ status: number; out: string }> {
  const child = spawn(process.execPath, [programPath, ...args], { env: { PATH: process.env.PATH, LC_ALL: 'C', ...env } });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk));
  const [status] = await once(child, 'close');
  return { status, out };
}

beforeAll(buildProgram);

describe.each([
  { name: 'prometheus', start: startPrometheus } as const,
  { name: 'victoria-metrics', start: startVictoriaMetrics } as const,
])('with $name', ({ name, start }) => {
  const skip = skipServer(name);
  let server: MetricsServer;
  beforeAll(async () => {
    if (!skip) server = await start(text);
  });
  afterAll(() => server?.stop());
  const size = (...args: string[]) => oomkit(['size', ...args, '--prometheus', server.url, '--until', UNTIL]);

  it.skipIf(skip)('size recommends, with the arithmetic and a patch', () => {
    const { status, stdout, stderr } = size('shop/sts/db');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('request 256 MiB, limit 256 MiB');
    expect(stdout.replace(/\s+/g, ' ')).toContain('the highest was 210 MiB; 115 % of that is 241.5 MiB, rounded up to 256 MiB');
    const patch = parse(size('-n', 'shop', 'sts/db', '-o', 'yaml').stdout);
    const resources = { requests: { memory: '256Mi' }, limits: { memory: '256Mi' } };
    expect(patch).toEqual({ spec: { template: { spec: { containers: [{ name: 'db', resources }] } } } });
  });

  it.skipIf(skip)('size prints JSON that fits its schema', () => {
    const item = JSON.parse(size('shop/db', '-o', 'json', '--percentile', '95', '--margin', '30%').stdout);
    expect(schemas('size-recommendation')(item)).toEqual([]);
    expect(item).toMatchObject({
      kind: 'SizeRecommendation',
      percentile: 0.95,
      margin: 0.3,
      containers: [{ container: 'db', pods: 1, basis: 'charge-less-file', kills: 0, limit: { from: 'peak', bytes: 288 * MIB } }],
      unsized: [],
    });
  });

  it.skipIf(skip)('size finds the server as a service of the cluster, and reads it through the API server', async () => {
    const paths: string[] = [];
    const isPrometheus = name === 'prometheus';
    const service = isPrometheus ? 'prometheus-server' : 'vmsingle-stack';
    const port = isPrometheus ? 80 : 8428;
    const proxy = `/api/v1/namespaces/monitoring/services/${service}:${port}/proxy`;
    const kube = createServer((request, response) => {
      const path = request.url ?? '';
      paths.push(`${request.method} ${path.replace(/\?.*/, '')}`);
      if (path.startsWith('/api/v1/services?')) {
        const metadata = { namespace: 'monitoring', name: service, labels: {} };
        response.end(
          JSON.stringify({ kind: 'ServiceList', metadata: {}, items: [{ metadata, spec: { ports: [{ name: 'http', port }] } }] }),
        );
        return;
      }
      void fetch(`${server.url}${path.slice(proxy.length)}`).then(async (answer) => {
        response.writeHead(answer.status).end(await answer.text());
      });
    });
    const kubeconfig = await kubeconfigFor(kube);
    const { status, out } = await run(['size', 'shop/sts/db', '--prometheus', 'cluster', '--until', UNTIL], {
      KUBECONFIG: kubeconfig,
    });
    expect({ status, out }).toEqual({ status: 0, out: expect.stringContaining('request 256 MiB, limit 256 MiB') });
    expect(paths[0]).toBe('GET /api/v1/services');
    expect(paths.slice(1).every((path) => path.startsWith(`GET ${proxy}/api/v1/query`))).toBe(true);
  });

  it.skipIf(skip)('size refuses to take the pods of two clusters for one workload, and takes the one it is told', () => {
    const { status, stdout, stderr } = size('shop/sts/twin');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/more than one cluster \(cluster=A, cluster=B\).*--prometheus-label cluster=A\n/);
    const limitOf = (cluster: string): number =>
      JSON.parse(size('shop/sts/twin', '-o', 'json', '--prometheus-label', `cluster=${cluster}`).stdout).containers[0]
        .currentLimitBytes;
    expect([limitOf('A'), limitOf('B')]).toEqual([512 * MIB, 2048 * MIB]);
    expect(size('shop/sts/twin', '--prometheus-label', 'cluster=C').status).toBe(1);
  });

  it.skipIf(skip)('diagnose shows the container that was killed, not its name in another cluster', () => {
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, kernelLog(cgroupOf(inA, 0)));
    const { status, stdout } = oomkit(['diagnose', path, '--prometheus', server.url, '-o', 'json']);
    expect(status).toBe(0);
    const { history } = JSON.parse(stdout).items[0];
    expect(history).toMatchObject({ pattern: 'spike', lives: 1, samples: 1200, limitBytes: 512 * MIB });
    expect(history.notes.map(({ key }: { key: string }) => key)).toEqual(['history.note.other-clusters']);
    expect(history.notes[0].statement).toContain('in 2 clusters (cluster=A, cluster=B)');
  });

  it.skipIf(skip)('size says what it read', () => {
    const { stdout } = size('shop/sts/db');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /History 5,0[34]\d samples of 1 pod over 7 d, one every 2 min: the highest of all; the percentile is of one every 5 min/,
    );
  });

  it.skipIf(skip)('size refuses without enough history, with exit code 1', () => {
    const { status, stdout } = size('shop/ds/new');
    expect(status).toBe(1);
    expect(stdout).toContain('nothing is recommended');
    expect(stdout).not.toContain('resources:');
    const absent = size('shop/deploy/absent');
    expect(absent).toMatchObject({ status: 1, stdout: '' });
    expect(absent.stderr).toContain('has no samples of such a pod');
  });

  it.skipIf(skip)('diagnose shows the hours before the kill, and lets them support the cause', () => {
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, kernelLog());
    const alone = JSON.parse(oomkit(['diagnose', path, '-o', 'json']).stdout).items[0];
    const { status, stdout, stderr } = oomkit(['diagnose', path, '--prometheus', server.url, '-o', 'json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const list = JSON.parse(stdout);
    expect(schemas('diagnosis-list')(list)).toEqual([]);
    const [item] = list.items;
    expect(item.history).toMatchObject({
      pattern: 'leak',
      lives: 2,
      growing: 'anon',
      pod: leaking.pod,
      killedAt: UNTIL,
      resolutionSeconds: 30,
    });
    expect(item.incident.container).toMatchObject({ namespace: 'shop', podName: leaking.pod, containerName: 'app' });
    const confidence = (of: typeof item): number => of.causes.find(({ id }: { id: string }) => id === 'anon-memory').confidence;
    expect(confidence(item)).toBeGreaterThan(confidence(alone));
    for (const lang of ['en', 'zh-CN']) {
      const text = oomkit(['diagnose', path, '--prometheus', server.url, '--lang', lang]).stdout;
      expect(text).toMatch(/512 MiB ┼?─?/);
      expect(text).toContain('▲');
      expect(text).not.toMatch(/history\.|\{/);
      expect(oomkit(['diagnose', path, '--prometheus', server.url, '--lang', lang, '-o', 'md']).stdout).toMatch(
        /### (Before the kill|被杀之前)/,
      );
    }
  });
});

describe('without a server that answers', () => {
  const SECRET = 'hunter2-planted';

  it('the diagnosis stands, and no secret is shown', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'kern.log'), kernelLog());
    writeFileSync(join(directory, 'token'), `${SECRET}\n`);
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end('no');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/?key=${SECRET}`;
    for (const output of ['text', 'wide', 'json', 'markdown']) {
      const args = [
        'diagnose',
        join(directory, 'kern.log'),
        '--prometheus',
        url,
        '--prometheus-token-file',
        join(directory, 'token'),
        '-o',
        output,
        '--debug',
      ];
      const child = spawn(process.execPath, [programPath, ...args], { env: { LC_ALL: 'C' } });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk));
      const [status] = await once(child, 'close');
      expect(status).toBe(4);
      expect(out).toContain(output === 'json' ? '"anon-memory"' : 'app');
      expect(err).toContain('--prometheus-token-file');
      expect(out + err).not.toContain(SECRET);
    }
    expect(new Set(seen)).toEqual(new Set([`Bearer ${SECRET}`]));
  });

  it('a diagnosis whose metrics cannot be reached is partly read', () => {
    const path = join(temporaryDirectory(), 'kern.log');
    writeFileSync(path, kernelLog());
    const { status, stdout, stderr } = oomkit(['diagnose', path, '--prometheus', 'cluster'], {
      env: { KUBECONFIG: '/no/such', HOME: '/no/such' },
    });
    expect(status).toBe(4);
    expect(stdout).toContain('app (pid 4711) was OOM-killed');
    expect(stderr).toContain('services of the cluster cannot be read');
  });

  it('asks in a cluster only those that its own people run, says whom, and another when it is named', async () => {
    const paths: string[] = [];
    const services = (...names: string[]) =>
      names.map((name) => {
        const [namespace = '', service = ''] = name.split('/');
        return { metadata: { namespace, name: service }, spec: { ports: [{ name: 'http', port: 9090 }] } };
      });
    const ask = async (url: string, ...names: string[]) => {
      paths.length = 0;
      const kube = createServer((request, response) => {
        const { pathname } = new URL(request.url ?? '', 'http://kube');
        if (/^\/api\/v1\/(?:namespaces\/[^/]+\/)?services$/.test(pathname)) {
          response.end(JSON.stringify({ kind: 'ServiceList', metadata: {}, items: services(...names) }));
          return;
        }
        paths.push(pathname.split('/services/')[1]?.split(':')[0] ?? '');
        response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [] } }));
      });
      const answer = await run(['size', 'shop/web', '--prometheus', url], { KUBECONFIG: await kubeconfigFor(kube) });
      return { ...answer, asked: [...new Set(paths)] };
    };
    const decoy = await ask('cluster', 'attacker/thanos-query', 'monitoring/prometheus-k8s');
    expect(decoy).toMatchObject({ status: 1, asked: ['prometheus-k8s'] });
    expect(decoy.out).toContain('the metrics are read from service monitoring/prometheus-k8s of the cluster\n');
    const unknown = await ask('cluster', 'team/prometheus-server', 'attacker/thanos-query');
    expect(unknown).toMatchObject({ status: 2, asked: [] });
    expect(unknown.out).toMatch(/attacker\/thanos-query, team\/prometheus-server; .*--prometheus cluster:NAMESPACE\/SERVICE/);
    const two = await ask('cluster', 'observability/thanos-query', 'monitoring/prometheus-k8s');
    expect(two).toMatchObject({ status: 2, asked: [] });
    expect(await ask('cluster:team/metrics', 'team/metrics')).toMatchObject({ status: 1, asked: ['metrics'] });
    expect(await ask('cluster:team/absent', 'team/metrics')).toMatchObject({ status: 3, asked: [] });
  });

  it.each([
    [403, {}, /services of the cluster cannot be read \(forbidden\)/],
    [200, { kind: 'ServiceList', items: [] }, /none of its 0 services is a metrics server/],
  ])('in a cluster that answers %i, says what to do', async (code, body, pattern) => {
    const kube = createServer((_, response) => void response.writeHead(code).end(JSON.stringify(body)));
    const { status, out } = await run(['size', 'shop/web', '--prometheus', 'cluster'], { KUBECONFIG: await kubeconfigFor(kube) });
    expect({ status, out }).toEqual({ status: 3, out: expect.stringMatching(pattern) });
  });

  it.each([
    [['size', 'shop/web'], 2, /name a server/],
    [['size', 'web', '--prometheus', 'http://127.0.0.1:1'], 2, /namespace of 'web' is missing/],
    [['size', 'shop/secret/web', '--prometheus', 'http://127.0.0.1:1'], 2, /no kind of workload/],
    [['size', 'shop/web', '--prometheus', 'ftp://x'], 2, /not an http or https URL/],
    [['size', 'shop/web', '--prometheus', 'http://127.0.0.1:1'], 3, /no connection/],
    [['size', 'shop/web', '--since', 'yesterday'], 2, /duration/],
    [['size', 'shop/web', '--percentile', '20'], 2, /percentile/],
    [['size', 'shop/web', '--margin', 'much'], 2, /margin/],
    [['size', 'shop/web', '--prometheus', 'http://x', '--prometheus-header', SECRET], 2, /takes 'Name: value'/],
    [['size', 'shop/web', '--prometheus', 'http://x', '--prometheus-ca', '/no/such'], 2, /cannot be read/],
    [['size', 'shop/web', '--prometheus', 'http://x', '--prometheus-label', 'A'], 2, /NAME=VALUE/],
    [['diagnose', 'x', '--prometheus', 'http://x', '--prometheus-label', 'no-name=A'], 2, /NAME=VALUE/],
  ])('%j exits with %i', (args, code, pattern) => {
    const { status, stdout, stderr } = oomkit(args);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(pattern);
    expect(stderr).not.toContain(SECRET);
  });
});

describe('a workload', () => {
  it.each([
    ['shop/web', undefined, { namespace: 'shop', name: 'web' }],
    ['shop/deploy/web', undefined, { namespace: 'shop', kind: 'Deployment', shortKind: 'deploy', name: 'web' }],
    ['statefulset/db', 'shop', { namespace: 'shop', kind: 'StatefulSet', shortKind: 'sts', name: 'db' }],
    ['web', 'shop', { namespace: 'shop', name: 'web' }],
  ])('%s is read', (argument, namespace, workload) => {
    expect(workloadOf(argument, namespace === undefined ? {} : { namespace })).toEqual(workload);
  });

  it.each(['', 'a/b/c/d', '../x', 'shop/Deploy/web', 'shop/deploy/web"}'])('%j is none', (argument) => {
    expect(() => workloadOf(argument, {})).toThrow(/workload|namespace/);
  });
});
