import type { Accounting, AccountingLineId } from '../../src/model/index.js';

/** One stretch of the bar. */
export interface Segment {
  readonly id: AccountingLineId | 'clean' | 'dirty' | 'writeback' | 'free';
  readonly bytes: number;
  /** Of the bar's whole width, 0..1. */
  readonly width: number;
}

/** The bar that shows what a charge consists of, drawn against the limit. */
export interface CompositionBar {
  /** What the whole width stands for: the limit, or the charge where that is more or no limit is known. */
  readonly wholeBytes: number;
  readonly segments: readonly Segment[];
  /** Where the limit stands, 0..1; absent without one. */
  readonly limitAt?: number;
}

/** Narrower stretches could not be seen. */
const NARROWEST = 0.004;

/** The stretches in the order of the accounting; of file, dirty pages and pages under writeback are told apart. Empty ones are left out. */
export function compositionBar({ lines, chargedBytes, limitBytes }: Accounting): CompositionBar {
  const sizes = lines.flatMap(({ id, bytes, parts }): Omit<Segment, 'width'>[] => {
    if (bytes <= 0) return [];
    if (id !== 'file') return [{ id, bytes }];
    const part = (name: string): number => parts.find((candidate) => candidate.id === name)?.bytes ?? 0;
    const writeback = Math.min(part('writeback'), bytes);
    const dirty = Math.min(part('dirty'), bytes - writeback);
    const stretches: Omit<Segment, 'width'>[] = [
      { id: dirty + writeback > 0 ? 'clean' : 'file', bytes: bytes - dirty - writeback },
      { id: 'dirty', bytes: dirty },
      { id: 'writeback', bytes: writeback },
    ];
    return stretches.filter((stretch) => stretch.bytes > 0);
  });
  const sum = sizes.reduce((total, { bytes }) => total + bytes, 0);
  const wholeBytes = Math.max(limitBytes ?? 0, chargedBytes, sum, 1);
  if (wholeBytes > sum) sizes.push({ id: 'free', bytes: wholeBytes - sum });
  const widths = sizes.map(({ bytes }) => Math.max(NARROWEST, bytes / wholeBytes));
  const all = widths.reduce((total, width) => total + width, 0);
  return {
    wholeBytes,
    segments: sizes.map(({ id, bytes }, index) => ({ id, bytes, width: (widths[index] ?? 0) / all })),
    ...(limitBytes === undefined ? {} : { limitAt: limitBytes / wholeBytes }),
  };
}
