import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KIB, type OomReport, type TaskRow } from '../../../src/model/index.js';
import { parseKernelLog } from '../../../src/sources/kernel-log/parser.js';

/** Rows whose header is lost: `dmesg | grep NAME` keeps the row and drops the names of its columns. */

const FIXTURES = new URL('../../fixtures/', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');
const withoutHeader = (text: string): string => text.replace(/^.*\[ *pid *\].*\n/m, '');

function reportOf(text: string): OomReport {
  const [report] = parseKernelLog(text, 'test');
  if (report === undefined) throw new Error('no report');
  return report;
}

/** What is the same in the tables of every kernel. */
const common = ({ pid, uid, tgid, totalVmBytes, rssBytes, comm }: TaskRow) => ({ pid, uid, tgid, totalVmBytes, rssBytes, comm });

describe('a table without its header', () => {
  it('of 4.4 states no field whose column it would have to guess', () => {
    const [report] = parseKernelLog(read('reports/row-without-header-by-grep.txt'), 'test').filter(
      ({ taskTable }) => taskTable !== undefined,
    );
    const [row] = report?.taskTable?.rows ?? [];
    expect(row).toEqual({
      pid: 371792,
      uid: 0,
      tgid: 371792,
      totalVmBytes: 164959 * 4 * KIB,
      rssBytes: 39926 * 4 * KIB,
      comm: 'ruby2.3',
      line: 7,
    });
  });

  it.each([
    ['3.10, with nr_ptes', 'oom-logs/008-oomanalyser-rhel7-global-310.txt'],
    ['2.6.32, with cpu and oom_adj', 'oom-logs/004-phpfpm-mysqld-global-2632.txt'],
  ])('keeps what every kernel prints in the same place: %s', (_name, file) => {
    const [whole, cut] = [reportOf(read(file)), reportOf(withoutHeader(read(file)))];
    expect(cut.taskTable?.rows.length).toBeGreaterThan(10);
    expect(cut.taskTable?.rows.map(common)).toEqual(
      whole.taskTable?.rows.map((row) => ({ ...common(row), line: undefined })).map(({ line: _line, ...row }) => row),
    );
    for (const row of cut.taskTable?.rows ?? []) {
      expect(row.pageTablesBytes).toBeUndefined();
      expect(row.swapBytes).toBeUndefined();
      expect(row.oomScoreAdj).toBeUndefined();
    }
  });

  it.each([
    ['page tables in bytes', 'kernel-made/6.1-v2-fork-many.log'],
    ['rss in three parts', 'kernel-made/6.12-v2-fork-many.log'],
  ])('is read whole where its numbers prove the layout: %s', (_name, file) => {
    const [whole, cut] = [reportOf(read(file)), reportOf(withoutHeader(read(file)))];
    const fields = ({ taskTable }: OomReport) => taskTable?.rows.map(({ line: _line, ...row }) => row);
    expect(fields(cut)).toEqual(fields(whole));
  });

  it('is there in part', () => {
    const { completeness } = reportOf(withoutHeader(read('kernel-made/6.1-v2-fork-many.log')));
    expect(completeness.present).toContain('task-table');
    expect(completeness.missing).toEqual(['task-table']);
  });

  it('leaves out rows that are pieces of two lines', () => {
    const text = read('kernel-made/6.12-v2-anon-single.log');
    const rows = (log: string): number | undefined => reportOf(log).taskTable?.rows.length;
    const [row] = /^.*\] \[ *\d+\] .*$/m.exec(text) ?? [];
    if (row === undefined) throw new Error('no row');
    // The same numbers, the part of shared memory from another row.
    const torn = row.replace(/^(.*\] +\d+ +\d+ +\d+ +\d+ +\d+ +\d+ +)\d+/, '$11790000');
    expect(torn).not.toBe(row);
    expect(rows(text.replace(row, torn))).toBe((rows(text) ?? 0) - 1);
  });
});
