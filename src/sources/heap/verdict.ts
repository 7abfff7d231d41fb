import type { Message } from '../../model/message.js';
import { bytes, message, nested, ratio } from '../../model/message.js';

/** What is known of one process, or of one cgroup with one process that matters, at about the same time. */
export interface HeapShares {
  /** Live bytes of the heap: inuse_space, HeapAlloc, a snapshot's selfBytes, a class histogram's bytes. */
  readonly heapBytes: number;
  /** What the processes have resident. */
  readonly rssBytes?: number;
  /** What the memory cgroup is charged. */
  readonly chargedBytes?: number;
}

/**
 * At or below this share the heap is cleared. A collector lets a heap grow to about twice its live size before it collects
 * (GOGC=100), and a sampled profile may see half of what is live when objects are small; a tenth, doubled twice, is still
 * less than half.
 */
const NOT_A_LEAK_MAX_SHARE = 0.1;
/** At or above this share the heap is blamed: doubled as above it is all of the memory. */
const HEAP_DOMINATES_MIN_SHARE = 0.5;
/** Above this share of what is charged, the numbers cannot be of one process at one time. */
const IMPOSSIBLE_SHARE = 1.1;
/** At or above this share of what is charged, the memory is in the processes; below, mostly elsewhere in the cgroup. */
const RESIDENT_MIN_SHARE = 0.5;

/**
 * One sentence that holds the heap against the memory of its process and its cgroup; keys are in heapMessages.
 *
 * The cgroup's charge is preferred to RSS: it is what the limit is compared with. With both, a heap that is cleared gets a
 * pointer to where the memory is instead. The verdict is on size, not on growth: a heap at half the limit may be what the
 * program needs, and only two profiles tell (diffProfiles).
 *
 * A Go profile is an estimate from one allocation in 512 KiB (HeapProfile.periodBytes) as of the last garbage collection.
 * Many small objects are undercounted, by chance more than by rule; HeapAlloc from `heap?debug=1` is exact and is to be
 * preferred as heapBytes. The thresholds leave room for an undercount by half.
 */
export function heapVerdict({ heapBytes, rssBytes, chargedBytes }: HeapShares): Message {
  const charged = positive(chargedBytes);
  const rss = positive(rssBytes);
  const whole = charged ?? rss;
  if (whole === undefined) return message('heap.verdict.nothing-to-compare', { heapBytes: bytes(heapBytes) });

  const share = heapBytes / whole;
  const of = charged === undefined ? 'rss' : 'charged';
  const params = { share: ratio(share), heapBytes: bytes(heapBytes), wholeBytes: bytes(whole) };
  if (share > IMPOSSIBLE_SHARE) return message(`heap.verdict.more-than-${of}`, params);
  if (share >= HEAP_DOMINATES_MIN_SHARE) return message(`heap.verdict.dominates-${of}`, params);
  if (share > NOT_A_LEAK_MAX_SHARE) return message(`heap.verdict.part-of-${of}`, params);
  if (charged === undefined || rss === undefined) return message(`heap.verdict.not-a-leak-${of}`, params);
  return message('heap.verdict.not-a-leak-but', { ...params, elsewhere: nested(elsewhere(heapBytes, rss, charged)) });
}

function elsewhere(heapBytes: number, rss: number, charged: number): Message {
  const resident = ratio(rss / charged);
  if (rss / charged >= RESIDENT_MIN_SHARE) {
    return message('heap.elsewhere.outside-the-heap', { resident, outsideBytes: bytes(Math.max(0, rss - heapBytes)) });
  }
  return message('heap.elsewhere.outside-the-processes', { resident, outsideBytes: bytes(charged - rss) });
}

function positive(value: number | undefined): number | undefined {
  return value !== undefined && value > 0 ? value : undefined;
}
