import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GuardReport, MIB } from '../../src/model/index.js';
import { diskOfRate } from './lab/image-disk.js';
import { leftovers } from './lab/leftovers.js';
import { MemoryCgroup } from './lab/memory-cgroup.js';
import { mountTmpfs, temporaryDirectory } from './lab/mounts.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp, onCleanup } from './lab/undo.js';

const OOMKIT = ['dist/oomkit.js'];
const BOUND = 32 * MIB;
/** What is held unless told otherwise. qemu-img fills the page cache at several GB/s, at which smaller bounds are not held so closely. */
const DEFAULT_BOUND = 64 * MIB;
const DISK_RATE = 32 * MIB;
/** A judge of its own, so that the guard is not the only witness. */
const SAMPLE_MS = 5;

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
  /** The highest dirty + writeback the cgroup had, read from outside. */
  readonly peakBytes: number;
}

function guardArgs(options: readonly string[], command: readonly string[]): string[] {
  return [...OOMKIT, 'guard', '--dirty', '32Mi', ...options, ...(command.length === 0 ? [] : ['--', ...command])];
}

function waiting({ stat }: { readonly stat: Readonly<Record<string, number>> }): number {
  return (stat.total_dirty ?? 0) + (stat.total_writeback ?? 0);
}

/** Runs to the end inside a cgroup, and watches from outside what waits there for the disk. */
async function runIn(cgroup: MemoryCgroup, args: readonly string[]): Promise<Ended> {
  const child = cgroup.spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, waiting(cgroup.read()));
  }, SAMPLE_MS);
  const [status] = (await once(child, 'close')) as [number | null];
  clearInterval(timer);
  return { status, stderr, peakBytes };
}

/**
 * A command that writes 96 MiB, 1 MiB a millisecond at most, after a pause too. Without a pace it would make several GB/s, which
 * docs/guard.md does not promise to hold.
 */
function pacedWriter(target: string): string[] {
  const program = `const fs = require('node:fs'); const file = fs.openSync(process.argv[1], 'w'); const block = Buffer.alloc(1 << 20);
    for (let left = 96; left > 0; left--) {
      const begun = performance.now(); fs.writeSync(file, block); while (performance.now() - begun < 1);
    }`;
  return [process.execPath, '-e', program, target];
}

function reportIn(path: string): GuardReport {
  return JSON.parse(readFileSync(path, 'utf8')) as GuardReport;
}

