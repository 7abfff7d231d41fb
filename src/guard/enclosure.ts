import { newName } from '../lab/cgroup/lab-cgroup.js';
import { tryWrite } from '../lab/cgroup/remove.js';
import { thisHost } from '../sources/host/host.js';
import { cpuHomeOf } from './cpu-quota.js';
import { makeCpuCgroup } from './scratch.js';
import type { GuardWatchdog } from './watchdog.js';

/**
 * Brings running processes into cpu cgroups of the guard's own, each below the one it is in, whose limits so still hold for it. The
 * watchdog knows the way back.
 */
export class Enclosure {
  readonly #watchdog: GuardWatchdog;
  /** What was made below each cgroup that processes were found in; undefined where nothing could be. */
  readonly #made = new Map<string, string | undefined>();
  #met: ReadonlySet<number> = new Set();

  constructor(watchdog: GuardWatchdog) {
    this.#watchdog = watchdog;
  }

  get directories(): readonly string[] {
    return [...this.#made.values()].filter((directory) => directory !== undefined);
  }

  /** Brings in those that are new. One that cannot be moved stays where it is, and is not held. */
  take(pids: readonly number[]): void {
    for (const pid of pids) if (!this.#met.has(pid)) this.#move(pid);
    this.#met = new Set(pids);
  }

  #move(pid: number): void {
    const home = cpuHomeOf(thisHost, pid);
    // One that was started inside is inside.
    if (home === undefined || this.directories.includes(home)) return;
    if (!this.#made.has(home)) this.#made.set(home, this.#make(home));
    const directory = this.#made.get(home);
    if (directory !== undefined) tryWrite(`${directory}/cgroup.procs`, String(pid));
  }

  #make(home: string): string | undefined {
    const cgroup = { directory: `${home}/${newName()}`, home };
    return this.#watchdog.makes([cgroup]) && makeCpuCgroup(cgroup) ? cgroup.directory : undefined;
  }
}
