import { type CgroupMemory, type Loose, type PeakMemory, present } from '../model/index.js';

/** The largest each figure became. */
export class Peaks {
  readonly #largest: { -readonly [Part in keyof PeakMemory]: PeakMemory[Part] } = { chargedBytes: 0, unreclaimableBytes: 0 };

  /** Takes in a sample and what of it could not be reclaimed. */
  add({ usage, counters: { memory } }: CgroupMemory, unreclaimableBytes: number): void {
    const seen = present({
      chargedBytes: Math.max(memory.usageBytes, memory.peakBytes ?? 0),
      anonBytes: usage.anonBytes,
      fileBytes: usage.file?.totalBytes,
      dirtyBytes: usage.file?.dirtyBytes,
      writebackBytes: usage.file?.writebackBytes,
      shmemBytes: usage.shmemBytes,
      kernelBytes: usage.kernel?.totalBytes,
      swapBytes: usage.swapBytes,
      unreclaimableBytes,
    } satisfies Loose<PeakMemory>);
    for (const [part, bytes] of Object.entries(seen) as [keyof PeakMemory, number][]) {
      this.#largest[part] = Math.max(this.#largest[part] ?? 0, bytes);
    }
  }

  largest(): PeakMemory {
    return { ...this.#largest };
  }
}
