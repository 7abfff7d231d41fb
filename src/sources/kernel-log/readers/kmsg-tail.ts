import { closeSync, constants, openSync, readSync } from 'node:fs';
import { KMSG_PATH } from './kmsg.js';
import { errnoOf } from './read-error.js';

/** Larger than any record: PRINTK_MESSAGE_MAX (2048) with prefix and dictionary. A shorter buffer gets EINVAL. */
const RECORD_BYTES = 16_384;
/** A storm of reports is not kept without end: the first kills tell most. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The records the kernel logs from now on. */
export class KmsgTail {
  readonly #file: number;
  readonly #buffer = Buffer.alloc(RECORD_BYTES);
  #text = '';

  private constructor(file: number) {
    this.#file = file;
    // Node has no lseek(2): what was logged before is read and dropped.
    this.#drain();
  }

  /** Undefined where the log may not be read (kernel.dmesg_restrict without CAP_SYSLOG) or there is none, as in most containers. */
  static open(): KmsgTail | undefined {
    try {
      return new KmsgTail(openSync(KMSG_PATH, constants.O_RDONLY | constants.O_NONBLOCK));
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
      return undefined;
    }
  }

  /** All records so far, one a line, as read. */
  text(): string {
    const more = this.#drain();
    if (this.#text.length < MOST_BYTES) this.#text += more;
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
        const errno = errnoOf(error);
        if (errno === 'EAGAIN') return text;
        // EPIPE: the ring buffer overtook the reader; the next read gives the oldest record still there.
        if (errno !== 'EPIPE' && errno !== 'EINVAL') throw error;
      }
    }
  }
}
