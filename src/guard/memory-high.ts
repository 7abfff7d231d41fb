import { accessSync, constants } from 'node:fs';
import { tryWrite } from '../lab/cgroup/remove.js';
import { parseNumber } from '../sources/cgroup/parse.js';
import { readHostFile } from '../sources/host/read-file.js';
import type { FileFigures } from './figures.js';
import type { Hold } from './hold.js';
import { type GuardBounds, highBytes, roomAfter, stepByHigh } from './policy.js';
import type { GuardWatchdog } from './watchdog.js';

/** Changes that are less of the room are not worth a write. */
const GRAIN_SHARE = 1 / 32;

/**
 * By memory.high of a v2 cgroup. Below it the kernel sizes how much of the cgroup may be dirty, and lets whoever dirties more wait
 * for the disk page by page (mm/page-writeback.c, balance_dirty_pages(), mem_cgroup_wb_stats()); above it clean pages are dropped,
 * and who is charged more waits. Only a signal that kills ends such a wait. Source: Documentation/admin-guide/cgroup-v2.rst (6.18).
 */
export class MemoryHigh implements Hold {
  readonly kind = 'memory-high';
  readonly step = stepByHigh;
  readonly #directory: string;
  readonly #bounds: GuardBounds;
  readonly #watchdog: Pick<GuardWatchdog, 'holds'>;
  #roomBytes: number;
  /** What was found there, and what was written since; undefined while the cgroup is not held. */
  #before = 'max';
  #written: string | undefined;

  constructor(directory: string, bounds: GuardBounds, watchdog: Pick<GuardWatchdog, 'holds'>) {
    this.#directory = directory;
    this.#bounds = bounds;
    this.#watchdog = watchdog;
    this.#roomBytes = bounds.cacheBytes;
  }

  hold(figures: FileFigures): boolean {
    const found = readHostFile(this.#file)?.trim();
    const usageBytes = parseNumber(readHostFile(`${this.#directory}/memory.current`));
    if (found === undefined || usageBytes === undefined) return false;
    if (found !== this.#written) {
      this.#before = found;
      this.#written = undefined;
    }
    if (!this.#watchdog.holds([{ file: this.#file, free: this.#before }])) return false;
    this.#roomBytes = roomAfter(this.#roomBytes, figures.dirtyBytes, this.#bounds);
    const setBytes = parseNumber(this.#written);
    const wanted = Math.min(highBytes(usageBytes, figures, this.#roomBytes, setBytes), parseNumber(this.#before) ?? Infinity);
    if (setBytes !== undefined && Math.abs(wanted - setBytes) < this.#roomBytes * GRAIN_SHARE) return true;
    if (!tryWrite(this.#file, String(Math.round(wanted)))) return false;
    // As the kernel rounded it.
    this.#written = readHostFile(this.#file)?.trim();
    return true;
  }

  free(): void {
    // Who has written there meanwhile is left the last word.
    if (this.#written !== undefined && readHostFile(this.#file)?.trim() === this.#written) tryWrite(this.#file, this.#before);
    this.#written = undefined;
    this.#watchdog.holds([]);
  }

  get #file(): string {
    return `${this.#directory}/memory.high`;
  }
}

/** Whether this process may set memory.high of a cgroup: who was delegated it may set those below only. */
export function canSetHigh(directory: string): boolean {
  try {
    accessSync(`${directory}/memory.high`, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
