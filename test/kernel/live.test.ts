import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { inspectCgroup } from '../../src/cli/inspect-cgroup.js';
import { type AccountingLineId, type CauseId, MIB } from '../../src/model/index.js';
import type { Inspection } from '../../src/render/index.js';
import { roomOf, verdict } from '../../src/render/view/inspection.js';
import { thisHost } from '../../src/sources/host/host.js';
import { leftovers } from './lab/leftovers.js';
import { MemoryCgroup } from './lab/memory-cgroup.js';
import { mountTmpfs, temporaryDirectory } from './lab/mounts.js';
import * as programs from './lab/programs.js';
import { skipHugePages, skipKills } from './lab/requirements.js';
import { throttledDisk } from './lab/throttled-disk.js';
import { cleanUp } from './lab/undo.js';

const LIMIT_BYTES = 128 * MIB;
/** Near the limit, where a container is about to be killed and is not yet. */
const NEAR = 0.98;
/** The kernel charges in batches of 64 pages a CPU (MEMCG_CHARGE_BATCH, mm/memcontrol.c, 6.18). */
const CLOSED_WITHIN = 0.01;
/** Read-ahead leaves some pages that are not locked, and a batch of charges is not used up. */
const LITTLE_ROOM = 0.2;
const MOST_STEPS = 2000;

function newCgroup(): MemoryCgroup {
  const cgroup = MemoryCgroup.create();
  cgroup.limit(LIMIT_BYTES);
  onTestFinished(() => cgroup.remove());
  return cgroup;
}

function inspect(cgroup: MemoryCgroup): Inspection {
  return inspectCgroup(thisHost, cgroup.path, new Date());
}

/** Fills the cgroup until it is near its limit, or holds the bytes given. */
async function fill(cgroup: MemoryCgroup, grow: programs.Grow, bytes = LIMIT_BYTES * NEAR): Promise<Inspection> {
  for (let step = 0; step < MOST_STEPS && cgroup.read().usageBytes < bytes; step++) await grow();
  expect(cgroup.oomKills()).toBe(0);
  return inspect(cgroup);
}

