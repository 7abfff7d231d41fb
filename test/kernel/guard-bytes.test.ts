import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type GuardReport, MIB } from '../../src/model/index.js';
import { diskOfRate } from './lab/image-disk.js';
import { leftovers } from './lab/leftovers.js';
import { MemoryCgroup } from './lab/memory-cgroup.js';
import { temporaryDirectory } from './lab/mounts.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp, onCleanup } from './lab/undo.js';

/** Slow enough that each of the commands below is held most of the time. */
const DISK_RATE = 8 * MIB;
const SIZE_MIB = 16;
const SIZE = SIZE_MIB * MIB;

/**
 * Writes to the file named first, 64 KiB at a time, and waits in epoll_wait(2) in between, as an event loop does; prints how many of
 * the waits ended before their time. The numbers of the system calls are those of x86-64 and of arm64.
 */
const EVENT_LOOP = String.raw`
  use strict; use POSIX qw(uname EINTR);
  my ($create, $wait) = (uname)[4] eq "x86_64" ? (291, 281) : (20, 22);
  open(my $out, ">", $ARGV[0]) or die; my $block = "e" x 65536; my $events = "\0" x 16; my $cut = 0;
  my $epoll = syscall($create, 0); die "epoll: $!" if $epoll < 0;
  for my $turn (1 .. $ARGV[1]) {
    syswrite($out, $block) == length($block) or die "short";
    $cut++ if syscall($wait, $epoll, $events, 1, 5, 0, 8) < 0 && $! == EINTR;
  }
  print "cut $cut\n";`;

/** Reads from a socket 4 MiB at a time, which MSG_WAITALL gives in one piece unless a signal comes, and writes them to a file. */
const SOCKET_READER = `
  use strict; use Socket;
  my ($port, $to, $left) = @ARGV; open(my $out, ">", $to) or die;
  socket(my $in, PF_INET, SOCK_STREAM, 0) or die; connect($in, sockaddr_in($port, INADDR_LOOPBACK)) or die;
  for (; $left > 0; $left--) { my $part; recv($in, $part, 4 << 20, MSG_WAITALL); syswrite($out, $part); }`;

