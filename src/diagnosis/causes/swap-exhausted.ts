import { bytes, type Citation, message, ratio } from '../../model/index.js';
import type { CauseRule } from '../rule.js';

/** Less swap left than this is none: the last pages are held back by fragmentation and per-CPU caches. */
const NONE_LEFT = 0.02;

/**
 * Swap was part of the plan and ran out: the node's swap space, the cgroup's memory.swap.max, or v1's memory+swap limit while
 * memory itself was below its own. Anon that could have been swapped then had nowhere to go.
 */
export const swapExhausted: CauseRule = {
  id: 'swap-exhausted',
  weigh: (file) => {
    const because: Citation[] = [];
    let confidence = 0;
    if (file.isNode) {
      const memInfo = file.report.memInfo;
      const total = memInfo?.totalSwapBytes ?? 0;
      const free = memInfo?.freeSwapBytes;
      if (memInfo === undefined || total === 0 || free === undefined || free > total * NONE_LEFT) return undefined;
      confidence = 0.6;
      because.push(file.cite(message('evidence.node-swap-used', { free: bytes(free), total: bytes(total) }), memInfo.line));
    } else {
      const { swap, memorySwap } = file.report.counters;
      if (file.limitHit === 'memory+swap' && memorySwap?.limitBytes !== undefined) {
        confidence = 0.55;
        because.push(
          file.cite(
            message('evidence.memsw-at-limit', {
              usage: bytes(memorySwap.usageBytes),
              limit: bytes(memorySwap.limitBytes),
              failcnt: memorySwap.failcnt,
            }),
            memorySwap.line,
          ),
        );
      } else if (swap?.limitBytes !== undefined && swap.limitBytes > 0 && swap.usageBytes >= swap.limitBytes * (1 - NONE_LEFT)) {
        confidence = 0.55;
        because.push(
          file.cite(
            message('evidence.swap-at-limit', { usage: bytes(swap.usageBytes), limit: bytes(swap.limitBytes) }),
            swap.line,
          ),
        );
      } else return undefined;
    }
    const anon = file.line('anon');
    if (anon !== undefined && anon.bytes > 0)
      because.push(
        file.citeFrom(message('evidence.anon-needs-swap', { anon: bytes(anon.bytes), share: ratio(file.share('anon')) }), anon),
      );
    return {
      confidence,
      title: message('cause.swap-exhausted.title'),
      because,
      against: [file.cite(message('against.swap-only-delays'))],
      advice: [
        {
          action: message('advice.swap'),
          snippet: { language: 'sh', text: 'grep -H VmSwap /proc/[0-9]*/status | sort -k2 -n | tail' },
          cost: message('advice.swap.cost'),
        },
      ],
    };
  },
};
