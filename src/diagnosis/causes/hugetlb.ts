import { bytes, message, ratio } from '../../model/index.js';
import { confidenceAt } from '../case-file.js';
import type { CauseRule } from '../rule.js';

/**
 * Huge pages set aside in hugetlb pools are gone for everybody else, used or not, and no process's RSS shows them.
 * A memcg does not count them (before 6.7, and since then only with memory_hugetlb_accounting), so this is a node's cause.
 */
export const hugetlb: CauseRule = {
  id: 'hugetlb',
  weigh: (file) => {
    if (!file.isNode) return undefined;
    const pool = file.part('unexplained', 'hugetlb');
    const ramBytes = file.accounting?.limitBytes;
    if (pool === undefined || ramBytes === undefined) return undefined;
    const share = pool.bytes / ramBytes;
    const pools = file.report.memInfo?.hugepages ?? [];
    const freeBytes = pools.reduce((sum, item) => sum + item.free * item.pageBytes, 0);
    const confidence =
      confidenceAt(share, [
        [0.1, 0.15],
        [0.3, 0.5],
        [0.5, 0.75],
      ]) *
      (freeBytes > pool.bytes / 2 ? 1.1 : 0.8) *
      // Where no line tells the constraint, a cpuset or memory policy may be the reason.
      (file.report.constraint === undefined ? 0.9 : 1);
    if (confidence === 0) return undefined;
    return {
      confidence: Math.min(0.9, confidence),
      title: message('cause.hugetlb.title', { pool: bytes(pool.bytes) }),
      because: [
        file.citeFrom(
          message('evidence.hugetlb-pool', { pool: bytes(pool.bytes), share: ratio(share), free: bytes(freeBytes) }),
          pool,
        ),
      ],
      advice: [
        {
          action: message('advice.hugetlb'),
          snippet: { language: 'sh', text: 'grep -i huge /proc/meminfo; sysctl vm.nr_hugepages' },
          cost: message('advice.hugetlb.cost'),
        },
      ],
    };
  },
};
