import { bytes, type Citation, type MemoryFlag, message, ratio } from '../../model/index.js';
import type { CaseFile } from '../case-file.js';
import type { Finding } from '../rule.js';
import { citePod } from '../termination/end.js';

/** Heap that may grow to this part of the limit leaves no room for the rest of the process. */
const TOO_MUCH = 0.9;

/** The limit of the container in question: in force, in the spec, or the pod's. */
function limitOf({ incident }: CaseFile): number | undefined {
  const { container, pod } = incident.kubernetes ?? {};
  return container?.limitInForceBytes ?? container?.limitBytes ?? pod?.limitBytes;
}

/** Settings by which a runtime may take so much heap that the limit cannot hold it. */
function heapFlags(file: CaseFile): { readonly flag: MemoryFlag; readonly heapBytes: number }[] {
  const limitBytes = limitOf(file);
  if (limitBytes === undefined) return [];
  return (file.incident.kubernetes?.container.memoryFlags ?? []).flatMap((flag) => {
    const heapBytes = flag.bytes ?? (flag.share === undefined ? undefined : flag.share * limitBytes);
    return heapBytes === undefined ? [] : [{ flag, heapBytes }];
  });
}

/** What the heap's settings say about the limit: evidence for anonymous memory, or against a heap as the cause. */
export function flagCitations(file: CaseFile): { readonly because: Citation[]; readonly against: Citation[] } {
  const limitBytes = limitOf(file) ?? 0;
  const because: Citation[] = [];
  const against: Citation[] = [];
  for (const { flag, heapBytes } of heapFlags(file)) {
    const sayOf = (key: string) =>
      citePod(
        file,
        message(key, {
          flag: `${flag.name} ${flag.value}`,
          heap: bytes(heapBytes),
          share: ratio(heapBytes / limitBytes),
          limit: bytes(limitBytes),
        }),
      );
    if (heapBytes >= limitBytes * TOO_MUCH) because.push(sayOf('evidence.cluster.heap-above-limit'));
    else if (heapBytes < limitBytes * 0.5) against.push(sayOf('against.cluster.heap-well-below'));
  }
  return { because, against };
}

/** Without the kernel's report: the runtime is allowed more heap than the limit holds, or anonymous memory was seen to grow. */
export function weighAnon(file: CaseFile): Finding | undefined {
  if (file.end?.verdict !== 'oom-kill') return undefined;
  const { because, against } = flagCitations(file);
  const grew = file.growth?.pattern === 'leak' && file.growth.growing === 'anon' && file.growth.confidence >= 0.6;
  if (because.length === 0 && !grew) return undefined;
  return {
    confidence: grew ? 0.65 : 0.6,
    title: message(grew ? 'cause.anon-memory.title' : 'cause.anon-memory.title-flags'),
    because,
    against: [...against, citePod(file, message('against.cluster.no-kernel-report'))],
    advice: [
      {
        action: message('advice.cluster.heap-flag'),
        cost: message('advice.heap-limit.cost'),
        verify: message('advice.heap-limit.verify'),
      },
    ],
  };
}

/** Without the kernel's report: files in memory volumes, by what lies in them now. */
export function weighVolumes(file: CaseFile): Finding | undefined {
  const { kubernetes } = file.incident;
  const limitBytes = limitOf(file);
  if (kubernetes === undefined || limitBytes === undefined || file.end?.verdict !== 'oom-kill') return undefined;
  const share = (file.line('shmem')?.bytes ?? 0) / limitBytes;
  const because = volumeCitations(file);
  if (share < 0.25 || because.length === 0) return undefined;
  return {
    confidence: Math.min(0.8, 0.3 + share * 0.6),
    title: message('cause.tmpfs.title'),
    because,
    against: [citePod(file, message('against.cluster.volumes-now'))],
    advice: [
      {
        action: message('advice.tmpfs-size-limit'),
        snippet: { language: 'yaml', text: 'volumes:\n- name: scratch\n  emptyDir:\n    medium: Memory\n    sizeLimit: 64Mi' },
        cost: message('advice.tmpfs-size-limit.cost'),
        verify: message('advice.tmpfs.verify'),
      },
      { action: message('advice.tmpfs-survives-restart') },
    ],
  };
}

/** The pod's memory volumes: what lies in them, and what they may take. */
export function volumeCitations(file: CaseFile): Citation[] {
  const { kubernetes } = file.incident;
  if (kubernetes === undefined) return [];
  const { pod, container, volumeBytes } = kubernetes;
  return pod.memoryVolumes
    .filter(({ mountedBy }) => mountedBy.includes(container.name))
    .map(({ name, sizeLimitBytes }) => {
      const used = volumeBytes[name];
      const size = sizeLimitBytes === undefined ? 'none' : 'some';
      return citePod(
        file,
        message(`evidence.cluster.volume-${used === undefined ? 'unread' : 'used'}-limit-${size}`, {
          name,
          used: bytes(used ?? 0),
          limit: bytes(sizeLimitBytes ?? 0),
        }),
        used === undefined ? 'pod' : 'node',
      );
    });
}

/**
 * The cluster shows that nothing but /dev/shm, 64 MiB by default, and the small volumes of Secrets can be tmpfs in the container:
 * files that fill a limit were then not on one. Undefined where the pod has volumes in memory, or was not asked for.
 */
export function noMemoryVolume(file: CaseFile): Citation | undefined {
  const { kubernetes } = file.incident;
  if (kubernetes === undefined || kubernetes.pod.memoryVolumes.length > 0) return undefined;
  return citePod(file, message('evidence.cluster.no-memory-volume'));
}
