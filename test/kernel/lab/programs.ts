import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { MemoryCgroup } from './memory-cgroup.js';

/** Grows a program by one step. Resolves when the program has taken it, or can take no more. */
export type Grow = () => Promise<void>;

/** As the kubelet sets it for a burstable container of a small pod. Source: pkg/kubelet/qos/policy.go (Kubernetes 1.30). */
const OOM_SCORE_ADJ = 968;
const STEP_BYTES = 256 * 1024;

/**
 * `tail` of a stream without line ends keeps all of it: anonymous memory that grows by exactly what it is fed. It lives in a
 * child of a shell when `underShell`, and the shell survives it.
 */
export function growingTail(cgroup: MemoryCgroup, { underShell = false } = {}): Grow {
  const [command, args] = underShell ? (['sh', ['-c', 'tail >/dev/null; sleep 600']] as const) : (['tail', []] as const);
  return feed(start(cgroup, command, args), Buffer.alloc(STEP_BYTES));
}

/** `dd` writing what it is fed to a file of a tmpfs: shmem, charged to dd's cgroup. */
export function tmpfsWriter(cgroup: MemoryCgroup, directory: string): Grow {
  const args = [`of=${join(directory, 'layer.img')}`, 'bs=64k'];
  return feed(start(cgroup, 'dd', args), Buffer.alloc(STEP_BYTES));
}

/** `dd` writing zeros to a file as fast as the disk takes them: it needs no feeding. */
export function fileWriter(cgroup: MemoryCgroup, directory: string): Grow {
  start(cgroup, 'dd', ['if=/dev/zero', `of=${join(directory, 'disk.img')}`, 'bs=64k', 'count=2000']);
  return () => delay(50);
}

/** A JavaScript heap that grows by about 256 KiB for every 64 KiB it is fed. */
export function growingHeap(cgroup: MemoryCgroup): Grow {
  const program = `const heap = []; process.stdin.on('data', () => heap.push(Array.from({ length: 32768 }, Math.random)));`;
  return feed(start(cgroup, process.execPath, ['--max-old-space-size=2048', '-e', program]), Buffer.alloc(STEP_BYTES / 4));
}

/** A shell that starts one more `sleep` for every line. */
export function forkingShell(cgroup: MemoryCgroup): Grow {
  const shell = start(cgroup, 'sh', ['-c', 'while read -r _; do sleep 600 >/dev/null & echo; done; wait'], true);
  return acknowledged(shell);
}

/** One Node process that fills Unix sockets nobody reads from: kernel memory (AF_UNIX allocates with GFP_KERNEL_ACCOUNT). */
export function socketFiller(cgroup: MemoryCgroup, directory: string): Grow {
  const program = `
    const net = require('node:net');
    const path = process.argv[1] + '/socket';
    const open = [];
    net.createServer((socket) => open.push(socket.pause())).listen(path);
    const full = Buffer.alloc(1024 * 1024);
    process.stdin.on('data', (lines) => {
      for (let line = 0; line < lines.length; line++) {
        const client = net.connect(path, () => {
          client.write(full);
          open.push(client);
          console.log();
        });
      }
    });`;
  return acknowledged(start(cgroup, process.execPath, ['-e', program, directory], true));
}

/** A Perl program that opens one more pipe for every line and fills it: 256 KiB of kernel memory each. */
export function pipeFiller(cgroup: MemoryCgroup): Grow {
  const program = `
    use Fcntl; $| = 1; my @open;
    while (<STDIN>) {
      pipe(my $r, my $w); fcntl($w, 1031, 262144); syswrite($w, "x" x 262144); push @open, $r, $w; print "\\n";
    }`;
  return acknowledged(start(cgroup, 'perl', ['-e', program], true));
}

/** A Perl program that maps a file and locks 256 KiB more of it for every line (mmap(2) and mlock(2) by number: x86-64 only). */
export function fileLocker(cgroup: MemoryCgroup, directory: string): Grow {
  const program = `
    $| = 1; open(my $file, '+>', $ARGV[0]); truncate($file, 1 << 30);
    my $next = syscall(9, 0, 1 << 30, 1, 1, fileno($file), 0);
    while (<STDIN>) { syscall(149, $next, 262144); $next += 262144; print "\\n"; }`;
  return acknowledged(start(cgroup, 'perl', ['-e', program, join(directory, 'index.db')], true));
}

/** Steps taken by several programs in turn. */
export function inTurn(...programs: readonly Grow[]): Grow {
  let turn = 0;
  return async () => {
    await programs[turn++ % programs.length]?.();
  };
}

function start(cgroup: MemoryCgroup, command: string, args: readonly string[], readsBack = false): ChildProcess {
  return cgroup.spawn(command, args, { oomScoreAdj: OOM_SCORE_ADJ, stdio: ['pipe', readsBack ? 'pipe' : 'ignore', 'ignore'] });
}

/** Writes one portion to the program's standard input and waits until it is taken: a killed program takes everything. */
function feed(program: ChildProcess, portion: Buffer): Grow {
  const { stdin } = program;
  if (stdin === null) throw new Error('no standard input');
  stdin.on('error', () => {});
  return () => new Promise((resolve) => stdin.write(portion, () => resolve()));
}

/** Sends one line and waits for the line that answers it. */
function acknowledged(program: ChildProcess): Grow {
  const send = feed(program, Buffer.from('\n'));
  const { stdout } = program;
  if (stdout === null) throw new Error('no standard output');
  const ended = new Promise<void>((resolve) => program.once('exit', () => resolve()));
  return async () => {
    const answer = new Promise<void>((resolve) => stdout.once('data', () => resolve()));
    await send();
    await Promise.race([answer, ended]);
  };
}
