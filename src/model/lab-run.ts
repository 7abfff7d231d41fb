import type { Message } from './message.js';
import type { Recording } from './recording.js';

/** The largest each part became, each at its own moment: they need not add up. Bytes; absent what the kernel did not tell. */
export interface PeakMemory {
  /** The larger of what was sampled and the kernel's own watermark (v1's memory.max_usage_in_bytes, v2's memory.peak). */
  readonly chargedBytes: number;
  readonly anonBytes?: number;
  /** Page cache without shmem. */
  readonly fileBytes?: number;
  readonly dirtyBytes?: number;
  readonly writebackBytes?: number;
  readonly shmemBytes?: number;
  readonly kernelBytes?: number;
  readonly swapBytes?: number;
  /** What reclaim could not have taken at that moment: anon and shmem beyond swap, kernel memory, dirty, writeback, locked. */
  readonly unreclaimableBytes: number;
}

/** A process that the kernel's log says it killed. */
export interface KilledByKernel {
  readonly pid: number;
  readonly comm: string;
}

/** Why the command ended. `unknown`: by SIGKILL, while the kernel counted a kill in the cgroup and its log does not tell of whom. */
export type EndedBy = 'exit' | 'signal' | 'oom-killer' | 'unknown';

/** Why the command never ran: the program could not be executed. `code` is the errno of execve(2). */
export interface NotStarted {
  readonly code: string;
}

/** How closely the run was watched, and what that cost. */
export interface Sampling {
  readonly samples: number;
  /** Between two samples, the median and the longest time. */
  readonly medianSeconds: number;
  readonly longestSeconds: number;
  /** CPU time of the sampling itself, which is not charged to the command. */
  readonly cpuSeconds: number;
}

/** One run of a command in a memory cgroup of its own. Sizes are bytes. */
export interface LabRun {
  /** Of a comparison: the variant, and the round it ran in, from 1. */
  readonly name?: string;
  readonly round?: number;
  readonly command: readonly string[];
  /** As the kernel rounded it. Absent when there was no limit. */
  readonly limitBytes?: number;
  /** The smallest limit of the cgroups above, where that is smaller. */
  readonly ancestorLimitBytes?: number;
  readonly swapAllowed: boolean;
  /** What the shell would show: the command's own, 128 and the signal, 126 or 127 when it could not be run. */
  readonly exitCode: number;
  /** That ended it: `SIGKILL`. */
  readonly signal?: string;
  readonly endedBy: EndedBy;
  readonly notStarted?: NotStarted;
  /** The signals oomkit passed on to the command. */
  readonly forwardedSignals: readonly string[];
  /** The command itself was killed by the OOM killer. A kill of its child alone counts in `oomKills` only. */
  readonly oomKilled: boolean;
  /** Processes of the cgroup that the OOM killer killed, as the kernel counted them. */
  readonly oomKills: number;
  /** Whom, as far as the kernel's log could be read. */
  readonly killed: readonly KilledByKernel[];
  /** From the first instruction of the command to its end. */
  readonly wallSeconds: number;
  readonly peak: PeakMemory;
  /**
   * How often a charge met the limit and had to reclaim first. v1: memory.failcnt, which counts every failed attempt, so one
   * charge may count several times; v2: the `max` event. It is no failure of reclaim: it may have made room each time.
   */
  readonly limitHits: number;
  /**
   * How often reclaim could not make room and an allocation was about to fail: v2's `oom` event. v1 does not count that, and
   * it is absent there.
   */
  readonly reclaimFailures?: number;
  /** Time in which at least one task waited for memory (PSI `some`). v1 has no pressure of one cgroup: absent there. */
  readonly stalledSeconds?: number;
  /** What the command's processes wrote to files, as /proc/PID/io counted it while they were seen. */
  readonly writtenBytes?: number;
  /** Processes that outlived the command and were killed with the cgroup. */
  readonly strays: number;
  readonly sampling: Sampling;
  readonly recording: Recording;
  /** What could not be had: the kernel's log, a cgroup that was not removed. */
  readonly warnings: readonly Message[];
}

/** The middle of some runs, and between what they lay. Absent when none of the runs told. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What the runs of one variant have in common. */
export interface LabVariant {
  readonly name: string;
  readonly command: readonly string[];
  readonly runs: readonly LabRun[];
  /** Runs that ended with 0. */
  readonly succeeded: number;
  /** Runs in which the OOM killer killed. */
  readonly withOomKills: number;
  readonly wallSeconds: Spread;
  readonly peak: { readonly [Part in keyof PeakMemory]?: Spread };
  readonly limitHits: Spread;
  readonly reclaimFailures?: Spread;
  readonly stalledSeconds?: Spread;
}

/** Variants of one command under one limit, run in turn. */
export interface LabComparison {
  /** The command with `{}` where each variant's text goes; absent for a preset. */
  readonly template?: readonly string[];
  readonly preset?: string;
  readonly limitBytes?: number;
  readonly rounds: number;
  readonly variants: readonly LabVariant[];
  readonly warnings: readonly Message[];
}