function stateOf(pid: number): string | undefined {
  try {
    return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** The cgroups a guard made, in any v1 hierarchy, wherever in it this process lives. */
function guardCgroups(guardPid: number): string[] {
  const found = spawnSync('find', ['/sys/fs/cgroup', '-type', 'd', '-name', `oomkit-lab-${guardPid}-*`], { encoding: 'utf8' });
  return found.stdout.split('\n').filter(Boolean);
}

async function until<T>(what: string, look: () => T | undefined | false, patienceMs = 20_000): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > deadline) throw new Error(`not seen in time: ${what}`);
    await delay(3);
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** The cgroup of v1's cpu hierarchy a process is in. */
function cpuCgroupOf(pid: number): string | undefined {
  try {
    return /^\d+:cpu(?:,cpuacct)?:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function quotaOf(directory: string): string | undefined {
  try {
    return readFileSync(join(directory, 'cpu.cfs_quota_us'), 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A guard over dd, which it started or found running, and dd at work. */
async function guardedDd(target: string, running: boolean) {
  const dd = ['dd', 'if=/dev/zero', `of=${target}`, 'bs=256k', 'count=512', 'status=none'];
  const waiting = running
    ? spawn('sh', ['-c', 'read -r go; exec "$@"', 'sh', ...dd], { stdio: ['pipe', 'ignore', 'ignore'] })
    : undefined;
  const args = waiting === undefined ? guardArgs([], dd) : guardArgs(['--pid', String(waiting.pid)], []);
  const guard = MemoryCgroup.create().spawn(process.execPath, args, { stdio: 'ignore', detached: true });
  onCleanup(() => kill(guard));
  const guardPid = guard.pid ?? 0;
  if (waiting !== undefined) {
    await until('the guard', () => cpuCgroupOf(waiting.pid ?? 0)?.includes(`oomkit-lab-${guardPid}-`));
    waiting.stdin?.end('\n');
  }
  const pid = await until('dd', () => [waiting?.pid ?? 0, ...childrenOf(guardPid)].find((child) => commandOf(child) === 'dd'));
  onCleanup(() => {
    if (commandOf(pid) === 'dd') process.kill(pid, 'SIGKILL');
  });
  return { guard, guardPid, pid };
}

function kill(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}

describe.skipIf(skipKills())('oomkit guard', () => {
  let disk = '';
  let scratch = '';

  beforeAll(() => {
    disk = diskOfRate(768, DISK_RATE);
    scratch = temporaryDirectory();
  });

  afterEach(() => {
    for (const name of readdirSync(disk)) if (name !== 'lost+found') execFileSync('rm', ['-r', join(disk, name)]);
  });

  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  // A guard that gets no core in time holds nothing: other programs of the machine may take it once, not always.
  it('holds qemu-img convert -t writeback on a slow disk to the bound, under a limit that is never hit', {
    retry: 2,
  }, async () => {
    const source = join(scratch, 'source.img');
    const random = join(scratch, 'random');
    execFileSync('dd', ['if=/dev/urandom', `of=${random}`, 'bs=1M', 'count=160', 'status=none']);
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', random, source]);
    const cgroup = MemoryCgroup.create();
    cgroup.limit(256 * MIB);
    const target = join(disk, 'target.img');
    const convert = ['qemu-img', 'convert', '-t', 'writeback', '-f', 'qcow2', '-O', 'raw', source, target];
    const report = join(scratch, 'qemu.json');
    const guarded = [...OOMKIT, 'guard', '-o', 'json', '--report-file', report, '--', ...convert];
    const ended = await runIn(cgroup, guarded);
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(reportIn(report).bounds.dirtyBytes).toBe(DEFAULT_BOUND);
    expect(ended.peakBytes).toBeLessThanOrEqual(1.25 * DEFAULT_BOUND);
    expect(reportIn(report)).toMatchObject({ exitCode: 0, measuredBy: 'cgroup', hold: { by: 'cpu-quota' }, gaveWay: 0 });
    expect(reportIn(report).hold?.times).toBeGreaterThan(0);
    expect(cgroup.read().failcnt).toBe(0);
    execFileSync('cmp', [random, target]);
  });

  it('passes the bound without a guard: the test above can fail', async () => {
    const cgroup = MemoryCgroup.create();
    cgroup.limit(256 * MIB);
    const dd = `import { execFileSync } from 'node:child_process'; execFileSync('dd', ['if=/dev/zero', 'of=${join(disk, 'plain')}', 'bs=1M', 'count=96', 'status=none']);`;
    const ended = await runIn(cgroup, ['--input-type=module', '-e', dd]);
    expect(ended.peakBytes).toBeGreaterThan(2 * BOUND);
  });

  // As above.
  it('holds a writer of 1 GB/s, against which only a hold helps', { retry: 2 }, async () => {
    const cgroup = MemoryCgroup.create();
    const target = join(disk, 'fast');
    const report = join(scratch, 'fast.json');
    const writer = pacedWriter(target);
    const ended = await runIn(cgroup, guardArgs(['-o', 'json', '--report-file', report], writer));
    expect(ended.status).toBe(0);
    expect(ended.peakBytes).toBeLessThanOrEqual(1.25 * BOUND);
    expect(reportIn(report).peak.cachedBytes).toBeLessThan(80 * MIB);
    expect(reportIn(report).droppedBytes).toBeGreaterThan(0);
  });

  // As above.
  it('holds several processes that open new files all the time, and counts them by estimate without cgroups', {
    retry: 2,
  }, async () => {
    const program = `
      const { execFileSync, spawn } = require('node:child_process');
      const { writeFileSync } = require('node:fs');
      const [, directory, depth] = process.argv;
      if (depth === '0') for (let i = 0; i < 100; i++) writeFileSync(directory + '/' + process.pid + '-' + i, Buffer.alloc(512 * 1024, i));
      else for (let i = 0; i < 2; i++) spawn(process.execPath, ['-e', process.execArgv[1], directory, '0'], { stdio: 'inherit' });`;
    for (const options of [[], ['--plain']]) {
      const directory = mkdtempSync(join(disk, 'many-'));
      const cgroup = MemoryCgroup.create();
      const report = join(scratch, 'many.json');
      const command = [process.execPath, '-e', program, directory, '1'];
      const ended = await runIn(cgroup, guardArgs([...options, '-o', 'json', '--report-file', report], command));
      expect(ended).toMatchObject({ status: 0, stderr: '' });
      const files = readdirSync(directory);
      expect(files).toHaveLength(200);
      for (const name of files) {
        const index = Number(name.split('-')[1]);
        expect(readFileSync(join(directory, name)).equals(Buffer.alloc(512 * 1024, index))).toBe(true);
      }
      if (options.length === 0) expect(ended.peakBytes).toBeLessThanOrEqual(1.25 * BOUND);
      else expect(reportIn(report)).toMatchObject({ measuredBy: 'process-io' });
    }
  });

  it('holds nothing without cgroups, and says so before all else', async () => {
    const cgroup = MemoryCgroup.create();
    const target = join(disk, 'plain');
    const { status, stderr } = await runIn(cgroup, guardArgs(['--plain', '--report'], pacedWriter(target)));
    expect(status).toBe(0);
    expect(readFileSync(target)).toHaveLength(96 * MIB);
    const [, first, second] = stderr.split('\n');
    expect(first).toContain('the bound was not held, by estimate');
    expect(second).toContain('nothing here can hold the writers');
    expect(stderr).not.toContain('written to disk');
  });

  it.each([
    { who: 'a command', running: false },
    { who: 'a running process', running: true },
  ])('leaves nothing held or made when it is killed at any moment: $who', async ({ running }) => {
    for (let round = 0; round < 3; round++) {
      const { guard, guardPid, pid } = await guardedDd(join(disk, `killed${round}`), running);
      const isHeld = (): boolean => guardCgroups(guardPid).some((directory) => quotaOf(directory) === '1000');
      // Looked for again and again: a hold may be shorter than a walk through all cgroups.
      if (round % 2 === 0) await until('a hold', isHeld);
      else await delay(Math.random() * 300);
      const ended = once(guard, 'exit');
      process.kill(guardPid, 'SIGKILL');
      await ended;
      await until('the cgroups to go', () => guardCgroups(guardPid).length === 0);
      await until('dd to be back', () => commandOf(pid) !== 'dd' || cpuCgroupOf(pid) === cpuCgroupOf(process.pid));
      // It gets on: it ends, or the position moves.
      const positionOf = (): string | undefined => {
        try {
          return /^pos:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/fdinfo/1`, 'utf8'))?.[1];
        } catch {
          return undefined;
        }
      };
      const before = positionOf();
      await until('dd to write on', () => commandOf(pid) !== 'dd' || positionOf() !== before);
      if (commandOf(pid) === 'dd') process.kill(pid, 'SIGKILL');
      await until('dd to end', () => commandOf(pid) !== 'dd');
    }
  });

  it('leaves a process stopped that its user had stopped, and runs until what it guards ends', async () => {
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    onCleanup(() => kill(sleeper));
    const sleeperPid = sleeper.pid ?? 0;
    process.kill(sleeperPid, 'SIGSTOP');
    const slowly = `const fs = require('node:fs'); const file = fs.openSync(process.argv[1], 'w');
      process.on('SIGTERM', () => process.exit(0)); let left = 1000;
      setInterval(() => { if (left-- > 0) fs.writeSync(file, Buffer.alloc(1 << 19), 0, 1 << 19, (left % 100) << 19); }, 20);`;
    const writer = spawn(process.execPath, ['-e', slowly, join(disk, 'beside')], { stdio: 'ignore' });
    onCleanup(() => kill(writer));
    const written = once(writer, 'exit');
    const report = join(scratch, 'pids.json');
    const args = ['--pid', String(sleeperPid), '--pid', String(writer.pid), '-o', 'json', '--report-file', report];
    const guard = spawn(process.execPath, guardArgs(args, []), { stdio: 'ignore' });
    onCleanup(() => kill(guard));
    const ended = once(guard, 'exit');
    // The watchdog is the guard's child: from then on it looks at both.
    const children = `/proc/${guard.pid}/task/${guard.pid}/children`;
    await until('the guard to watch', () => readFileSync(children, 'utf8').trim() !== '');
    await delay(1000);
    writer.kill('SIGTERM');
    await written;
    expect(stateOf(sleeperPid)).toBe('T');
    process.kill(sleeperPid, 'SIGKILL');
    expect(await ended).toEqual([0, null]);
    expect(reportIn(report)).toMatchObject({
      target: { kind: 'processes' },
      measuredBy: 'process-io',
      hold: { by: 'cpu-quota' },
    });
    expect(reportIn(report)).not.toHaveProperty('writtenBytes');
  });

  it('holds a cgroup that runs already, until nothing lives in it', async () => {
    const cgroup = MemoryCgroup.create();
    const report = join(scratch, 'cgroup.json');
    const go = join(scratch, 'go');
    const waits = `const fs = require('node:fs'); while (!fs.existsSync(process.argv[1])) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
      const file = fs.openSync(process.argv[2], 'w'); const block = Buffer.alloc(1 << 20);
      for (let left = 96; left > 0; left--) { const begun = performance.now(); fs.writeSync(file, block); while (performance.now() - begun < 1); }`;
    const writer = cgroup.spawn(process.execPath, ['-e', waits, go, join(disk, 'by-cgroup')], { stdio: 'ignore' });
    const written = once(writer, 'exit');
    await until('the writer', () => cgroup.tasks().some(({ comm }) => comm === 'node'));
    const args = ['--cgroup', cgroup.path, '-o', 'json', '--report-file', report];
    const guard = spawn(process.execPath, guardArgs(args, []), { stdio: 'ignore' });
    onCleanup(() => kill(guard));
    const ended = once(guard, 'exit');
    await until('the guard to watch', () => childrenOf(guard.pid ?? 0).length > 0);
    await delay(1000);
    let peakBytes = 0;
    const timer = setInterval(() => {
      peakBytes = Math.max(peakBytes, waiting(cgroup.read()));
    }, SAMPLE_MS);
    writeFileSync(go, '');
    expect(await written).toEqual([0, null]);
    clearInterval(timer);
    expect(await ended).toEqual([0, null]);
    expect(peakBytes).toBeLessThanOrEqual(1.25 * BOUND);
    expect(reportIn(report)).toMatchObject({ target: { kind: 'cgroup' }, measuredBy: 'cgroup' });
    expect(reportIn(report).hold?.times).toBeGreaterThan(0);
  });

  it('tells what waited before it came from what it let through', async () => {
    const cgroup = MemoryCgroup.create();
    const report = join(scratch, 'late.json');
    const script = 'dd if=/dev/zero of="$1" bs=1M count=48 status=none; read -r go';
    const writer = cgroup.spawn('sh', ['-c', script, 'sh', join(disk, 'late')], { stdio: ['pipe', 'ignore', 'inherit'] });
    await until('the pages', () => waiting(cgroup.read()) > 40 * MIB);
    const args = ['guard', '--dirty', '4Mi', '--cgroup', cgroup.path, '-o', 'json', '--report-file', report];
    const guard = spawn(process.execPath, [...OOMKIT, ...args], { stdio: 'inherit' });
    onCleanup(() => kill(guard));
    const ended = once(guard, 'exit');
    await until('the disk', () => waiting(cgroup.read()) === 0);
    writer.stdin?.end('\n');
    expect(await ended).toEqual([0, null]);
    const { passed, peak, inherited, writtenBytes } = reportIn(report);
    expect(inherited?.dirty?.bytes).toBeGreaterThan(30 * MIB);
    expect(inherited?.dirty?.wornOffSeconds).toBeGreaterThan(0);
    expect(writtenBytes).toBe(inherited?.dirty?.bytes);
    expect(peak.dirtyBytes).toBeLessThanOrEqual(4 * MIB);
    expect(passed).not.toContain('dirty');
  });

  it('brings a running process back when it is asked to end', async () => {
    const sleeper = spawn('sleep', ['60'], { stdio: 'ignore' });
    onCleanup(() => kill(sleeper));
    const pid = sleeper.pid ?? 0;
    const home = cpuCgroupOf(pid);
    const guard = spawn(process.execPath, guardArgs(['--pid', String(pid)], []), { stdio: 'ignore' });
    onCleanup(() => kill(guard));
    const ended = once(guard, 'exit');
    await until('the guard', () => cpuCgroupOf(pid) !== home);
    guard.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(cpuCgroupOf(pid)).toBe(home);
    expect(guardCgroups(guard.pid ?? 0)).toEqual([]);
  });

  it('says of files on tmpfs that they cannot be helped', async () => {
    const cgroup = MemoryCgroup.create();
    const report = join(scratch, 'tmpfs.json');
    const target = join(mountTmpfs(), 'held');
    const { status } = await runIn(cgroup, guardArgs(['-o', 'json', '--report-file', report], pacedWriter(target)));
    expect(status).toBe(0);
    expect(reportIn(report).notHelped).toEqual([{ path: target, why: 'memory-file-system' }]);
    expect(readFileSync(target)).toHaveLength(96 * MIB);
  });

  it('does without koffi, and says so', async () => {
    const cgroup = MemoryCgroup.create();
    const alone = join(scratch, 'alone');
    mkdirSync(alone);
    // One file without node_modules, as a copy of the published program is.
    execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
    copyFileSync('dist/oomkit.js', join(alone, 'oomkit.mjs'));
    const report = join(scratch, 'alone.json');
    const target = join(disk, 'alone');
    const options = ['guard', '--dirty', '64Mi', '-o', 'json', '--report-file', report];
    const { status, stderr } = await runIn(cgroup, [join(alone, 'oomkit.mjs'), ...options, '--', ...pacedWriter(target)]);
    expect(status).toBe(0);
    expect(stderr).toContain('koffi');
    expect(reportIn(report)).toMatchObject({ writesWith: 'fdatasync', exitCode: 0 });
    expect(readFileSync(target)).toHaveLength(96 * MIB);
  });

  it('hands Ctrl-C to the command once, and ends as it does', async () => {
    const seen = join(scratch, 'signals');
    const heeds = `const fs = require('node:fs'); process.on('SIGINT', () => { fs.appendFileSync(process.argv[1], 'x'); setTimeout(() => process.exit(9), 300); });
      fs.writeFileSync(process.argv[1], ''); setInterval(() => undefined, 1000);`;
    const guard = spawn(process.execPath, guardArgs([], [process.execPath, '-e', heeds, seen]), { stdio: 'ignore' });
    onCleanup(() => kill(guard));
    const ended = once(guard, 'exit');
    await until('the command', () => existsSync(seen));
    guard.kill('SIGINT');
    expect(await ended).toEqual([9, null]);
    expect(readFileSync(seen, 'utf8')).toBe('x');
    expect(guardCgroups(guard.pid ?? 0)).toEqual([]);
  });

  it('passes on the exit code, says what cannot be run, and refuses what it must not hold', () => {
    const run = (...args: string[]) => spawnSync(process.execPath, [...OOMKIT, 'guard', ...args], { encoding: 'utf8' });
    const plainFile = join(scratch, 'plain-file');
    writeFileSync(plainFile, '');
    expect(run('--', 'sh', '-c', 'exit 7').status).toBe(7);
    expect(run('--', 'nice').stdout).toBe(spawnSync('nice', { encoding: 'utf8' }).stdout);
    expect(run('--', 'sh', '-c', 'kill -TERM $$').status).toBe(143);
    expect(run('--', '/nowhere/at/all').status).toBe(127);
    expect(run('--', plainFile).status).toBe(126);
    expect(run('--pid', '1')).toMatchObject({ status: 2, stderr: expect.stringContaining('process 1') });
    expect(run('--pid', '2')).toMatchObject({ status: 2, stderr: expect.stringContaining('kernel') });
    expect(run('--pid', String(process.pid))).toMatchObject({ status: 2, stderr: expect.stringContaining('started it') });
    expect(run('--pid', '4194300')).toMatchObject({ status: 1 });
    expect(run('--dirty', '0', '--', 'true')).toMatchObject({ status: 2, stderr: expect.stringContaining('4Mi') });
  });
});
