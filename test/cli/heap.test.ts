import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fixture } from '../sources/heap/fixtures.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram, oomkit, programPath } from './built-program.js';

const heaps = 'test/fixtures/heap';
const after = `${heaps}/pprof/leaky-after.pb.gz`;

beforeAll(buildProgram);

describe('heap', () => {
  it('prints the functions that hold most, and the verdict', () => {
    const { status, stdout, stderr } = oomkit(['heap', after, '--charged', '572Mi']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('main.newBlock');
    expect(stdout.replaceAll('\n', ' ')).toContain('this is not a heap leak');
  });

  it('prints at most the rows asked for, in the order asked for', () => {
    const { stdout } = oomkit(['heap', after, '-o', 'json', '-n', '2', '--sort', 'cum', '--sample-type', 'alloc_space']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ kind: 'HeapReport', sampleType: { type: 'alloc_space' } });
    expect(report.functions.map(({ name }: { name: string }) => name)).toEqual(['main.main', 'runtime.main']);
  });

  it('subtracts a base', () => {
    const { stdout } = oomkit(['heap', after, '--base', `${heaps}/pprof/leaky-before.pb.gz`, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ isDifference: true, total: expect.any(Number) });
  });

  it('reads standard input', () => {
    const { status, stdout } = oomkit(['heap', '-'], { input: fixture('java/class-histogram-jdk17.txt') });
    expect(status).toBe(0);
    expect(stdout).toContain('byte[] (java.base@17.0.15)');
  });

  it('reads a snapshot of V8', () => {
    const path = join(temporaryDirectory(), 'own.heapsnapshot');
    writeHeapSnapshot(path);
    const classes = (option: string): { name: string; selfBytes: number; retainedBytes: number }[] =>
      JSON.parse(oomkit(['heap', path, '-o', 'json', '-n', '5', option]).stdout).classes;
    const retained = classes('--retained').map(({ retainedBytes }) => retainedBytes);
    expect(retained).toEqual([...retained].sort((a, b) => b - a));
    const self = classes('--self').map(({ selfBytes }) => selfBytes);
    expect(self).toEqual([...self].sort((a, b) => b - a));
    expect(classes('--self')).not.toEqual(classes('--retained'));
  }, 60_000);

  it('reads a Go server with its runtime’s own figures, and shows no secret of the URL', async () => {
    const server = createServer((request, response) => {
      const isText = request.url?.includes('debug=1');
      response.end(fixture(isText ? 'go-runtime/prometheus.debug1.txt' : 'pprof/prometheus-after.pb.gz'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const url = `http://user:hunter2@127.0.0.1:${port}/debug/pprof/heap?token=hunter3`;
    const child = spawn(process.execPath, [programPath, 'heap', url], { env: { LC_ALL: 'C' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
    const [status] = await once(child, 'close');
    expect({ status, output }).toMatchObject({ status: 0, output: expect.stringContaining('HeapAlloc') });
    expect(output).not.toMatch(/hunter/);
  });

  it.each([
    [['absent.pb.gz'], 3, /absent\.pb\.gz: ENOENT/],
    [['test/fixtures/oom-logs/seed-cdi-importer.txt'], 3, /of no format that oomkit knows/],
    [[`${heaps}/pprof/leaky-goroutine.pb.gz`], 1, /no heap figures/],
    [['-'], 1, /there is nothing in it/],
    [[`${heaps}/java/class-histogram-jdk17.txt`, '--base', after], 2, /base cannot be subtracted/],
    [[after, '--rss', 'much'], 2, /quantity such as 512Mi/],
    [[after, '-n', '0'], 2, /positive number/],
    [[after, '--charged', '1Gi', '--cgroup', 'self'], 2, /cannot be used with/],
    [[after, '--retained', '--self'], 2, /cannot be used with/],
    [['ftp://example.invalid/x'], 2, /not an http or https URL/],
    [[after, '--cgroup', '/no/such/cgroup'], 1, /nothing here is/],
  ])('%j exits with %i', (args, code, text) => {
    const { status, stdout, stderr } = oomkit(['heap', ...args]);
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(/^oomkit: [^\n]+\n$/);
    expect(stderr).toMatch(text);
  });

  it('says that a cut profile is cut', () => {
    const path = join(temporaryDirectory(), 'cut.pb.gz');
    writeFileSync(path, fixture('pprof/leaky-after.pb.gz').subarray(0, 3000));
    const { status, stderr } = oomkit(['heap', path]);
    expect(status).toBe(3);
    expect(stderr).toContain('ends too early');
  });
});
