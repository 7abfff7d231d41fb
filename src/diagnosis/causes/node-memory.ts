import { bytes, type Citation, message, ratio } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import { weighNode } from '../cluster/limits.js';
import type { CauseRule, Finding } from '../rule.js';

/**
 * A global OOM: the node itself had no memory left, whatever the pods' limits say. The victim is who has the highest badness
 * (memory held plus oom_score_adj), which for BestEffort pods says nothing about blame.
 */
export const nodeMemory: CauseRule = {
  id: 'node-memory',
  weigh: (file) => {
    if (file.isClusterOnly) return weighNode(file);
    if (!file.isNode) return undefined;
    const { invokedBy } = file.report;
    if (invokedBy?.order === -1) return undefined;
    if (isBound(file)) return weigh(file, 0.25);
    // pagefault_out_of_memory() reports no allocation: with memory free it is the echo of a failed memcg charge.
    if (invokedBy?.gfpMask === '0x0' && freeIsPlenty(file)) return weigh(file, 0.15);
    const confidence = file.accounting === undefined ? 0.82 : 0.93;
    return weigh(file, isUnbound(file) ? confidence : Math.min(confidence, UNTOLD));
  },
};

/** Without the constraint a cpuset or memory policy may have been the reason, which kills with the same words. */
const UNTOLD = 0.78;

/**
 * The report says that no cpuset and no memory policy bound the allocation, by its constraint; kernels before 5.0 never print that,
 * and are known by the line with the invoker's cpuset.
 */
function isUnbound({ report: { constraint, invokedBy } }: CaseFile): boolean {
  if (constraint !== undefined) return constraint.globalOom || constraint.word === 'CONSTRAINT_NONE';
  return invokedBy?.cpuset !== undefined;
}

function isBound({ report: { constraint } }: CaseFile): boolean {
  return constraint !== undefined && /CPUSET|MEMORY_POLICY/.test(constraint.word);
}

/** The line by which the report is one of the node. */
function scopeCitation(file: CaseFile): Citation {
  const { constraint, scopeLine, stack } = file.report;
  if (constraint?.globalOom === true)
    return file.cite(message('evidence.global-oom', { constraint: constraint.word }), constraint.line);
  const caller = stack.find((frame) => frame.line === scopeLine);
  if (caller !== undefined) return file.cite(message('evidence.node-stack', { caller: caller.symbol }), caller.line);
  return file.cite(message('evidence.node-report'), scopeLine);
}

/** Free memory above every zone's high watermark: an order-0 allocation would have succeeded. */
export function freeIsPlenty(file: CaseFile): boolean {
  const zones = (file.report.memInfo?.zones ?? []).filter(
    (zone) => zone.freeBytes !== undefined && zone.highBytes !== undefined && (zone.values.managed ?? 1) > 0,
  );
  const large = zones.filter((zone) => !/^DMA$/.test(zone.name));
  return large.length > 0 && large.every((zone) => (zone.freeBytes ?? 0) > (zone.highBytes ?? 0) * 2);
}

function weigh(file: CaseFile, confidence: number): Finding {
  const memInfo = file.report.memInfo;
  const because: Citation[] = [scopeCitation(file)];
  const free = memInfo?.totals.free;
  if (free !== undefined && file.accounting?.limitBytes !== undefined) {
    because.push(
      file.cite(
        message('evidence.node-free', {
          free: bytes(free.value),
          ram: bytes(file.accounting.limitBytes),
          share: ratio(free.value / file.accounting.limitBytes),
        }),
        free.line,
      ),
    );
  }
  const top = file.workTasks.slice(0, 3);
  const first = top[0];
  if (first !== undefined) {
    because.push(
      file.cite(
        message('evidence.node-largest', {
          comm: first.comm,
          pid: String(first.pid),
          rss: bytes(first.rssBytes),
          total: bytes(top.reduce((sum, row) => sum + row.rssBytes, 0)),
          count: top.length,
        }),
        ...top.map((row) => row.line),
      ),
    );
  } else if (file.holder !== undefined) {
    const { comm, pid, residentBytes, line } = file.holder;
    because.push(file.cite(message('evidence.node-victim', { comm, pid: String(pid), rss: bytes(residentBytes) }), line));
  }
  const kernelShare = file.share('kernel');
  if (kernelShare > 0.25)
    because.push(
      file.citeFrom(
        message('evidence.node-kernel', { kernel: bytes(file.line('kernel')?.bytes ?? 0), share: ratio(kernelShare) }),
        file.line('kernel'),
      ),
    );
  const against: Citation[] = isUnbound(file) || isBound(file) ? [] : [file.cite(message('against.constraint-unknown'))];
  if (freeIsPlenty(file))
    against.push(file.cite(message('against.memory-was-free', { free: bytes(free?.value ?? 0) }), free?.line));
  return {
    confidence,
    title: message('cause.node-memory.title'),
    because,
    against,
    advice: [
      {
        action: message('advice.node-reserve'),
        snippet: {
          language: 'yaml',
          text: 'systemReserved:\n  memory: 1Gi\nkubeReserved:\n  memory: 1Gi\nevictionHard:\n  memory.available: "500Mi"',
        },
        cost: message('advice.node-reserve.cost'),
        verify: message('advice.node-reserve.verify'),
      },
      { action: message('advice.requests-equal-limits'), cost: message('advice.requests-equal-limits.cost') },
      {
        action: message('advice.node-largest'),
        snippet: { language: 'sh', text: 'kubectl top pods -A --sort-by=memory | head' },
      },
    ],
  };
}
