import { bytes, type Message, MIB, message, ratio } from '../model/index.js';
import type { CaseFile } from './case-file.js';
import { gapMessages } from './cluster/gap-messages.js';

/** What a reader must know beside the causes: doubtful figures, and things that look like a cause and are none. */
export function warningsOf(file: CaseFile): Message[] {
  const { report, accounting } = file;
  const warnings: Message[] = clusterWarnings(file);
  if (report.pageSize.how === 'assumed' && report.taskTable !== undefined && report.taskTable.rows.length > 0) {
    warnings.push(message('warning.page-size-assumed', { size: bytes(report.pageSize.bytes) }));
  }
  if (report.suppressed !== undefined) warnings.push(message('warning.reports-suppressed', { count: report.suppressed.count }));
  if (report.followingKills.length > 0)
    warnings.push(message('warning.following-kills', { count: report.followingKills.length }));
  if (file.isMemcg && accounting !== undefined) {
    warnings.push(...cleanCache(file), ...limitWarnings(file));
    const unexplained = file.line('unexplained');
    if (
      file.statistics?.isWhole === true &&
      unexplained !== undefined &&
      unexplained.bytes > Math.max(16 * MIB, accounting.chargedBytes * 0.05)
    ) {
      warnings.push(
        message('warning.unexplained', {
          unexplained: bytes(unexplained.bytes),
          share: ratio(unexplained.bytes / accounting.chargedBytes),
        }),
      );
    }
  }
  if (file.isNode && report.invokedBy?.gfpMask === '0x0') warnings.push(message('warning.false-global-oom'));
  return warnings;
}

/** What the cluster was asked for and did not tell. */
function clusterWarnings({ incident: { kubernetes } }: CaseFile): Message[] {
  if (kubernetes === undefined) return [];
  const { container, gaps } = kubernetes;
  const { limitBytes, limitInForceBytes } = container;
  const isResized = limitBytes !== undefined && limitInForceBytes !== undefined && limitBytes !== limitInForceBytes;
  return [
    ...(isResized ? [message('warning.cluster.resized', { spec: bytes(limitBytes), inForce: bytes(limitInForceBytes) })] : []),
    ...gaps.flatMap(gapMessages),
  ];
}

/** Clean page cache at the limit looks like the culprit in every graph, and is none. */
function cleanCache(file: CaseFile): Message[] {
  const clean = file.part('file', 'clean');
  const unevictable = file.part('file', 'unevictable');
  if (clean === undefined || clean.how !== 'derived') return [];
  const reclaimable = clean.bytes - (unevictable?.bytes ?? 0);
  if (file.shareOf(reclaimable) < 0.2) return [];
  return [message('warning.clean-cache', { clean: bytes(reclaimable), share: ratio(file.shareOf(reclaimable)) })];
}

function limitWarnings(file: CaseFile): Message[] {
  const { memory, kmem } = file.report.counters;
  if (memory?.limitBytes === undefined) return [];
  if (file.limitHit === 'memory+swap')
    return [message('warning.memsw-limit-hit', { usage: bytes(memory.usageBytes), limit: bytes(memory.limitBytes) })];
  if (file.limitHit === 'kmem' && kmem?.limitBytes !== undefined)
    return [message('warning.kmem-limit-hit', { usage: bytes(kmem.usageBytes), limit: bytes(kmem.limitBytes) })];
  if (file.limitHit === undefined && memory.usageBytes < memory.limitBytes * 0.9) {
    return [message('warning.usage-below-limit', { usage: bytes(memory.usageBytes), limit: bytes(memory.limitBytes) })];
  }
  return [];
}
