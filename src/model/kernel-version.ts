/** A kernel version as numbers: 5.10.223 of `5.10.223-1`, patch 0 when not given. */
export interface KernelVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Built by a vendor who backports (el7, el8, uek, …): upstream version ranges do not hold for it. */
  readonly vendorBackports: boolean;
}

/** Parses a release such as `4.18.0-147.el8.x86_64`; undefined when it does not begin with a version. */
export function parseKernelVersion(release: string): KernelVersion | undefined {
  const match = /^(\d{1,3})\.(\d{1,4})(?:\.(\d{1,5}))?/.exec(release);
  if (match === null) return undefined;
  return {
    major: Number(match[1]),
    minor: Number(match[2]),
    patch: Number(match[3] ?? 0),
    vendorBackports: /[.-](el\d|uek|amzn|cm\d|lve)|-\d{6,}/i.test(release),
  };
}

/** Whether `version` is at least `major.minor`. */
export function isAtLeast(version: KernelVersion, major: number, minor: number): boolean {
  return version.major > major || (version.major === major && version.minor >= minor);
}
