import { cgroupOfProcess } from '../sources/cgroup/find.js';
import { readCgroupMemory } from '../sources/cgroup/memory.js';
import { findMemoryHierarchy, type MemoryHierarchy } from '../sources/cgroup/mounts.js';
import { HostError } from '../sources/host/error.js';
import type { Host } from '../sources/host/host.js';

/** What the memory cgroup of this process is charged. Bytes. */
export interface Charge {
  readonly chargedBytes?: number;
  /** Dirty and under writeback: what the disk has not taken yet. */
  readonly dirtyBytes?: number;
}

/** How often it looks: the page cache of a bounded import fills in some hundred milliseconds. */
const INTERVAL_MS = 200;

/** Watches the cgroup this process runs in, as far as it may be read and is not the machine's root. */
export class ChargeWatch {
  readonly #host: Host;
  readonly #hierarchy: MemoryHierarchy | undefined;
  readonly #path: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #peak: Charge = {};
  /** The kernel's own peak when the watch began. */
  #peakBefore: number | undefined;

  constructor(host: Host) {
    this.#host = host;
    const found = this.#find();
    this.#hierarchy = found?.hierarchy;
    this.#path = found?.path;
  }

  start(): void {
    this.#peakBefore = this.#usage()?.peakBytes;
    this.#take();
    this.#timer = setInterval(() => this.#take(), INTERVAL_MS);
    this.#timer.unref();
  }

  /** Ends it. What was highest; nothing where there is no cgroup of its own. */
  stop(): Charge {
    clearInterval(this.#timer);
    this.#take();
    const kernelPeak = this.#usage()?.peakBytes;
    // The kernel's peak is of the cgroup's whole life: it is this import's when it rose meanwhile, and misses nothing between two looks.
    const hasRisen = kernelPeak !== undefined && this.#peakBefore !== undefined && kernelPeak > this.#peakBefore;
    return hasRisen ? { ...this.#peak, chargedBytes: kernelPeak } : this.#peak;
  }

  /** What it is now. */
  now(): Charge {
    const usage = this.#usage();
    const { dirtyBytes, writebackBytes } = usage?.file ?? {};
    return {
      ...(usage?.usageBytes === undefined ? {} : { chargedBytes: usage.usageBytes }),
      ...(dirtyBytes === undefined ? {} : { dirtyBytes: dirtyBytes + (writebackBytes ?? 0) }),
    };
  }

  #take(): void {
    const { chargedBytes, dirtyBytes } = this.now();
    this.#peak = { ...highest('chargedBytes', this.#peak, chargedBytes), ...highest('dirtyBytes', this.#peak, dirtyBytes) };
  }

  #usage() {
    if (this.#hierarchy === undefined || this.#path === undefined) return undefined;
    try {
      return readCgroupMemory(this.#hierarchy, this.#path, new Map(), 'brief')?.usage;
    } catch (error) {
      if (error instanceof HostError) return undefined;
      throw error;
    }
  }

  #find(): { readonly hierarchy: MemoryHierarchy; readonly path: string } | undefined {
    try {
      const hierarchy = findMemoryHierarchy(this.#host);
      const path = cgroupOfProcess(this.#host, hierarchy, 'self');
      // The root holds the whole machine, and says nothing of this process.
      return path === '/' && hierarchy.root === '/' ? undefined : { hierarchy, path };
    } catch (error) {
      if (error instanceof HostError) return undefined;
      throw error;
    }
  }
}

function highest(key: keyof Charge, before: Charge, now: number | undefined): Charge {
  const known = [before[key], now].filter((value) => value !== undefined);
  return known.length === 0 ? {} : { [key]: Math.max(...known) };
}
