import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { V1Job } from '@kubernetes/client-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../../src/cli/program.js';
import { ApiServer } from '../support/api-server.js';
import { departures } from '../support/published-api.js';
import { runProgram, temporaryFile } from '../support/run-program.js';
import { buildProgram, oomkit } from './built-program.js';

const URL = 'https://images.example/disk.qcow2';

beforeAll(() => buildProgram());

function print(...args: readonly string[]): string {
  const { status, stdout, stderr } = oomkit(['import', '--job', ...args]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function jobOf(...args: readonly string[]): V1Job {
  const value: unknown = parse(print(...args));
  expect(departures(value, 'V1Job')).toEqual([]);
  return value as V1Job;
}

function refusal(...args: readonly string[]): string {
  const { status, stdout, stderr } = oomkit(['import', ...args]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  return stderr;
}

describe('oomkit import --job', () => {
  it('prints a Job for a claim with a file system', () => {
    const { apiVersion, kind, metadata, spec } = jobOf('-n', 'vms', '--image', 'example/oomkit:1', URL, 'pvc/fedora');
    expect({ apiVersion, kind, name: metadata?.name, namespace: metadata?.namespace }).toEqual({
      apiVersion: 'batch/v1',
      kind: 'Job',
      name: 'oomkit-import-fedora',
      namespace: 'vms',
    });
    const pod = spec?.template.spec;
    expect(pod).toMatchObject({
      restartPolicy: 'OnFailure',
      automountServiceAccountToken: false,
      volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'fedora' } }],
    });
    expect(pod?.containers).toHaveLength(1);
    expect(pod?.containers[0]).toMatchObject({
      image: 'example/oomkit:1',
      resources: { limits: { memory: '192Mi' }, requests: { memory: '128Mi' } },
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    });
    expect(pod?.containers[0]?.args?.slice(-3)).toEqual(['--', URL, '/data/disk.img']);
  });

  it('prints one for a block device, with room for the checkpoint that outlives a container', () => {
    const pod = jobOf('--volume-mode', 'Block', URL, 'pvc/fedora').spec?.template.spec;
    expect(pod?.containers[0]).toMatchObject({
      volumeDevices: [{ name: 'data', devicePath: '/dev/oomkit-target' }],
      volumeMounts: [{ name: 'state', mountPath: '/var/lib/oomkit' }],
    });
    expect(pod?.volumes?.map(({ name }) => name)).toEqual(['data', 'state']);
    expect(pod?.containers[0]?.args?.at(-1)).toBe('/dev/oomkit-target');
  });

  it('keeps to the restricted Pod Security Standard', () => {
    const pod = jobOf(URL, 'pvc/fedora').spec?.template.spec;
    // https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod?.securityContext?.runAsUser).toBeGreaterThan(0);
    expect(pod?.containers[0]?.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod).not.toHaveProperty('hostNetwork');
  });

  it('names secrets, and holds none', () => {
    const container = jobOf('--secret', 'login', URL, 'pvc/fedora').spec?.template.spec?.containers[0];
    expect(container?.env).toEqual([
      { name: 'OOMKIT_USER', valueFrom: { secretKeyRef: { name: 'login', key: 'accessKeyId' } } },
      { name: 'OOMKIT_PASSWORD', valueFrom: { secretKeyRef: { name: 'login', key: 'secretKey' } } },
    ]);
    expect(container?.args).toContain('--user=$(OOMKIT_USER)');
    const s3 = jobOf('--secret', 'keys', 's3://images/disk.raw', 'pvc/fedora').spec?.template.spec?.containers[0];
    expect(s3?.env?.map(({ name }) => name)).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
    expect(s3?.args?.join(' ')).not.toContain('--user');
  });

  it('mounts what has to be a file', () => {
    const secrets = ['--token-secret', 't', '--header-secret', 'h', '--auth-secret', 'a', '--ca-config-map', 'c'];
    const pod = jobOf(...secrets, '--scratch-claim', 's', URL, 'pvc/fedora').spec?.template.spec;
    const mounted = Object.fromEntries(pod?.containers[0]?.volumeMounts?.map(({ name, mountPath }) => [name, mountPath]) ?? []);
    for (const [option, name] of [
      ['--token-file', 'token'],
      ['--header', 'headers'],
      ['--auth-file', 'auth'],
      ['--ca', 'ca'],
      ['--scratch', 'scratch'],
    ] as const) {
      const path = pod?.containers[0]?.args?.find((word) => word.startsWith(`${option}=`))?.replace(/^[^=]*=@?/, '');
      expect(path?.startsWith(String(mounted[name]))).toBe(true);
    }
    expect(pod?.volumes).toContainEqual({ name: 'ca', configMap: { name: 'c' } });
  });

  it('passes every option on, in words that the program itself takes', async () => {
    const options = [
      ...['--cache', 'none', '--dirty-limit', '32Mi', '--preallocation', 'falloc', '--size', '10Gi', '--overhead', '5.5%'],
      ...['--allow-overcommit', '--checksum', `md5:${'0'.repeat(32)}`, '--verify', '--force', '--member', 'a b.img'],
      ...['--retries', '3', '--timeout', '9', '--insecure', '--architecture', 'arm64', '--plain-http', '--metrics', ':8443'],
      ...['--s3-endpoint', 'https://s3.example', '--s3-region', 'eu', '--anonymous'],
    ];
    const container = jobOf(...options, 's3://images/$(HOME).raw', 'pvc/fedora').spec?.template.spec?.containers[0];
    // As the kubelet expands arguments.
    const words = (container?.args ?? []).map((word) => word.replaceAll('$$(', '$('));
    const program = createProgram('oomkit');
    const command = program.commands.find((known) => known.name() === 'import');
    const parsed: unknown[] = [];
    command?.action((...given: unknown[]) => {
      parsed.push(...given.slice(0, 3));
    });
    await program.parseAsync(words, { from: 'user' });
    expect(parsed[0]).toBe('s3://images/$(HOME).raw');
    expect(parsed[2]).toMatchObject({
      cache: 'none',
      dirtyLimit: 32 * 1024 ** 2,
      preallocation: 'falloc',
      size: 10 * 1024 ** 3,
      overhead: 0.055,
      allowOvercommit: true,
      checksum: { algorithm: 'md5', hex: '0'.repeat(32) },
      verify: true,
      resume: true,
      force: true,
      member: 'a b.img',
      retries: 3,
      timeout: 9,
      insecure: true,
      architecture: 'arm64',
      plainHttp: true,
      metrics: { port: 8443 },
      s3Endpoint: 'https://s3.example',
      s3Region: 'eu',
      anonymous: true,
    });
    expect(container?.args).toContain('s3://images/$$(HOME).raw');
    expect(container?.ports).toEqual([{ name: 'metrics', containerPort: 8443 }]);
  });

  it('is what kubectl reads', async () => {
    const yaml = print('--secret', 'login', '--volume-mode', 'Block', '--metrics', ':8443', URL, 'pvc/fedora');
    // Without a server: kubectl decodes into the types it has, and refuses values of another type.
    const local = spawnSync('kubectl', ['label', '--local', '-f', '-', 'tried=yes', '-o', 'json'], {
      input: yaml,
      encoding: 'utf8',
    });
    expect(local).toMatchObject({ status: 0 });
    expect(JSON.parse(local.stdout).spec).toMatchObject(parse(yaml).spec);
    // With one that knows no more than what there is.
    const server = await ApiServer.start({
      contents: {
        others: {
          '/api': { kind: 'APIVersions', versions: ['v1'] },
          '/apis': {
            kind: 'APIGroupList',
            apiVersion: 'v1',
            groups: [
              {
                name: 'batch',
                versions: [{ groupVersion: 'batch/v1', version: 'v1' }],
                preferredVersion: { groupVersion: 'batch/v1', version: 'v1' },
              },
            ],
          },
          '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [] },
          '/apis/batch/v1': {
            kind: 'APIResourceList',
            apiVersion: 'v1',
            groupVersion: 'batch/v1',
            resources: [{ name: 'jobs', singularName: 'job', namespaced: true, kind: 'Job', verbs: ['create'] }],
          },
        },
      },
    });
    const file = temporaryFile('job.yaml', yaml);
    try {
      const words = ['create', '-f', file.path, '--dry-run=client', '--validate=false', '--server', server.url];
      const created = await runProgram([...words, '--cache-dir', join(file.path, '../cache')], { command: 'kubectl' });
      expect(created).toMatchObject({ status: 0, stdout: 'job.batch/oomkit-import-fedora created (dry run)\n' });
    } finally {
      file.remove();
      await server.close();
    }
  });

  it('prints JSON when it is asked to', () => {
    expect(JSON.parse(print('-o', 'json', URL, 'pvc/fedora'))).toEqual(parse(print(URL, 'pvc/fedora')));
  });

  it.each([
    [['--job', URL, 'disk.img'], /TARGET is pvc\/NAME/],
    [['--job', URL, 'pvc/Not_A_Name'], /TARGET is pvc\/NAME/],
    [['--job', './disk.qcow2', 'pvc/fedora'], /no file of this machine/],
    [['--job', '-', 'pvc/fedora'], /no file of this machine/],
    [['--job', 'https://ann:hidden@images.example/a', 'pvc/fedora'], /--secret/],
    [['--job', 'https://images.example/a?X-Amz-Signature=hidden', 'pvc/fedora'], /--header-secret/],
    [['--job', '--user', 'ann', URL, 'pvc/fedora'], /--user is of this machine.*--secret/],
    [['--job', '--header', 'Authorization: Bearer hidden', URL, 'pvc/fedora'], /use --header-secret/],
    [['--job', '--ca', 'ca.crt', URL, 'pvc/fedora'], /use --ca-config-map/],
    [['--job', '--secret', 'Not A Name', URL, 'pvc/fedora'], /A name is of lower-case letters/],
    [['--secret', 'login', URL, 'disk.img'], /--secret is of a Job: add --job/],
    [['--volume-mode', 'Block', URL, 'disk.img'], /--volume-mode is of a Job: add --job/],
  ])('refuses %j', (args, told) => {
    const stderr = refusal(...args);
    expect(stderr).toMatch(told);
    expect(stderr).not.toContain('hidden');
  });
});
