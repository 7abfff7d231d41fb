import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ApiServer, type ApiServerChoice, type KubeObject, sendStatus } from '../support/api-server.js';
import { containerStatus, event, node, PLANTED, pod, terminated } from '../support/cluster-objects.js';
import { type ProgramOptions, runProgram, startProgram, temporaryFile } from '../support/run-program.js';
import { buildProgram, programPath } from './built-program.js';

beforeAll(buildProgram);

const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

async function served(choice: ApiServerChoice): Promise<{ server: ApiServer; config: string }> {
  const server = await ApiServer.start({ token: PLANTED, ...choice });
  const config = temporaryFile('config', server.kubeconfig());
  cleanUp.push(() => server.close(), config.remove);
  return { server, config: config.path };
}

/** A container that ended so and runs again. */
function ended(name: string, reason: string, exitCode: number, more: object = {}): KubeObject {
  return pod({
    name,
    statuses: [containerStatus({ name: 'app', restartCount: 1, lastState: terminated(reason, exitCode, more) })],
  });
}

const counter = (podName: string, id: string) =>
  `container_oom_events_total{container="app",id="/kubepods/burstable/pod00000000-0000-4000-8000-000000000000/${id}",image="i",name="n",namespace="shop",pod="${podName}"} 2 1764072000000\n`;

const CONTENTS = {
  pods: [
    ended('web-0', 'OOMKilled', 137),
    ended('worker', 'OOMKilled', 2),
    ended('probed', 'Error', 137),
    ended('unknown', 'Error', 137),
    ended('crashed', 'Error', 1),
    pod({ name: 'survivor' }),
    pod({ name: 'well' }),
    pod({
      name: 'other',
      namespace: 'elsewhere',
      statuses: [containerStatus({ name: 'app', lastState: terminated('OOMKilled', 137) })],
    }),
  ],
  events: [
    event({
      reason: 'Killing',
      message: 'Container app failed liveness probe, will be restarted',
      podName: 'probed',
      type: 'Normal',
      container: 'app',
    }),
    event({ reason: 'SystemOOM', message: 'System OOM encountered, victim process: java, pid: 4711', nodeName: 'node-2' }),
  ],
  nodes: [node()],
  texts: { '/api/v1/nodes/node-1/proxy/metrics/cadvisor': counter('survivor', 'a'.repeat(64)) },
};

function list(config: string, args: readonly string[], options?: ProgramOptions) {
  return runProgram(['list', '--kubeconfig', config, ...args], options);
}

function rows(text: string): string[][] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
}

