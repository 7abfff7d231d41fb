/** A part of a buffer that is all zeros, or not. */
export interface Run {
  readonly start: number;
  readonly end: number;
  readonly isZero: boolean;
}

/** Shorter zero runs are written as they are: a hole saves less than the extra request costs. It divides the size of a buffer. */
export const ZERO_RUN_BYTES = 64 * 1024;

const ZEROS = new Uint8Array(ZERO_RUN_BYTES);

/** Parts a buffer's first `lengthBytes` into runs, at multiples of ZERO_RUN_BYTES; neighbours of one kind are one run. */
export function runsOf(buffer: Uint8Array, lengthBytes: number): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < lengthBytes; start += ZERO_RUN_BYTES) {
    const end = Math.min(start + ZERO_RUN_BYTES, lengthBytes);
    const isZero = Buffer.compare(buffer.subarray(start, end), ZEROS.subarray(0, end - start)) === 0;
    const last = runs.at(-1);
    if (last?.isZero === isZero) runs[runs.length - 1] = { ...last, end };
    else runs.push({ start, end, isZero });
  }
  return runs;
}
