import { isWritable } from '../lab/cgroup/place.js';
import { tryWrite } from '../lab/cgroup/remove.js';
import { isAtLeast, parseKernelVersion } from '../model/index.js';
import { directoryOf } from '../sources/cgroup/mounts.js';
import { parseProcCgroup } from '../sources/cgroup/parse.js';
import { type Host, kernelRelease, procOf } from '../sources/host/host.js';
import { parseMountinfo } from '../sources/host/mountinfo.js';
import { readHostFile, readHostText } from '../sources/host/read-file.js';
import type { Hold } from './hold.js';
import { stepByQuota } from './policy.js';
import type { GuardWatchdog } from './watchdog.js';

/** The least quota the kernel takes, in microseconds, and none (kernel/sched/core.c, tg_set_cfs_bandwidth(), 6.18). */
const LEAST_QUOTA = '1000';
const NO_QUOTA = '-1';
/** The longest period the kernel takes, in microseconds, and its default. */
const LONGEST_PERIOD = '1000000';
const USUAL_PERIOD = '100000';

/**
 * By the CPU time of v1 cgroups: whoever copies pages needs it for every page, and one whose quota is used up is not scheduled
 * until the period ends. Source: Documentation/scheduler/sched-bwc.rst (6.18).
 */
export class CpuQuota implements Hold {
  readonly kind = 'cpu-quota';
  readonly step = stepByQuota;
  readonly #directories: () => readonly string[];
  readonly #watchdog: Pick<GuardWatchdog, 'holds'>;

  /** `directories` are cgroups of the guard's own, made by makeCpuCgroup(). */
  constructor(directories: () => readonly string[], watchdog: Pick<GuardWatchdog, 'holds'>) {
    this.#directories = directories;
    this.#watchdog = watchdog;
  }

  hold(): boolean {
    const files = this.#files();
    if (!this.#watchdog.holds(files.map((file) => ({ file, free: NO_QUOTA })))) return false;
    // To write the same again would grant the quota anew.
    return files.filter((file) => readHostFile(file)?.trim() === LEAST_QUOTA || tryWrite(file, LEAST_QUOTA)).length > 0;
  }

  free(): void {
    for (const file of this.#files()) tryWrite(file, NO_QUOTA);
    this.#watchdog.holds([]);
  }

  #files(): string[] {
    return this.#directories().map((directory) => `${directory}/cpu.cfs_quota_us`);
  }
}

/**
 * The period for quotas. Since 6.18 a task is throttled on its way to user mode only, where it keeps nothing of the kernel
 * (kernel/sched/fair.c, throttle_cfs_rq_work()). Before, it may keep a lock or a handle of the journal that others wait for, and
 * must get its turn soon.
 */
export function periodFor(release: string): string {
  const version = parseKernelVersion(release);
  return version !== undefined && isAtLeast(version, 6, 18) ? LONGEST_PERIOD : USUAL_PERIOD;
}

/** Prepares a cgroup that was just made for quotas; false where the kernel has none (CONFIG_CFS_BANDWIDTH). */
export function preparePeriod(host: Host, directory: string): boolean {
  return tryWrite(`${directory}/cpu.cfs_period_us`, periodFor(kernelRelease(host) ?? ''));
}

/** The directory of a process's cgroup in v1's cpu hierarchy; undefined where there is none, or none can be made below it. */
export function cpuHomeOf(host: Host, pid: number | 'self'): string | undefined {
  const mount = parseMountinfo(readHostText(`${procOf(host)}/self/mountinfo`) ?? '').find(
    ({ fileSystem, superOptions }) => fileSystem === 'cgroup' && superOptions.includes('cpu'),
  );
  const path = parseProcCgroup(readHostText(`${procOf(host)}/${pid}/cgroup`) ?? '').get('cpu');
  if (mount === undefined || path === undefined) return undefined;
  const directory = `${host.root}${mount.mountPoint}`;
  const home = directoryOf({ version: 1, layout: 'v1', directory, root: mount.root }, path);
  return home !== undefined && isWritable(home) ? home : undefined;
}
