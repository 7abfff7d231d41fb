import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { streamOf } from '../../../src/sources/heap/byte-stream.js';
import { readHeapDocument } from '../../../src/sources/heap/document.js';
import { fixture } from './fixtures.js';
import { expectHeapError } from './heap-error.js';

describe('readHeapDocument', () => {
  it.each([
    ['pprof/leaky-after.pb.gz', 'pprof'],
    ['go-runtime/leaky.debug1.txt', 'go-runtime'],
    ['java/native-memory-summary-jdk17.txt', 'java-native-memory'],
    ['java/jmap-histo-jdk17.txt', 'java-class-histogram'],
  ] as const)('reads %s, compressed or not', async (path, format) => {
    const bytes = fixture(path);
    const document = await readHeapDocument(streamOf(bytes));
    expect(document.format).toBe(format);
    if (path.endsWith('.gz')) return;
    expect(await readHeapDocument(streamOf(gzipSync(bytes)))).toEqual(document);
  });

  it('reads a compressed snapshot, and passes on the bound', async () => {
    const text = JSON.stringify({
      snapshot: {
        meta: {
          node_fields: ['type', 'name', 'self_size', 'edge_count'],
          node_types: [['object']],
          edge_fields: ['type', 'to_node'],
          edge_types: [['property']],
        },
        node_count: 1,
        edge_count: 0,
      },
      nodes: [0, 1, 64, 0],
      edges: [],
      strings: ['', 'Only'],
    });
    const document = await readHeapDocument(streamOf(gzipSync(text)), { retainedBoundBytes: 10 });
    expect(document).toMatchObject({
      format: 'v8-snapshot',
      snapshot: { selfBytes: 64, classes: [{ name: 'Only', count: 1 }], retained: { computed: false } },
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['compressed nothing', gzipSync(''), 'empty'],
    ['another text', Buffer.from('404 page not found\n'), 'unknown-format'],
    ['a Java heap dump', Buffer.from('JAVA PROFILE 1.0.2\0'), 'unsupported-format'],
    ['a V8 sampling profile', Buffer.from('{"head":{"callFrame":{}}}'), 'unsupported-format'],
    ['a profile compressed twice', gzipSync(fixture('pprof/leaky-before.pb.gz')), 'unsupported-format'],
    ['half a gzip header', Buffer.from([0x1f, 0x8b, 8]), 'truncated'],
    ['half a profile', fixture('pprof/leaky-after.pb.gz').subarray(0, 3000), 'truncated'],
    ['a goroutine profile', fixture('pprof/leaky-goroutine.pb.gz'), 'not-a-heap-profile'],
    ['half a snapshot', Buffer.from('{"snapshot":{"meta":{'), 'truncated'],
  ] as const)('refuses %s', async (_, bytes, code) => {
    await expectHeapError(code, () => readHeapDocument(streamOf(bytes)));
  });

  it('closes its source when it refuses the beginning', async () => {
    let closed = false;
    async function* source(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.alloc(10_000, 'not a profile ');
      } finally {
        closed = true;
      }
    }
    await expectHeapError('unknown-format', () => readHeapDocument(source()));
    expect(closed).toBe(true);
  });
});
