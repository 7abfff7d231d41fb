import { usableBytes } from '../run/plan.js';
import type { Preallocation } from '../run/request.js';
import { blankSource } from '../sources/blank.js';
import type { ByteSource } from '../sources/source.js';
import { targetFacts } from '../target/facts.js';
import type { CdiRequest } from './environment.js';

/**
 * The source of an empty disk for a volume. Where its zeros have to be written it is as large as the disk; else it is empty, and the
 * target grows to its size. Throws an ImportError when the volume is not there.
 */
export function blankDisk(target: string, { volumeBytes, overhead }: CdiRequest, preallocation: Preallocation): ByteSource {
  if (preallocation !== 'full') return blankSource(0);
  const { kind, roomBytes } = targetFacts(target);
  const available = Math.min(roomBytes, volumeBytes ?? roomBytes);
  return blankSource(kind === 'block' ? available : usableBytes(available, overhead));
}
