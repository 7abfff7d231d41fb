import { bytes, type Citation, message } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import type { CauseRule, Finding } from '../rule.js';
import { freeIsPlenty } from './node-memory.js';

/** Above this order the kernel rather fails than kills: PAGE_ALLOC_COSTLY_ORDER (include/linux/mmzone.h). */
const COSTLY_ORDER = 3;

/**
 * Memory was free, but not where or how it was asked for: a cpuset or mempolicy binds to NUMA nodes that are full, a zone is
 * exhausted, or no contiguous block of the order is left.
 */
export const allocationConstraint: CauseRule = {
  id: 'allocation-constraint',
  weigh: (file) => {
    const { constraint, invokedBy } = file.report;
    const word = constraint?.word ?? '';
    if (constraint !== undefined && /CPUSET|MEMORY_POLICY/.test(word)) {
      return finding(file, 0.92, word.includes('CPUSET') ? 'cpuset' : 'mempolicy', [
        file.cite(
          message('evidence.constraint', {
            constraint: word,
            mems: constraint.memsAllowed ?? '?',
            nodemask: constraint.nodemask ?? '?',
          }),
          constraint.line,
        ),
      ]);
    }
    if (constraint !== undefined && /BPF/.test(word)) {
      return finding(file, 0.6, 'bpf', [file.cite(message('evidence.constraint-bpf', { constraint: word }), constraint.line)]);
    }
    const order = invokedBy?.order ?? 0;
    if (file.isNode && order > 0 && order <= COSTLY_ORDER && invokedBy !== undefined && freeIsPlenty(file)) {
      return finding(file, 0.75, 'order', [
        file.cite(
          message('evidence.high-order', { order, size: bytes(file.report.pageSize.bytes * 2 ** order) }),
          invokedBy.line,
        ),
        ...freeBlocks(file, order),
      ]);
    }
    return undefined;
  },
};

function freeBlocks(file: CaseFile, order: number): Citation[] {
  const size = file.report.pageSize.bytes * 2 ** order;
  const buddies = file.report.memInfo?.buddies ?? [];
  if (buddies.length === 0) return [];
  const count = buddies.reduce(
    (sum, buddy) =>
      sum + buddy.counts.filter((block) => block.blockBytes >= size).reduce((blocks, block) => blocks + block.count, 0),
    0,
  );
  return [
    file.cite(message('evidence.free-blocks', { count, size: bytes(size) }), ...buddies.slice(0, 3).map((buddy) => buddy.line)),
  ];
}

function finding(
  file: CaseFile,
  confidence: number,
  kind: 'cpuset' | 'mempolicy' | 'bpf' | 'order',
  because: readonly Citation[],
): Finding {
  const free = file.report.memInfo?.totals.free;
  return {
    confidence,
    title: message(`cause.allocation-constraint.title.${kind}`),
    because: [
      ...because,
      ...(free === undefined ? [] : [file.cite(message('evidence.free-elsewhere', { free: bytes(free.value) }), free.line)]),
    ],
    advice: [
      {
        action: message(`advice.allocation-constraint.${kind}`),
        snippet: {
          language: 'sh',
          text: 'numactl --hardware; cat /sys/fs/cgroup/cpuset/cpuset.mems /sys/fs/cgroup/cpuset.mems.effective 2>/dev/null',
        },
      },
    ],
  };
}
