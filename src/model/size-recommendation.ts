import type { GrowthPattern, NeedBasis } from './growth.js';
import type { Message } from './message.js';

/** How a size was come to: what was seen, what was added and what it was rounded to. Sizes are bytes. */
export interface SizeArithmetic {
  readonly bytes: number;
  /** percentile: of all samples. peak: the highest. kill: the largest limit at which a kill was seen. */
  readonly from: 'percentile' | 'peak' | 'kill';
  readonly seenBytes: number;
  /** What `seenBytes` was multiplied by, or what was added where that is more. */
  readonly factor: number;
  readonly addedBytes?: number;
}

/** What a container of a workload should request, and what should limit it. Sizes are bytes. */
export interface ContainerSize {
  readonly container: string;
  readonly pods: number;
  /** Samples that were looked at, one a step. */
  readonly samples: number;
  /** Samples that the server holds, and how far apart they are; absent where it was not asked for more than steps. */
  readonly heldSamples?: number;
  readonly scrapeSeconds?: number;
  /** samples: the peak is the highest of all that the server holds. bounds: no sample is above it. steps: the highest of a step's. */
  readonly peakFrom: 'samples' | 'bounds' | 'steps';
  /** From the first sample to the last. */
  readonly coveredSeconds: number;
  readonly stepSeconds: number;
  readonly basis: NeedBasis;
  readonly percentileBytes: number;
  readonly peakBytes: number;
  readonly kills: number;
  readonly currentRequestBytes?: number;
  readonly currentLimitBytes?: number;
  readonly request: SizeArithmetic;
  readonly limit: SizeArithmetic;
  readonly confidence: 'high' | 'medium' | 'low';
  /** What makes it less sure, and what sizing cannot cure. */
  readonly doubts: readonly Message[];
  /** How the pod that needed most went. */
  readonly growth?: GrowthPattern;
}

/** A container for which nothing can be recommended, and why. */
export interface UnsizedContainer {
  readonly container: string;
  readonly why: Message;
}

export interface SizeRecommendation {
  readonly namespace: string;
  /** `deploy`, `sts`, …; absent when the workload was named without one. */
  readonly kind?: string;
  readonly name: string;
  readonly source: string;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** 0..1 */
  readonly percentile: number;
  /** 0..1 */
  readonly margin: number;
  readonly containers: readonly ContainerSize[];
  readonly unsized: readonly UnsizedContainer[];
  readonly notes: readonly Message[];
}
