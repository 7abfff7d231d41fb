import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { retrySync } from './retry.js';
import { onCleanup } from './undo.js';

/** Where the v1 memory hierarchy is mounted. */
export const MEMORY_HIERARCHY = '/sys/fs/cgroup/memory';
/** Begins the name of everything this process makes, on whatever part of the machine. */
export const NAME_PREFIX = `oomkit-test-${process.pid}-`;

let made = 0;

/** The numbers of one cgroup at one moment. Bytes; `stat` under the keys of v1's memory.stat. */
export interface MemoryReading {
  readonly stat: Readonly<Record<string, number>>;
  readonly usageBytes: number;
  readonly kmemBytes: number;
  readonly failcnt: number;
}

/** A process that was in a cgroup, as /proc named it. */
export interface Task {
  readonly pid: number;
  readonly comm: string;
  readonly cgroup: string;
}

/**
 * A memory cgroup of the v1 hierarchy, made for a test. Source of the files' meaning: Documentation/admin-guide/cgroup-v1/memory.rst (6.18).
 */
export class MemoryCgroup {
  /** The path as the kernel prints it. */
  readonly path: string;
  readonly #directory: string;

  private constructor(path: string) {
    this.path = path;
    this.#directory = join(MEMORY_HIERARCHY, path);
  }

  /** A new cgroup `/oomkit-test-<pid>-<n>`; removed with all below it when the run ends. */
  static create(): MemoryCgroup {
    made += 1;
    const cgroup = new MemoryCgroup(`/${NAME_PREFIX}${made}`);
    mkdirSync(cgroup.#directory);
    onCleanup(() => cgroup.remove());
    return cgroup;
  }

  /** A cgroup below this one, with those between. It is removed together with the one `create` made. */
  child(relativePath: string): MemoryCgroup {
    const cgroup = new MemoryCgroup(join(this.path, relativePath));
    mkdirSync(cgroup.#directory, { recursive: true });
    return cgroup;
  }

  /** The cgroup that holds this one. */
  parent(): MemoryCgroup {
    return new MemoryCgroup(dirname(this.path));
  }

  limit(bytes: number): void {
    this.#write('memory.limit_in_bytes', bytes);
  }

  /**
   * Starts a program inside the cgroup. Node cannot exec without forking, so `sh` moves itself into the cgroup and becomes
   * the program: the program has one pid from the start, and nothing of the shell stays in the cgroup. The arguments reach
   * the shell as parameters and are never parsed by it. Clean-up kills the program before it takes away what the program uses.
   */
  spawn(command: string, args: readonly string[], options: SpawnOptions & { oomScoreAdj?: number } = {}): ChildProcess {
    const { oomScoreAdj = 0, ...rest } = options;
    const script = 'echo "$2" >/proc/$$/oom_score_adj && echo $$ >"$1"/cgroup.procs && shift 2 && exec "$@"';
    onCleanup(() => this.#kill());
    return spawn('sh', ['-c', script, 'sh', this.#directory, String(oomScoreAdj), command, ...args], rest);
  }

  read(): MemoryReading {
    return {
      stat: parseStat(this.#read('memory.stat')),
      usageBytes: Number(this.#read('memory.usage_in_bytes')),
      kmemBytes: Number(this.#read('memory.kmem.usage_in_bytes')),
      failcnt: Number(this.#read('memory.failcnt')),
    };
  }

  /** OOM kills of processes in this cgroup and below: v1 counts a kill only where the victim lived. */
  oomKills(): number {
    return this.#withDescendants().reduce((sum, cgroup) => sum + oomKillCount(cgroup.#read('memory.oom_control')), 0);
  }

  /** The processes in this cgroup and below. */
  tasks(): Task[] {
    return this.#withDescendants().flatMap((cgroup) => cgroup.#tasks());
  }

  /** Kills what lives in the cgroup and below, then removes it. Does nothing the second time. */
  remove(): void {
    if (!existsSync(this.#directory)) return;
    retrySync(() => {
      if (this.#kill() > 0) throw new Error(`${this.path}: processes survive SIGKILL`);
    });
    for (const cgroup of this.#withDescendants().reverse()) retrySync(() => rmdirSync(cgroup.#directory));
  }

  /** Sends SIGKILL to every process in this cgroup and below; how many there were. A process deep in reclaim takes its time to end. */
  #kill(): number {
    if (!existsSync(this.#directory)) return 0;
    const pids = this.#withDescendants().flatMap((cgroup) => cgroup.#pids());
    for (const pid of pids) sendKill(pid);
    return pids.length;
  }

  /** This cgroup first, then those below it, parents before children. */
  #withDescendants(): MemoryCgroup[] {
    const below = readdirSync(this.#directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [this, ...below.flatMap((entry) => new MemoryCgroup(join(this.path, entry.name)).#withDescendants())];
  }

  #tasks(): Task[] {
    return this.#pids().flatMap((pid) => {
      const comm = commOf(pid);
      return comm === undefined ? [] : [{ pid, comm, cgroup: this.path }];
    });
  }

  #pids(): number[] {
    return this.#read('cgroup.procs').split('\n').filter(Boolean).map(Number);
  }

  #read(file: string): string {
    return readFileSync(join(this.#directory, file), 'utf8');
  }

  #write(file: string, value: number): void {
    writeFileSync(join(this.#directory, file), String(value));
  }
}

function parseStat(text: string): Record<string, number> {
  const entries = text.split('\n').filter(Boolean);
  return Object.fromEntries(
    entries.map((line) => {
      const [key = '', value] = line.split(' ');
      return [key, Number(value)];
    }),
  );
}

function oomKillCount(oomControl: string): number {
  return Number(/^oom_kill (\d+)$/m.exec(oomControl)?.[1] ?? 0);
}

/** The process's name now; undefined when it has ended meanwhile. */
function commOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd();
  } catch {
    return undefined;
  }
}

function sendKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