describe('oomkit list', () => {
  it('lists kills by what they were, also those that no status shows', async () => {
    const { config } = await served({ contents: CONTENTS });
    const { status, stdout, stderr } = await list(config, []);
    expect(status).toBe(0);
    expect(rows(stdout)[0]).toEqual(['POD', 'CONTAINER', 'VERDICT', 'REASON', 'EXIT', 'RESTARTS', 'LIMIT', 'KILLED']);
    expect(
      rows(stdout)
        .map(([name, , verdict]) => `${name} ${verdict}`)
        .sort(),
    ).toEqual(['POD VERDICT', 'survivor ChildOOMKilled', 'unknown Possible', 'web-0 OOMKilled', 'worker ChildOOMKilled']);
    expect(stderr).toMatch(/1 node was asked through the node proxy, by your own right to nodes\/proxy/);
    expect(stderr).toMatch(/1 SIGKILL or eviction that was no OOM kill left out: --all-kills shows them/);
  });

  it('shows what a SIGKILL was when it was none, and the events of nodes in all namespaces', async () => {
    const { config } = await served({ contents: CONTENTS });
    const { stdout } = await list(config, ['-A', '--all-kills', '--no-headers', '-o', 'wide']);
    expect(stdout).toMatch(/^shop +probed +app +NotOOM:Probe .*the kubelet killed it after a failed probe/m);
    expect(stdout).toMatch(/^elsewhere +other +app +OOMKilled/m);
    expect(stdout).toMatch(/^<none> +<none> +<none> +OOMKilled +SystemOOM .*node-2 .*victim process: java, pid: 4711/m);
    expect(stdout).not.toContain('NAMESPACE');
  });

  it('prints JSON that fits its schema, and the same as YAML', async () => {
    const { config } = await served({ contents: CONTENTS });
    const schemas = ['diagnosis-list', 'oom-kill-list'].map((name) =>
      JSON.parse(readFileSync(`schema/${name}.v1alpha1.json`, 'utf8')),
    );
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    ajv.addSchema(schemas[0], 'diagnosis-list.v1alpha1.json');
    const validate = ajv.compile(schemas[1]);
    const json = JSON.parse((await list(config, ['-A', '--all-kills', '-o', 'json'])).stdout);
    validate(json);
    expect(validate.errors ?? []).toEqual([]);
    expect(json.items).toHaveLength(7);
    const yaml = parse((await list(config, ['-A', '--all-kills', '-o', 'yaml'])).stdout);
    expect(yaml).toEqual(json);
    expect(validate({ ...json, items: [{ ...json.items[0], verdict: 'oom' }] })).toBe(false);
  });

  it('speaks Chinese', async () => {
    const { config } = await served({ contents: CONTENTS });
    const { stdout, stderr } = await list(config, ['-o', 'wide', '--lang', 'zh-CN']);
    expect(stdout).toMatch(/\p{Script=Han}/u);
    expect(stderr).toMatch(/\p{Script=Han}/u);
  });

  it.each([
    ['labels', ['-l', 'app=web-0'], ['web-0']],
    ['fields', ['--field-selector', 'metadata.name=worker'], ['worker']],
    ['time', ['--since', '1m', '--no-node-metrics'], []],
    ['another namespace', ['-n', 'elsewhere'], ['other']],
  ])('selects by %s', async (_, args, names) => {
    const { config } = await served({ contents: CONTENTS });
    const { stdout, status } = await list(config, [...args, '--no-headers']);
    expect(
      rows(stdout)
        .map(([name]) => name)
        .filter(Boolean),
    ).toEqual(names);
    expect(status).toBe(names.length === 0 ? 1 : 0);
  });

  it('says so when there is no kill, and looked at how much', async () => {
    const { config } = await served({ contents: { pods: [pod({ name: 'well' })] } });
    const { status, stdout, stderr } = await list(config, ['--no-node-metrics']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toBe('oomkit: no OOM kill found in namespace shop: 1 pod looked at\n');
  });

  it('goes on without events and node metrics that may not be read, and names the rule', async () => {
    const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
    const { server, config } = await served({ contents: CONTENTS, rules });
    const { status, stdout, stderr } = await list(config, []);
    expect(status).toBe(4);
    expect(stdout).toMatch(/web-0/);
    expect(stderr).toMatch(/not read: events: .*User "tester" cannot list resource "events"/);
    expect(stderr).toMatch(/a role that allows list of events would let it be read/);
    // Nobody is told to ask for nodes/proxy.
    expect(stderr).not.toMatch(/allows .* nodes\/proxy/);
    expect(server.requests.filter((request) => request.includes('/proxy/'))).toHaveLength(1);
  });

  it.each([
    ['rejected credentials', 401, 3, /does not accept the credentials \(401\)/],
    ['a missing right', 403, 3, /not allowed \(403\): you may not/],
    ['a server that fails', 500, 3, /failed at \/api\/v1\/namespaces\/shop\/pods \(status 500\)/],
  ])('ends with a line and a code after %s', async (_, code, status, text) => {
    const { config } = await served({
      fault: (__, response, url) => {
        if (!url.pathname.endsWith('/pods')) return false;
        sendStatus(response, code, 'you may not');
        return true;
      },
    });
    const result = await list(config, ['--no-node-metrics']);
    expect(result.status).toBe(status);
    expect(result.stdout).toBe('');
    expect(result.stderr.split('\n').at(-2)).toMatch(text);
    expect(result.stderr).not.toMatch(/\n {4}at /);
  });

  it('says that nothing answers, and that no cluster is configured', async () => {
    const { server, config } = await served({});
    await server.close();
    cleanUp.shift();
    const gone = await list(config, []);
    expect(gone.status).toBe(3);
    expect(gone.stderr).toMatch(/^oomkit: nothing answers at http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
    const none = await runProgram(['list']);
    expect(none.status).toBe(3);
    expect(none.stderr).toMatch(/^oomkit: no cluster is configured/);
  });

  it.each([
    [['-A', '-n', 'shop'], /give -n or -A, not both/],
    [['-w', '-o', 'yaml'], /--watch prints a table/],
    [['--since', 'yesterday'], /A duration is/],
  ])('refuses %j', async (args, text) => {
    const { status, stderr } = await runProgram(['list', ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(text);
  });

  it("tells of a clock that goes wrong, and shows ages by the server's", async () => {
    const finishedAt = new Date(Date.now() - 3_600_000 - 120_000).toISOString().replace(/\.\d+Z/, 'Z');
    const { config } = await served({
      contents: { pods: [ended('web-0', 'OOMKilled', 137, { finishedAt })] },
      clockBehindSeconds: 3600,
    });
    const { stdout, stderr } = await list(config, ['--no-node-metrics', '--no-headers']);
    expect(stderr).toMatch(/this machine's clock is 1 h ahead of the API server's/);
    expect(rows(stdout)[0]?.at(-1)).toMatch(/^(?:1[12]\ds|2m)$/);
  });
});

/** Waits until something holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe('oomkit list --watch', () => {
  it('goes on with new kills over cuts and expired versions, and ends quietly on Ctrl-C', async () => {
    const contents = { pods: [ended('first', 'OOMKilled', 137)] };
    const { server, config } = await served({ contents });
    const { child, texts, ended: end } = startProgram(['list', '--kubeconfig', config, '-w', '--no-node-metrics']);
    await until(() => server.watches === 1);
    server.push('MODIFIED', pod({ name: 'well' }));
    server.push('MODIFIED', ended('second', 'OOMKilled', 137));
    server.push('MODIFIED', ended('second', 'OOMKilled', 137));
    await until(() => texts.stdout.includes('second'));
    server.cutWatches();
    await until(() => server.watches === 1);
    server.push('ADDED', ended('third', 'OOMKilled', 2));
    await until(() => texts.stdout.includes('third'));
    // Missed while the version was too old: the list has it.
    contents.pods.push(ended('missed', 'OOMKilled', 137));
    server.push('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' });
    await until(() => texts.stdout.includes('missed') && server.watches === 1);
    child.kill('SIGINT');
    const { status, stdout, stderr } = await end;
    expect(status).toBe(0);
    expect(rows(stdout).map(([name]) => name)).toEqual(['POD', 'first', 'second', 'third', 'missed']);
    expect(stderr).toMatch(/the connection ended; watching again/);
    expect(stderr).toMatch(/changes were missed while the connection was away; the list was read again/);
  });

  it('prints a line of JSON for each kill', async () => {
    const { server, config } = await served({ contents: { pods: [ended('first', 'OOMKilled', 137)] } });
    const { child, texts, ended: end } = startProgram(['list', '--kubeconfig', config, '-w', '-o', 'json', '--no-node-metrics']);
    await until(() => server.watches === 1);
    server.push('MODIFIED', ended('second', 'OOMKilled', 137));
    await until(() => texts.stdout.includes('second'));
    child.kill('SIGINT');
    const { stdout } = await end;
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).pod),
    ).toEqual(['first', 'second']);
  });
});

describe('a large cluster', () => {
  /** Lists so many pods of some 10 kB each, one in a thousand killed, in a heap far smaller than the list. */
  async function peakOf(total: number): Promise<number> {
    const padding = 'x'.repeat(8000);
    const { server, config } = await served({
      podPage: (from, limit) => ({
        total,
        items: Array.from({ length: Math.min(limit, total - from) }, (_, index) => {
          const name = `pod-${from + index}`;
          const metadata = { annotations: { padding } };
          return (from + index) % 1000 === 0
            ? pod({ name, metadata, statuses: [containerStatus({ name: 'app', lastState: terminated('OOMKilled', 137) })] })
            : pod({ name, metadata });
        }),
      }),
    });
    const report = temporaryFile('peak.mjs', '');
    cleanUp.push(report.remove);
    const hook = temporaryFile(
      'hook.mjs',
      `import { writeFileSync } from 'node:fs';\nprocess.on('exit', () => writeFileSync(${JSON.stringify(report.path)}, String(process.resourceUsage().maxRSS)));\n`,
    );
    cleanUp.push(hook.remove);
    const { status, stdout, stderr } = await list(config, ['-A', '--no-node-metrics', '--no-headers'], {
      nodeArgs: ['--max-old-space-size=64', '--import', hook.path],
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(rows(stdout)).toHaveLength(total / 1000);
    expect(server.requests.filter((request) => request.includes('/pods?'))).toHaveLength(total / 500);
    return Number(readFileSync(report.path, 'utf8')) / 1024;
  }

  it('of 20,000 pods, 200 MB, takes hardly more memory than one of 2,000', async () => {
    const [small, large] = [await peakOf(2000), await peakOf(20_000)];
    console.log(`peak RSS: ${small.toFixed(0)} MiB for 2,000 pods, ${large.toFixed(0)} MiB for 20,000`);
    expect(large / small).toBeLessThan(1.5);
  });
});

const hasKubectl = existsSync('/usr/bin/kubectl');
const hasOpenssl = existsSync('/usr/bin/openssl');

describe.skipIf(!hasKubectl || !hasOpenssl)('kubectl oomkit (skipped without kubectl and openssl)', () => {
  it('lists through the real kubectl, over TLS with an authority of its own', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'oomkit-kubectl-'));
    cleanUp.push(() => rmSync(directory, { recursive: true }));
    const at = (name: string) => join(directory, name);
    const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    openssl(
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-days',
      '2',
      ...subject,
    );
    const tls = { key: readFileSync(at('key.pem'), 'utf8'), cert: readFileSync(at('cert.pem'), 'utf8') };
    const server = await ApiServer.start({ token: PLANTED, tls, contents: CONTENTS });
    cleanUp.push(() => server.close());
    const trusted = temporaryFile('config', server.kubeconfig({ ca: at('cert.pem') }));
    const untrusted = temporaryFile('config', server.kubeconfig());
    cleanUp.push(trusted.remove, untrusted.remove);
    symlinkSync(programPath, at('kubectl-oomkit'));
    chmodSync(programPath, 0o755);
    const env = { PATH: `${directory}:${process.env.PATH}`, KUBECONFIG: trusted.path };
    const { status, stdout, stderr } = await runProgram(['oomkit', 'list', '-A', '-o', 'wide'], {
      command: '/usr/bin/kubectl',
      env,
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^shop +web-0 +app +OOMKilled +OOMKilled +137/m);
    expect(stdout + stderr).not.toContain(PLANTED);
    const help = await runProgram(['oomkit', 'list', '--help'], { command: '/usr/bin/kubectl', env });
    expect(help.stdout).toMatch(/^Usage: kubectl oomkit list/);
    const refused = await list(untrusted.path, []);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toMatch(/the certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted/);
  });
});

describe('secrets', () => {
  it.each([['text'], ['wide'], ['json'], ['yaml']])('are in no output: %s', async (format) => {
    const note = `Container app failed liveness probe (token=${PLANTED}), will be restarted`;
    const probe = event({ reason: 'Killing', message: note, podName: 'unknown', container: 'app' });
    const evicted = pod({ name: 'evicted', statuses: [], status: { reason: 'Evicted', message: `password: ${PLANTED}` } });
    const { config } = await served({
      contents: { ...CONTENTS, pods: [...CONTENTS.pods, evicted], events: [...CONTENTS.events, probe] },
    });
    const { stdout, stderr } = await list(config, ['-A', '--all-kills', '-o', format, '--debug']);
    expect(stdout).toContain('evicted');
    expect(stdout).toContain('web-0');
    expect(stdout + stderr).not.toContain(PLANTED);
  });
});
