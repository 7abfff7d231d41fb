import { describe, expect, it } from 'vitest';
import type { FlameNode } from '../../src/sources/heap/flame-tree.js';
import { flameBoxes, hueOf, nodeAt } from '../../web/parts/flame-layout.js';

function node(name: string, value: number, children: readonly FlameNode[] = []): FlameNode {
  return { name, value, self: value - children.reduce((sum, child) => sum + child.value, 0), children };
}

const root = node('', 100, [node('main.main', 80, [node('main.load', 60), node('fmt.Sprint', 20)]), node('runtime.gc', 20)]);
const drawn = (boxes: ReturnType<typeof flameBoxes>) =>
  boxes.map(({ node: { name }, path, depth, left, width }) => [name, path, depth, left, width]);

describe('a flame graph', () => {
  it('places callers above what they called, as wide as what they hold', () => {
    expect(drawn(flameBoxes(root, ''))).toEqual([
      ['', '', 0, 0, 1],
      ['main.main', '0', 1, 0, 0.8],
      ['runtime.gc', '1', 1, 0.8, 0.2],
      ['main.load', '0.0', 2, 0, 0.6],
      ['fmt.Sprint', '0.1', 2, 0.6, 0.2],
    ]);
  });

  it('goes into a function, which then has the whole width', () => {
    expect(drawn(flameBoxes(root, '0'))).toEqual([
      ['main.main', '0', 0, 0, 1],
      ['main.load', '0.0', 1, 0, 0.75],
      ['fmt.Sprint', '0.1', 1, 0.75, 0.25],
    ]);
  });

  it('is the whole graph at a path that leads nowhere', () => {
    expect(nodeAt(root, '7.7')).toBe(root);
  });

  it('stays within its width and its bounds, also for a difference and for deep and wide profiles', () => {
    const deep = Array.from({ length: 400 }).reduce<FlameNode>((below) => node('f', 10, [below]), node('leaf', 10));
    const wide = node(
      '',
      10_000,
      Array.from({ length: 10_000 }, (_, index) => node(`f${index}`, 1)),
    );
    const difference = node('', -5, [node('grew', 20), node('shrank', -25)]);
    for (const graph of [deep, wide, difference]) {
      const boxes = flameBoxes(graph, '');
      expect(boxes.length).toBeLessThanOrEqual(1500);
      expect(Math.max(...boxes.map(({ left, width }) => left + width))).toBeLessThanOrEqual(1 + 1e-9);
    }
    expect(drawn(flameBoxes(difference, '')).map(([name, , , , width]) => [name, width])).toEqual([
      ['', 1],
      ['grew', 20 / 45],
      ['shrank', 25 / 45],
    ]);
  });

  it('gives the functions of a package one hue', () => {
    expect(hueOf('github.com/a/b/tsdb.(*Head).Append')).toBe(hueOf('github.com/a/b/tsdb.Open'));
    expect(hueOf('main.main')).not.toBe(hueOf('runtime.gc'));
  });
});
