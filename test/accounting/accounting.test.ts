import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { account } from '../../src/accounting/index.js';
import { type Accounting, type AccountingLineId, KIB, type OomReport } from '../../src/model/index.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { logFixtures } from '../fixtures-of.js';

const read = (name: string): string => readFileSync(new URL(`../fixtures/oom-logs/${name}`, import.meta.url), 'utf8');

function only(text: string): Accounting {
  const [report] = parseKernelLog(text, 'test');
  const accounting = report === undefined ? undefined : account(report);
  if (accounting === undefined) throw new Error('nothing to account for');
  return accounting;
}

const line = (accounting: Accounting, id: AccountingLineId) => {
  const found = accounting.lines.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no line ${id}`);
  return found;
};

const sum = (accounting: Accounting): number => accounting.lines.reduce((total, each) => total + each.bytes, 0);

describe('the identity', () => {
  it.each(logFixtures().map((fixture) => [fixture.name, fixture.bytes] as const))('closes for %s', (name, bytes) => {
    for (const report of parseKernelLog(bytes, name)) {
      const accounting = account(report);
      if (accounting === undefined) continue;
      expect(accounting.lines.map((each) => each.id)).toEqual(['anon', 'file', 'shmem', 'kernel', 'unexplained']);
      expect(sum(accounting)).toBe(accounting.chargedBytes);
      for (const each of accounting.lines) if (each.how === 'absent') expect(each.bytes).toBe(0);
    }
  });

  it('closes whatever numbers a report holds', () => {
    const [template] = parseKernelLog(read('kernel-5.10-v1-anon-plus-tmpfs.txt'), 'test');
    const stats = template?.memcgStats[0];
    if (template === undefined || stats === undefined) throw new Error('no statistics');
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(stats.entries)), fc.nat({ max: 2 ** 40 })),
        fc.nat({ max: 2 ** 40 }),
        (values, usageBytes) => {
          const report: OomReport = {
            ...template,
            counters: { ...template.counters, memory: { usageBytes, failcnt: 0, line: 1 } },
            memcgStats: [
              { ...stats, entries: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, line: 2 }])) },
            ],
          };
          const accounting = account(report);
          return accounting !== undefined && sum(accounting) === usageBytes;
        },
      ),
    );
  });
});

describe('the seed incident, whose statistics are cut out', () => {
  const accounting = only(read('seed-cdi-importer.txt'));

  it('leaves 521232 kB that no process holds', () => {
    expect(accounting.chargedBytes).toBe(585936 * KIB);
    expect(accounting.limitBytes).toBe(585936 * KIB);
    expect(line(accounting, 'anon')).toMatchObject({ bytes: (1 + 5758 + 4380) * 4096, how: 'derived' });
    expect(line(accounting, 'kernel')).toMatchObject({ bytes: 24148 * KIB, how: 'measured' });
    expect(line(accounting, 'file').how).toBe('absent');
    expect(line(accounting, 'shmem').how).toBe('absent');
    expect(line(accounting, 'unexplained').bytes).toBe(521232 * KIB);
    expect(accounting.heldByNoProcessBytes).toBe(521232 * KIB);
  });

  it('cites the lines it was computed from', () => {
    expect(accounting.chargedFrom).toEqual([{ source: 'test', line: 1 }]);
    expect(line(accounting, 'kernel').from).toEqual([{ source: 'test', line: 3 }]);
    expect(accounting.processes?.from.map((from) => from.line)).toEqual([7, 9]);
  });
});

describe('a memcg', () => {
  it('splits shmem out of file where v2 keys are printed, on v1 as well', () => {
    const accounting = only(read('kernel-5.10-v1-anon-plus-tmpfs.txt'));
    expect(line(accounting, 'anon')).toMatchObject({ bytes: 365199360, how: 'measured' });
    expect(line(accounting, 'shmem')).toMatchObject({ bytes: 366981120, how: 'measured' });
    expect(line(accounting, 'file').bytes).toBe(0);
    expect(line(accounting, 'kernel')).toMatchObject({ bytes: 1580 * KIB, how: 'measured' });
  });

  it('takes dirty and writeback from v1 keys in bytes (6.5 and later)', () => {
    const file = line(only(read('020-dd-dirty-v1-68-testsh-killed.txt')), 'file');
    expect(file.bytes).toBe(1072300032);
    expect(Object.fromEntries(file.parts.map((part) => [part.id, part.bytes]))).toMatchObject({
      dirty: 1072300032,
      writeback: 0,
      clean: 0,
    });
  });

  it('sums the one-line statistics of kernels before 5.3', () => {
    const accounting = only(read('064-java-shmem-heavy-418-burstable-annotated.txt'));
    expect(line(accounting, 'anon').bytes).toBe(3958288 * KIB);
    expect(line(accounting, 'shmem').bytes).toBe(28013264 * KIB);
    expect(line(accounting, 'file').bytes).toBe((28030012 - 28013264) * KIB);
    expect(accounting.workingSetBytes).toBe((32461120 - 7596) * KIB);
  });

  it('derives shmem from the LRU lists where 3.10 does not print it', () => {
    expect(line(only(read('058-istio-docker-scope-burstable-310.txt')), 'shmem')).toMatchObject({ bytes: 0, how: 'derived' });
  });

  it("does not take the empty line of a pod for the whole when the victim's own line is missing", () => {
    const accounting = only(read('066-tke-cgroupfs-burstable-grep-fragment-414.txt'));
    expect(line(accounting, 'anon').how).toBe('absent');
    expect(line(accounting, 'unexplained').bytes).toBe(122880 * KIB);
  });

  it('counts swap cache that is not mapped any more as anon', () => {
    const accounting = only(read('016-allocanon-65-mailwrapped.txt'));
    expect(line(accounting, 'anon')).toMatchObject({ bytes: 9396224 + 925696, how: 'derived' });
    expect(Math.abs(line(accounting, 'unexplained').bytes)).toBeLessThan(accounting.chargedBytes * 0.01);
  });

  it('takes page tables from the task table where memory.stat has none (v2 before 5.11)', () => {
    const kernel = line(only(read('kernel-5.10-v2-threads-stacks.txt')), 'kernel');
    expect(kernel.how).toBe('derived');
    expect(kernel.parts.find((part) => part.id === 'page-tables')).toMatchObject({ how: 'derived' });
    expect(kernel.parts.find((part) => part.id === 'stack')).toMatchObject({ how: 'measured' });
  });

  it('counts a thread group once', () => {
    const [report] = parseKernelLog(read('kernel-5.10-v1-anon-single.txt'), 'test');
    const row = report?.taskTable?.rows[0];
    if (report?.taskTable === undefined || row === undefined) throw new Error('no table');
    const twice = { ...report, taskTable: { ...report.taskTable, rows: [row, { ...row, pid: row.pid + 1 }] } };
    expect(account(twice)?.processes).toMatchObject({ count: 1, rssBytes: row.rssBytes });
  });

  it('has no sum when neither the charge nor the statistics are in the text', () => {
    const [report] = parseKernelLog(read('kernel-5.10-v1-pipe-buffers.txt'), 'test');
    expect(report === undefined ? 'no report' : account(report)).toBeUndefined();
  });
});

describe('what the maker of a log measured just before the kill', () => {
  const made = logFixtures().filter(
    (fixture) => fixture.note.stat_before_kill !== undefined && fixture.name.startsWith('kernel-5.10'),
  );

  it.each(made.map((fixture) => [fixture.name, fixture] as const))(
    '%s agrees within 8 MiB, the step of its sampling',
    (_name, fixture) => {
      const [report] = parseKernelLog(fixture.bytes, fixture.name);
      const accounting = report?.scope === 'memcg' ? account(report) : undefined;
      if (accounting === undefined) return;
      const before = fixture.note.stat_before_kill as Readonly<Record<string, number>>;
      const anon = before.anon ?? before.total_rss ?? 0;
      const shmem = before.shmem ?? 0;
      const file = (before.file ?? before.total_cache ?? 0) - shmem;
      const near = (id: AccountingLineId, value: number) =>
        expect(Math.abs(line(accounting, id).bytes - value)).toBeLessThan(8 * 2 ** 20);
      near('anon', anon);
      near('shmem', shmem);
      near('file', file);
    },
  );
});

describe('a node', () => {
  it('adds up to the RAM that is not free', () => {
    const accounting = only(read('kernel-5.10-v2-node-oom.txt'));
    expect(accounting.limitBytes).toBe((393083 - 18498) * 4096);
    expect(accounting.chargedBytes).toBe((393083 - 18498 - 13688) * 4096);
    expect(line(accounting, 'anon').bytes).toBe((700 + 352382 - 752) * 4096);
    expect(line(accounting, 'kernel').bytes).toBe((2006 + 1929 + 720) * 4096 + 864 * KIB);
  });

  it('claims no RAM when zones are missing from the text', () => {
    const accounting = only(read('012-cpuset-movable-node-58-quoted.txt'));
    expect(accounting.limitBytes).toBeUndefined();
    expect(line(accounting, 'unexplained').bytes).toBe(0);
  });
});
