import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ApiServer, allows, attributesOf, rulesOf } from '../support/api-server.js';
import { containerStatus, event, node, pod, terminated } from '../support/cluster-objects.js';
import { type ProgramResult, runProgram, temporaryFile } from '../support/run-program.js';
import { buildProgram } from './built-program.js';

beforeAll(buildProgram);

const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const undo of cleanUp.splice(0)) await undo();
});

const READ = rulesOf('charts/oomkit/rules/read.yaml');

const owned = { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1', uid: '1', controller: true }] };
const selector = { selector: { matchLabels: { app: 'web' } } };
const apps = (resource: string, name = 'web') => `/apis/apps/v1/namespaces/shop/${resource}/${name}`;
const CONTENTS = {
  pods: [
    pod({
      name: 'web',
      metadata: owned,
      statuses: [containerStatus({ name: 'app', restartCount: 1, lastState: terminated('OOMKilled', 137) })],
    }),
  ],
  events: [event({ reason: 'Killing', message: 'x', podName: 'web' })],
  nodes: [node()],
  others: {
    ...Object.fromEntries(
      ['deployments', 'statefulsets', 'daemonsets', 'replicasets'].map((kind) => [
        apps(kind),
        { metadata: { name: 'web' }, spec: selector },
      ]),
    ),
    [apps('replicasets', 'web-1')]: {
      metadata: { name: 'web-1', ownerReferences: [{ kind: 'Deployment', name: 'web', controller: true }] },
    },
    '/apis/batch/v1/namespaces/shop/jobs/web': { metadata: { name: 'web' }, spec: selector },
    '/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods/web': {
      metadata: { name: 'web' },
      timestamp: '2026-11-25T12:00:00Z',
      window: '15s',
      containers: [{ name: 'app', usage: { memory: '19732Ki' } }],
    },
  },
  texts: { '/api/v1/namespaces/shop/pods/web/log?app': 'nothing' },
};

/** Everything that oomkit does by default in a cluster. */
const COMMANDS = [
  ['list', '-A'],
  ['list', '-n', 'shop'],
  ...['pod', 'deploy', 'sts', 'ds', 'rs', 'job'].map((kind) => ['diagnose', `${kind}/web`, '-n', 'shop']),
];

interface Asked {
  readonly right: string;
  readonly isAllowed: boolean;
}

/** Runs all commands against a server that enforces the role. What they asked for, as rights, and what each ended with. */
async function runAll(): Promise<{ readonly asked: readonly Asked[]; readonly results: readonly ProgramResult[] }> {
  const server = await ApiServer.start({ contents: CONTENTS, rules: READ });
  const config = temporaryFile('config', server.kubeconfig());
  cleanUp.push(() => server.close(), config.remove);
  const results: ProgramResult[] = [];
  for (const args of COMMANDS) results.push(await runProgram([...args, '--kubeconfig', config.path]));
  const asked = server.requests.map((request) => {
    const [method = '', path = ''] = request.split(' ');
    const attributes = attributesOf({ method }, new URL(path, server.url));
    return { right: rightOf(attributes), isAllowed: allows(READ, attributes) };
  });
  return { asked, results };
}

function rightOf({
  verb,
  apiGroup,
  resource,
}: {
  readonly verb: string;
  readonly apiGroup: string;
  readonly resource: string;
}): string {
  return `${verb} ${apiGroup}/${resource}`;
}

describe('the ClusterRole', () => {
  it('is enough for all that oomkit does by default, and holds nothing that is not needed', async () => {
    const { asked, results } = await runAll();
    for (const { status, stderr } of results) expect(status, stderr).toBe(0);
    // The one thing asked for that no role gives.
    const refused = asked.filter(({ isAllowed }) => !isAllowed).map(({ right }) => right);
    expect([...new Set(refused)]).toEqual(['get /nodes/proxy']);
    const given = READ.flatMap(({ apiGroups: [apiGroup = ''], resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => rightOf({ verb, apiGroup, resource }))),
    );
    // A watch is only sent by --watch (list.test.ts).
    const needed = new Set([...asked.map(({ right }) => right), 'watch /pods']);
    expect(given.filter((right) => !needed.has(right))).toEqual([]);
  });

  it('is what a request is held against', () => {
    const url = new URL('http://x/api/v1/namespaces/shop/pods?watch=true');
    expect(allows(READ, attributesOf({ method: 'GET' }, url))).toBe(true);
    expect(allows(READ, attributesOf({ method: 'DELETE' }, new URL('http://x/api/v1/namespaces/shop/pods/a')))).toBe(false);
    expect(allows(READ, attributesOf({ method: 'GET' }, new URL('http://x/api/v1/namespaces/shop/secrets')))).toBe(false);
    expect(allows(READ, attributesOf({ method: 'GET' }, new URL('http://x/api/v1/nodes/a/proxy/stats/summary')))).toBe(false);
  });

  it.each(['read', 'heap', 'metrics-server'])('never holds nodes/proxy, a wildcard or a Secret: %s', (name) => {
    const text = JSON.stringify(rulesOf(`charts/oomkit/rules/${name}.yaml`));
    expect(text).not.toMatch(/nodes\/proxy|"\*"|secrets|pods\/exec/);
  });

  it('is the same in docs/rbac.md', () => {
    const block = /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/rbac.md', 'utf8'))?.[1] ?? '';
    expect(parse(block)).toMatchObject({ kind: 'ClusterRole', rules: READ });
  });
});
