import { closeSync, constants, openSync, readSync } from 'node:fs';

/** Larger than any record: PRINTK_MESSAGE_MAX (2048) with the prefix and the dictionary. A shorter buffer gets EINVAL. */
const RECORD_BYTES = 16_384;

/**
 * The records the kernel logs after this was opened. Each read(2) of /dev/kmsg returns one record,
 * `<level>,<sequence>,<microseconds>,<flags>;<text>`, ended by a newline. Source: Documentation/ABI/testing/dev-kmsg (6.18).
 */
export class KmsgTail {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(RECORD_BYTES);
  #text = '';

  constructor() {
    this.#file = openSync('/dev/kmsg', constants.O_RDONLY | constants.O_NONBLOCK);
    // Node has no lseek: what was logged before is read and dropped.
    this.#drain();
  }

  /** All records so far, one a line, as read. */
  text(): string {
    this.#text += this.#drain();
    return this.#text;
  }

  close(): void {
    closeSync(this.#file);
  }

  #drain(): string {
    let text = '';
    for (;;) {
      try {
        text += this.#buffer.toString('utf8', 0, readSync(this.#file, this.#buffer, 0, RECORD_BYTES, null));
      } catch (error) {
        // EPIPE: the ring buffer overtook us; the next read gives the oldest record still there.
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EAGAIN') return text;
        if (code !== 'EPIPE') throw error;
      }
    }
  }
}
