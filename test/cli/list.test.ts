import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ApiServer, type ApiServerChoice, type ClusterContents } from '../support/api-server.js';
import { containerStatus, event, PLANTED, pod, terminated } from '../support/cluster-objects.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram, type Ended, programPath, runBeside } from './built-program.js';

const KUBECTL = '/usr/bin/kubectl';

const ended = (...end: Parameters<typeof terminated>) => [
  containerStatus({ name: 'app', lastState: terminated(...end), restartCount: 3 }),
];
const CADVISOR = '/api/v1/nodes/node-1/proxy/metrics/cadvisor';
const counter = (name: string, id: string, kills: number): string =>
  `container_oom_events_total{container="app",id="/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod00000000_0000_4000_8000_000000000000.slice/cri-containerd-${id}.scope",image="i",name="${id}",namespace="shop",pod="${name}"} ${kills} 1780000000000\n`;

/** A cluster with a kill of each kind. */
const contents: ClusterContents = {
  pods: [
    pod({ name: 'killed', statuses: ended('OOMKilled', 137) }),
    pod({ name: 'child', statuses: ended('OOMKilled', 1) }),
    pod({ name: 'probed', statuses: ended('Error', 137) }),
    pod({ name: 'unexplained', statuses: ended('Error', 137) }),
    pod({ name: 'fine' }),
    pod({ name: 'counted' }),
    pod({
      name: 'elsewhere',
      namespace: 'other',
      initStatuses: [containerStatus({ name: 'app', state: terminated('OOMKilled', 137) })],
    }),
  ],
  events: [
    event({
      reason: 'Killing',
      message: 'Container app failed liveness probe, will be restarted',
      podName: 'probed',
      container: 'app',
    }),
    event({ reason: 'SystemOOM', message: 'System OOM encountered, victim process: java, pid: 4711', nodeName: 'node-1' }),
  ],
  texts: {
    [CADVISOR]: `# TYPE container_oom_events_total counter\n${counter('counted', 'a'.repeat(64), 2)}${counter('fine', 'c'.repeat(64), 0)}`,
  },
};

let server: ApiServer | undefined;
let kubeconfig = '';

async function serve(choice: ApiServerChoice = { contents }): Promise<ApiServer> {
  server = await ApiServer.start({ token: PLANTED, ...choice });
  kubeconfig = join(temporaryDirectory(), 'config');
  writeFileSync(kubeconfig, server.kubeconfig());
  return server;
}

const list = (...args: string[]): Promise<Ended> =>
  runBeside(process.execPath, [programPath, 'list', ...args], { KUBECONFIG: kubeconfig });

/** The pods of a table's rows, without its header. */
const podsOf = ({ stdout }: Ended, column = 0): (string | undefined)[] =>
  stdout
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/\s+/)[column]);

function schemaErrors(value: unknown): unknown {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const read = (name: string): object => JSON.parse(readFileSync(`schema/${name}.v1alpha1.json`, 'utf8'));
  ajv.addSchema(read('diagnosis-list'), 'diagnosis-list.v1alpha1.json');
  const validate = ajv.compile(read('oom-kill-list'));
  validate(value);
  return validate.errors ?? [];
}

beforeAll(buildProgram);
afterEach(async () => {
  await server?.close();
  server = undefined;
});

