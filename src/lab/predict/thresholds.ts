import {
  type DirtySettings,
  type DirtyThresholds,
  isAtLeast,
  type PredictionInput,
  parseKernelVersion,
} from '../../model/index.js';

/**
 * The thresholds that a writer of the cgroup meets first. On cgroup v1, and on v2 without cgroup writeback, they are the whole
 * machine's; with it the cgroup's own count too, and the lower ones decide.
 * Source: balance_dirty_pages(), domain_dirty_limits(), mdtc_calc_avail(): mm/page-writeback.c (6.18). Cgroup writeback is in
 * Linux since 4.2, on the unified hierarchy only (9badce000e2c).
 */
export function thresholdsOf(input: PredictionInput): DirtyThresholds {
  const { settings, dirtyableBytes, limitBytes, otherBytes } = input;
  const global = domainThresholds('global', settings, dirtyableBytes, dirtyableBytes);
  if (!hasOwnDomain(input)) return global;
  const own = domainThresholds('memcg', settings, Math.min(limitBytes - otherBytes, dirtyableBytes), dirtyableBytes);
  return own.freerunBytes <= global.freerunBytes ? own : global;
}

/** Whether the kernel keeps thresholds for the cgroup itself. An unknown kernel is taken for a recent one. */
export function hasOwnDomain({ cgroupVersion, cgroupWriteback, kernelRelease = '' }: PredictionInput): boolean {
  const version = parseKernelVersion(kernelRelease);
  return cgroupVersion === 2 && cgroupWriteback && (version === undefined || isAtLeast(version, 4, 2));
}

/** A setting in bytes holds for the machine as it is; for a cgroup the kernel turns it into a part of the machine's memory first. */
function domainThresholds(
  domain: DirtyThresholds['domain'],
  { dirtyRatio, backgroundRatio, dirtyBytes, backgroundBytes }: DirtySettings,
  dirtyableBytes: number,
  machineBytes: number,
): DirtyThresholds {
  const threshold = (bytes: number, percent: number): number => {
    if (bytes === 0) return (dirtyableBytes * percent) / 100;
    return domain === 'global' ? bytes : dirtyableBytes * Math.min(1, bytes / machineBytes);
  };
  const throttle = threshold(dirtyBytes, dirtyRatio);
  const asked = threshold(backgroundBytes, backgroundRatio);
  const background = asked >= throttle ? throttle / 2 : asked;
  return {
    domain,
    dirtyableBytes,
    backgroundBytes: Math.round(background),
    freerunBytes: Math.round((background + throttle) / 2),
    throttleBytes: Math.round(throttle),
  };
}
