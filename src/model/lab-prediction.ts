import type { Message } from './message.js';

/** The kernel's settings for dirty pages (Documentation/admin-guide/sysctl/vm.rst). As there, bytes of 0 leave it to the ratio. */
export interface DirtySettings {
  /** Percent, vm.dirty_ratio. */
  readonly dirtyRatio: number;
  /** Percent, vm.dirty_background_ratio. */
  readonly backgroundRatio: number;
  readonly dirtyBytes: number;
  readonly backgroundBytes: number;
  /** vm.dirty_expire_centisecs in seconds; absent where vm.dirty_writeback_centisecs is 0 and nothing looks for old pages. */
  readonly expireSeconds?: number;
}

/** The machine a prediction is for. */
export interface PredictionHost {
  /** Memory that may become dirty: free pages and pages of files. */
  readonly dirtyableBytes: number;
  readonly settings: DirtySettings;
  readonly kernelRelease?: string;
  /** Whether the multi-gen LRU is on; absent where that is not known. */
  readonly multiGenLru?: boolean;
}

/** What is predicted from. Sizes are bytes, rates bytes per second. */
export interface PredictionInput extends PredictionHost {
  readonly writeBytesPerSecond: number;
  readonly diskBytesPerSecond: number;
  readonly limitBytes: number;
  /** What the limit holds besides pages of files: anon, shmem and kernel memory. */
  readonly otherBytes: number;
  readonly cgroupVersion: 1 | 2;
  /** v2 only: whether the file system and the io controller give the cgroup its own writeback. */
  readonly cgroupWriteback: boolean;
}

/** Dirty pages and pages under writeback together, at which the kernel begins to act. */
export interface DirtyThresholds {
  /** Whose: the whole machine's, or the cgroup's own. */
  readonly domain: 'global' | 'memcg';
  /** The memory they are a part of. */
  readonly dirtyableBytes: number;
  /** From here on the flusher writes. */
  readonly backgroundBytes: number;
  /** From here on the writer is slowed. */
  readonly freerunBytes: number;
  /** Here it is stopped. */
  readonly throttleBytes: number;
}

/** One step of the arithmetic. */
export interface PredictionStep {
  readonly statement: Message;
  /** The kernel file and function, or the document, that it follows. */
  readonly source: string;
}

/**
 * `below-limit`: unwritten pages never fill the room below the limit; `limit`: they do; `unsure`: the kernel begins to slow the
 * writer below the limit and stops it only above.
 */
export type PredictedOutcome = 'below-limit' | 'limit' | 'unsure';

/** How the unwritten pages of a writer in a memory cgroup will build up. */
export interface LabPrediction {
  readonly input: PredictionInput;
  /** The thresholds that are met first. */
  readonly thresholds: DirtyThresholds;
  /** The limit less what is no page of a file. */
  readonly roomBytes: number;
  readonly outcome: PredictedOutcome;
  /** Where dirty and writeback together come to stand. */
  readonly standsAtBytes: number;
  /** Until the charge meets the limit, clean cache counted: reclaim begins. Absent when nothing is written. */
  readonly chargeAtLimitSeconds?: number;
  /** Until unwritten pages fill the room; at the earliest where the outcome is `unsure`. Absent for never. */
  readonly unwrittenAtLimitSeconds?: number;
  readonly confidence: 'likely' | 'plausible' | 'possible';
  readonly steps: readonly PredictionStep[];
  /** What happens then. */
  readonly consequence: Message;
  /** Where the model is coarse. */
  readonly caveats: readonly Message[];
}

/** A prediction from the rates of a recording, and what the recording shows. What was not seen is absent. */
export interface PredictionBeside {
  readonly prediction: LabPrediction;
  readonly measured: {
    readonly writeBytesPerSecond: number;
    /** Absent when too little was seen to reach the disk: the prediction then takes 0. */
    readonly diskBytesPerSecond?: number;
    /** From the first growth of unwritten pages to the first charge that met the limit. */
    readonly chargeAtLimitSeconds?: number;
    /** The most that was dirty or under writeback. */
    readonly unwrittenBytes: number;
  };
}
