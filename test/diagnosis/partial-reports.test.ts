import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import { type AccountingLineId, type Cause, type CauseId, type Diagnosis, KIB } from '../../src/model/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';

/** What is said of a report of which only a part is left: what the part proves, and no more. */

const FIXTURES = new URL('../fixtures/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');

function first(text: string): Diagnosis {
  const [report] = parseKernelLog(text, 'log');
  if (report === undefined) throw new Error('no report');
  return diagnose(toIncident(report));
}

const only = (text: string, pattern: RegExp): string =>
  text
    .split('\n')
    .filter((line) => pattern.test(line))
    .join('\n');
const without = (text: string, pattern: RegExp): string =>
  text
    .split('\n')
    .filter((line) => !pattern.test(line))
    .join('\n');
const withoutStatistics = (text: string): string => without(text, /^(?:\[[^\]]*\] ?|[^;]*;)?[a-z_]+ \d+$/);
const withoutStatistic = (text: string, ...keys: readonly string[]): string =>
  without(text, new RegExp(`(?:^ *|\\] |;)(?:${keys.join('|')}) \\d+$`));

const keys = (citations: Cause['because'] | undefined): string[] => (citations ?? []).map(({ statement }) => statement.key);
const line = (diagnosis: Diagnosis, id: AccountingLineId) => diagnosis.accounting?.lines.find((each) => each.id === id);
const confidenceIn = (diagnosis: Diagnosis, id: CauseId): number =>
  diagnosis.causes.find((each) => each.id === id)?.confidence ?? 0;

const DIRTY = read('kernel-made/6.1-v2-dirty-page-cache.log');
const ANON = read('oom-logs/kernel-5.10-v2-anon-single.txt');

describe('numbers of the kill lines', () => {
  const logs = ['anon-single', 'child-killed', 'group-kill'].flatMap((kind) => [
    `oom-logs/kernel-5.10-v1-${kind}.txt`,
    `oom-logs/kernel-5.10-v2-${kind}.txt`,
  ]);

  it.each(logs)('bound anon where the limit is known and the rest is lost: %s', (name) => {
    for (const pattern of [/memory/i, /oom|kill|memory/i]) {
      const diagnosis = first(only(read(name), pattern));
      expect(diagnosis.causes[0]).toMatchObject({ id: 'anon-memory' });
      expect(diagnosis.causes[0]?.confidence).toBeGreaterThan(0.7);
      expect(keys(diagnosis.causes[0]?.because)).toContain('evidence.killed-anon-share');
      expect(line(diagnosis, 'anon')).toMatchObject({ how: 'derived', atLeast: true });
    }
  });

  it('are no more than what was charged when a group was killed', () => {
    const diagnosis = first(
      [
        '[    1.000000] memory: usage 102400kB, limit 102400kB, failcnt 1',
        '[    1.000001] Tasks in /a are going to be killed due to memory.oom.group set',
        ...[7, 8, 9].map(
          (pid) =>
            `[    1.00000${pid}] Memory cgroup out of memory: Killed process ${pid} (worker) total-vm:90000kB, anon-rss:60000kB, file-rss:0kB`,
        ),
      ].join('\n'),
    );
    expect(line(diagnosis, 'anon')?.bytes).toBe(102400 * KIB);
    expect(line(diagnosis, 'unexplained')?.bytes).toBe(0);
  });

  const VIRTUAL_MACHINE =
    '[    1.100000] Memory cgroup out of memory: Killed process 1887 (qemu-system-x86) total-vm:13598556kB, anon-rss:39836kB, file-rss:8712kB, shmem-rss:12017992kB, UID:0 pgtables:24204kB oom_score_adj:-100';

  it('show shared memory, with the limit and without', () => {
    const limited = first(`[    1.000000] memory: usage 12218368kB, limit 12218368kB, failcnt 1\n${VIRTUAL_MACHINE}`);
    expect(limited.causes[0]).toMatchObject({ id: 'tmpfs', title: { key: 'cause.tmpfs.title-shared' } });
    expect(line(limited, 'shmem')).toMatchObject({ bytes: 12017992 * KIB, how: 'derived', atLeast: true });
    const alone = first(VIRTUAL_MACHINE);
    expect(alone.causes[0]).toMatchObject({ id: 'tmpfs', title: { key: 'cause.tmpfs.title-shared' } });
    expect(alone.causes[0]?.confidence).toBeLessThan(0.8);
  });

  it('are said of the victim of a node, which may be innocent', () => {
    const diagnosis = first(
      '[    1.000000] Out of memory: Killed process 168 (sql_exporter) total-vm:1268868kB, anon-rss:12712kB, file-rss:8672kB, shmem-rss:0kB, UID:65534 pgtables:200kB oom_score_adj:0',
    );
    expect(diagnosis.causes[0]?.because.find(({ statement }) => statement.key === 'evidence.node-victim')).toMatchObject({
      statement: { params: { rss: { value: 21384 * KIB } } },
      from: [{ line: 1 }],
    });
  });

  it('of a score say that a process held next to nothing of the limit', () => {
    const text = read('reports/postgres-backend-by-grep.txt');
    const diagnosis = first(text);
    expect(diagnosis.causes[0]?.id).toBe('insufficient-evidence');
    expect(diagnosis.causes[0]?.because.find(({ statement }) => statement.key === 'evidence.score-share')).toMatchObject({
      statement: { params: { share: { value: 0.04 } } },
      from: [{ line: 4 }, { line: 1 }],
    });
    const large = first(text.replace('score 1033', 'score 1960'));
    expect(large.causes[0]).toMatchObject({ id: 'anon-memory', confidence: 0.72 });
  });
});