describe.skipIf(skipKills())('what a guarded command writes', () => {
  let disk = '';
  let scratch = '';
  let random = '';
  let target = '';
  let reportFile = '';

  beforeAll(() => {
    disk = diskOfRate(160, DISK_RATE);
    scratch = temporaryDirectory();
    random = join(scratch, 'random');
    target = join(disk, 'target');
    reportFile = join(scratch, 'report.json');
    execFileSync('dd', ['if=/dev/urandom', `of=${random}`, 'bs=1M', `count=${SIZE_MIB}`, 'status=none']);
  });

  afterEach(() => rmSync(target, { force: true }));

  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  /** Runs a command under a guard whose bound is the least, in a memory cgroup of its own. */
  async function guarded(command: readonly string[], input: 'ignore' | { readonly from: readonly string[] } = 'ignore') {
    const options = ['--dirty', '4Mi', '-o', 'json', '--report-file', reportFile];
    const args = ['dist/oomkit.js', 'guard', ...options, '--', ...command];
    const producer = input === 'ignore' ? undefined : spawn('sh', input.from, { stdio: ['ignore', 'pipe', 'inherit'] });
    const stdin = producer?.stdout ?? 'ignore';
    const child = MemoryCgroup.create().spawn(process.execPath, args, { stdio: [stdin, 'pipe', 'pipe'] });
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new Error('no pipes');
    const [[status], printed, complaints] = await Promise.all([once(child, 'close'), text(stdout), text(stderr)]);
    const { hold } = JSON.parse(readFileSync(reportFile, 'utf8')) as GuardReport;
    return { status, printed, complaints, wasHeld: (hold?.times ?? 0) > 0 };
  }

  const ALL_WELL = { status: 0, complaints: '', wasHeld: true };

  it('is all that dd reads in large blocks from devices that can be cut short', async () => {
    for (const device of ['/dev/zero', '/dev/urandom']) {
      const dd = ['dd', `if=${device}`, `of=${target}`, 'bs=4M', `count=${SIZE_MIB / 4}`, 'status=none'];
      expect(await guarded(dd)).toEqual({ ...ALL_WELL, printed: '' });
      expect(statSync(target).size, device).toBe(SIZE);
      if (device === '/dev/zero') expect(hashOf(target)).toBe(hash(Buffer.alloc(SIZE)));
    }
  });

  it('is the file that cp and qemu-img convert copy', async () => {
    const convert = ['qemu-img', 'convert', '-t', 'writeback', '-f', 'raw', '-O', 'raw', random, target];
    for (const copy of [['cp', random, target], convert]) {
      expect(await guarded(copy)).toEqual({ ...ALL_WELL, printed: '' });
      expect(hashOf(target), copy[0]).toBe(hashOf(random));
    }
  });

  it('is what comes through a pipe, and what goes into one', async () => {
    const tee = ['sh', '-c', 'tee "$1" | sha256sum', 'sh', target];
    expect(await guarded(tee, { from: ['-c', 'cat "$1"', 'sh', random] })).toEqual({
      ...ALL_WELL,
      printed: `${hashOf(random)}  -\n`,
    });
    expect(hashOf(target)).toBe(hashOf(random));
  });

  it('is what comes from a socket', async () => {
    // Slower than the reader, which so waits for it most of the time, and faster than the disk.
    const server = createServer(async (socket) => {
      socket.on('error', () => undefined);
      const all = readFileSync(random);
      for (let at = 0; at < all.length; at += 65_536) {
        socket.write(all.subarray(at, at + 65_536));
        await delay(2);
      }
      socket.end();
    });
    onCleanup(() => server.close());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const reader = ['perl', '-e', SOCKET_READER, String(address.port), target, String(SIZE_MIB / 4)];
    expect(await guarded(reader)).toEqual({ ...ALL_WELL, printed: '' });
    expect(hashOf(target)).toBe(hashOf(random));
  });

  it('is all of an event loop, none of whose waits is cut short', async () => {
    const turns = SIZE / 65_536;
    const loop = ['perl', '-e', EVENT_LOOP, target, String(turns)];
    expect(await guarded(loop)).toEqual({ ...ALL_WELL, printed: 'cut 0\n' });
    expect(hashOf(target)).toBe(hash(Buffer.alloc(SIZE, 'e')));
  });

  it('is every line of a shell that reads and sleeps', async () => {
    const lines = 64;
    const shell = 'while read -r line; do printf "%0131072d\\n" "$line" >>"$1"; sleep 0.01; done';
    const count = ['-c', 'i=0; while [ $i -lt "$1" ]; do i=$((i + 1)); echo $i; done', 'sh', String(lines)];
    const { wasHeld, ...rest } = await guarded(['sh', '-c', shell, 'sh', target], { from: count });
    expect(rest).toEqual({ status: 0, complaints: '', printed: '' });
    const expected = Array.from({ length: lines }, (_, index) => `${String(index + 1).padStart(131_072, '0')}\n`);
    expect(hashOf(target)).toBe(hash(Buffer.from(expected.join(''))));
  });

  it.each(['--pid', '--cgroup'])('is the same where the guard came later, by %s', async (option) => {
    const go = join(scratch, `go${option}`);
    const dd = 'while [ ! -e "$1" ]; do sleep 0.02; done; exec dd if=/dev/urandom of="$2" bs=4M count="$3"';
    const cgroup = MemoryCgroup.create();
    const writer = cgroup.spawn('sh', ['-c', dd, 'sh', go, target, String(SIZE_MIB / 4)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const written = once(writer, 'close');
    if (writer.stderr === null) throw new Error('no pipe');
    const said = text(writer.stderr);
    while (cgroup.tasks().length === 0) await delay(5);
    const whom = option === '--pid' ? String(writer.pid) : cgroup.path;
    const args = ['dist/oomkit.js', 'guard', '--dirty', '4Mi', '-o', 'json', '--report-file', reportFile, option, whom];
    const guard = spawn(process.execPath, args, { stdio: 'inherit' });
    const ended = once(guard, 'exit');
    // It has brought the writer into a cgroup of its own.
    while (!readFileSync(`/proc/${writer.pid}/cgroup`, 'utf8').includes(`oomkit-lab-${guard.pid}-`)) await delay(5);
    writeFileSync(go, '');
    expect(await written).toEqual([0, null]);
    expect(await ended).toEqual([0, null]);
    expect(await said).toContain(`${SIZE_MIB / 4}+0 records in`);
    expect(statSync(target).size).toBe(SIZE);
    expect((JSON.parse(readFileSync(reportFile, 'utf8')) as GuardReport).hold?.times).toBeGreaterThan(0);
  });
});

function hashOf(file: string): string {
  return hash(readFileSync(file));
}

function hash(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
