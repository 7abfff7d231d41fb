import { writeFileSync } from 'node:fs';
import type { GuardPause } from '../model/index.js';
import { thisHost } from '../sources/host/host.js';
import { readHostFile } from '../sources/host/read-file.js';
import { processState } from './process-state.js';
import { type FreezerFile, type GuardState, letRun } from './undo.js';
import type { GuardWatchdog } from './watchdog.js';

/** Forks made while the tree is being stopped are found by looking again. */
const MOST_LOOKS = 20;

type Paused = Pick<GuardState, 'freezer' | 'stopped'>;

/** Pauses writers and lets them run; the watchdog knows before anything is paused. */
export interface Pauser {
  readonly kind: GuardPause;
  /** May be called again while paused: what was let run or started meanwhile is paused too. False when nothing could be. */
  pause(): boolean;
  resume(): void;
}

/** What is told to the watchdog beside the cgroups. */
export type Tell = (paused: Paused) => boolean;

export function tellWith(watchdog: GuardWatchdog, cgroups: () => GuardState['cgroups']): Tell {
  return (paused) => watchdog.tell({ ...paused, cgroups: cgroups() });
}

/** By the freezer of a cgroup. One that its owner has frozen is left alone. */
export class FreezerPauser implements Pauser {
  readonly kind: GuardPause;
  readonly #freezer: FreezerFile;
  readonly #tell: Tell;
  #isOurs = false;

  constructor(version: 1 | 2, directory: string, tell: Tell) {
    this.kind = version === 1 ? 'freezer-v1' : 'freezer-v2';
    this.#freezer = freezerIn(version, directory);
    this.#tell = tell;
  }

  pause(): boolean {
    const { file, frozen, thawed } = this.#freezer;
    if (!this.#isOurs && readHostFile(file)?.trim() !== thawed) return false;
    if (!this.#tell({ freezer: this.#freezer, stopped: [] })) return false;
    this.#isOurs = true;
    try {
      writeFileSync(file, frozen);
    } catch {
      // The cgroup is gone, and with it all that could be paused.
      return false;
    }
    return true;
  }

  resume(): void {
    if (!this.#isOurs) return;
    letRun({ freezer: this.#freezer, stopped: [], cgroups: [] });
    this.#isOurs = false;
    this.#tell({ stopped: [] });
  }
}

/** Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst and cgroup-v2.rst, cgroup.freeze (6.18). */
export function freezerIn(version: 1 | 2, directory: string): FreezerFile {
  return version === 1
    ? { file: `${directory}/freezer.state`, frozen: 'FROZEN', thawed: 'THAWED' }
    : { file: `${directory}/cgroup.freeze`, frozen: '1', thawed: '0' };
}

/** By SIGSTOP and SIGCONT to each process. One that was stopped before, or is traced, is left alone. */
export class SignalPauser implements Pauser {
  readonly kind = 'signals';
  readonly #members: () => readonly number[];
  readonly #tell: Tell;
  readonly #stopped = new Map<number, string>();

  constructor(members: () => readonly number[], tell: Tell) {
    this.#members = members;
    this.#tell = tell;
  }

  pause(): boolean {
    for (let look = 0; look < MOST_LOOKS; look++) {
      const running = this.#members()
        .filter((pid) => !this.#stopped.has(pid))
        .flatMap((pid) => processState(thisHost, pid) ?? [])
        .filter(({ state }) => !['T', 't', 'Z', 'X'].includes(state));
      for (const { pid, startTicks } of running) this.#stopped.set(pid, startTicks);
      const told = this.#tell({ stopped: [...this.#stopped] });
      if (!told) {
        for (const { pid } of running) this.#stopped.delete(pid);
        return false;
      }
      for (const { pid } of running) if (!sendStop(pid)) this.#stopped.delete(pid);
      if (running.length === 0) break;
    }
    return this.#stopped.size > 0;
  }

  resume(): void {
    if (this.#stopped.size === 0) return;
    letRun({ stopped: [...this.#stopped], cgroups: [] });
    this.#stopped.clear();
    this.#tell({ stopped: [] });
  }
}

function sendStop(pid: number): boolean {
  try {
    process.kill(pid, 'SIGSTOP');
    return true;
  } catch {
    return false;
  }
}
