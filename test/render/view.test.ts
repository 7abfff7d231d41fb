import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Diagnosis, KIB, type OomReport } from '../../src/model/index.js';
import { renderMarkdown, renderMessage, renderTerminal } from '../../src/render/index.js';
import { cite, citeColumn } from '../../src/render/view/citation.js';
import { confidenceWord } from '../../src/render/view/confidence.js';
import { headline } from '../../src/render/view/headline.js';
import { reachedLimit } from '../../src/render/view/limit.js';
import { groupRepeats } from '../../src/render/view/repeats.js';
import { accounting, crashLoop, node, report, seed, seedReport } from './fixtures.js';

describe('citations', () => {
  const at = (source: string, ...lines: number[]) => lines.map((line) => ({ source, line }));

  test('merge lines by source', () => {
    expect(cite([...at('a.log', 9, 3, 10, 11, 3), { source: 'kmsg' }, ...at('-', 2)])).toEqual([
      'a.log:3,9-11',
      'kmsg',
      'stdin:2',
    ]);
    expect(cite(at('a', 1, 3, 5, 7, 9, 11, 13))).toEqual(['a:1,3,5,7,9,…']);
    expect(cite([])).toEqual([]);
  });

  test('of a column take the longest form in which all fit', () => {
    const cells = [at('/var/log/kern.log', 7), at('/var/log/kern.log', 1, 3), []];
    expect(citeColumn(cells, 30)).toEqual(['/var/log/kern.log:7', '/var/log/kern.log:1,3', '']);
    expect(citeColumn(cells, 15)).toEqual(['kern.log:7', 'kern.log:1,3', '']);
    expect(citeColumn(cells, 8)).toEqual(['…:7', '…:1,3', '']);
    expect(citeColumn([[{ source: '/sys/fs/cgroup/memory.stat' }]], 8)).toEqual(['…ry.stat']);
  });
});

test('confidence in words', () => {
  expect([0.95, 0.9, 0.8, 0.5, 0.3, 0.1].map(confidenceWord)).toEqual(
    ['near-certain', 'near-certain', 'likely', 'plausible', 'possible', 'unlikely'].map((word) => `confidence.${word}`),
  );
});

describe('the headline', () => {
  const say = (incident: Partial<Diagnosis['incident']>, of: Partial<OomReport> = {}): string =>
    renderMessage(headline({ ...seed, incident: { ...seed.incident, ...incident, report: { ...seedReport, ...of } } }), {
      lang: 'en',
    });
  const killed = 'cdi-importer (pid 18524) was OOM-killed 6 d 17 h after boot: ';

  test.each([
    [{ level: 'container' }, 'its container reached the memory limit of 572.2 MiB.'],
    [
      { level: 'container', namespace: 'cdi', podName: 'importer', containerName: 'main' },
      'container cdi/importer/main reached the memory limit of 572.2 MiB.',
    ],
    [{ level: 'pod' }, 'its pod reached the memory limit of 572.2 MiB.'],
    [{ level: 'qos', qosClass: 'burstable' }, 'all burstable pods together reached the memory limit of 572.2 MiB.'],
    [{ level: 'kubepods' }, 'all pods together (node allocatable) reached the memory limit of 572.2 MiB.'],
  ] as const)('names whose limit was hit: %o', (limited, expected) => {
    expect(say({ limited })).toBe(killed + expected);
  });

  test('names another cgroup by its path', () => {
    expect(
      say({ limited: { level: 'other' } }, { oomMemcg: { path: '/system.slice/sshd.service', truncated: false, line: 1 } }),
    ).toBe(`${killed}cgroup /system.slice/sshd.service reached the memory limit of 572.2 MiB.`);
  });

  test('names the node, the cpuset, the memory policy and sysrq', () => {
    const constraint = (word: string) => ({ constraint: { word, globalOom: true, line: 1 } });
    expect(say({ scope: 'node' })).toBe(`${killed}the node ran out of memory.`);
    expect(say({ scope: 'node' }, constraint('CONSTRAINT_CPUSET'))).toBe(`${killed}the memory nodes of its cpuset ran out.`);
    expect(say({ scope: 'node' }, constraint('CONSTRAINT_MEMORY_POLICY'))).toBe(
      `${killed}the memory nodes of its memory policy ran out.`,
    );
    expect(say({ scope: 'node' }, { invokedBy: { comm: 'kworker', gfpFlags: [], order: -1, line: 1 } })).toBe(
      `${killed}it was asked for with sysrq-f.`,
    );
    expect(say({ scope: 'unknown' })).toBe(`${killed}the log does not tell whose limit was hit.`);
  });

  test('without a victim says what happened instead', () => {
    expect(say({}, { killed: [], outcome: 'no-killable-process' })).toMatch(
      /^The OOM killer ran .* and found no process to kill: pod 6b212546 reached/,
    );
    expect(say({}, { killed: [], outcome: 'panic' })).toMatch(/^The OOM killer ran .* and the kernel panicked/);
    expect(say({}, { killed: [], outcome: 'unknown' })).toMatch(/the log does not say against which process/);
  });

  test('uses the time of day, the stamp of a log without years, or the time since boot', () => {
    const { time: _, ...untimed } = seedReport;
    expect(say({}, { time: { wallClock: '2024-05-01T12:00:03Z', uptimeSeconds: 7 } })).toMatch(
      /OOM-killed at 2024-05-01 12:00:03 UTC: /,
    );
    expect(say({}, { time: { stamp: 'May 1 12:00:03', uptimeSeconds: 7 } })).toMatch(/OOM-killed at May 1 12:00:03: /);
    expect(say({}, { time: { uptimeSeconds: 7 } })).toMatch(/OOM-killed 7 s after boot: /);
    expect(renderMessage(headline({ ...seed, incident: { ...seed.incident, report: untimed } }), { lang: 'en' })).toMatch(
      /OOM-killed: /,
    );
  });

  test('counts a group', () => {
    expect(renderMessage(headline(crashLoop(1)), { lang: 'en' })).toMatch(
      /^main \(pid 4037\) and its cgroup, 2 processes in all, were OOM-killed at 2024-05-01 12:01:00 UTC/,
    );
  });
});

