import { type Advice, bytes, type Citation, message, ratio } from '../../model/index.js';
import { type CaseFile, confidenceAt } from '../case-file.js';
import { noMemoryVolume } from '../cluster/memory.js';
import type { CauseRule, Finding } from '../rule.js';
import { tellApart } from '../tell-apart.js';
import { fileWriter, SHMEM_ALLOCATION, writeToDisk } from '../writers.js';

/**
 * Dirty page cache or page cache under writeback that the disk could not drain in time. Clean page cache is dropped when
 * memory is needed and never kills by itself; pages that must be written first cannot be dropped, and on cgroup v1 nothing
 * slows the writer down before the limit (balance_dirty_pages() looks at the node's thresholds only, mm/page-writeback.c).
 */
export const pageCacheWriteback: CauseRule = {
  id: 'page-cache-writeback',
  weigh: (file) => {
    if (!file.isMemcg) return undefined;
    if (file.accounting === undefined) return weighInvokerAlone(file);
    const dirty = file.part('file', 'dirty');
    const writeback = file.part('file', 'writeback');
    if (dirty !== undefined || writeback !== undefined) return weighMeasured(file);
    const isUntold = file.accounting.processes === undefined && file.share('unexplained') >= 0.5;
    return weighByElimination(file) ?? (isUntold ? weighInvokerAlone(file) : undefined);
  },
};

const MEASURED = [
  [0.08, 0.1],
  [0.15, 0.35],
  [0.3, 0.72],
  [0.5, 0.88],
  [0.75, 0.94],
] as const;

function weighMeasured(file: CaseFile): Finding | undefined {
  const fileBytes = file.line('file')?.bytes ?? 0;
  const dirty = file.part('file', 'dirty');
  const writeback = file.part('file', 'writeback');
  // Writeback also counts anon pages on their way to swap, so neither can be more page cache than there is.
  const pending = Math.min(fileBytes, (dirty?.bytes ?? 0) + (writeback?.bytes ?? 0));
  const confidence = confidenceAt(file.shareOf(pending), MEASURED);
  if (confidence === 0) return undefined;
  const because: Citation[] = [
    file.citeFrom(
      message(
        dirty === undefined
          ? 'evidence.writeback-share'
          : writeback === undefined
            ? 'evidence.dirty-alone-share'
            : 'evidence.dirty-share',
        {
          dirty: bytes(dirty?.bytes ?? 0),
          writeback: bytes(writeback?.bytes ?? 0),
          share: ratio(file.shareOf(pending)),
          charged: bytes(file.chargedBytes),
        },
      ),
      dirty,
      writeback,
    ),
    ...hints(file),
  ];
  if (writeback !== undefined && writeback.bytes < pending / 50 && (dirty?.bytes ?? 0) > 0)
    because.push(file.citeFrom(message('evidence.no-writeback-running'), writeback));
  return { confidence, title: title(file), because, advice: advice(file) };
}

/** By elimination alone nothing is sure. */
const AT_MOST = 0.78;
/** Without a hint that anybody wrote, page cache is one of several kinds that it can be. */
const WITHOUT_HINT = 0.3;

/** No dirty or writeback figure: memory that no process explains is a candidate where somebody is known to have written files. */
function weighByElimination(file: CaseFile): Finding | undefined {
  const cacheLine = file.line('file');
  const cacheKnown = cacheLine !== undefined && cacheLine.how !== 'absent' && cacheLine.atLeast !== true;
  const heldBytes = cacheKnown ? cacheLine.bytes : Math.max(cacheLine?.bytes ?? 0, file.heldOfUnknownKind);
  const share = file.shareOf(heldBytes);
  if (share < 0.3) return undefined;
  const writer = fileWriter(file);
  const writePath = writeToDisk(file);
  const shmemPath = file.calledFrom(SHMEM_ALLOCATION);
  const isWriting = writePath !== undefined || file.report.invokedBy?.gfpFlags.includes('__GFP_WRITE') === true;
  let confidence = confidenceAt(share, [
    [0.3, 0.25],
    [0.5, 0.4],
    [0.8, 0.5],
  ]);
  if (writer !== undefined) confidence += 0.22;
  if (isWriting) confidence += 0.2;
  if (writer === undefined && !isWriting) confidence = Math.min(confidence, WITHOUT_HINT);
  if (shmemPath !== undefined) confidence -= 0.25;
  const failcnt = file.report.counters.memory?.failcnt ?? 0;
  if (failcnt >= 10_000) confidence += 0.04;
  const isKernelKnown = file.line('kernel')?.how !== 'absent';
  const noTmpfs = cacheKnown ? undefined : noMemoryVolume(file);
  const because: Citation[] = [
    cacheKnown
      ? file.citeFrom(message('evidence.cache-share', { cache: bytes(heldBytes), share: ratio(share) }), cacheLine)
      : file.citeFrom(
          message(isKernelKnown ? 'evidence.held-by-no-process' : 'evidence.held-by-no-process-or-kernel', {
            held: bytes(heldBytes),
            share: ratio(share),
            charged: bytes(file.chargedBytes),
            rss: bytes(file.accounting?.processes?.rssBytes ?? 0),
            kernel: bytes(file.line('kernel')?.bytes ?? 0),
          }),
          { from: file.accounting?.chargedFrom ?? [] },
          file.accounting?.processes,
          file.line('kernel'),
        ),
    ...hints(file),
    ...(noTmpfs === undefined ? [] : [noTmpfs]),
  ];
  return {
    confidence: Math.max(0.1, Math.min(AT_MOST, confidence)),
    title: title(file),
    because,
    against: [
      file.cite(
        message(cacheKnown ? 'against.dirty-not-printed' : 'against.statistics-missing'),
        cacheKnown ? undefined : file.report.memcgStats[0]?.line,
      ),
      ...(cacheKnown || noTmpfs !== undefined ? [] : [file.cite(message('against.tmpfs-looks-the-same'))]),
    ],
    advice: [...(cacheKnown ? [] : [tellApart()]), ...advice(file)],
  };
}

