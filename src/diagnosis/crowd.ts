import { KIB, type TaskRow } from '../model/index.js';
import { type CaseFile, confidenceAt } from './case-file.js';

/** Fewer processes than this are no crowd. */
const CROWD = 15;

/**
 * Kernel memory a small process may cost: some 90 KiB were measured for `sleep` on 6.18 (page tables, a 16 KiB stack, task and
 * memory structures); larger address spaces need more page tables.
 */
const KERNEL_COST = 256 * KIB;

/** Many processes of which none is large. */
export interface Crowd {
  /** 0..1: how surely it is the number of processes that matters, not one of them. */
  readonly degree: number;
  readonly residentBytes: number;
  readonly largest: TaskRow;
  /** The largest one's part of the resident memory. */
  readonly largestShare: number;
  /** The kernel memory is what so many processes cost anyway: page tables, stacks and task structures of each. */
  readonly ownsKernelMemory: boolean;
}

/** The crowd in the task table; undefined when there are few processes or no table. */
export function crowdOf(file: CaseFile): Crowd | undefined {
  const tasks = file.workTasks;
  const largest = tasks[0];
  if (largest === undefined || tasks.length < CROWD) return undefined;
  const residentBytes = tasks.reduce((sum, row) => sum + row.rssBytes, 0);
  const largestShare = residentBytes > 0 ? largest.rssBytes / residentBytes : 1;
  const evenness =
    1 -
    confidenceAt(largestShare, [
      [0.05, 0],
      [0.12, 0.15],
      [0.25, 0.5],
      [0.4, 1],
    ]);
  const number = confidenceAt(tasks.length, [
    [CROWD, 0.75],
    [25, 0.92],
    [40, 1],
  ]);
  const kernelEach = (file.line('kernel')?.bytes ?? 0) / tasks.length;
  return { degree: evenness * number, residentBytes, largest, largestShare, ownsKernelMemory: kernelEach <= KERNEL_COST };
}
