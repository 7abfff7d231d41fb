import { fdatasync } from 'node:fs';
import { promisify } from 'node:util';
import { type Libc, SYNC_FILE_RANGE } from '../../sources/host/libc.js';

const fdatasyncAsync = promisify(fdatasync);

interface Written {
  readonly offset: number;
  readonly length: number;
}

/**
 * Keeps what a buffered writer leaves waiting for the disk below a limit: each part is sent to the disk at once, and waited for and
 * dropped from the page cache when the limit is near. Without the binding to libc, on overlayfs, which does not pass
 * sync_file_range on (fs/overlayfs/file.c, 6.18), and where the dirty pages are below the file, all is synced instead, and clean
 * pages stay.
 */
export class DirtyWindow {
  readonly #fd: number;
  readonly #limitBytes: number;
  readonly #libc: Libc | undefined;
  readonly #waiting: Written[] = [];
  #bytes = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(fd: number, limitBytes: number, libc: Libc | undefined) {
    this.#fd = fd;
    this.#limitBytes = limitBytes;
    this.#libc = libc;
  }

  /** Takes in what was written; resolves when the limit is kept. Calls wait for each other. */
  wrote(offset: number, length: number): Promise<void> {
    this.#turn = this.#turn.then(() => this.#take({ offset, length }));
    return this.#turn;
  }

  /** Waits for all that was written and drops it. */
  async drain(): Promise<void> {
    await this.#turn;
    await this.#shrinkTo(0);
  }

  async #take(part: Written): Promise<void> {
    await this.#libc?.syncFileRangeAsync(this.#fd, part.offset, part.length, SYNC_FILE_RANGE.write);
    this.#waiting.push(part);
    this.#bytes += part.length;
    if (this.#bytes > this.#limitBytes) await this.#shrinkTo(this.#limitBytes);
  }

  async #shrinkTo(bytes: number): Promise<void> {
    const libc = this.#libc;
    if (libc === undefined) {
      await fdatasyncAsync(this.#fd);
      this.#waiting.length = 0;
      this.#bytes = 0;
      return;
    }
    const { waitBefore, write, waitAfter } = SYNC_FILE_RANGE;
    while (this.#bytes > bytes) {
      const oldest = this.#waiting.shift();
      if (oldest === undefined) return;
      await libc.syncFileRangeAsync(this.#fd, oldest.offset, oldest.length, waitBefore | write | waitAfter);
      await libc.dropCacheAsync(this.#fd, oldest.offset, oldest.length);
      this.#bytes -= oldest.length;
    }
  }
}
