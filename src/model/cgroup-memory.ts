import type { MemoryUsage } from './memory-usage.js';

/** One counter of a memory cgroup with its limit. Sizes are bytes. */
export interface CgroupCounter {
  readonly usageBytes: number;
  /** Absent when there is no limit. */
  readonly limitBytes?: number;
  readonly peakBytes?: number;
  /** How often the limit was hit: v1's failcnt, v2's `max` event. */
  readonly hits?: number;
}

/** The smallest limit from a cgroup up to the root, and whose it is. */
export interface EffectiveLimit {
  readonly bytes: number;
  /** The cgroup that has the limit; absent when it lies above what can be seen, as from inside a container. */
  readonly path?: string;
}

/** Shares of time, 0..1, in which tasks waited for memory, and the total in seconds (Documentation/accounting/psi.rst, 6.18). */
export interface PressureLine {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly totalSeconds: number;
}

/** memory.pressure: `some` when at least one task waited, `full` when all did. */
export interface Pressure {
  readonly some: PressureLine;
  readonly full?: PressureLine;
}

/** Everything the kernel tells about the memory of one cgroup at one moment. */
export interface CgroupMemory {
  /** The path below the hierarchy's root, as the kernel's log prints it. */
  readonly path: string;
  readonly version: 1 | 2;
  /** The directory that was read; the name of each file is in `files`. */
  readonly directory: string;
  readonly usage: MemoryUsage;
  /** usage - inactive_file, floored at 0: what the kubelet's eviction, `kubectl top` and HPA see. */
  readonly workingSetBytes?: number;
  readonly effectiveLimit?: EffectiveLimit;
  readonly counters: {
    readonly memory: CgroupCounter;
    /** v1: memory and swap together. */
    readonly memorySwap?: CgroupCounter;
    /** v1 only. */
    readonly kmem?: CgroupCounter;
    /** v2: swap alone. */
    readonly swap?: CgroupCounter;
  };
  /** v2's memory.events, which include the descendants'; v1's memory.oom_control. */
  readonly events: Readonly<Record<string, number>>;
  /** v2's memory.events.local: this cgroup alone. */
  readonly localEvents?: Readonly<Record<string, number>>;
  readonly pressure?: Pressure;
  /** memory.stat whole, under the kernel's own keys; sizes in bytes. */
  readonly stat: Readonly<Record<string, number>>;
}
