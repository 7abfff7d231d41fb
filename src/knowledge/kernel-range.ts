import { isAtLeast, type KernelVersion } from '../model/index.js';

/** A release: major and minor. */
type Release = readonly [major: number, minor: number];

/** The kernels an issue affects. Mainline releases are the measure; a vendor's build is not covered by their numbers. */
export interface KernelRange {
  /** The first release with the issue; absent: all before `before`. */
  readonly from?: Release;
  /** The first release without it; absent: not fixed as far as known. */
  readonly before?: Release;
  /** Stable releases that have the fix too. */
  readonly fixedInStable?: readonly (readonly [major: number, minor: number, patch: number])[];
  /** For an issue of vendor builds: whether the release string names one that has it. The mainline bounds then do not count. */
  readonly vendorBuilds?: (release: string) => boolean;
  /** Whether the symptoms alone prove the issue, so that it holds for unknown and vendor kernels too. */
  readonly symptomsSuffice: boolean;
}

/**
 * Whether a kernel may have the issue. Unknown kernels, vendor builds, release candidates of a bounding release and
 * distribution builds that hide their patch level (`5.4.0-77-generic`) prove nothing: there the symptoms must suffice.
 */
export function mayAffect(range: KernelRange, kernel: KernelVersion | undefined, release: string | undefined): boolean {
  if (range.vendorBuilds !== undefined) return release !== undefined && range.vendorBuilds(release);
  if (kernel === undefined || kernel.vendorBackports) return range.symptomsSuffice;
  if (isCandidateOf(range.from, kernel, release) || isCandidateOf(range.before, kernel, release)) return range.symptomsSuffice;
  if (range.from !== undefined && !isAtLeast(kernel, ...range.from)) return false;
  if (range.before !== undefined && isAtLeast(kernel, ...range.before)) return false;
  const stable = range.fixedInStable?.find(([major, minor]) => major === kernel.major && minor === kernel.minor);
  if (stable === undefined) return true;
  return hidesPatch(release) ? range.symptomsSuffice : kernel.patch < stable[2];
}

/** `6.13.0-rc2` may be from before or after the commit that bounds a range at 6.13. */
function isCandidateOf(bound: Release | undefined, kernel: KernelVersion, release: string | undefined): boolean {
  if (bound === undefined || release === undefined) return false;
  return kernel.major === bound[0] && kernel.minor === bound[1] && kernel.patch === 0 && /^\d+\.\d+(\.0)?-rc\d/.test(release);
}

/** Ubuntu and Debian write `x.y.0-<build>` whatever stable release they build from. */
function hidesPatch(release: string | undefined): boolean {
  return release !== undefined && /^\d+\.\d+\.0-\d/.test(release);
}
