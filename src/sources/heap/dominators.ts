/** A directed graph as two arrays: the edges of node n lead to targets[firstEdge[n]] .. targets[firstEdge[n + 1] - 1]. Node 0 is the root. */
export interface Graph {
  readonly firstEdge: Uint32Array;
  readonly targets: Uint32Array;
}

export interface DominatorTree {
  /** Nodes in an order in which every node comes after its dominator. */
  readonly order: Uint32Array;
  /** The immediate dominator of each node; the root's is itself. */
  readonly dominator: Uint32Array;
}

/** What findDominators holds while it runs, in the twelve arrays of a place a node and the one of a place an edge below. */
export const DOMINATOR_BYTES_PER_NODE = 48;
export const DOMINATOR_BYTES_PER_EDGE = 4;

const NONE = 0xffff_ffff;

/**
 * The dominator tree of a graph: node d dominates n when every path from the root to n passes d, so that without d, n could be
 * freed. Nodes the root does not reach are treated as if the root referred to them.
 *
 * T. Lengauer, R. E. Tarjan: "A Fast Algorithm for Finding Dominators in a Flowgraph", TOPLAS 1(1), 1979, the version with
 * path compression, in O(edges * log nodes) whatever the graph. Everything between the two marked places works on
 * depth-first numbers, not on nodes.
 */
export function findDominators(graph: Graph): DominatorTree {
  const { order, numberOf, parent } = numberDepthFirst(graph);
  const count = order.length;
  const { firstPredecessor, predecessors } = invert(graph, numberOf);

  const semi = new Uint32Array(count);
  const dominator = new Uint32Array(count);
  const bucket = new Uint32Array(count).fill(NONE);
  const nextInBucket = new Uint32Array(count).fill(NONE);
  const forest = new Forest(count, semi);
  for (let node = 0; node < count; node++) semi[node] = node;

  for (let node = count - 1; node > 0; node--) {
    const up = parent[node] ?? 0;
    let lowest = up;
    const end = firstPredecessor[node + 1] ?? 0;
    for (let edge = firstPredecessor[node] ?? 0; edge < end; edge++) {
      const candidate = semi[forest.lowestAbove(predecessors[edge] ?? 0)] ?? 0;
      if (candidate < lowest) lowest = candidate;
    }
    semi[node] = lowest;
    nextInBucket[node] = bucket[lowest] ?? NONE;
    bucket[lowest] = node;

    forest.link(up, node);
    for (let waiting = bucket[up] ?? NONE; waiting !== NONE; waiting = nextInBucket[waiting] ?? NONE) {
      const best = forest.lowestAbove(waiting);
      dominator[waiting] = (semi[best] ?? 0) < (semi[waiting] ?? 0) ? best : up;
    }
    bucket[up] = NONE;
  }
  for (let node = 1; node < count; node++) {
    const found = dominator[node] ?? 0;
    if (found !== semi[node]) dominator[node] = dominator[found] ?? 0;
  }

  // Back from depth-first numbers to nodes; numberOf is no longer needed and takes the result.
  for (let number = 0; number < count; number++) numberOf[order[number] ?? 0] = order[dominator[number] ?? 0] ?? 0;
  return { order, dominator: numberOf };
}

/** Trees of the nodes handled so far, for finding the node of lowest semidominator between a node and its tree's root. */
class Forest {
  private readonly ancestor: Uint32Array;
  private readonly label: Uint32Array;
  private readonly path: Uint32Array;

  constructor(
    count: number,
    private readonly semi: Uint32Array,
  ) {
    this.ancestor = new Uint32Array(count).fill(NONE);
    this.label = new Uint32Array(count);
    this.path = new Uint32Array(count);
    for (let node = 0; node < count; node++) this.label[node] = node;
  }

  link(parent: number, node: number): void {
    this.ancestor[node] = parent;
  }

  lowestAbove(node: number): number {
    const { ancestor, label, path, semi } = this;
    let depth = 0;
    let current = node;
    for (let above = ancestor[current] ?? NONE; above !== NONE && ancestor[above] !== NONE; above = ancestor[current] ?? NONE) {
      path[depth++] = current;
      current = above;
    }
    // Path compression, from the tree's root down.
    while (depth > 0) {
      const below = path[--depth] ?? 0;
      const above = ancestor[below] ?? 0;
      if ((semi[label[above] ?? 0] ?? 0) < (semi[label[below] ?? 0] ?? 0)) label[below] = label[above] ?? 0;
      ancestor[below] = ancestor[above] ?? NONE;
    }
    return label[node] ?? 0;
  }
}

/** Numbers the nodes as a depth-first search meets them. `order` maps numbers to nodes; `parent` is in numbers. */
function numberDepthFirst({ firstEdge, targets }: Graph): { order: Uint32Array; numberOf: Uint32Array; parent: Uint32Array } {
  const count = firstEdge.length - 1;
  const order = new Uint32Array(count);
  const numberOf = new Uint32Array(count).fill(NONE);
  const parent = new Uint32Array(count);
  const cursor = firstEdge.slice(0, count);
  let next = 0;

  for (let start = 0; start < count; start++) {
    if (numberOf[start] !== NONE) continue;
    const first = next;
    let current = start;
    numberOf[start] = next;
    order[next++] = start;
    for (;;) {
      const edge = cursor[current] ?? 0;
      if (edge < (firstEdge[current + 1] ?? 0)) {
        cursor[current] = edge + 1;
        const target = targets[edge] ?? 0;
        if (numberOf[target] !== NONE) continue;
        numberOf[target] = next;
        parent[next] = numberOf[current] ?? 0;
        order[next++] = target;
        current = target;
      } else {
        const number = numberOf[current] ?? 0;
        if (number === first) break;
        current = order[parent[number] ?? 0] ?? 0;
      }
    }
  }
  return { order, numberOf, parent };
}

/** The edges the other way round, in depth-first numbers. */
function invert(
  { firstEdge, targets }: Graph,
  numberOf: Uint32Array,
): { firstPredecessor: Uint32Array; predecessors: Uint32Array } {
  const count = firstEdge.length - 1;
  const firstPredecessor = new Uint32Array(count + 1);
  const edgeCount = firstEdge[count] ?? 0;
  for (let edge = 0; edge < edgeCount; edge++) {
    const target = numberOf[targets[edge] ?? 0] ?? 0;
    firstPredecessor[target] = (firstPredecessor[target] ?? 0) + 1;
  }
  let sum = 0;
  for (let number = 0; number <= count; number++) {
    sum += firstPredecessor[number] ?? 0;
    firstPredecessor[number] = sum;
  }
  const predecessors = new Uint32Array(edgeCount);
  for (let node = 0; node < count; node++) {
    const end = firstEdge[node + 1] ?? 0;
    for (let edge = firstEdge[node] ?? 0; edge < end; edge++) {
      const target = numberOf[targets[edge] ?? 0] ?? 0;
      const place = (firstPredecessor[target] ?? 0) - 1;
      firstPredecessor[target] = place;
      predecessors[place] = numberOf[node] ?? 0;
    }
  }
  return { firstPredecessor, predecessors };
}
