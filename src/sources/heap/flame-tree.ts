import { findNodes } from './call-graph.js';
import type { HeapProfile } from './heap-profile.js';

/** Deeper stacks end there: a recursion may be thousands of calls deep. */
const MOST_DEPTH = 128;
/** A call path with less than this share of the total is too narrow to be seen. */
const NARROWEST = 1 / 4000;

/** A function as it was called by those above it. Values are in the sample type's unit and may be negative in a difference. */
export interface FlameNode {
  readonly name: string;
  /** What it and all it called allocated. */
  readonly value: number;
  /** What it allocated itself. */
  readonly self: number;
  /** The largest first. Those too narrow to be seen are left out. */
  readonly children: readonly FlameNode[];
}

interface GrowingNode {
  readonly name: string;
  value: number;
  self: number;
  readonly children: Map<number, GrowingNode>;
}

/** Every call path of a profile, from its root down to the allocating functions. `sampleType` is one of the profile's. */
export function flameTree(profile: HeapProfile, sampleType: string): FlameNode {
  const column = Math.max(
    0,
    profile.sampleTypes.findIndex(({ type }) => type === sampleType),
  );
  const { nodes, byLocation } = findNodes(profile);
  const root: GrowingNode = { name: '', value: 0, self: 0, children: new Map() };
  for (const { locations, values } of profile.samples) {
    const weight = values[column] ?? 0;
    if (weight === 0) continue;
    let at = root;
    at.value += weight;
    let depth = 0;
    for (let index = locations.length - 1; index >= 0 && depth < MOST_DEPTH; index -= 1) {
      const frames = byLocation[locations[index] ?? -1] ?? [];
      for (let frame = frames.length - 1; frame >= 0 && depth < MOST_DEPTH; frame -= 1) {
        const node = frames[frame];
        if (node === undefined) continue;
        at = childOf(at, node, nodes[node]?.name ?? '');
        at.value += weight;
        depth += 1;
      }
    }
    at.self += weight;
  }
  return pruned(root, Math.abs(root.value) * NARROWEST);
}

function childOf(parent: GrowingNode, node: number, name: string): GrowingNode {
  let child = parent.children.get(node);
  if (child === undefined) {
    child = { name, value: 0, self: 0, children: new Map() };
    parent.children.set(node, child);
  }
  return child;
}

function pruned({ name, value, self, children }: GrowingNode, least: number): FlameNode {
  const kept = [...children.values()].filter((child) => Math.abs(child.value) >= least);
  kept.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  return { name, value, self, children: kept.map((child) => pruned(child, least)) };
}
