import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../../src/sources/heap/byte-stream.js';
import { readHeapDocument } from '../../../src/sources/heap/document.js';
import { type FlameNode, flameTree } from '../../../src/sources/heap/flame-tree.js';
import { topFunctions } from '../../../src/sources/heap/top-functions.js';

const document = await readHeapDocument(
  streamOf(readFileSync(new URL('../../fixtures/heap/pprof/prometheus-after.pb.gz', import.meta.url))),
);
if (document.format !== 'pprof') throw new Error('the fixture is no profile');
const { profile } = document;

/** What a function holds: by itself, and with all it called where it is not below itself already. */
function totals(node: FlameNode, above: ReadonlySet<string>, into: Map<string, { flat: number; cum: number }>): void {
  const entry = into.get(node.name) ?? { flat: 0, cum: 0 };
  entry.flat += node.self;
  if (!above.has(node.name)) entry.cum += node.value;
  into.set(node.name, entry);
  for (const child of node.children) totals(child, new Set([...above, node.name]), into);
}

describe('the call tree of a profile', () => {
  const root = flameTree(profile, 'inuse_space');

  it('holds what its children hold and what it allocated itself, at every function', () => {
    const check = ({ value, self, children }: FlameNode): void => {
      expect(self + children.reduce((sum, child) => sum + child.value, 0)).toBe(value);
      children.forEach(check);
    };
    check(root);
    expect(root.children.map(({ value }) => value)).toEqual(root.children.map(({ value }) => value).sort((a, b) => b - a));
  });

  it('agrees with the table of functions', () => {
    const { rows, total } = topFunctions(profile, { sampleType: 'inuse_space', nodeFraction: 0 });
    expect(root.value).toBe(total);
    const found = new Map<string, { flat: number; cum: number }>();
    totals(root, new Set(), found);
    expect(rows.length).toBeGreaterThan(50);
    for (const { name, flat, cum } of rows)
      expect({ name, ...found.get(name.replace(/ \(inline\)$/, '')) }).toEqual({ name, flat, cum });
  });
});
