import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { buildProgram, oomkit, programPath } from './built-program.js';

const seed = 'test/fixtures/oom-logs/seed-cdi-importer.txt';
const heap = 'test/fixtures/heap/pprof/leaky-after.pb.gz';
const hasMemoryCgroup = existsSync('/sys/fs/cgroup/memory.stat') || existsSync('/sys/fs/cgroup/memory/memory.stat');
/** Whether an account can be had that may not read the kernel's log. */
const canBecomeOrdinary = process.getuid?.() === 0 && /^1/.test(readIfThere('/proc/sys/kernel/dmesg_restrict'));

beforeAll(buildProgram);

function readIfThere(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** A bundle of a log, and of nothing live where no container runs. */
function collect(...args: readonly string[]): { readonly path: string; readonly stderr: string; readonly status: number | null } {
  const path = join(temporaryDirectory(), 'bundle.tgz');
  return { path, ...oomkit(['collect', '-o', path, ...args]) };
}

interface Verdict {
  readonly id: string;
  readonly confidence: number;
}

function causesOf(path: string): Verdict[] {
  const list = JSON.parse(oomkit(['diagnose', path, '-o', 'json']).stdout);
  return list.items[0].causes.map(({ id, confidence }: Verdict) => ({ id, confidence }));
}

describe('collect', () => {
  it('writes a bundle that gives the same verdict as the log, with citations into it', () => {
    const { path, stderr } = collect('--log', seed);
    expect(stderr).toMatch(/bundle\.tgz: \d+ files?/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(causesOf(path)).toEqual(causesOf(seed));
    const { stdout, status } = oomkit(['diagnose', path]);
    expect(status).toBe(0);
    expect(stdout.replaceAll(/\s+/g, '')).toContain('bundle.tgz!kernel.log:11');
    const markdown = oomkit(['diagnose', path, '-o', 'md']).stdout;
    expect(markdown).toMatch(/^#/m);
  });

  it('holds heap profiles against the charge', () => {
    const { path } = collect('--log', seed, '--heap', heap);
    const list = JSON.parse(oomkit(['diagnose', path, '-o', 'json']).stdout);
    const statements = list.items[0].causes.flatMap(({ because }: { because: { key: string; at: string[] }[] }) => because);
    expect(statements).toContainEqual(
      expect.objectContaining({ key: expect.stringMatching(/^heap\.verdict\.not-a-leak/), at: [`${path}!heap/1`] }),
    );
  });

  it('says what could not be had, and writes the rest', () => {
    const { path, status, stderr } = collect('--log', seed, '--heap', 'absent.pb.gz');
    expect(status).toBe(4);
    expect(stderr).toContain('not in the bundle: heap/1 from absent.pb.gz: ENOENT');
    expect(oomkit(['diagnose', path]).stdout).toContain('cdi-importer');
  });

  it('says what of the log could not be read, though a report was found', () => {
    const log = join(temporaryDirectory(), 'kern.log.gz');
    writeFileSync(log, gzipSync(readFileSync(seed, 'utf8') + 'padding\n'.repeat(5000)).subarray(0, -20));
    const { path, status, stderr } = collect('--log', log);
    expect(status).toBe(4);
    expect(stderr).toMatch(/kern\.log\.gz: damaged or cut short/);
    expect(causesOf(path)).toEqual(causesOf(seed));
  });

  it.skipIf(!canBecomeOrdinary)('of an ordinary user says that it saw no log, and so does who opens the bundle', () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o777);
    const program = join(directory, 'dist', 'oomkit.js');
    cpSync(join(programPath, '..'), join(directory, 'dist'), { recursive: true });
    const hint = 'Hint: You are currently not seeing messages from other users and the system.';
    const script = `#!/bin/sh\ncase "$*" in *--output=json*) ;; *) echo '${hint}' >&2 ;; esac\n`;
    writeFileSync(join(directory, 'journalctl'), script, { mode: 0o755 });
    const ordinary = { uid: 65534, cwd: directory, program, env: { PATH: directory } };
    const { status, stderr } = oomkit(['collect', '-o', 'bundle.tgz', '--since', '-2h'], ordinary);
    expect([3, 4]).toContain(status);
    expect(stderr).toContain("this account may not see the system's journal");
    expect(stderr).toMatch(/not in the bundle: kernel\.log from kernel log: journal: journal-permission; kmsg: kmsg-/);
    const opened = oomkit(['diagnose', join(directory, 'bundle.tgz')]);
    expect(opened.status).toBe(4);
    expect(opened.stderr).toMatch(/could not be read when it was made .*: there may have been a kill/);
  });

  it('replaces a file only with --force, and leaves no other file', () => {
    const { path } = collect('--log', seed);
    writeFileSync(path, 'precious');
    const refused = oomkit(['collect', '-o', path, '--log', seed]);
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^oomkit: [^\n]*--force replaces it\n$/);
    expect(readFileSync(path, 'utf8')).toBe('precious');
    oomkit(['collect', '-o', path, '--log', seed, '--force']);
    expect(causesOf(path)).toEqual(causesOf(seed));
    expect(readdirSync(join(path, '..'))).toEqual(['bundle.tgz']);
  });

  it('leaves nothing when it is interrupted', async () => {
    const server = createServer(() => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => server.closeAllConnections());
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const directory = temporaryDirectory();
    const path = join(directory, 'bundle.tgz');
    const args = [programPath, 'collect', '-o', path, '--log', seed, '--heap', `http://127.0.0.1:${port}/debug/pprof/heap`];
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    await once(server, 'request');
    child.kill('SIGINT');
    const [status] = await once(child, 'close');
    expect(status).toBe(130);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('says that it cannot write where there is no directory', () => {
    const { status, stderr } = oomkit(['collect', '-o', '/no/such/directory/b.tgz', '--log', seed]);
    expect(status).toBe(3);
    expect(stderr).toContain('cannot be written (ENOENT)');
  });

  it.each([
    [['collect'], /required option/],
    [['collect', '-o', 'b.tgz', '--pid', '1', '--pod', 'x'], /cannot be used with/],
    [['diagnose', 'BUNDLE', seed], /diagnosed alone/],
  ])('%j is a usage error', (args, text) => {
    const { path } = collect('--log', seed);
    const { status, stderr } = oomkit(args.map((argument) => (argument === 'BUNDLE' ? path : argument)));
    expect(status).toBe(2);
    expect(stderr).toMatch(text);
    expect(existsSync('b.tgz')).toBe(false);
  });

  it('names what is not there', () => {
    const { status, stderr, path } = collect('--log', seed, '--cgroup', '/no/such/cgroup');
    expect({ status: status === 0, written: existsSync(path) }).toEqual({ status: false, written: false });
    expect(stderr).toMatch(/^oomkit: [^\n]+\n$/);
  });
});

describe.skipIf(!hasMemoryCgroup)('collect, where there is a memory cgroup', () => {
  it('gives without a kill what inspect says', () => {
    const log = join(temporaryDirectory(), 'kern.log');
    writeFileSync(log, 'all is well\n');
    const { path, status } = collect('--log', log, '--cgroup', 'self', '--lang', 'en');
    expect(status).toBe(4);
    const { stdout, stderr } = oomkit(['diagnose', path]);
    expect(stderr).toContain('no kill is in it');
    expect(stdout).toContain('Memory');
    const inspection = JSON.parse(oomkit(['diagnose', path, '-o', 'json']).stdout);
    const live = JSON.parse(oomkit(['inspect', 'self', '-o', 'json']).stdout);
    expect(inspection).toMatchObject({ kind: 'Inspection', target: { path: live.target.path, version: live.target.version } });
    expect(inspection.causes.map(({ id }: Verdict) => id)).not.toEqual([]);
    expect(oomkit(['diagnose', path, '-o', 'md']).stdout).toMatch(/^```text\n[\s\S]*\n```\n$/);
  });

  it('has no secret of a command line, and no environment', () => {
    const path = join(temporaryDirectory(), 'bundle.tgz');
    const secrets = ['hunter2', 'opensesame'];
    const env = { PLANTED_PASSWORD: 'opensesame' };
    oomkit(['collect', '-o', path, '--log', seed, '--pid', String(process.pid), '--heap', 'http://u:hunter2@127.0.0.1:1/x'], {
      env,
    });
    const listed = gunzipSync(readFileSync(path)).toString('latin1');
    expect(listed).toContain('kernel.log');
    for (const secret of secrets) expect(listed).not.toContain(secret);
  });
});
