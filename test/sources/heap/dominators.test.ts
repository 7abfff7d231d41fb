import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Graph } from '../../../src/sources/heap/dominators.js';
import { findDominators } from '../../../src/sources/heap/dominators.js';
import { retainedSizesByClass } from '../../../src/sources/heap/retained-sizes.js';

function graphOf(successors: readonly (readonly number[])[]): Graph {
  const firstEdge = [0];
  for (const targets of successors) firstEdge.push((firstEdge.at(-1) ?? 0) + targets.length);
  return { firstEdge: Uint32Array.from(firstEdge), targets: Uint32Array.from(successors.flat()) };
}

/** The nodes a search from node 0 meets when `without` is not there. */
function reachable(successors: readonly (readonly number[])[], without?: number): Set<number> {
  const seen = new Set(without === 0 ? [] : [0]);
  for (const node of seen) for (const target of successors[node] ?? []) if (target !== without) seen.add(target);
  return seen;
}

const graphs = fc
  .integer({ min: 1, max: 24 })
  .chain((count) => fc.array(fc.array(fc.nat(count - 1), { maxLength: 4 }), { minLength: count, maxLength: count }))
  // All nodes reachable, so that the definition by paths says it all.
  .map((successors) =>
    successors.map((targets, node) => (node + 1 < successors.length && targets.length < 2 ? [...targets, node + 1] : targets)),
  )
  .filter((successors) => reachable(successors).size === successors.length);

describe('findDominators', { timeout: 60_000 }, () => {
  it('finds for each node the nearest one it cannot be reached without', () => {
    fc.assert(
      fc.property(graphs, (successors) => {
        const { dominator, order } = findDominators(graphOf(successors));
        const lost = successors.map(
          (_, node) => new Set(successors.map((_, other) => other).filter((other) => !reachable(successors, node).has(other))),
        );
        for (let node = 1; node < successors.length; node++) {
          const strict = lost.flatMap((set, other) => (other !== node && set.has(node) ? [other] : []));
          // Dominators of a node form a chain; the nearest is dominated by all the others.
          const nearest = strict.find((candidate) => strict.every((other) => other === candidate || lost[other]?.has(candidate)));
          expect(dominator[node]).toBe(nearest);
        }
        const places = new Map([...order].map((node, place) => [node, place]));
        expect(places.size).toBe(successors.length);
        for (let node = 1; node < successors.length; node++) {
          expect(places.get(dominator[node] ?? -1)).toBeLessThan(places.get(node) ?? -1);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('puts nodes the root does not reach below the root', () => {
    const { dominator } = findDominators(graphOf([[1], [], [3], [2, 1], []]));
    expect([...dominator]).toEqual([0, 0, 0, 2, 0]);
  });

  it('takes a list of a million objects without recursion', () => {
    const count = 1_000_000;
    const firstEdge = Uint32Array.from({ length: count + 1 }, (_, node) => Math.min(node, count - 1));
    const targets = Uint32Array.from({ length: count - 1 }, (_, node) => node + 1);
    const { dominator } = findDominators({ firstEdge, targets });
    expect(dominator[count - 1]).toBe(count - 2);
    const sizes = retainedSizesByClass({ firstEdge, targets }, new Uint32Array(count), new Float64Array(count).fill(1), 1);
    expect(sizes[0]).toBe(count);
  });
});

describe('retainedSizesByClass', () => {
  it('counts an object inside another of its class once, and objects of size 0 for no class', () => {
    // root(0) -> list A1 -> A2 -> B; root -> B2; classes: root 0, A 1, B 2.
    const graph = graphOf([[1, 4], [2], [3], [], []]);
    const sizes = retainedSizesByClass(graph, Uint32Array.of(0, 1, 1, 2, 2), Float64Array.of(0, 10, 20, 300, 4000), 3);
    expect([...sizes]).toEqual([0, 330, 4300]);
  });
});
