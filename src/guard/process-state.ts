import { HostError } from '../sources/host/error.js';
import { type Host, procOf } from '../sources/host/host.js';
import { listHostDirectory, readHostFile } from '../sources/host/read-file.js';

/** Of /proc/PID/stat, counted from the state, the first field after the name (man 5 proc_pid_stat). */
const STATE = 0;
const FLAGS = 6;
const START = 19;
/** PF_KTHREAD, include/linux/sched.h (6.18). */
const KERNEL_THREAD = 0x00200000;

/** One process, told apart from a later one of the same pid by its start. */
export interface ProcessState {
  readonly pid: number;
  /** R, S, D, T (stopped), t (traced), Z (zombie)… */
  readonly state: string;
  /** Clock ticks since boot. */
  readonly startTicks: string;
  readonly isKernelThread: boolean;
}

/** Undefined when there is no such process. */
export function processState(host: Host, pid: number): ProcessState | undefined {
  const stat = readHostFile(`${procOf(host)}/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, flags, startTicks] = [fields?.[STATE], fields?.[FLAGS], fields?.[START]];
  if (state === undefined || flags === undefined || startTicks === undefined) return undefined;
  return { pid, state, startTicks, isKernelThread: (Number(flags) & KERNEL_THREAD) !== 0 };
}

/** The children of a process, of all its threads (CONFIG_PROC_CHILDREN; Documentation/filesystems/proc.rst, 3.7). */
function childrenOf(host: Host, pid: number): number[] {
  const tasks = `${procOf(host)}/${pid}/task`;
  return (listHostDirectory(tasks) ?? []).flatMap((task) =>
    (readHostFile(`${tasks}/${task}/children`) ?? '').split(' ').filter(Boolean).map(Number),
  );
}

/**
 * Processes and what they started, while they live. One that lost its parent stays, once it was seen; `spared` and what they
 * started are never among them.
 */
export class ProcessTree {
  readonly #host: Host;
  readonly #spared: ReadonlySet<number>;
  readonly #known = new Map<number, string>();

  constructor(host: Host, roots: readonly number[], spared: ReadonlySet<number>) {
    this.#host = host;
    this.#spared = spared;
    for (const pid of roots) this.#meet(pid);
  }

  /** Takes in one more, and what it starts. */
  add(pid: number): void {
    this.#meet(pid);
  }

  /** Looks again; ascending. */
  members(): number[] {
    for (const [pid, startTicks] of this.#known) {
      const now = processState(this.#host, pid);
      if (now === undefined || now.startTicks !== startTicks || now.state === 'Z') this.#known.delete(pid);
    }
    const waiting = [...this.#known.keys()];
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      for (const child of childrenOf(this.#host, pid)) if (this.#meet(child)) waiting.push(child);
    }
    return [...this.#known.keys()].sort((a, b) => a - b);
  }

  #meet(pid: number): boolean {
    if (this.#spared.has(pid) || this.#known.has(pid)) return false;
    const found = processState(this.#host, pid);
    if (found === undefined || found.isKernelThread || found.state === 'Z') return false;
    this.#known.set(pid, found.startTicks);
    return true;
  }
}

/**
 * What processes have made dirty, in bytes: write_bytes of /proc/PID/io counts a page when it becomes dirty, and a parent takes
 * over the count of a child it has waited for (fs/proc/base.c, do_io_accounting(); kernel/exit.c; 6.18).
 */
export class DirtiedBytes {
  readonly #host: Host;
  #last = 0;
  #lost = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Never falls: the count of one whom nobody waited for is kept. Undefined when none may be read. */
  read(pids: readonly number[]): number | undefined {
    let sum = 0;
    let isReadable = pids.length === 0;
    for (const pid of pids) {
      const bytes = writeBytes(this.#host, pid);
      if (bytes === undefined) continue;
      isReadable = true;
      sum += bytes;
    }
    if (!isReadable) return undefined;
    if (sum < this.#last) this.#lost += this.#last - sum;
    this.#last = sum;
    return sum + this.#lost;
  }
}

function writeBytes(host: Host, pid: number): number | undefined {
  try {
    const match = /^write_bytes: (\d+)$/m.exec(readHostFile(`${procOf(host)}/${pid}/io`) ?? '');
    return match === null ? undefined : Number(match[1]);
  } catch (error) {
    // Another user's, or one that gave up being looked at (prctl(PR_SET_DUMPABLE)).
    if (error instanceof HostError) return undefined;
    throw error;
  }
}
