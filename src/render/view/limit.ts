import type { MemcgCounter, OomReport } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';

/** Charges are taken in batches of 64 pages per CPU, so a full counter may read a little less than its limit. mm/memcontrol.c, MEMCG_CHARGE_BATCH. */
const FULL = 0.99;

/** The limit a report shows as reached. */
export interface ReachedLimit {
  readonly resource: Extract<LabelKey, `resource.${string}`>;
  readonly limitBytes: number;
}

/**
 * Which of cgroup v1's limits was reached: memory, unless memory is clearly below its limit and memory+swap or kernel
 * memory is nearer to its own. Undefined when the report has no counter with a limit.
 */
export function reachedLimit(report: OomReport): ReachedLimit | undefined {
  const { memory, memorySwap, kmem } = report.counters;
  const candidates = [
    candidate('resource.memory', memory),
    candidate('resource.memory-swap', memorySwap),
    candidate('resource.kmem', kmem),
  ].filter((entry) => entry !== undefined);
  const full = candidates.find((entry) => entry.share >= FULL);
  const nearest = candidates.reduce<(typeof candidates)[number] | undefined>(
    (best, entry) => (best === undefined || entry.share > best.share ? entry : best),
    undefined,
  );
  return full ?? nearest;
}

function candidate(
  resource: ReachedLimit['resource'],
  counter: MemcgCounter | undefined,
): (ReachedLimit & { share: number }) | undefined {
  if (counter?.limitBytes === undefined) return undefined;
  return {
    resource,
    limitBytes: counter.limitBytes,
    share: counter.limitBytes === 0 ? 1 : counter.usageBytes / counter.limitBytes,
  };
}
