import { bytes, type Citation, MIB, message, ratio } from '../../model/index.js';
import { type CaseFile, confidenceAt } from '../case-file.js';
import { noMemoryVolume, volumeCitations, weighVolumes } from '../cluster/memory.js';
import type { CauseRule, Finding } from '../rule.js';
import { fileWriter, SHMEM_ALLOCATION, writeToDisk } from '../writers.js';

/**
 * shmem filled the cgroup: files on tmpfs (emptyDir with medium Memory, /dev/shm), shared anonymous mappings, SysV segments,
 * memfds. It is charged to whoever touched it first, is dropped only by deleting it, and outlives the process that wrote it.
 */
export const tmpfs: CauseRule = {
  id: 'tmpfs',
  weigh: (file) => {
    if (file.isClusterOnly) return weighVolumes(file);
    if (!file.isMemcg) return undefined;
    if (file.accounting === undefined) return weighVictimAlone(file);
    const shmem = file.line('shmem');
    const isKnown = shmem !== undefined && shmem.how !== 'absent';
    return (isKnown ? weighMeasured(file) : undefined) ?? (isKnown && shmem.atLeast !== true ? undefined : weighAsRival(file));
  },
};

const MEASURED = [
  [0.12, 0.1],
  [0.25, 0.4],
  [0.4, 0.72],
  [0.6, 0.88],
  [0.85, 0.95],
] as const;

function weighMeasured(file: CaseFile): Finding | undefined {
  const shmem = file.line('shmem');
  const share = file.share('shmem');
  const confidence = confidenceAt(share, MEASURED) * (shmem?.how === 'derived' ? 0.9 : 1);
  if (shmem === undefined || confidence === 0) return undefined;
  const because: Citation[] = [
    file.citeFrom(
      message('evidence.shmem-share', { shmem: bytes(shmem.bytes), share: ratio(share), charged: bytes(file.chargedBytes) }),
      shmem,
    ),
  ];
  const mapped = mappedShmem(file);
  const shared = mapped !== undefined && mapped.bytes >= shmem.bytes * 0.6;
  if (shared)
    because.push(file.cite(message('evidence.shmem-mapped', { comm: mapped.comm, shmem: bytes(mapped.bytes) }), mapped.line));
  else if (mapped !== undefined)
    because.push(file.cite(message('evidence.shmem-unmapped', { comm: mapped.comm, mapped: bytes(mapped.bytes) }), mapped.line));
  because.push(...volumeCitations(file));
  return {
    confidence,
    title: message(shared ? 'cause.tmpfs.title-shared' : 'cause.tmpfs.title'),
    because,
    advice: [
      shared
        ? { action: message('advice.shared-memory-size'), verify: message('advice.tmpfs.verify') }
        : {
            action: message('advice.tmpfs-size-limit'),
            snippet: {
              language: 'yaml',
              text: 'volumes:\n- name: scratch\n  emptyDir:\n    medium: Memory\n    sizeLimit: 64Mi',
            },
            cost: message('advice.tmpfs-size-limit.cost'),
            verify: message('advice.tmpfs.verify'),
          },
      {
        action: message('advice.tmpfs-find'),
        snippet: {
          language: 'sh',
          text: "kubectl exec POD -c CONTAINER -- sh -c 'df -t tmpfs; du -xsh /dev/shm /tmp /run 2>/dev/null; ipcs -m'",
        },
      },
      { action: message('advice.tmpfs-survives-restart') },
    ],
  };
}

/** The largest mapping of shmem that a process shows: the victim's kill line or a 6.8+ table. */
function mappedShmem(file: CaseFile): { readonly comm: string; readonly bytes: number; readonly line: number } | undefined {
  const rows = file.tasks
    .filter((row) => row.rssShmemBytes !== undefined)
    .map((row) => ({ comm: row.comm, bytes: row.rssShmemBytes ?? 0, line: row.line }))
    .sort((a, b) => b.bytes - a.bytes);
  if (rows[0] !== undefined) return rows[0];
  const victim = file.victim;
  return victim?.shmemRssBytes === undefined ? undefined : { comm: victim.comm, bytes: victim.shmemRssBytes, line: victim.line };
}

/** Only the kill line survived: the victim's own figures hint, but neither the charge nor the limit is known. */
function weighVictimAlone(file: CaseFile): Finding | undefined {
  const { victim } = file;
  if (victim?.shmemRssBytes === undefined) return undefined;
  const others = (victim.anonRssBytes ?? 0) + (victim.fileRssBytes ?? 0) + (victim.pageTablesBytes ?? 0);
  if (victim.shmemRssBytes < 32 * MIB || victim.shmemRssBytes < others * 2) return undefined;
  return {
    confidence: victim.shmemRssBytes >= 256 * MIB ? 0.62 : 0.56,
    title: message('cause.tmpfs.title-shared'),
    because: [
      file.cite(message('evidence.shmem-mapped', { comm: victim.comm, shmem: bytes(victim.shmemRssBytes) }), victim.line),
    ],
    against: [file.cite(message('against.charge-unknown'))],
    advice: [{ action: message('advice.shared-memory-size'), verify: message('advice.tmpfs.verify') }],
  };
}

/** Without statistics, memory that no process holds may be tmpfs as well as page cache. */
function weighAsRival(file: CaseFile): Finding | undefined {
  const heldBytes = file.heldOfUnknownKind;
  const share = file.shareOf(heldBytes);
  if (share < 0.3) return undefined;
  const shmemPath = file.calledFrom(SHMEM_ALLOCATION);
  const writePath = writeToDisk(file);
  let confidence = 0.22;
  if (shmemPath !== undefined && writePath === undefined) confidence = 0.6;
  else if (writePath !== undefined || fileWriter(file) !== undefined) confidence = 0.15;
  const because: Citation[] = [
    file.citeFrom(
      message('evidence.tmpfs-possible', { held: bytes(heldBytes), share: ratio(share) }),
      { from: file.accounting?.chargedFrom ?? [] },
      file.accounting?.processes,
    ),
  ];
  if (shmemPath !== undefined)
    because.push({
      statement: message('evidence.shmem-allocation', { comm: file.report.invokedBy?.comm ?? '' }),
      from: [shmemPath],
    });
  const noVolume = noMemoryVolume(file);
  if (noVolume !== undefined) confidence /= 2;
  const against: Citation[] = noVolume === undefined ? [] : [noVolume];
  const victimShmem = file.victim?.shmemRssBytes;
  if (victimShmem === 0 && file.victim !== undefined)
    against.push(file.cite(message('against.no-shmem-mapped', { comm: file.victim.comm }), file.victim.line));
  return {
    confidence,
    title: message('cause.tmpfs.title'),
    because,
    against,
    advice: [
      { action: message('advice.tmpfs-find'), snippet: { language: 'sh', text: 'kubectl exec POD -c CONTAINER -- df -t tmpfs' } },
    ],
  };
}
