import type { Sample } from './sample.js';

/** A sample's bytes in JSON are about 120: a recording stays below half a megabyte. */
const MOST_OLD = 3072;
const MOST_RECENT = 1024;

/**
 * The samples of a run of any length, in bounded memory: the latest are kept all, older ones get sparser as the run goes on.
 * Of the samples that are merged the one with the highest charge stays, so no peak of it is lost; counters lose nothing, for
 * they only grow. The very first sample stays too.
 */
export class SampleHistory {
  readonly #mostOld: number;
  readonly #mostRecent: number;
  #old: Sample[] = [];
  #recent: Sample[] = [];
  /** Old samples closer to each other than this are merged. 0: none are, yet. */
  #spacingSeconds = 0;
  /** Where the span of the last old sample began. */
  #spanFrom = 0;

  constructor(mostOld: number = MOST_OLD, mostRecent: number = MOST_RECENT) {
    this.#mostOld = mostOld;
    this.#mostRecent = mostRecent;
  }

  add(sample: Sample): void {
    this.#recent.push(sample);
    if (this.#recent.length < 2 * this.#mostRecent) return;
    for (const aged of this.#recent.splice(0, this.#mostRecent)) this.#age(aged);
  }

  /** All samples that are kept, in order of time. */
  samples(): Sample[] {
    return [...this.#old, ...this.#recent];
  }

  #age(sample: Sample): void {
    const last = this.#old.at(-1);
    if (last !== undefined && this.#old.length > 1 && sample.atSeconds - this.#spanFrom < this.#spacingSeconds) {
      this.#old[this.#old.length - 1] = fuller(last, sample);
      return;
    }
    this.#old.push(sample);
    this.#spanFrom = sample.atSeconds;
    if (this.#old.length > this.#mostOld) this.#thin();
  }

  /** Merges every two old samples. */
  #thin(): void {
    const [first, ...rest] = this.#old;
    if (first === undefined) return;
    const span = (rest.at(-1)?.atSeconds ?? 0) - first.atSeconds;
    this.#spacingSeconds = (2 * span) / rest.length;
    const merged = rest.flatMap((sample, index) => {
      if (index % 2 === 1) return [];
      const next = rest[index + 1];
      return [next === undefined ? sample : fuller(sample, next)];
    });
    this.#old = [first, ...merged];
  }
}

function fuller(a: Sample, b: Sample): Sample {
  return (b.chargedBytes ?? 0) >= (a.chargedBytes ?? 0) ? b : a;
}
