import { describe, expect, it } from 'vitest';
import { printJson } from '../../../src/api/print.js';
import { renderHeap, toHeapReport } from '../../../src/render/heap/index.js';
import { streamOf } from '../../../src/sources/heap/byte-stream.js';
import { readHeapDocument } from '../../../src/sources/heap/document.js';
import { type HeapChoice, type HeapFindings, heapFindings } from '../../../src/sources/heap/heap-findings.js';
import { fixture } from '../../sources/heap/fixtures.js';

const style = { lang: 'en', width: 80, color: false } as const;
const MIB = 2 ** 20;

async function read(path: string): Promise<Parameters<typeof heapFindings>[0]> {
  return { source: path, document: await readHeapDocument(streamOf(fixture(path))) };
}

async function findings(path: string, shares = {}, choice: HeapChoice = {}): Promise<HeapFindings> {
  return heapFindings(await read(path), shares, choice);
}

describe('renderHeap', () => {
  it('shows the rows of go tool pprof -top, in its order and with its shares', async () => {
    const printed = renderHeap(await findings('pprof/leaky-after.pb.gz'), style).split('\n');
    const expected = fixture('pprof/leaky.top.txt').toString('utf8').split('\n').slice(7, 21);
    const rowOf = (line: string) => {
      const [, flatShare, sumShare, cumShare, name] =
        /([\d.]+)%\s+([\d.]+)%\s.*?([\d.]+)% {2}(\S.*)$/.exec(line) ?? expect.fail(`no row: ${line}`);
      return { name, shares: [flatShare, sumShare, cumShare].map((share) => Number(share).toFixed(1)) };
    };
    const start = printed.findIndex((line) => line.endsWith('function')) + 1;
    expect(printed.slice(start, start + 14).map(rowOf)).toEqual(expected.map(rowOf));
    expect(printed[start + 14]).toBe('');
    expect(printed.join('\n')).toContain('49 functions left out, with 61.2 KiB or less each');
  });

  it('says which part of a profile the rows are when some are left out', async () => {
    const text = renderHeap(await findings('pprof/leaky-after.pb.gz', {}, { count: 2 }), style);
    expect(text).toContain('2 of 14 rows shown');
    expect(text).not.toContain('main.openSession');
  });

  it('clears a heap that holds little of the charge', async () => {
    const shares = { chargedBytes: 572 * MIB, rssBytes: 40 * MIB };
    const text = renderHeap(await findings('pprof/leaky-after.pb.gz', shares), style).replaceAll('\n', ' ');
    expect(text).toContain('2.1 % of what the cgroup is charged (11.9 MiB of 572 MiB); this is not a heap leak');
    expect(text).toContain('532 MiB is in no process');
  });

  it('says nothing of a leak when there is nothing to hold the heap against', async () => {
    expect(renderHeap(await findings('pprof/leaky-after.pb.gz'), style)).not.toContain('leak.');
  });

  it('subtracts a base', async () => {
    const inputs = await read('pprof/leaky-after.pb.gz');
    const { document: base } = await read('pprof/leaky-before.pb.gz');
    const text = renderHeap(heapFindings({ ...inputs, base }, {}, {}), style);
    expect(text).toContain('the difference from the base');
    expect(text).toMatch(/8\.05 MiB {2}73\.21% .*main\.newBlock/);
  });

  it('shows the figures of the Go runtime, and prefers its exact heap to the estimate', async () => {
    const inputs = await read('pprof/prometheus-after.pb.gz');
    const { document } = await read('go-runtime/prometheus.debug1.txt');
    if (document.format !== 'go-runtime') expect.fail(document.format);
    const both = heapFindings({ ...inputs, runtime: document.memory }, { rssBytes: 100 * MIB }, {});
    expect(both.inuseBytes).toBe(document.memory.heapAllocBytes);
    expect(renderHeap(both, style)).toMatch(/MiB {2}HeapAlloc .*live objects/);
    expect(renderHeap(both, style)).toContain('estimate as of the last garbage collection, from one');
    expect(renderHeap(await findings('go-runtime/prometheus.debug1.txt'), style)).toMatch(/33\.6 MiB {2}Sys - HeapReleased/);
  });

  it.each([
    ['java/native-memory-summary-jdk17.txt', /96 MiB +96 MiB {2}Java Heap/],
    ['java/native-memory-diff-jdk17.txt', /-320 KiB +175 KiB {2}Arena Chunk/],
    ['java/class-histogram-jdk17.txt', /1\.47 MiB {2}56\.16% +17,317 {2}byte\[\] \(java\.base@17/],
  ])('shows %s', async (path, row) => {
    expect(renderHeap(await findings(path), style)).toMatch(row);
  });

  it('shows constructors by retained or by self size', async () => {
    const snapshot = {
      nodeCount: 3,
      edgeCount: 2,
      selfBytes: 4000,
      classes: [
        { name: 'Buffer', count: 1, selfBytes: 3000, retainedBytes: 3000 },
        { name: 'Cache\x1b[2J', count: 2, selfBytes: 1000, retainedBytes: 4000 },
      ],
      retained: { computed: true },
    } as const;
    const inputs = { source: 'x.heapsnapshot', document: { format: 'v8-snapshot', snapshot } as const };
    const names = (text: string): string[] => text.match(/Buffer|Cache/g) ?? [];
    const byRetained = renderHeap(heapFindings(inputs, {}, {}), style);
    expect(names(byRetained)).toEqual(['Cache', 'Buffer']);
    expect(byRetained).not.toContain('\x1b');
    expect(names(renderHeap(heapFindings(inputs, {}, { classSort: 'self' }), style))).toEqual(['Buffer', 'Cache']);
  });

  it('fits the terminal, and speaks Chinese', async () => {
    for (const path of ['pprof/prometheus-after.pb.gz', 'go-runtime/prometheus.debug1.txt', 'java/class-histogram-jdk17.txt']) {
      const text = renderHeap(await findings(path, { rssBytes: MIB }), { ...style, lang: 'zh-CN' });
      expect(text).toMatch(/堆/u);
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });
});

describe('toHeapReport', () => {
  it('has the functions with exact values', async () => {
    const report = toHeapReport(await findings('pprof/leaky-after.pb.gz'), { lang: 'en' });
    expect(report).toMatchObject({
      apiVersion: 'oomkit.dev/v1alpha1',
      kind: 'HeapReport',
      format: 'pprof',
      inuseBytes: 12525656,
      sampleType: { type: 'inuse_space', unit: 'bytes' },
    });
    expect(report.functions).toHaveLength(14);
    expect(report.functions[0]).toMatchObject({ name: 'main.newBlock', flat: 11885568, cum: 11885568 });
  });

  it('has live bytes for every format that tells them, whatever is counted', async () => {
    const choice = { sampleType: 'alloc_objects' };
    expect(toHeapReport(await findings('pprof/leaky-after.pb.gz', {}, choice), { lang: 'en' }).inuseBytes).toBe(12525656);
    for (const path of [
      'go-runtime/leaky.debug1.txt',
      'java/class-histogram-jdk17.txt',
      'java/native-memory-summary-jdk17.txt',
    ]) {
      const report = toHeapReport(await findings(path, { chargedBytes: 1000 * MIB }), { lang: 'en' });
      expect(report.inuseBytes).toBeGreaterThan(0);
      expect(report.verdict?.key).toMatch(/^heap\.verdict\./);
      expect(report.functions).toEqual([]);
      expect(JSON.parse(printJson(report))).toEqual(JSON.parse(JSON.stringify(report)));
    }
  });
});
