import type { CallEdge, CallGraph, CallNode } from './call-graph.js';
import { buildCallGraph, findNodes } from './call-graph.js';
import { HeapProfileError } from './errors.js';
import type { HeapProfile, HeapSampleType } from './heap-profile.js';

/** pprof's defaults: what is under these shares of the total is left out (internal/driver/config.go). */
const DEFAULT_NODE_FRACTION = 0.005;
const EDGE_FRACTION = 0.001;

export interface TopFunctionsOptions {
  /** `inuse_space`, `alloc_space`, `inuse_objects`, `alloc_objects`, or another type of the profile. Default: the profile's. */
  readonly sampleType?: string;
  /** Order by what a function allocated itself or together with all it called. Default `flat`. */
  readonly sort?: 'flat' | 'cum';
  /** Functions whose cum is under this share of the total are dropped. Default 0.005. */
  readonly nodeFraction?: number;
  /** At most this many rows. Default: no bound. */
  readonly nodeCount?: number;
}

/** One function. Values are in the sample type's unit; ratios are 0..1 of the total and, like pprof's, without sign. */
export interface TopFunction {
  readonly name: string;
  readonly flat: number;
  readonly flatRatio: number;
  /** The share of this row and all above it, pprof's sum%. */
  readonly sumRatio: number;
  readonly cum: number;
  readonly cumRatio: number;
  /** Set when calls of the function were inlined: everywhere it was called, or in part of the callers. */
  readonly inlined?: 'all' | 'partial';
}

export interface TopFunctions {
  readonly sampleType: HeapSampleType;
  /** The whole profile; for a difference the sum of the absolute differences, or the base's total (see diffProfiles). */
  readonly total: number;
  /** What the rows account for: the sum of their flat values. */
  readonly shown: number;
  readonly droppedNodes: number;
  /** The greatest cum a dropped function may have, as pprof prints it: "Dropped N nodes (cum <= ...)". */
  readonly droppedBelow: number;
  /** Functions left after dropping, of which `nodeCount` may show fewer. */
  readonly keptNodes: number;
  readonly rows: readonly TopFunction[];
}

/**
 * The functions that allocated most: the rows, order and numbers of `go tool pprof -top`
 * (github.com/google/pprof, internal/report and internal/graph, as in Go 1.19), inlined calls and recursion included.
 * Throws HeapProfileError `no-such-sample-type`.
 */
export function topFunctions(profile: HeapProfile, options: TopFunctionsOptions = {}): TopFunctions {
  const column = findColumn(profile, options.sampleType ?? profile.defaultSampleType);
  const sampleType = profile.sampleTypes[column] ?? { type: '', unit: '' };
  const nodes = findNodes(profile);

  let graph = buildCallGraph(profile, column, nodes);
  let shown = nonZeroNodes(graph, nodes.nodes.length);
  const flatSum = sumOf(graph.flat, shown);
  const nodeCutoff = cutoff(flatSum, options.nodeFraction ?? DEFAULT_NODE_FRACTION);
  const edgeCutoff = cutoff(flatSum, EDGE_FRACTION);

  const kept = shown.filter((node) => Math.abs(graph.cum[node] ?? 0) >= nodeCutoff);
  const droppedNodes = shown.length - kept.length;
  if (droppedNodes > 0) {
    graph = buildCallGraph(profile, column, nodes, new Set(kept));
    shown = nonZeroNodes(graph, nodes.nodes.length);
  }
  const keptNodes = shown.length;

  const order = compareNodes(graph, nodes.nodes, options.sort ?? 'flat');
  shown.sort(order);
  const nodeCount = options.nodeCount ?? 0;
  if (nodeCount > 0 && nodeCount < shown.length) {
    graph = buildCallGraph(profile, column, nodes, new Set(shown.slice(0, nodeCount)));
    shown = nonZeroNodes(graph, nodes.nodes.length).sort(order);
  }

  const total = computeTotal(profile, column);
  const inlining = findInlining(graph.edges.filter(({ weight }) => Math.abs(weight) >= edgeCutoff));
  let running = 0;
  const rows = shown.map((node): TopFunction => {
    const flat = graph.flat[node] ?? 0;
    const cum = graph.cum[node] ?? 0;
    running += flat;
    const inlined = inlining.get(node);
    return {
      name: nodes.nodes[node]?.name ?? '',
      flat,
      flatRatio: ratioOf(flat, total),
      sumRatio: ratioOf(running, total),
      cum,
      cumRatio: ratioOf(cum, total),
      ...(inlined && { inlined }),
    };
  });
  return {
    sampleType,
    total,
    shown: running,
    droppedNodes,
    droppedBelow: cutoff(total, options.nodeFraction ?? DEFAULT_NODE_FRACTION),
    keptNodes,
    rows,
  };
}

/** pprof also takes `inuse_space` for a type named `space`, as tcmalloc and Node's profilers call it. */
function findColumn(profile: HeapProfile, wanted: string): number {
  const alias = wanted.replace(/^inuse_/, '');
  const column = profile.sampleTypes.findIndex(({ type }) => type === wanted || type === alias);
  if (column >= 0) return column;
  const found = profile.sampleTypes.map(({ type }) => type).join(', ');
  throw new HeapProfileError('no-such-sample-type', `the profile has no sample type ${wanted}; it has ${found}`);
}

function nonZeroNodes(graph: CallGraph, count: number): number[] {
  const found: number[] = [];
  for (let node = 0; node < count; node++) {
    if (graph.cum[node] !== 0 || graph.flat[node] !== 0) found.push(node);
  }
  return found;
}

function sumOf(values: Float64Array, positions: readonly number[]): number {
  return positions.reduce((sum, position) => sum + (values[position] ?? 0), 0);
}

function cutoff(total: number, fraction: number): number {
  return Math.abs(Math.trunc(total * fraction));
}

function ratioOf(value: number, total: number): number {
  return total === 0 ? 0 : Math.abs(value / total);
}

function computeTotal(profile: HeapProfile, column: number): number {
  let total = 0;
  let baseTotal = 0;
  for (const sample of profile.samples) {
    const size = Math.abs(sample.values[column] ?? 0);
    total += size;
    if (sample.isBase) baseTotal += size;
  }
  return baseTotal > 0 ? baseTotal : total;
}

function findInlining(edges: readonly CallEdge[]): Map<number, 'all' | 'partial'> {
  const calls = new Map<number, { inlined: boolean; called: boolean }>();
  for (const { callee, inlined } of edges) {
    const seen = calls.get(callee) ?? { inlined: false, called: false };
    calls.set(callee, { inlined: seen.inlined || inlined, called: seen.called || !inlined });
  }
  const inlining = new Map<number, 'all' | 'partial'>();
  for (const [node, { inlined, called }] of calls) {
    if (inlined) inlining.set(node, called ? 'partial' : 'all');
  }
  return inlining;
}

/** Largest first by the sort asked for, then by name, then by the other value. */
function compareNodes(graph: CallGraph, nodes: readonly CallNode[], sort: 'flat' | 'cum'): (a: number, b: number) => number {
  const [first, second] = sort === 'cum' ? [graph.cum, graph.flat] : [graph.flat, graph.cum];
  return (a, b) =>
    Math.abs(first[b] ?? 0) - Math.abs(first[a] ?? 0) ||
    compareText(nodes[a]?.name ?? '', nodes[b]?.name ?? '') ||
    Math.abs(second[b] ?? 0) - Math.abs(second[a] ?? 0) ||
    compareText(nodes[a]?.tieBreak ?? '', nodes[b]?.tieBreak ?? '');
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
