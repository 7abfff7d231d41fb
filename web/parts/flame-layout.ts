import type { FlameNode } from '../../src/sources/heap/flame-tree.js';

/** One function of a flame graph, placed. */
export interface FlameBox {
  readonly node: FlameNode;
  /** The way to it from the root, as positions among the children. */
  readonly path: string;
  readonly depth: number;
  /** Of the graph's width, 0..1. */
  readonly left: number;
  readonly width: number;
}

/** Boxes narrower than this are not drawn. */
const NARROWEST = 0.002;
const MOST_BOXES = 1500;
const MOST_DEPTH = 48;

/** The node at the end of a path; the root for one that leads nowhere. */
export function nodeAt(root: FlameNode, path: string): FlameNode {
  return path
    .split('.')
    .filter((step) => step !== '')
    .reduce<FlameNode>((node, step) => node.children[Number(step)] ?? node, root);
}

/**
 * Places a call tree below one node, level by level so that what is cut off is deepest. Widths are shares of that node; values
 * below zero (a difference) are as wide as their size.
 */
export function flameBoxes(root: FlameNode, path: string): FlameBox[] {
  const top = nodeAt(root, path);
  const whole = Math.max(Math.abs(top.value), spanOf(top), Number.MIN_VALUE);
  let level: FlameBox[] = [{ node: top, path, depth: 0, left: 0, width: 1 }];
  const boxes: FlameBox[] = [];
  while (level.length > 0 && boxes.length < MOST_BOXES) {
    boxes.push(...level.slice(0, MOST_BOXES - boxes.length));
    const next: FlameBox[] = [];
    for (const box of level) {
      if (box.depth >= MOST_DEPTH) continue;
      let left = box.left;
      box.node.children.forEach((node, index) => {
        const width = Math.abs(node.value) / whole;
        if (width >= NARROWEST)
          next.push({ node, path: box.path === '' ? `${index}` : `${box.path}.${index}`, depth: box.depth + 1, left, width });
        left += width;
      });
    }
    level = next;
  }
  return boxes;
}

function spanOf({ children }: FlameNode): number {
  return children.reduce((sum, { value }) => sum + Math.abs(value), 0);
}

/** A hue for a function by the package it is in: the same everywhere, and near that of its neighbours. */
export function hueOf(name: string): number {
  const owner = /^(.*?)[.:(]/.exec(name.replace(/^.*\//, ''))?.[1] ?? name;
  let hash = 0;
  for (const character of owner) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return hash / 997;
}