describe('statistics that lost lines', () => {
  it('are not complete, though five lines are gone of forty', () => {
    const text = withoutStatistic(without(DIRTY, /Memory cgroup stats for/), 'anon', 'file', 'kernel', 'kernel_stack');
    const diagnosis = first(text);
    expect(diagnosis.incident.report.completeness).toMatchObject({
      present: expect.arrayContaining(['statistics']),
      missing: ['statistics'],
    });
    expect(diagnosis.causes[0]?.id).toBe('page-cache-writeback');
    expect(confidenceIn(diagnosis, 'kernel-memory')).toBe(0);
  });

  it('keep dirty pages as a lower bound of page cache', () => {
    const diagnosis = first(read('reports/mglru-dd-abridged.txt'));
    expect(diagnosis.causes[0]).toMatchObject({ id: 'page-cache-writeback' });
    expect(diagnosis.causes[0]?.confidence).toBeGreaterThan(0.9);
    expect(line(diagnosis, 'file')).toMatchObject({ bytes: 303247360, how: 'derived', atLeast: true });
    expect(confidenceIn(diagnosis, 'kernel-memory')).toBe(0);
  });

  it.each([
    ['slab_reclaimable', 'slab_unreclaimable'],
    ['pgfault'],
    ['anon'],
    ['inactive_anon', 'active_anon', 'inactive_file', 'active_file'],
  ])('of which only %s is left say nothing about kernel memory', (...left) => {
    const others = new RegExp(`(?:^ *|\\] |;)(?!(?:${left.join('|')}) )[a-z_]+ \\d+$`);
    for (const text of [ANON, read('reports/unix-sockets-5.10-v2.log')]) {
      expect(confidenceIn(first(without(text, others)), 'kernel-memory')).toBe(0);
    }
  });

  it.each(['anon', 'file', 'kernel_stack', 'sock', 'shmem', 'percpu', 'slab_unreclaimable', 'inactive_anon'])(
    'and lack %s alone eliminate nothing',
    (key) => {
      const newer = read('kernel-made/6.1-v2-pipe-buffers.log');
      const text = read('reports/unix-sockets-5.10-v2.log');
      expect(keys(first(text).causes.find(({ id }) => id === 'kernel-memory')?.because)).toContain('evidence.kernel-unprinted');
      expect(confidenceIn(first(withoutStatistic(text, key)), 'kernel-memory')).toBe(0);
      // A kernel that prints the total of its memory lost that line: the rest is no kind that it does not print.
      expect(confidenceIn(first(withoutStatistic(newer, 'kernel', key)), 'kernel-memory')).toBeLessThan(0.5);
    },
  );

  it('say nothing of a number that is not printed', () => {
    const shareOf = (...lost: readonly string[]): string[] => keys(first(withoutStatistic(DIRTY, ...lost)).causes[0]?.because);
    expect(shareOf()).toContain('evidence.dirty-share');
    expect(shareOf('file_dirty')).toContain('evidence.writeback-share');
    const dirty = read('kernel-made/6.18-v1-page-cache-dirty.kmsg');
    const [verdict] = first(withoutStatistic(dirty, 'total_writeback')).causes;
    expect(keys(verdict?.because)).toContain('evidence.dirty-alone-share');
    expect(keys(verdict?.because)).not.toContain('evidence.no-writeback-running');
    const node = first(without(read('kernel-made/6.1-v2-node-memory.log'), /\] +active_(?:anon|file):\d+ inactive/));
    expect(line(node, 'anon')?.how).toBe('absent');
    expect(line(node, 'file')?.how).toBe('absent');
  });

  it('tell shmem by the anon lists, and anon by them', () => {
    const tmpfs = read('kernel-made/6.12-v2-tmpfs-emptydir.log');
    const lost = first(withoutStatistic(tmpfs, 'shmem'));
    expect(lost.causes[0]?.id).toBe('tmpfs');
    expect(line(lost, 'shmem')).toMatchObject({ how: 'derived', note: { key: 'accounting.shmem-from-lru' } });
    const anon = first(withoutStatistic(ANON, 'anon'));
    expect(anon.causes[0]?.id).toBe('anon-memory');
    expect(line(anon, 'anon')).toMatchObject({ how: 'derived', note: { key: 'accounting.anon-from-lru' } });
  });

  it('do not call locked what may be the memory of processes', () => {
    const locked = read('kernel-made/6.1-v2-mlock-file.log');
    expect(first(locked).causes[0]).toMatchObject({ id: 'mlocked' });
    const diagnosis = first(withoutStatistic(locked, 'anon', 'shmem'));
    expect(diagnosis.causes[0]?.id).toBe('insufficient-evidence');
    expect(confidenceIn(diagnosis, 'mlocked')).toBeLessThan(0.5);
  });

  it('of cgroup v1 are not made up for by those of the cgroup without its descendants', () => {
    const whole = read('kernel-made/6.18-v1-tmpfs-emptydir.kmsg');
    const cut = whole.replace(/^.*;total_rss \d+\n/m, '').replace(/;rss \d+$/m, ';rss 0');
    expect(cut).not.toBe(whole);
    expect(line(first(cut), 'anon')?.note?.key).not.toBeUndefined();
  });
});

