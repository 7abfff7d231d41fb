import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { streamOf } from '../../../src/sources/heap/byte-stream.js';
import { readHeapSnapshot, topConstructors, type V8HeapSnapshot } from '../../../src/sources/heap/v8-snapshot.js';
import { expectHeapError } from './heap-error.js';
import { type NaiveSnapshot, naiveClasses, naiveRetainedByRemoval, parseNaively } from './naive-snapshot.js';

/** Run in a process of its own, so that the snapshot has the planted objects and little else. */
const PROGRAM = `
  const v8 = require('node:v8');
  class LeakyThing { constructor(id) { this.id = id; this.payload = new Array(16).fill(id); } }
  class Sharer { constructor(shared) { this.shared = shared; } }
  class LeakHolder { constructor() { this.things = []; for (let i = 0; i < 10000; i++) this.things.push(new LeakyThing(i)); } }
  class Nested { constructor(depth) { this.inner = depth > 0 ? new Nested(depth - 1) : null; this.data = 'x'.repeat(10) + depth; } }
  const shared = new Array(1000).fill(7);
  globalThis.planted = {
    holder: new LeakHolder(),
    sharers: [new Sharer(shared), new Sharer(shared)],
    nested: new Nested(50),
    weak: new WeakRef(new Array(500).fill(1)),
    '中文 "key"\\\\': new (class Größe中文 { constructor() { this.n = 1; } })(),
  };
  v8.writeHeapSnapshot(process.argv[1]);
`;

const folder = mkdtempSync(join(tmpdir(), 'oomkit-heap-'));
const path = join(folder, 'planted.heapsnapshot');
let naive: NaiveSnapshot;
let snapshot: V8HeapSnapshot;