describe('the limit that was reached', () => {
  const counter = (usage: number, limit?: number) => ({
    usageBytes: usage,
    failcnt: 0,
    line: 1,
    ...(limit === undefined ? {} : { limitBytes: limit }),
  });
  const reached = (counters: OomReport['counters']) => reachedLimit(report({ counters }))?.resource;

  test('is memory when memory is full, whatever else is', () => {
    expect(reached({ memory: counter(1000, 1000), memorySwap: counter(1000, 1000) })).toBe('resource.memory');
    expect(reached({ memory: counter(995, 1000), memorySwap: counter(1000, 1000) })).toBe('resource.memory');
  });

  test('is memory+swap or kmem when those are full and memory is not', () => {
    expect(reached({ memory: counter(500, 1000), memorySwap: counter(1000, 1000) })).toBe('resource.memory-swap');
    expect(reached({ memory: counter(500, 1000), kmem: counter(100, 100) })).toBe('resource.kmem');
  });

  test('is not known without a limit', () => {
    expect(reached({ memory: counter(500) })).toBeUndefined();
  });
});

test('repeats: a restarted container is the same story, another cause, limit or node is not', () => {
  const other = { ...crashLoop(4), causes: seed.causes };
  const groups = groupRepeats([crashLoop(1), seed, crashLoop(2), other, node, crashLoop(3)]);
  expect(groups.map(({ first, repeats }) => [first.number, ...repeats.map(({ number }) => number)])).toEqual([
    [1, 3, 6],
    [2],
    [4],
    [5],
  ]);
});

describe('the identity that is shown', () => {
  const ids = ['anon', 'file', 'shmem', 'kernel'] as const;

  /** Exact sizes of the lines and of the sum, read back from the text. */
  function shown(text: string, row: RegExp): number[] {
    return [...text.matchAll(row)].map((match) => Number(match[1]) * (match[2] === 'KiB' ? KIB : 1));
  }

  test('always sums to the charge', () => {
    const size = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.integer({ min: 0, max: 2 ** 30 }).map((pages) => pages * 4 * KIB),
    );
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 4, maxLength: 4 }),
        size,
        fc.constantFrom('memcg', 'node'),
        (parts, chargedBytes, scope) => {
          const sum = parts.reduce((total, bytes) => total + bytes, 0);
          const diagnosis: Diagnosis = {
            ...seed,
            accounting: accounting({ scope, chargedBytes, chargedHow: 'measured', chargedFrom: [], limitBytes: chargedBytes }, [
              ...ids.map((id, index) => ({ id, bytes: parts[index] ?? 0, how: 'measured' as const, from: [] })),
              { id: 'unexplained', bytes: chargedBytes - sum, how: 'derived', from: [] },
            ]),
          };
          const terminal = shown(
            renderTerminal([diagnosis], { lang: 'en', width: 120, color: false, wide: true }),
            /^ {2}[█▓▒░╱=] .*?(-?\d+) (KiB|B) +<?-?[\d.]+ %/gm,
          );
          const markdown = shown(
            renderMarkdown([diagnosis], { lang: 'en', wide: true }),
            /^\| [^|]+ \| [^|]+ \| (-?\d+) (KiB|B) \| [^|]+ \| (?:measured|derived)/gm,
          );
          for (const sizes of chargedBytes === 0 ? [] : [terminal, markdown]) {
            expect(sizes).toHaveLength(6);
            expect(sizes.slice(0, 5).reduce((total, bytes) => total + bytes, 0)).toBe(sizes[5]);
            expect(sizes[5]).toBe(chargedBytes);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('is drawn over the whole width of the bar, each line at least a column', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2 ** 40 }), { minLength: 5, maxLength: 5 }),
        fc.integer({ min: 0, max: 2 ** 42 }),
        (sizes, limitBytes) => {
          const chargedBytes = sizes.reduce((total, bytes) => total + bytes, 0);
          const lines = [...ids, 'unexplained' as const].map((id, index) => ({
            id,
            bytes: sizes[index] ?? 0,
            how: 'measured' as const,
            from: [],
          }));
          const diagnosis: Diagnosis = {
            ...seed,
            accounting: accounting({ chargedBytes, chargedHow: 'measured', chargedFrom: [], limitBytes }, lines),
          };
          const bar = /^ {2}([█▓▒░╱·]+)$/m.exec(renderTerminal([diagnosis], { lang: 'en', width: 80, color: false }))?.[1] ?? '';
          expect(bar).toHaveLength(76);
          expect([...'█▓▒░╱'].map((glyph) => bar.includes(glyph))).toEqual(sizes.map((bytes) => bytes > 0));
        },
      ),
      { numRuns: 60 },
    );
  });
});