/** Runs a Perl program and looks at it when it has done its work and keeps what it has. */
async function hold(cgroup: MemoryCgroup, program: string): Promise<Inspection> {
  const perl = cgroup.spawn('perl', ['-e', `$| = 1; ${program} print "done\\n"; sleep 600;`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (perl.stdout === null) throw new Error('no standard output');
  await once(perl.stdout, 'data');
  return inspect(cgroup);
}

/** Ends the processes that were inspected, and waits until they are gone. */
async function end({ processes }: Inspection): Promise<void> {
  for (const { pid } of processes) process.kill(pid, 'SIGKILL');
  for (let attempt = 0; attempt < 400 && processes.some(({ pid }) => existsSync(`/proc/${pid}/fd`)); attempt++) await delay(10);
}

function lineOf({ accounting }: Inspection, id: AccountingLineId) {
  const line = accounting?.lines.find((candidate) => candidate.id === id);
  if (accounting === undefined || line === undefined) throw new Error(`no line ${id}`);
  return { share: line.bytes / accounting.chargedBytes, parts: new Map(line.parts.map((part) => [part.id, part.bytes])) };
}

/** The bytes are on their line, all of the charge is explained, and the cause and the verdict are the right ones. */
function expectKind(inspection: Inspection, id: AccountingLineId, cause: CauseId): void {
  expect(lineOf(inspection, id).share).toBeGreaterThan(0.75);
  expect(Math.abs(lineOf(inspection, 'unexplained').share)).toBeLessThan(CLOSED_WITHIN);
  expect(inspection.causes[0]).toMatchObject({ id: cause });
  expect(roomOf(inspection).headroomBytes).toBeLessThan(LIMIT_BYTES * LITTLE_ROOM);
}

describe.skipIf(skipKills())('memory of each kind, near the limit of a real cgroup', () => {
  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  test('anonymous memory of a process', async () => {
    const cgroup = newCgroup();
    const inspection = await fill(cgroup, programs.growingTail(cgroup));
    expectKind(inspection, 'anon', 'anon-memory');
    expect(verdict(inspection).key).toMatch(/^inspect\.verdict\.at-limit/);
    const [tail] = inspection.processes;
    expect(tail).toMatchObject({ comm: 'tail', cgroup: cgroup.path });
    expect(tail?.rssAnonBytes).toBeGreaterThan(LIMIT_BYTES * 0.75);
    expect(tail?.pssBytes).toBeGreaterThan(LIMIT_BYTES * 0.75);
    expect(inspection.victim?.pid).toBe(tail?.pid);
  });

  test.skipIf(skipHugePages())('anonymous memory in huge pages', async () => {
    const cgroup = newCgroup();
    // mmap(2), madvise(2) with MADV_HUGEPAGE, and read(2) of zeros, which writes to it: by number, x86-64 only.
    const inspection = await hold(
      cgroup,
      `my ($huge, $size) = (2 << 20, 116 << 20); my $at = syscall(9, 0, $size + $huge, 3, 0x22, -1, 0);
       $at = ($at + $huge - 1) & ~($huge - 1); syscall(28, $at, $size, 14);
       open(my $zero, '<', '/dev/zero'); syscall(0, fileno($zero), $at, $size);`,
    );
    expectKind(inspection, 'anon', 'anon-memory');
    expect(inspection.memory.stat.rss_huge).toBeGreaterThan(LIMIT_BYTES * 0.75);
    expect(lineOf(inspection, 'anon').parts.get('thp')).toBe(inspection.memory.stat.rss_huge);
    expect(inspection.victim?.comm).toBe('perl');
  });

  test('files on tmpfs, which outlive the process that wrote them', async () => {
    const cgroup = newCgroup();
    const directory = mountTmpfs();
    const inspection = await fill(cgroup, programs.tmpfsWriter(cgroup, directory));
    expectKind(inspection, 'shmem', 'tmpfs');
    expect(inspection.writableFiles).toMatchObject([{ path: join(directory, 'layer.img'), fileSystem: 'tmpfs' }]);
    await end(inspection);
    expect(lineOf(inspect(cgroup), 'shmem').share).toBeGreaterThan(0.75);
  });

  test('pipe buffers', async () => {
    const cgroup = newCgroup();
    expectKind(await fill(cgroup, programs.pipeFiller(cgroup)), 'kernel', 'kernel-memory');
  });

  test('socket buffers', async () => {
    const cgroup = newCgroup();
    const inspection = await fill(cgroup, programs.socketFiller(cgroup, temporaryDirectory()));
    expect(lineOf(inspection, 'kernel').share).toBeGreaterThan(0.5);
    expect(Math.abs(lineOf(inspection, 'unexplained').share)).toBeLessThan(CLOSED_WITHIN);
    expect(inspection.causes[0]).toMatchObject({ id: 'kernel-memory' });
  });

  test('page tables of memory that was only read', async () => {
    const cgroup = newCgroup();
    // mmap(2) and madvise(2) by number: x86-64 only. Each 2 MiB read maps a page through a page table of its own. Where the kernel
    // has no zero page to map, it is an anonymous one: MADV_DONTNEED gives it back, and keeps the table.
    const inspection = await hold(
      cgroup,
      `my $size = 24 << 30; my $at = syscall(9, 0, $size, 1, 0x4022, -1, 0);
       for (my $i = 0; $i < $size; $i += 2 << 20) { unpack 'P1', pack 'Q', $at + $i; syscall(28, $at + $i, 4096, 4); }`,
    );
    const { share, parts } = lineOf(inspection, 'kernel');
    expect(share).toBeGreaterThan(0.75);
    expect(parts.get('page-tables')).toBeGreaterThan(40 * MIB);
    expect(Math.abs(lineOf(inspection, 'unexplained').share)).toBeLessThan(2 * CLOSED_WITHIN);
    expect(inspection.causes[0]).toMatchObject({ id: 'kernel-memory' });
  });

  test('dentries of files that are not there', async () => {
    const cgroup = newCgroup();
    // Names of a directory of its own: dentries of an earlier run may still be there, charged to that run's cgroup.
    const inspection = await hold(cgroup, `-e "${temporaryDirectory()}/no-such-file-$_" for 1..200_000;`);
    expect(lineOf(inspection, 'kernel').share).toBeGreaterThan(0.75);
    expect(Math.abs(lineOf(inspection, 'unexplained').share)).toBeLessThan(2 * CLOSED_WITHIN);
    expect(inspection.causes[0]).toMatchObject({ id: 'kernel-memory' });
  });

  test('locked page cache', async () => {
    const cgroup = newCgroup();
    const inspection = await fill(cgroup, programs.fileLocker(cgroup, temporaryDirectory()));
    expectKind(inspection, 'file', 'mlocked');
    expect(roomOf(inspection).unreclaimable.lockedFileBytes).toBeGreaterThan(LIMIT_BYTES * 0.75);
    expect(inspection.processes[0]?.lockedBytes).toBeGreaterThan(LIMIT_BYTES * 0.75);
  });

  test('dirty page cache, which waits for a slow disk', async () => {
    const directory = throttledDisk();
    const cgroup = newCgroup();
    const program = ['-c', 'exec 3>"$1"; head -c 100M /dev/zero >&3; exec sleep 600', 'sh', join(directory, 'disk.img')];
    cgroup.spawn('sh', program, { stdio: 'ignore' });
    await fill(cgroup, () => delay(20), 100 * MIB);
    // The writer is past its peak: the limit comes down to it, as the writer would have come up to the limit.
    cgroup.limit(cgroup.read().usageBytes + MIB);
    const inspection = inspect(cgroup);
    expectKind(inspection, 'file', 'page-cache-writeback');
    const { dirtyBytes = 0, writebackBytes = 0 } = inspection.memory.usage.file ?? {};
    expect(dirtyBytes + writebackBytes).toBeGreaterThan(75 * MIB);
    expect(inspection.writableFiles[0]).toMatchObject({
      path: join(directory, 'disk.img'),
      fileSystem: 'ext2',
      mountSource: expect.stringMatching(/^\/dev\/loop/),
    });
  });

  test('clean page cache, which fills the limit and kills nobody', async () => {
    const cgroup = newCgroup();
    const file = join(temporaryDirectory(), 'read-me');
    execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', 'count=160', 'conv=fsync', 'status=none']);
    // Its pages are charged to the one who wrote them until they are dropped.
    execFileSync('dd', [`of=${file}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']);
    const cat = cgroup.spawn('cat', [file], { stdio: ['ignore', 'ignore', 'ignore'] });
    await once(cat, 'exit');
    const inspection = inspect(cgroup);
    expect(inspection.memory.usage.usageBytes).toBeGreaterThan(LIMIT_BYTES * 0.9);
    expect(lineOf(inspection, 'file').parts.get('clean')).toBeGreaterThan(LIMIT_BYTES * 0.85);
    expect(Math.abs(lineOf(inspection, 'unexplained').share)).toBeLessThan(CLOSED_WITHIN);
    expect(roomOf(inspection).headroomBytes).toBeGreaterThan(LIMIT_BYTES * 0.9);
    expect(verdict(inspection).key).toMatch(/^inspect\.verdict\.(?:reclaimable|below)$/);
    expect(inspection.causes.filter(({ confidence, id }) => confidence > 0.5 && id !== 'insufficient-evidence')).toEqual([]);
  });
});
