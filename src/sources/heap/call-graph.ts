import type { HeapProfile } from './heap-profile.js';

/** A function in the call graph, or the unnamed code of one binary. */
export interface CallNode {
  readonly name: string;
  /** Orders nodes of the same name and size. */
  readonly tieBreak: string;
}

export interface CallEdge {
  /** Positions in the list of nodes. */
  readonly caller: number;
  readonly callee: number;
  weight: number;
  /** Whether every call along the edge was inlined into the caller. */
  inlined: boolean;
}

export interface CallGraph {
  /** What each node allocated itself, by position in the list of nodes. */
  readonly flat: Float64Array;
  /** What each node and all it called allocated; a stack that holds a function twice counts once. */
  readonly cum: Float64Array;
  readonly edges: readonly CallEdge[];
}

/** The nodes of a profile and, for each location, the positions of its frames' nodes. */
export interface CallNodes {
  readonly nodes: readonly CallNode[];
  readonly byLocation: readonly (readonly number[])[];
}

/** Frames of one function name are one node, whatever the file or address, as at pprof's granularity `functions`. */
export function findNodes(profile: HeapProfile): CallNodes {
  const nodes: CallNode[] = [];
  const positions = new Map<string, number>();
  const positionOf = (node: CallNode): number => {
    const key = `${node.tieBreak}\n${node.name}`;
    let position = positions.get(key);
    if (position === undefined) {
      position = nodes.push(node) - 1;
      positions.set(key, position);
    }
    return position;
  };
  const byLocation = profile.locations.map(({ frames, mappingIndex }) => {
    const binary = mappingIndex === undefined ? '' : (profile.mappings[mappingIndex]?.fileName ?? '');
    if (frames.length === 0) return [positionOf(unnamedNode(binary, 0))];
    return frames.map(({ functionIndex }) => {
      const fn = profile.functions[functionIndex];
      return positionOf(fn?.name ? { name: fn.name, tieBreak: '' } : unnamedNode(binary, fn?.startLine ?? 0));
    });
  });
  return { nodes, byLocation };
}

function unnamedNode(binary: string, startLine: number): CallNode {
  const name = binary === '' ? '<unknown>' : `[${binary.slice(binary.lastIndexOf('/') + 1)}]`;
  return { name, tieBreak: `${startLine} ${binary}` };
}

/**
 * Adds up one column of the samples. With `kept`, the other nodes are left out as if they were not on any stack: an edge then
 * spans them, and what a left-out leaf allocated is nobody's.
 */
export function buildCallGraph(
  profile: HeapProfile,
  column: number,
  { nodes, byLocation }: CallNodes,
  kept?: ReadonlySet<number>,
): CallGraph {
  const flat = new Float64Array(nodes.length);
  const cum = new Float64Array(nodes.length);
  const edges = new Map<number, CallEdge>();
  const lastSampleOfNode = new Int32Array(nodes.length).fill(-1);
  const lastSampleOfEdge = new Map<CallEdge, number>();

  for (const [sampleIndex, sample] of profile.samples.entries()) {
    const weight = sample.values[column] ?? 0;
    if (weight === 0) continue;
    let caller: number | undefined;
    let leafIsKept = false;
    for (let depth = sample.locations.length - 1; depth >= 0; depth--) {
      const frames = byLocation[sample.locations[depth] ?? -1] ?? [];
      for (let inlining = frames.length - 1; inlining >= 0; inlining--) {
        const node = frames[inlining];
        if (node === undefined) continue;
        leafIsKept = kept?.has(node) ?? true;
        if (!leafIsKept) continue;
        if (lastSampleOfNode[node] !== sampleIndex) {
          lastSampleOfNode[node] = sampleIndex;
          cum[node] = (cum[node] ?? 0) + weight;
        }
        if (caller !== undefined && caller !== node) {
          const edge = edgeBetween(edges, nodes.length, caller, node);
          if (lastSampleOfEdge.get(edge) !== sampleIndex) {
            lastSampleOfEdge.set(edge, sampleIndex);
            edge.weight += weight;
            edge.inlined &&= inlining < frames.length - 1;
          }
        }
        caller = node;
      }
    }
    if (caller !== undefined && leafIsKept) flat[caller] = (flat[caller] ?? 0) + weight;
  }
  return { flat, cum, edges: [...edges.values()] };
}

function edgeBetween(edges: Map<number, CallEdge>, nodeCount: number, caller: number, callee: number): CallEdge {
  const key = caller * nodeCount + callee;
  let edge = edges.get(key);
  if (!edge) {
    edge = { caller, callee, weight: 0, inlined: true };
    edges.set(key, edge);
  }
  return edge;
}
