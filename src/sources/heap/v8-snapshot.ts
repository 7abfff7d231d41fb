import type { ByteStream } from './byte-stream.js';
import { DOMINATOR_BYTES_PER_EDGE, DOMINATOR_BYTES_PER_NODE } from './dominators.js';
import { HeapProfileError } from './errors.js';
import { JsonTokenizer } from './json-tokenizer.js';
import type { V8ClassSize } from './v8-snapshot-reader.js';
import { SnapshotReader } from './v8-snapshot-reader.js';

export type { V8ClassSize };

export interface V8HeapSnapshot {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** The whole heap in the snapshot. It has what V8 manages; the pages V8 keeps free and most native memory are not in it. */
  readonly selfBytes: number;
  /** Largest selfBytes first, then by name. */
  readonly classes: readonly V8ClassSize[];
  readonly retained:
    | { readonly computed: true }
    /** The graph is too large for the bound: only sizes of the objects themselves are known (heap.retained.not-computed). */
    | { readonly computed: false; readonly neededBytes: number; readonly boundBytes: number };
}

export interface SnapshotOptions {
  /**
   * Memory that may be used for retained sizes; default 2 GiB. The need is 80 bytes a node and 8 bytes an edge
   * (graphBytes). Above it the snapshot is read with self sizes only, in memory that does not grow with it.
   */
  readonly retainedBoundBytes?: number;
}

const DEFAULT_RETAINED_BOUND_BYTES = 2 * 1024 ** 3;

/** The graph itself (SnapshotReader: 16 bytes a node, 4 an edge), finding dominators, and adding up sizes (16 bytes a node). */
function graphBytes(nodeCount: number, edgeCount: number): number {
  return nodeCount * (16 + DOMINATOR_BYTES_PER_NODE + 16) + edgeCount * (4 + DOMINATOR_BYTES_PER_EDGE);
}

/**
 * Reads a V8 heap snapshot (v8.writeHeapSnapshot(), --heapsnapshot-near-heap-limit, Chrome) of any size as a stream: the JSON
 * text is never held, and names only of constructors. Objects are put into classes as DevTools does
 * (front_end/entrypoints/heap_snapshot_worker/HeapSnapshot.ts), and like there nodes of size 0 that are not native do not count.
 * Retained sizes follow all edges but weak ones and shortcuts below the root; unlike new DevTools, the value of a WeakMap
 * entry is held by both its key and the map, which may move what it retains further up.
 *
 * Throws HeapProfileError: `empty`, `truncated`, `malformed`, or `not-a-heap-profile` for other JSON.
 */
export async function readHeapSnapshot(chunks: ByteStream, options: SnapshotOptions = {}): Promise<V8HeapSnapshot> {
  const boundBytes = options.retainedBoundBytes ?? DEFAULT_RETAINED_BOUND_BYTES;
  const reader = new SnapshotReader(({ nodeCount, edgeCount }) => graphBytes(nodeCount, edgeCount) <= boundBytes);
  const tokenizer = new JsonTokenizer(reader);
  for await (const chunk of chunks) tokenizer.write(chunk);
  tokenizer.end();
  const { layout, classes, keepsGraph } = reader.finish();

  const { nodeCount, edgeCount } = layout;
  const retained = keepsGraph
    ? ({ computed: true } as const)
    : ({ computed: false, neededBytes: graphBytes(nodeCount, edgeCount), boundBytes } as const);
  return {
    nodeCount,
    edgeCount,
    selfBytes: classes.reduce((sum, { selfBytes }) => sum + selfBytes, 0),
    classes: [...classes].sort(bySize((entry) => entry.selfBytes)),
    retained,
  };
}

export interface TopConstructorsOptions {
  /** Default `retained` when it was computed, else `self`. */
  readonly sort?: 'self' | 'retained';
  /** Default 20. */
  readonly count?: number;
}

/** The classes that matter most. Throws HeapProfileError `no-such-sample-type` for `retained` where it was not computed. */
export function topConstructors(snapshot: V8HeapSnapshot, options: TopConstructorsOptions = {}): V8ClassSize[] {
  const sort = options.sort ?? (snapshot.retained.computed ? 'retained' : 'self');
  if (sort === 'retained' && !snapshot.retained.computed) {
    throw new HeapProfileError('no-such-sample-type', 'retained sizes were not computed for this snapshot');
  }
  const size = (entry: V8ClassSize): number => (sort === 'retained' ? (entry.retainedBytes ?? 0) : entry.selfBytes);
  return [...snapshot.classes].sort(bySize(size)).slice(0, options.count ?? 20);
}

function bySize(size: (entry: V8ClassSize) => number): (a: V8ClassSize, b: V8ClassSize) => number {
  return (a, b) => size(b) - size(a) || (a.name < b.name ? -1 : 1);
}
