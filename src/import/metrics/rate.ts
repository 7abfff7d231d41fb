/** The rate is that of the last seconds: a disk's cache makes the first ones fast. */
const WINDOW_MS = 5000;
/** Looks that are closer than this are one. */
const STEP_MS = 100;

interface Point {
  readonly atMs: number;
  readonly bytes: number;
}

/** How fast a count of bytes has risen lately. */
export class Rate {
  readonly #points: Point[] = [];
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  update(bytes: number): void {
    const atMs = this.#now();
    if (atMs - (this.#points.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) < STEP_MS) return;
    this.#points.push({ atMs, bytes });
    while ((this.#points[1]?.atMs ?? Number.POSITIVE_INFINITY) < atMs - WINDOW_MS) this.#points.shift();
  }

  /** Bytes a second up to now, so that it falls when nothing comes; undefined before there are two looks. */
  perSecond(): number | undefined {
    const first = this.#points[0];
    const last = this.#points.at(-1);
    if (first === undefined || last === undefined || first === last) return undefined;
    return ((last.bytes - first.bytes) * 1000) / (Math.max(this.#now(), last.atMs) - first.atMs);
  }
}
