import { type KmsgDevice, kernelDevice, readRecord } from './kmsg.js';
import { errnoOf, ReadError } from './read-error.js';

/** Larger than any record with its properties: the kernel makes at most 8192 bytes of one (CONSOLE_EXT_LOG_MAX, 5.10). */
const RECORD_BYTES = 16_384;
/** A storm of reports is not kept without end: the first kills tell most. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The records the kernel logs from now on. */
export class KmsgTail {
  readonly #device: KmsgDevice;
  readonly #buffer = Buffer.alloc(RECORD_BYTES);
  #text = '';

  private constructor(device: KmsgDevice) {
    this.#device = device;
  }

  /**
   * Undefined where the log may not be read (kernel.dmesg_restrict without CAP_SYSLOG), there is none, as in most containers, or
   * the device holds no record and so is not the kernel's.
   */
  static open(device: KmsgDevice = kernelDevice()): KmsgTail | undefined {
    let isOpen = false;
    try {
      device.open();
      isOpen = true;
      const tail = new KmsgTail(device);
      // Node has no lseek(2): what was logged before is read and dropped.
      if (tail.#drain() !== '') return tail;
    } catch (error) {
      if (!(error instanceof ReadError) && errnoOf(error) === undefined) throw error;
    }
    if (isOpen) device.close();
    return undefined;
  }

  /** All records so far, one a line, as read: escaped (kmsg-record.ts). */
  text(): string {
    const more = this.#drain();
    if (this.#text.length < MOST_BYTES) this.#text += more;
    return this.#text;
  }

  close(): void {
    this.#device.close();
  }

  #drain(): string {
    let text = '';
    for (;;) {
      const length = readRecord(this.#device, this.#buffer);
      if (length === 'end') return text;
      // Of an overrun the next read gives the oldest record still there.
      if (length !== 'lost') text += this.#buffer.toString('utf8', 0, length);
    }
  }
}
