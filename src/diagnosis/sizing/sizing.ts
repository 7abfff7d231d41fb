import { type Advice, bytes, MIB, message } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';

/** Head room above what was in use at the kill: nobody knows what the next allocations would have been. */
const HEADROOM = 1.25;
const STEP = 64 * MIB;

/**
 * A larger limit, with its arithmetic: what cannot be reclaimed, plus a quarter, rounded up to 64 MiB. It is a first step
 * to get the pod running, not a fix for a leak.
 */
export function sizingAdvice(file: CaseFile): Advice[] {
  const limitBytes = file.report.counters.memory?.limitBytes;
  if (limitBytes === undefined || file.accounting === undefined || file.limitHit !== 'memory') return [];
  const pinned = ['anon', 'shmem', 'kernel'] as const;
  const neededBytes =
    pinned.reduce((sum, id) => sum + (file.line(id)?.bytes ?? 0), 0) + Math.max(0, file.line('unexplained')?.bytes ?? 0);
  const proposedBytes = Math.ceil((neededBytes * HEADROOM) / STEP) * STEP;
  if (proposedBytes <= limitBytes) return [];
  const quantity = `${proposedBytes / MIB}Mi`;
  return [
    {
      action: message('advice.raise-limit', {
        limit: bytes(limitBytes),
        needed: bytes(neededBytes),
        proposed: bytes(proposedBytes),
      }),
      snippet: { language: 'yaml', text: `resources:\n  requests:\n    memory: ${quantity}\n  limits:\n    memory: ${quantity}` },
      cost: message('advice.raise-limit.cost', { more: bytes(proposedBytes - limitBytes) }),
      verify: message('advice.raise-limit.verify'),
    },
  ];
}