describe('oomkit list', () => {
  it('shows the kills of the namespace, also one that Kubernetes does not show', async () => {
    await serve();
    const run = await list();
    expect(run.status).toBe(0);
    expect(run.stdout.split('\n')[0]?.split(/\s+/)).toEqual([
      'POD',
      'CONTAINER',
      'VERDICT',
      'REASON',
      'EXIT',
      'RESTARTS',
      'LIMIT',
      'KILLED',
    ]);
    expect(podsOf(run).sort()).toEqual(['child', 'counted', 'killed', 'unexplained']);
    expect(podsOf(run, 2).sort()).toEqual(['ChildOOMKilled', 'ChildOOMKilled', 'OOMKilled', 'Possible']);
    expect(run.stderr).toContain('1 SIGKILL or eviction that was no OOM kill left out');
    expect(run.stderr).toContain('by your own right to nodes/proxy');
  });

  it('shows every namespace, with init containers and the node itself', async () => {
    await serve();
    const run = await list('-A');
    expect(podsOf(run, 1)).toContain('elsewhere');
    expect(run.stdout).toMatch(/^<none> +<none> +<none> +OOMKilled +SystemOOM/m);
  });

  it('shows what was no OOM kill when it is asked to, with the reason', async () => {
    await serve();
    const { stdout } = await list('--all-kills', '-o', 'wide');
    expect(stdout).toMatch(/^probed +app +NotOOM:Probe .*failed liveness probe/m);
  });

  it('prints JSON and YAML of one shape, by its schema', async () => {
    await serve();
    const json = JSON.parse((await list('-A', '--all-kills', '-o', 'json')).stdout);
    expect(schemaErrors(json)).toEqual([]);
    expect(json.items).toHaveLength(7);
    const yaml = parse((await list('-A', '--all-kills', '-o', 'yaml')).stdout);
    expect(yaml).toEqual(json);
  });

  it('chooses by label, field and time', async () => {
    await serve();
    expect(podsOf(await list('-l', 'app=killed'))).toEqual(['killed']);
    expect(podsOf(await list('--field-selector', 'metadata.name=child'))).toEqual(['child']);
    const recent = await list('--since', '1s', '--no-node-metrics');
    expect({ status: recent.status, stdout: recent.stdout }).toEqual({ status: 1, stdout: '' });
  });

  it('prints a kill that comes while it watches, once, and ends on Ctrl-C', async () => {
    const api = await serve();
    const fresh = pod({ name: 'fresh', statuses: ended('OOMKilled', 137) });
    const run = await runBeside(
      process.execPath,
      [programPath, 'list', '-w', '--no-node-metrics'],
      { KUBECONFIG: kubeconfig },
      async (child, stdout) => {
        await expect.poll(() => api.watches, { timeout: 10_000 }).toBe(1);
        api.push('MODIFIED', fresh);
        api.push('MODIFIED', fresh);
        api.push('MODIFIED', pod({ name: 'fine' }));
        await expect.poll(stdout, { timeout: 10_000 }).toContain('fresh');
        child.kill('SIGINT');
      },
    );
    expect(run.status).toBe(0);
    expect(podsOf(run).filter((name) => name === 'fresh')).toHaveLength(1);
  });

  it('does without what it may not read, says so, and names the rule', async () => {
    await serve({ contents, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] });
    const run = await list();
    expect(run.status).toBe(4);
    // Without events nobody knows of the probe.
    expect(podsOf(run).sort()).toEqual(['child', 'killed', 'probed', 'unexplained']);
    expect(run.stderr).toContain('not read: events');
    expect(run.stderr).toContain('a role that allows list of events would let it be read');
    expect(run.stderr).toContain('/metrics/cadvisor');
  });

  it.each([
    ['a token that is not accepted', { token: 'another' }, 3, 'does not accept the credentials'],
    ['no right to pods', { rules: [] }, 3, 'not allowed (403)'],
    ['a cluster without kills', { contents: { pods: [pod({ name: 'fine' })] } }, 1, 'no OOM kill found in namespace shop'],
  ] as const)('ends with its own code for %s', async (_, choice, status, words) => {
    const api = await serve({ contents, ...choice });
    writeFileSync(kubeconfig, api.kubeconfig({ token: PLANTED }));
    const run = await list('--no-node-metrics');
    expect({ status: run.status, stdout: run.stdout }).toEqual({ status, stdout: '' });
    expect(run.stderr).toContain(words);
  });

  it('says what is wrong with the configuration', async () => {
    kubeconfig = join(temporaryDirectory(), 'absent');
    expect(await list()).toMatchObject({ status: 3, stdout: '' });
    await serve();
    const run = await list('--context', 'nowhere');
    expect(run.status).toBe(3);
    expect(run.stderr).toContain("no context 'nowhere'");
    expect((await list('-n', 'shop', '-A')).status).toBe(2);
  });

  it('speaks Chinese', async () => {
    await serve();
    const { stderr } = await list('--lang', 'zh-CN');
    expect(stderr).toMatch(/\p{Script=Han}/u);
    expect(stderr).not.toContain('left out');
  });

  it('shows no secret, in no format', async () => {
    await serve();
    for (const format of ['text', 'wide', 'json', 'yaml']) {
      const { stdout, stderr } = await list('-A', '--all-kills', '--debug', '-o', format);
      expect(stdout).toContain('killed');
      expect(stdout + stderr).not.toContain(PLANTED);
    }
  });
});

/** Debian's package kubernetes-client has it. CI installs it, and lets no test skip. */
describe.skipIf(!existsSync(KUBECTL))('kubectl oomkit list', () => {
  it('runs as a plugin of the real kubectl', async () => {
    await serve();
    const plugins = join(temporaryDirectory(), 'plugins');
    mkdirSync(plugins);
    symlinkSync(programPath, join(plugins, 'kubectl-oomkit'));
    const PATH = [plugins, join(process.execPath, '..'), process.env.PATH].join(delimiter);
    const run = await runBeside(KUBECTL, ['oomkit', 'list', '-n', 'shop'], { KUBECONFIG: kubeconfig, PATH });
    expect(run.status).toBe(0);
    expect(podsOf(run).sort()).toEqual(['child', 'counted', 'killed', 'unexplained']);
  });
});
