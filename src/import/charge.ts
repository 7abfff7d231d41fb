import type { ProcessMemory } from '../model/index.js';
import { cgroupOfProcess } from '../sources/cgroup/find.js';
import { readCgroupMemory } from '../sources/cgroup/memory.js';
import { directoryOf, findMemoryHierarchy, type MemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import { type Host, procOf } from '../sources/host/host.js';
import { readHostFile } from '../sources/host/read-file.js';
import { listMembers } from '../sources/process/cgroup-processes.js';
import { readProcess } from '../sources/process/read-process.js';
import type { OwnMemory } from './run/request.js';

/** What the memory cgroup of this process is charged. Bytes. */
export interface Charge {
  readonly chargedBytes?: number;
  /** Dirty and under writeback: what the disk has not taken yet. */
  readonly dirtyBytes?: number;
}

/** The highest of an import. */
export interface Peaks extends Charge {
  /** Of this process and its children: what is in the page cache is not in it. */
  readonly residentBytes?: number;
}

/** How often it looks: the page cache of a bounded import fills in some hundred milliseconds. */
const INTERVAL_MS = 200;
/** What a program that has just started may have brought into its cgroup beside what is resident: files that were read ahead. */
const START_BYTES = 64 * 1024 * 1024;

/**
 * Watches the cgroup this process runs in, as far as it may be read and is not the machine's root. Its charge is told as this process's
 * only where that is so: where nobody else lives in it but who started this process, and nothing was left in it before.
 */
export class ChargeWatch implements OwnMemory {
  readonly limitBytes?: number;
  readonly #host: Host;
  readonly #hierarchy: MemoryHierarchy | undefined;
  readonly #path: string | undefined;
  /** The process that started this one, the one that started that, and so on. */
  readonly #ancestors: readonly number[];
  #isOwn: boolean;
  #timer: NodeJS.Timeout | undefined;
  #peak: Peaks = {};
  /** The kernel's own peak when the watch began. */
  #peakBefore: number | undefined;

  constructor(host: Host) {
    this.#host = host;
    this.#ancestors = this.#findAncestors();
    const found = this.#find();
    this.#hierarchy = found?.hierarchy;
    this.#path = found?.path;
    const memory = this.#read();
    if (memory?.effectiveLimit !== undefined) this.limitBytes = memory.effectiveLimit.bytes;
    const { usageBytes = 0 } = memory?.usage ?? {};
    this.#isOwn = usageBytes <= process.memoryUsage.rss() + START_BYTES && this.#isAlone();
  }

  start(): void {
    this.#peakBefore = this.#read()?.usage.peakBytes;
    this.#take();
    this.#timer = setInterval(() => this.#take(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** Ends it. What was highest; of the charge nothing where the cgroup is not its own. */
  stop(): Peaks {
    clearInterval(this.#timer);
    this.#take();
    const { chargedBytes: _, dirtyBytes: __, ...resident } = this.#peak;
    if (!this.#isOwn) return resident;
    const kernelPeak = this.#read()?.usage.peakBytes;
    // The kernel's peak is of the cgroup's whole life: it is this import's when it rose meanwhile, and misses nothing between two looks.
    const hasRisen = kernelPeak !== undefined && this.#peakBefore !== undefined && kernelPeak > this.#peakBefore;
    return hasRisen ? { ...this.#peak, chargedBytes: kernelPeak } : this.#peak;
  }

  /** What it is now; nothing where the cgroup is not its own. */
  now(): Charge {
    if (!this.#isOwn) return {};
    const chargedBytes = this.#read()?.usage.usageBytes;
    const dirtyBytes = this.dirtyBytes();
    return { ...(chargedBytes === undefined ? {} : { chargedBytes }), ...(dirtyBytes === undefined ? {} : { dirtyBytes }) };
  }

  dirtyBytes(): number | undefined {
    const { dirtyBytes, writebackBytes = 0 } = this.#read()?.usage.file ?? {};
    return dirtyBytes === undefined ? undefined : dirtyBytes + writebackBytes;
  }

  #take(): void {
    this.#isOwn &&= this.#isAlone();
    const { chargedBytes, dirtyBytes } = this.now();
    this.#peak = {
      ...highest('chargedBytes', this.#peak, chargedBytes),
      ...highest('dirtyBytes', this.#peak, dirtyBytes),
      ...highest('residentBytes', this.#peak, this.#residentBytes()),
    };
  }

  #read() {
    if (this.#hierarchy === undefined || this.#path === undefined) return undefined;
    const [hierarchy, path] = [this.#hierarchy, this.#path];
    return ifTold(() => readCgroupMemory(hierarchy, path, new Map(), 'brief'));
  }

  #find(): { readonly hierarchy: MemoryHierarchy; readonly path: string } | undefined {
    return ifTold(() => {
      const hierarchy = findMemoryHierarchy(this.#host);
      const path = cgroupOfProcess(this.#host, hierarchy, 'self');
      // The root holds the whole machine, and says nothing of this process.
      return isMachine(hierarchy, path) ? undefined : { hierarchy, path };
    });
  }

  /** Whether all in the cgroup and below are this process, its children, and who started it, from whom it may have its cgroup. */
  #isAlone(): boolean {
    const [hierarchy, path] = [this.#hierarchy, this.#path];
    const directory = hierarchy === undefined || path === undefined ? undefined : directoryOf(hierarchy, path);
    if (directory === undefined || path === undefined) return false;
    const family = new Set([process.pid, ...this.#childrenOf(process.pid), ...this.#ancestors]);
    return ifTold(() => listMembers(directory, path).every(({ pid }) => family.has(pid))) ?? false;
  }

  #findAncestors(): number[] {
    const pids: number[] = [];
    for (let pid = process.ppid; pid > 0 && !pids.includes(pid); pid = this.#processOf(pid)?.parentPid ?? 0) pids.push(pid);
    return pids;
  }

  /** By /proc/PID/task/TID/children of the main thread, which starts them all; none where the kernel is without (CONFIG_PROC_CHILDREN). */
  #childrenOf(pid: number): number[] {
    const text = ifTold(() => readHostFile(`${procOf(this.#host)}/${pid}/task/${pid}/children`)) ?? '';
    return text.split(' ').filter(Boolean).map(Number);
  }

  #residentBytes(): number {
    const ofChildren = this.#childrenOf(process.pid).map((pid) => this.#processOf(pid)?.rssBytes ?? 0);
    return ofChildren.reduce((sum, bytes) => sum + bytes, process.memoryUsage.rss());
  }

  #processOf(pid: number): ProcessMemory | undefined {
    return ifTold(() => readProcess(this.#host, pid, ''));
  }
}

/**
 * Whether a cgroup is that of the whole machine. In a cgroup namespace the container's own is called `/` too: v2 gives the machine's
 * no memory.current, and v1 gives release_agent to it alone (mem_cgroup files and cgroup1_base_files, 6.18).
 */
function isMachine(hierarchy: MemoryHierarchy, path: string): boolean {
  if (path !== '/' || hierarchy.root !== '/') return false;
  const { directory, version } = hierarchy;
  if (version === 2) return readHostFile(`${directory}/memory.current`) === undefined;
  return readHostFile(`${directory}/release_agent`) !== undefined;
}

/** What is read; undefined where it may not be, or is not there. */
function ifTold<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof HostError) return undefined;
    throw error;
  }
}

function highest(key: keyof Peaks, before: Peaks, now: number | undefined): Peaks {
  const known = [before[key], now].filter((value) => value !== undefined);
  return known.length === 0 ? {} : { [key]: Math.max(...known) };
}