/** Neither statistics nor tasks are known, perhaps not even the charge, but the allocation that failed was a page for a file being written. */
function weighInvokerAlone(file: CaseFile): Finding | undefined {
  const writePath = writeToDisk(file);
  const victimAnon = file.victim?.anonRssBytes ?? 0;
  if (writePath === undefined || victimAnon >= 64 * 2 ** 20) return undefined;
  return {
    confidence: 0.55,
    title: title(file),
    because: hints(file),
    against: [file.cite(message(file.accounting === undefined ? 'against.charge-unknown' : 'against.statistics-missing'))],
    advice: advice(file),
  };
}

function title(file: CaseFile) {
  const writer = fileWriter(file);
  return writer === undefined
    ? message('cause.page-cache-writeback.title')
    : message('cause.page-cache-writeback.title-writer', { comm: writer.comm });
}

function hints(file: CaseFile): Citation[] {
  const found: Citation[] = [];
  const writer = fileWriter(file);
  if (writer !== undefined)
    found.push(
      file.cite(
        message('evidence.file-writer', { comm: writer.comm, pid: String(writer.pid), rss: bytes(writer.rssBytes) }),
        writer.line,
      ),
    );
  const writePath = writeToDisk(file);
  const invoker = file.report.invokedBy;
  if (writePath !== undefined)
    found.push({ statement: message('evidence.buffered-write', { comm: invoker?.comm ?? '' }), from: [writePath] });
  else if (invoker?.gfpFlags.includes('__GFP_WRITE') === true)
    found.push(file.cite(message('evidence.gfp-write', { comm: invoker.comm }), invoker.line));
  const memory = file.report.counters.memory;
  if (memory !== undefined && memory.failcnt >= 1000)
    found.push(file.cite(message('evidence.failcnt', { failcnt: memory.failcnt }), memory.line));
  if (file.report.cgroupVersion === 1)
    found.push(file.cite(message('evidence.v1-no-dirty-throttling'), file.report.counters.memorySwap?.line));
  return found;
}

function advice(file: CaseFile): Advice[] {
  const writer = fileWriter(file)?.comm;
  const found: Advice[] = [];
  if (writer === 'qemu-img' || writer === 'cdi-importer') {
    found.push({
      action: message('advice.qemu-img-directsync'),
      snippet: { language: 'sh', text: 'qemu-img convert -t none -O raw SOURCE TARGET' },
      cost: message('advice.qemu-img-directsync.cost'),
      verify: message('advice.dirty.verify'),
    });
  } else if (writer === 'dd') {
    found.push({
      action: message('advice.dd-direct'),
      snippet: { language: 'sh', text: 'dd if=SOURCE of=TARGET bs=1M oflag=direct' },
      verify: message('advice.dirty.verify'),
    });
  } else {
    found.push({
      action: message('advice.write-in-windows'),
      cost: message('advice.write-in-windows.cost'),
      verify: message('advice.dirty.verify'),
    });
  }
  if (file.report.cgroupVersion === 1) {
    found.push({
      action: message('advice.lower-dirty-bytes'),
      snippet: { language: 'sh', text: 'sysctl -w vm.dirty_background_bytes=67108864 vm.dirty_bytes=134217728' },
      cost: message('advice.lower-dirty-bytes.cost'),
      verify: message('advice.dirty.verify'),
    });
    found.push({ action: message('advice.use-cgroup-v2'), cost: message('advice.use-cgroup-v2.cost') });
  }
  found.push({ action: message('advice.limit-only-delays') });
  return found;
}