describe('memory that no process holds, without any statistics', () => {
  it.each(
    [
      'oom-logs/kernel-5.10-v2-tmpfs-emptydir.txt',
      'kernel-made/6.1-v2-tmpfs-left-behind.log',
      'kernel-made/6.1-v2-unix-sockets.log',
      'kernel-made/6.1-v2-pipe-buffers.log',
      'kernel-made/6.1-v2-threads-stacks.log',
      'kernel-made/6.12-v2-shared-anon.log',
    ].filter((name) => !name.includes('shared')),
  )('%s is not called page cache', (name) => {
    const diagnosis = first(withoutStatistics(read(name)));
    expect(confidenceIn(diagnosis, 'page-cache-writeback')).toBeLessThan(0.5);
    expect(['insufficient-evidence', 'tmpfs']).toContain(diagnosis.causes[0]?.id);
  });

  it('names the rivals and the command that tells them apart', () => {
    const diagnosis = first(withoutStatistics(read('kernel-made/6.1-v2-unix-sockets.log')));
    const [verdict] = diagnosis.causes;
    expect(verdict?.id).toBe('insufficient-evidence');
    expect(keys(verdict?.because)).toContain('evidence.kinds-unknown');
    expect(verdict?.advice.map(({ action }) => action.key)).toContain('advice.tell-cache-from-tmpfs');
  });

  it('is page cache where the stack shows a write to a disk, and tmpfs where it shows one to a tmpfs', () => {
    const disk = withoutStatistics(read('kernel-made/6.18-v1-page-cache-dirty.kmsg'));
    expect(first(disk).causes[0]).toMatchObject({ id: 'page-cache-writeback' });
    expect(first(disk).causes[0]?.confidence).toBeLessThan(0.8);
    const memory = withoutStatistics(read('oom-logs/kernel-5.10-v1-tmpfs-emptydir.txt'));
    expect(memory).toContain('generic_perform_write');
    expect(first(memory).causes[0]).toMatchObject({ id: 'tmpfs' });
  });

  it.each(['kernel-5.10-v2-shared-anon.txt', 'kernel-5.10-v2-mlock-file.txt'])(
    '%s is not called the memory of processes',
    (name) => {
      expect(confidenceIn(first(withoutStatistics(read(`oom-logs/${name}`))), 'anon-memory')).toBeLessThan(0.5);
    },
  );
});

