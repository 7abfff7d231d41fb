import { type Accounting, type AccountingPart, bytes, type KubernetesFacts, message, type Provenance } from '../model/index.js';
import { absentLine } from './lines.js';

/**
 * What can be said of the charge at a kill without the kernel's report: it was the limit, if it was the container's own limit that
 * was hit; files in memory volumes outlive the container, so what lies in them now is taken for shmem. The rest is unexplained.
 * Undefined where there is no limit, and
 * where nothing but the limit is known: that is no accounting.
 */
export function accountPod({ pod, container, volumeBytes, observedAt }: KubernetesFacts): Accounting | undefined {
  const limitBytes = container.limitInForceBytes ?? container.limitBytes ?? pod.limitBytes;
  if (limitBytes === undefined || limitBytes <= 0) return undefined;
  const ofStatus: Provenance[] = [{ source: `pod/${pod.name}` }];
  const parts: AccountingPart[] = pod.memoryVolumes
    .filter(({ name, mountedBy }) => mountedBy.includes(container.name) && volumeBytes[name] !== undefined)
    .map(({ name }) => ({
      id: `volume ${name}`,
      bytes: volumeBytes[name] ?? 0,
      how: 'measured',
      from: [{ source: `node/${pod.nodeName ?? ''}`, observedAt }],
    }));
  if (parts.length === 0) return undefined;
  const shmemBytes = Math.min(
    limitBytes,
    parts.reduce((sum, part) => sum + part.bytes, 0),
  );
  return {
    scope: 'memcg',
    chargedBytes: limitBytes,
    chargedHow: 'derived',
    chargedFrom: ofStatus,
    limitBytes,
    lines: [
      absentLine('anon'),
      absentLine('file'),
      {
        id: 'shmem',
        bytes: shmemBytes,
        how: 'derived',
        note: message('accounting.pod.volumes-now'),
        from: parts.flatMap(({ from }) => from),
        parts,
      },
      absentLine('kernel'),
      {
        id: 'unexplained',
        bytes: limitBytes - shmemBytes,
        how: 'derived',
        note: message('accounting.pod.charge-is-limit', { limit: bytes(limitBytes) }),
        from: [],
        parts: [],
      },
    ],
  };
}
