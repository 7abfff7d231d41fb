import type { Citation } from './citation.js';
import type { Message } from './message.js';
import type { TimelineColumn } from './timeline.js';

/**
 * How a container's memory went before its end. leak: it grew steadily. spike: it was low, then rose within few samples or none.
 * sawtooth: it rose and fell again and again, as with garbage collection. flat-at-limit: it stayed close below the limit.
 * cache-bound: the charge was at the limit, most of it page cache. start-up-kill: it was killed soon after its start. unclear:
 * enough samples and none of these. insufficient: too few samples to tell. Part of the JSON API.
 */
export type GrowthPattern =
  | 'leak'
  | 'spike'
  | 'sawtooth'
  | 'flat-at-limit'
  | 'cache-bound'
  | 'start-up-kill'
  | 'unclear'
  | 'insufficient';

/**
 * What the memory over time stands for, the best first. charge-less-file: the charge less both lists of file pages: anon, shmem and
 * kernel memory. charge-less-cache: without the lists, the charge less the whole cache, so that shmem is not in it. rss: anon
 * alone. working-set: the active list is in it.
 */
export type NeedBasis = 'charge-less-file' | 'charge-less-cache' | 'rss' | 'working-set';

/** How a basis is come to: a charge, less what of it can be reclaimed. */
export interface NeedArithmetic {
  readonly basis: NeedBasis;
  readonly charge: TimelineColumn;
  readonly less: readonly TimelineColumn[];
}

/**
 * The charge is anon + file + shmem + kernel memory. Both lists of file pages are file without shmem, whose pages are on the anon
 * lists (mm/workingset.c and shmem_add_to_page_cache(), 6.18); cAdvisor's cache is file with shmem. Mapped or dirty file pages
 * count as reclaimable here: they are once they are unmapped or written. The best arithmetic first.
 */
export const needArithmetic: readonly NeedArithmetic[] = [
  { basis: 'charge-less-file', charge: 'usageBytes', less: ['activeFileBytes', 'inactiveFileBytes'] },
  { basis: 'charge-less-cache', charge: 'usageBytes', less: ['cacheBytes'] },
  { basis: 'rss', charge: 'rssBytes', less: [] },
  { basis: 'working-set', charge: 'workingSetBytes', less: [] },
];

/** The kind of memory that a growth consists of. */
export type GrowingKind = 'anon' | 'shmem' | 'kernel';

/** A judgement on the memory of one container before a kill, or until now. Sizes are bytes. */
export interface Growth {
  readonly pattern: GrowthPattern;
  /** 0..1: the share of such judgements that would be right. */
  readonly confidence: number;
  readonly title: Message;
  readonly because: readonly Citation[];
  readonly against: readonly Citation[];
  /** Absent where no size could be had. */
  readonly basis?: NeedBasis;
  /** Seconds since 1970; absent when no kill is known. */
  readonly killedAtSeconds?: number;
  readonly limitBytes?: number;
  /** Samples of the run that was killed. */
  readonly samples: number;
  /** Runs of the container in the window. */
  readonly lives: number;
  /** The highest sample of that run, of what cannot be reclaimed. */
  readonly peakBytes?: number;
  /** Of what cannot be reclaimed, by the median of all slopes (Theil-Sen). */
  readonly bytesPerHour?: number;
  /** What a leak or a spike consists of, where the metrics tell. */
  readonly growing?: GrowingKind;
  /** shmem before the end: the cache less both lists of file pages. */
  readonly shmemBytes?: number;
  /** Dirty pages and pages under writeback before the end, where an exporter has them. */
  readonly pendingBytes?: number;
}
