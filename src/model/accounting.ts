import type { Message } from './message.js';
import type { Provenance } from './provenance.js';

/**
 * measured: the kernel printed the number. derived: computed from printed numbers, `note` says how.
 * absent: nothing printed allows a number; the line then counts 0 and its share is inside `unexplained`.
 */
export type How = 'measured' | 'derived' | 'absent';

export type AccountingLineId = 'anon' | 'file' | 'shmem' | 'kernel' | 'unexplained';

/** One part of a line, e.g. dirty under file, or page tables under kernel. Parts may overlap and need not sum to the line. */
export interface AccountingPart {
  readonly id: string;
  readonly bytes: number;
  readonly how: How;
  readonly from: readonly Provenance[];
}

export interface AccountingLine {
  readonly id: AccountingLineId;
  /** Bytes; 0 when absent. `unexplained` may be negative: counters are read at different moments and per-CPU batches lag. */
  readonly bytes: number;
  readonly how: How;
  /** A lower bound: more of the kind may be inside `unexplained`. */
  readonly atLeast?: true;
  /** How a derived number was got, as a sentence. */
  readonly note?: Message;
  readonly from: readonly Provenance[];
  readonly parts: readonly AccountingPart[];
}

/** The closed identity: chargedBytes equals the sum of the five lines, always. */
export interface Accounting {
  readonly scope: 'memcg' | 'node';
  /** The cgroup the sum is about; absent for a node. */
  readonly cgroup?: string;
  /** What the kernel charged: a memcg's usage, or the node's RAM less what is free. */
  readonly chargedBytes: number;
  readonly chargedHow: How;
  readonly chargedFrom: readonly Provenance[];
  /** Absent when there is no limit or it is not known. For a node, the RAM. */
  readonly limitBytes?: number;
  readonly lines: readonly AccountingLine[];
  /** usage - inactive_file, floored at 0, as the kubelet and `kubectl top` compute it. Absent when inactive_file is not known. */
  readonly workingSetBytes?: number;
  /** Resident memory of the tasks in the table: what `ps` and `top` would show. */
  readonly processes?: {
    readonly count: number;
    readonly rssBytes: number;
    readonly anonBytes?: number;
    readonly fileBytes?: number;
    readonly shmemBytes?: number;
    readonly pageTablesBytes?: number;
    readonly from: readonly Provenance[];
  };
  /** Charged, but neither resident in a process nor kernel memory: page cache nobody maps, files on tmpfs. */
  readonly heldByNoProcessBytes?: number;
}