describe('a verdict on a part is not sure', () => {
  const STEPS: readonly (readonly [string, RegExp, string])[] = [
    ['the counters', /: usage /, 'against.counters-missing'],
    ['the lines that name the cgroups', /oom-kill:|Memory cgroup stats/, 'against.cgroups-missing'],
    ['the tasks', /\] \[ *(?:\d+|pid) *\]|Killed process/, 'against.tasks-missing'],
  ];

  it.each(STEPS)('without %s', (_name, lost, key) => {
    const whole = read('kernel-made/6.1-v2-anon-single.log');
    expect(first(whole).causes[0]).toMatchObject({ id: 'anon-memory', confidence: 0.96 });
    const [verdict] = first(without(whole, lost)).causes;
    expect(verdict?.id).toBe('anon-memory');
    expect(verdict?.confidence).toBeLessThan(0.8);
    expect(keys(verdict?.against)).toContain(key);
  });

  it('of a node whose constraint is not in the text', () => {
    const whole = read('kernel-made/6.1-v2-node-memory.log');
    expect(first(whole).causes[0]).toMatchObject({ id: 'node-memory', confidence: 0.93 });
    const [verdict] = first(without(whole, /oom-kill:/)).causes;
    expect(verdict?.id).toBe('node-memory');
    expect(verdict?.confidence).toBeLessThan(0.8);
    expect(keys(verdict?.against)).toContain('against.constraint-unknown');
    expect(keys(verdict?.because)).toContain('evidence.node-report');
  });

  it('names no oldest process where rows are lost', () => {
    const whole = read('oom-logs/kernel-5.10-v2-child-killed.txt');
    expect(confidenceIn(first(whole), 'child-process-killed')).toBeGreaterThan(0.5);
    const pid = first(whole).incident.report.killed[0]?.pid;
    expect(confidenceIn(first(without(whole, new RegExp(`\\[ *${pid}\\]`))), 'child-process-killed')).toBe(0);
    expect(confidenceIn(first(without(whole, /\[ *pid *\]/)), 'child-process-killed')).toBe(0);
  });
});

describe('zswap', () => {
  it('is named as what fills the kernel memory it is charged as', () => {
    const diagnosis = first(read('reports/zswap.log'));
    expect(line(diagnosis, 'kernel')?.parts).toContainEqual(expect.objectContaining({ id: 'zswap', bytes: 400 * 1024 * KIB }));
    const [verdict] = diagnosis.causes;
    expect(verdict?.title.key).toBe('cause.kernel-memory.title.zswap');
    expect(verdict?.confidence).toBeLessThan(0.8);
    expect(keys(verdict?.because)).toContain('evidence.kernel-part.zswap');
    expect(keys(verdict?.because)).not.toContain('evidence.kernel-part.unknown');
  });

  it('and hugetlb have their own numbers in the accounting', () => {
    const text = read('reports/zswap.log').replace(/(\[ *[\d.]+\]) slab 4194304/, '$1 slab 4194304\n$1 hugetlb 1048576');
    expect(line(first(text), 'unexplained')?.parts).toEqual([expect.objectContaining({ id: 'hugetlb', bytes: 1024 * KIB })]);
  });
});
