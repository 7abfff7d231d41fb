import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type FileToOpen, openFiles } from '../../src/inquiry/open-files.js';
import { streamOf } from '../../src/sources/heap/byte-stream.js';
import { lineOf } from '../../src/sources/kernel-log/excerpt-keeper.js';

const read = (path: string): Buffer => readFileSync(new URL(`../fixtures/${path}`, import.meta.url));
const KILLED_IN_POD = 'oom-logs/040-guaranteed-pause-killed-quoted.txt';
const NODE_OOM = 'oom-logs/002-cadvisor-global-boot-noise-313.txt';

function file(name: string, bytes: Uint8Array | string): FileToOpen {
  return { name, bytes: streamOf(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes) };
}

describe('files to open', () => {
  it('are diagnosed with the lines that the diagnosis cites', async () => {
    const { incidents, warnings } = await openFiles([file('node.log', read(NODE_OOM))]);
    expect(warnings).toEqual([]);
    const [{ diagnosis, excerpt } = { diagnosis: undefined, excerpt: undefined }] = incidents;
    expect(diagnosis?.causes[0]?.id).toBe('node-memory');
    const cited = diagnosis?.causes.flatMap(({ because }) => because.flatMap(({ from }) => from)) ?? [];
    expect(cited.length).toBeGreaterThan(2);
    const text = read(NODE_OOM).toString().split('\n');
    for (const { source, line } of cited) {
      expect(source).toBe(excerpt?.source);
      expect(excerpt && lineOf(excerpt, line ?? 0)).toBe(text[(line ?? 0) - 1]);
    }
  });

  it('may be compressed', async () => {
    const plain = await openFiles([file('node.log', read(NODE_OOM))]);
    const packed = await openFiles([file('node.log', gzipSync(read(NODE_OOM)))]);
    expect(packed).toEqual(plain);
  });

  it('are told apart by their content: a heap profile is none of the logs beside it', async () => {
    const { incidents, heaps } = await openFiles([
      file('a', read('heap/pprof/prometheus-after.pb.gz')),
      file('b', read(KILLED_IN_POD)),
      file('c', read('heap/java/class-histogram-jdk17.txt')),
    ]);
    expect(heaps.map(({ source, document }) => [source, document.format])).toEqual([
      ['a', 'pprof'],
      ['c', 'java-class-histogram'],
    ]);
    expect(incidents.length).toBeGreaterThan(0);
  });

  it('tell one kill once, though it stands in two of them', async () => {
    const log = read(NODE_OOM);
    const { incidents, warnings } = await openFiles([file('kern.log', log), file('syslog', log)]);
    expect(incidents).toHaveLength(1);
    expect(warnings.map(({ key }) => key)).toEqual(['found.copies']);
  });

  it('are read up to where they are damaged, and the damage is told', async () => {
    const packed = gzipSync(Buffer.concat([read(NODE_OOM), Buffer.alloc(200_000, 'noise\n')]), { level: 0 });
    const { incidents, warnings } = await openFiles([file('cut.log.gz', packed.subarray(0, packed.length - 50_000))]);
    expect(incidents).toHaveLength(1);
    expect(warnings.map(({ key }) => key)).toEqual(['read.damaged']);
  });

  it.each([
    ['a stray byte', Buffer.from('x'), ['read.damaged']],
    ['NULs', Buffer.alloc(3000), []],
  ])('give their newest lines, though %s stands behind them', async (_, behind, keys) => {
    const log = Buffer.concat([Buffer.alloc(5000, 'noise\n'), read(NODE_OOM)]);
    const { incidents, warnings } = await openFiles([file('kern.log.gz', Buffer.concat([gzipSync(log), behind]))]);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]?.diagnosis.incident.report.completeness.truncatedEnd).toBe(false);
    expect(warnings.map(({ key }) => key)).toEqual(keys);
    const run = gzipSync(read('recordings/anon-killed.json'));
    const opened = await openFiles([file('run.json.gz', Buffer.concat([run, behind]))]);
    expect(opened.runs).toHaveLength(1);
    expect(opened.warnings.map(({ key }) => key)).toEqual(keys);
  });

  it('with records of /dev/kmsg in them show the record that a figure is cited by', async () => {
    const { incidents } = await openFiles([file('kmsg', read('kmsg/5.10-v2.kmsg'))]);
    expect(incidents).toHaveLength(8);
    const [{ diagnosis, excerpt } = { diagnosis: undefined, excerpt: undefined }] = incidents;
    const shmem = diagnosis?.incident.report.memcgStats[0]?.entries.shmem;
    expect(excerpt && lineOf(excerpt, shmem?.line ?? 0)).toContain(`\\x0ashmem ${shmem?.value}\\x0a`);
  });

  it.each<[string, string | Uint8Array, ...string[]]>([
    ['nothing in it', 'all is well\n', 'found.nothing'],
    ['nothing at all', '', 'found.nothing'],
    ['a broken gzip', Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), 'heap.error.truncated'],
    [
      'a format that must be unpacked first',
      Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4),
      'read.error.unsupported-format',
    ],
    ['a diagnosis made before', '{"apiVersion":"oomkit.dev/v1alpha1","kind":"DiagnosisList","items":[]}', 'page.error.kind'],
    ['a broken recording', '{"apiVersion":"oomkit.dev/v1alpha1","kind":"LabRun"', 'bundle.error'],
  ])('with %s become warnings, and the next is read', async (_, bytes, ...keys) => {
    const { incidents, warnings } = await openFiles([file('odd', bytes), file('node.log', read(NODE_OOM))]);
    expect(incidents).toHaveLength(1);
    expect(warnings.map(({ key }) => key)).toEqual(keys.map((key) => expect.stringContaining(key)));
  });
});
