/** What one line of an OOM report says, before lines are put together to a report. kB and KB are bytes here; pages stay pages. */
export type LineEvent =
  | InvokedEvent
  | { readonly kind: 'cpuset'; readonly comm: string; readonly cpuset: string; readonly memsAllowed: string }
  | { readonly kind: 'cpu'; readonly pid: number; readonly comm: string; readonly release?: string }
  | { readonly kind: 'call-trace' }
  | { readonly kind: 'frame'; readonly symbol: string; readonly uncertain: boolean }
  | { readonly kind: 'limit-of'; readonly task: string; readonly limit: string }
  | {
      readonly kind: 'counter';
      readonly name: CounterName;
      readonly usageBytes: number;
      readonly limitBytes: number;
      readonly failcnt: number;
    }
  | {
      readonly kind: 'stats';
      readonly path: string;
      readonly pathTruncated: boolean;
      readonly entries?: Readonly<Record<string, number>>;
    }
  | { readonly kind: 'stat'; readonly key: string; readonly value: number }
  | { readonly kind: 'mem-info' }
  | MemInfoEvent
  | { readonly kind: 'table-title' }
  | { readonly kind: 'table-header'; readonly columns: readonly string[] }
  | { readonly kind: 'row'; readonly pid: number; readonly fields: readonly string[] }
  | OomKillEvent
  | ({
      readonly kind: 'selected';
      readonly pid: number;
      readonly comm: string;
      readonly score: number;
      readonly scope?: 'memcg' | 'node';
    } & Quotable)
  | KilledEvent
  | { readonly kind: 'group-kill'; readonly path: string }
  | { readonly kind: 'already-exiting'; readonly pid: number; readonly comm: string }
  | {
      readonly kind: 'reaped';
      readonly pid: number;
      readonly comm: string;
      readonly anonRssBytes?: number;
      readonly fileRssBytes?: number;
      readonly shmemRssBytes?: number;
    }
  | { readonly kind: 'unable-to-reap'; readonly pid: number; readonly comm: string }
  | { readonly kind: 'no-killable' }
  | { readonly kind: 'panic' }
  | { readonly kind: 'suppressed'; readonly count: number }
  | { readonly kind: 'other-dump' }
  | { readonly kind: 'release'; readonly release: string };

export type CounterName = 'memory' | 'memorySwap' | 'kmem' | 'swap';

export interface InvokedEvent {
  readonly kind: 'invoked';
  readonly comm: string;
  readonly gfpMask?: string;
  readonly gfpFlags: readonly string[];
  readonly order?: number;
  readonly oomScoreAdj?: number;
  readonly oomAdj?: number;
  readonly nodemask?: string;
}

/** Whose words a line of the kernel are. */
export interface Quotable {
  /**
   * Other text stands in front of them: another program quotes them (node-problem-detector, an Event, a chat), or a prefix that
   * nobody knows was not taken off.
   */
  readonly quoted: boolean;
  /** node-problem-detector handed the kernel's line on, word for word. */
  readonly byMonitor?: boolean;
}

export interface OomKillEvent extends Quotable {
  readonly kind: 'oom-kill';
  readonly word: string;
  readonly nodemask?: string;
  readonly cpuset?: string;
  readonly memsAllowed?: string;
  readonly globalOom: boolean;
  readonly oomMemcg?: string;
  readonly taskMemcg?: string;
  readonly task?: string;
  readonly pid?: number;
  readonly uid?: number;
  /** The key in which the text was cut, if it was. */
  readonly cutIn?: 'oom_memcg' | 'task_memcg' | 'pid' | 'other';
}

export interface KilledEvent extends Quotable {
  readonly kind: 'killed';
  readonly pid: number;
  readonly comm: string;
  readonly scope?: 'memcg' | 'node';
  readonly totalVmBytes?: number;
  readonly anonRssBytes?: number;
  readonly fileRssBytes?: number;
  readonly shmemRssBytes?: number;
  readonly pageTablesBytes?: number;
  readonly uid?: number;
  readonly oomScoreAdj?: number;
}

/** Lines of show_mem(). Values in pages unless named bytes. */
export type MemInfoEvent =
  | { readonly kind: 'mem-totals'; readonly pages: Readonly<Record<string, number>> }
  | { readonly kind: 'mem-node'; readonly node: number; readonly bytes: Readonly<Record<string, number>> }
  | { readonly kind: 'mem-zone'; readonly node?: number; readonly zone: string; readonly bytes: Readonly<Record<string, number>> }
  | { readonly kind: 'lowmem-reserve'; readonly pages: readonly number[] }
  | {
      readonly kind: 'buddy';
      readonly node?: number;
      readonly zone: string;
      readonly counts: readonly { readonly blockBytes: number; readonly count: number; readonly types?: string }[];
      readonly totalBytes?: number;
    }
  | {
      readonly kind: 'hugepages';
      readonly node?: number;
      readonly total: number;
      readonly free: number;
      readonly surplus: number;
      readonly pageBytes: number;
    }
  | { readonly kind: 'mem-pages'; readonly name: 'pageCache' | 'swapCache' | 'ram' | 'reserved'; readonly pages: number }
  | { readonly kind: 'mem-swap'; readonly name: 'free' | 'total'; readonly bytes: number }
  | { readonly kind: 'slab-title' }
  | { readonly kind: 'slab'; readonly name: string; readonly usedBytes: number; readonly totalBytes: number };
