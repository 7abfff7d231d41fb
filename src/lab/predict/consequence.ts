import { bytes, isAtLeast, type Message, message, type PredictionInput, parseKernelVersion } from '../../model/index.js';
import type { BuildUp } from './build-up.js';

/** What happens when the pages stand where they come to stand. */
export function consequenceOf(input: PredictionInput, grown: BuildUp): Message {
  const { writeBytesPerSecond, diskBytesPerSecond, limitBytes, cgroupVersion } = input;
  const disk = bytes(diskBytesPerSecond);
  const limit = bytes(limitBytes);
  const stands = bytes(grown.standsAtBytes);
  if (grown.outcome === 'unsure') return message('lab.predict.then.unsure', { limit });
  if (grown.outcome === 'below-limit') {
    return grown.throttled
      ? message('lab.predict.then.throttled', { disk, stands })
      : message('lab.predict.then.keeps-up', { stands });
  }
  if (writeBytesPerSecond <= diskBytesPerSecond) return message('lab.predict.then.catches-up', { limit });
  return message(cgroupVersion === 2 ? 'lab.predict.then.v2-limit' : `lab.predict.then.v1-${reclaimOf(input)}`, { limit, disk });
}

/**
 * What reclaim of a v1 cgroup does with pages that wait for the disk. Since Linux 6.1 the classic LRU waits for them
 * (81a70c21d917), the multi-gen LRU does not; a vendor's older kernel may have that fix.
 */
export function reclaimOf({ kernelRelease = '', multiGenLru }: PredictionInput): 'waits' | 'fails' | 'unknown' {
  if (multiGenLru === true) return 'fails';
  const version = parseKernelVersion(kernelRelease);
  if (version === undefined || version.vendorBackports) return 'unknown';
  if (!isAtLeast(version, 6, 0)) return 'fails';
  // Stable releases of 6.0 took the fix in.
  return isAtLeast(version, 6, 1) && multiGenLru === false ? 'waits' : 'unknown';
}