beforeAll(async () => {
  execFileSync(process.execPath, ['-e', PROGRAM, path]);
  naive = parseNaively(readFileSync(path, 'utf8'));
  snapshot = await readHeapSnapshot(createReadStream(path));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

function find(of: V8HeapSnapshot, name: string): V8HeapSnapshot['classes'][number] | undefined {
  return of.classes.find((entry) => entry.name === name);
}

describe('readHeapSnapshot', { timeout: 60_000 }, () => {
  it('counts and sizes every class as JSON.parse and a loop do', () => {
    const expected = naiveClasses(naive);
    expect(expected.size).toBeGreaterThan(100);
    expect(new Map(snapshot.classes.map((entry) => [entry.name, entry]))).toEqual(expected);
    expect(snapshot.nodeCount).toBe(naive.nodes.length);
    expect(snapshot.edgeCount).toBe(naive.edges.flat().length);
  });

  it('finds the planted objects', () => {
    expect(find(snapshot, 'LeakyThing')?.count).toBe(10_000);
    expect(find(snapshot, 'LeakHolder')?.count).toBe(1);
    expect(find(snapshot, 'Nested')?.count).toBe(51);
    expect(find(snapshot, 'Größe中文')?.count).toBe(1);
    // An object with two fields and an array of sixteen numbers: no less than 19 pointers even when they are 4 bytes.
    expect(find(snapshot, 'LeakyThing')?.retainedBytes).toBeGreaterThan(10_000 * 19 * 4);
  });

  it('retains what cannot be reached without the object', () => {
    for (const name of ['LeakHolder', 'Größe中文']) {
      const ordinal = naive.nodes.findIndex((node) => node.className === name);
      expect(find(snapshot, name)?.retainedBytes, name).toBe(naiveRetainedByRemoval(naive, ordinal));
    }
    // The array both sharers refer to is kept by neither.
    expect(find(snapshot, 'Sharer')?.retainedBytes).toBe(find(snapshot, 'Sharer')?.selfBytes);
    // Each of the nested objects retains the next; as a class they retain what the first does.
    const outermost = naive.nodes.findIndex(
      (node, ordinal) =>
        node.className === 'Nested' &&
        !naive.edges.some((edges, from) => naive.nodes[from]?.className === 'Nested' && edges.some(({ to }) => to === ordinal)),
    );
    expect(find(snapshot, 'Nested')?.retainedBytes).toBe(naiveRetainedByRemoval(naive, outermost));
  });

  it('reads chunks cut anywhere', async () => {
    const bytes = readFileSync(path);
    async function* odd(): AsyncGenerator<Uint8Array> {
      for (let at = 0, size = 1; at < bytes.length; at += size, size = (size * 7 + 3) % 5003) yield bytes.subarray(at, at + size);
    }
    expect(await readHeapSnapshot(odd())).toEqual(snapshot);
  });

  it('falls back to self sizes when dominators would take too much memory, and says so', async () => {
    const small = await readHeapSnapshot(createReadStream(path), { retainedBoundBytes: 1_000_000 });
    expect(small.retained).toEqual({
      computed: false,
      neededBytes: 80 * small.nodeCount + 8 * small.edgeCount,
      boundBytes: 1_000_000,
    });
    expect(small.classes).toEqual(snapshot.classes.map(({ retainedBytes: _, ...entry }) => entry));
    expect(topConstructors(small).map(({ selfBytes }) => selfBytes)).toEqual(
      small.classes.slice(0, 20).map(({ selfBytes }) => selfBytes),
    );
    await expectHeapError('no-such-sample-type', () => topConstructors(small, { sort: 'retained' }));
  });

  it('never takes a cut snapshot for a whole one', async () => {
    const whole = readFileSync(path);
    const end = whole.lastIndexOf('}');
    for (const length of [1, 12, 500, 5000, whole.length >> 1, (whole.length * 9) / 10, end - 1, end]) {
      await expectHeapError('truncated', () => readHeapSnapshot(streamOf(whole.subarray(0, length))));
    }
  });
});

describe('topConstructors', () => {
  it('sorts by what is asked for', () => {
    const retained = topConstructors(snapshot, { count: 1000 }).map(({ retainedBytes }) => retainedBytes ?? Number.NaN);
    expect(retained).toEqual([...retained].sort((a, b) => b - a));
    const self = topConstructors(snapshot, { sort: 'self', count: 5 });
    expect(self).toHaveLength(5);
    expect(self[0]?.selfBytes).toBe(Math.max(...snapshot.classes.map(({ selfBytes }) => selfBytes)));
  });
});

/** A snapshot of three nodes, changed by `changes`. */
function tiny(changes: Record<string, unknown> = {}, header: Record<string, unknown> = {}): string {
  const meta = {
    node_fields: ['type', 'name', 'id', 'self_size', 'edge_count'],
    node_types: [['hidden', 'object', 'synthetic'], 'string', 'number', 'number', 'number'],
    edge_fields: ['type', 'name_or_index', 'to_node'],
    edge_types: [['context', 'property', 'weak'], 'string_or_number', 'node'],
  };
  return JSON.stringify({
    snapshot: { meta, node_count: 3, edge_count: 3, ...header },
    nodes: [2, 0, 1, 0, 1, 1, 1, 3, 10, 2, 1, 2, 5, 32, 0],
    edges: [0, 0, 5, 1, 0, 10, 2, 0, 0],
    trace_tree: [{ nested: [1, 'text', null, -2.5e3] }],
    strings: ['', 'Owner', 'Owned'],
    ...changes,
  });
}

const read = (text: string): Promise<V8HeapSnapshot> => readHeapSnapshot(streamOf(Buffer.from(text)));

describe('readHeapSnapshot of odd documents', () => {
  it('reads the smallest of snapshots', async () => {
    const { classes, selfBytes } = await read(tiny());
    expect(selfBytes).toBe(42);
    expect(classes).toEqual([
      { name: 'Owned', count: 1, selfBytes: 32, retainedBytes: 32 },
      { name: 'Owner', count: 1, selfBytes: 10, retainedBytes: 42 },
    ]);
  });

  it.each([
    ['nothing', '', 'empty'],
    ['text', 'heap profile: 1: 2', 'malformed'],
    ['an array', '[1,2,3]', 'not-a-heap-profile'],
    ['a number', '5', 'not-a-heap-profile'],
    ['a string', '"snapshot"', 'not-a-heap-profile'],
    ['an empty object', '{}', 'not-a-heap-profile'],
    ['other JSON', '{"name":"oomkit","snapshot":{}}', 'not-a-heap-profile'],
    ['a header that is no object', '{"snapshot":5}', 'not-a-heap-profile'],
    ['an empty header', '{"snapshot":{}}', 'malformed'],
    ['no nodes', JSON.stringify({ snapshot: JSON.parse(tiny()).snapshot }), 'malformed'],
    ['fewer nodes than promised', tiny({}, { node_count: 4 }), 'malformed'],
    ['more nodes than promised', tiny({}, { node_count: 2 }), 'malformed'],
    ['a node cut short', tiny({ nodes: [2, 0, 1, 0, 1, 1, 1, 3, 10, 2, 1, 2, 5, 32] }), 'malformed'],
    ['an unknown node type', tiny({ nodes: [9, 0, 1, 0, 1, 1, 1, 3, 10, 2, 1, 2, 5, 32, 0] }), 'malformed'],
    ['a negative size', tiny({ nodes: [2, 0, 1, 0, 1, 1, 1, 3, -10, 2, 1, 2, 5, 32, 0] }), 'malformed'],
    ['a fraction', tiny({ nodes: [2, 0, 1, 0, 1, 1, 1, 3, 1.5, 2, 1, 2, 5, 32, 0] }), 'malformed'],
    ['a string among the nodes', tiny({ nodes: [2, 0, 1, 0, 1, 'x', 1, 1, 3, 10, 2, 1, 2, 5, 32, 0] }), 'malformed'],
    ['a list among the nodes', tiny({ nodes: [2, 0, 1, 0, 1, [1], 1, 3, 10, 2, 1, 2, 5, 32, 0] }), 'malformed'],
    ['edge counts that do not add up', tiny({}, { edge_count: 4 }), 'malformed'],
    ['fewer edges than promised', tiny({ edges: [0, 0, 5] }), 'malformed'],
    ['more edges than promised', tiny({ edges: [0, 0, 5, 1, 0, 10, 2, 0, 0, 0, 0, 5] }), 'malformed'],
    ['an edge into the middle of a node', tiny({ edges: [0, 0, 5, 1, 0, 7, 2, 0, 0] }), 'malformed'],
    ['an edge to nowhere', tiny({ edges: [0, 0, 5, 1, 0, 15, 2, 0, 0] }), 'malformed'],
    ['a name that is not there', tiny({ strings: ['', 'Owner'] }), 'malformed'],
    ['no strings', tiny({ strings: undefined }), 'malformed'],
    ['numbers for strings', tiny({ strings: ['', 1, 2] }), 'malformed'],
    ['nodes twice', tiny().replace('"edges"', '"nodes"'), 'malformed'],
    ['edges before nodes', tiny().replace('"nodes"', '"other"'), 'malformed'],
    ['a header of a million values', tiny({}, { extra: Array(20_000).fill(1) }), 'malformed'],
  ] as const)('refuses %s', async (_, text, code) => {
    await expectHeapError(code, () => read(text));
  });
});
