import type { Graph } from './dominators.js';
import { findDominators } from './dominators.js';

const NONE = 0xffff_ffff;

/**
 * What each class of objects keeps alive, in bytes by class: the sum of the retained sizes of those of its objects that no
 * other object of the class dominates, so that nothing counts twice. Objects of size 0 are V8's own bookkeeping (the roots
 * among them) and count for no class. DevTools defines a class's retained size the same way, native objects of size 0 apart.
 */
export function retainedSizesByClass(
  graph: Graph,
  classOf: Uint32Array,
  selfSizes: Float64Array,
  classCount: number,
): Float64Array {
  const { order, dominator } = findDominators(graph);
  const retained = selfSizes.slice();
  const firstChild = new Uint32Array(order.length).fill(NONE);
  const nextSibling = new Uint32Array(order.length).fill(NONE);
  for (let position = order.length - 1; position > 0; position--) {
    const node = order[position] ?? 0;
    const above = dominator[node] ?? 0;
    retained[above] = (retained[above] ?? 0) + (retained[node] ?? 0);
    nextSibling[node] = firstChild[above] ?? NONE;
    firstChild[above] = node;
  }

  const sizes = new Float64Array(classCount);
  // How many objects of each class are above the current node.
  const above = new Uint32Array(classCount);
  const enter = (node: number): void => {
    if (selfSizes[node] === 0) return;
    const ofClass = classOf[node] ?? 0;
    if (above[ofClass] === 0) sizes[ofClass] = (sizes[ofClass] ?? 0) + (retained[node] ?? 0);
    above[ofClass] = (above[ofClass] ?? 0) + 1;
  };
  const leave = (node: number): void => {
    if (selfSizes[node] === 0) return;
    const ofClass = classOf[node] ?? 0;
    above[ofClass] = (above[ofClass] ?? 0) - 1;
  };

  let node = 0;
  enter(node);
  for (;;) {
    const child = firstChild[node] ?? NONE;
    if (child !== NONE) {
      node = child;
      enter(node);
      continue;
    }
    leave(node);
    while (node !== 0 && nextSibling[node] === NONE) {
      node = dominator[node] ?? 0;
      leave(node);
    }
    if (node === 0) return sizes;
    node = nextSibling[node] ?? 0;
    enter(node);
  }
}
