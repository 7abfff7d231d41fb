import type { Sampling } from '../model/index.js';
import type { Sample } from './sample.js';

/** Classes of gaps between samples, by their milliseconds: the median is found without keeping them all. */
const CLASSES = 1000;

/** The times between samples, and how fast the charge grew in the last of them. */
export class Gaps {
  readonly #counts = new Uint32Array(CLASSES);
  #samples = 0;
  #longestMs = 0;
  #last: Sample | undefined;
  growthBytesPerMs = 0;

  add(sample: Sample): void {
    const last = this.#last;
    this.#samples += 1;
    this.#last = sample;
    if (last === undefined) return;
    const gapMs = (sample.atSeconds - last.atSeconds) * 1000;
    this.#longestMs = Math.max(this.#longestMs, gapMs);
    const index = Math.min(CLASSES - 1, Math.round(gapMs));
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.growthBytesPerMs = ((sample.chargedBytes ?? 0) - (last.chargedBytes ?? 0)) / Math.max(0.1, gapMs);
  }

  summary(): Omit<Sampling, 'cpuSeconds'> {
    return { samples: this.#samples, medianSeconds: this.#medianMs() / 1000, longestSeconds: this.#longestMs / 1000 };
  }

  #medianMs(): number {
    let left = Math.floor((this.#samples - 1) / 2);
    for (const [milliseconds, count] of this.#counts.entries()) {
      if (count > left) return milliseconds;
      left -= count;
    }
    return 0;
  }
}
