import { describe, expect, it } from 'vitest';
import type { OomReport, TaskRow } from '../../src/model/index.js';
import { hasParents, taskColumns, taskLines } from '../../web/incident/task-order.js';
import { report } from './report.js';

function row(pid: number, comm: string, rssBytes: number, more: Partial<TaskRow> = {}): TaskRow {
  return { pid, tgid: pid, uid: 0, comm, rssBytes, totalVmBytes: rssBytes, line: pid, ...more };
}

function reportOf(rows: readonly TaskRow[], killedPid?: number): OomReport {
  return {
    ...report,
    taskTable: { columns: [], rows },
    killed: killedPid === undefined ? [] : [{ pid: killedPid, comm: 'x', line: 99, from: 'killed' }],
  };
}

const BY_RSS = { by: 'rssBytes', descending: true } as const;
const shop = reportOf(
  [
    row(1, 'sh', 10),
    row(2, 'worker', 300, { parentPid: 1 }),
    row(3, 'worker', 500, { parentPid: 1, swapBytes: 7 }),
    row(4, 'helper', 400, { parentPid: 2, swapBytes: 1 }),
  ],
  4,
);
const pids = (lines: ReturnType<typeof taskLines>): number[] => lines.flatMap(({ rows }) => rows.map(({ pid }) => pid));

describe('the table of tasks', () => {
  it('is sorted by a column, what has no number last', () => {
    expect(pids(taskLines(shop, '', BY_RSS, 'flat'))).toEqual([3, 4, 2, 1]);
    expect(pids(taskLines(shop, '', { by: 'name', descending: false }, 'flat'))).toEqual([4, 1, 2, 3]);
    expect(pids(taskLines(shop, '', { by: 'swapBytes', descending: true }, 'flat'))).toEqual([3, 4, 1, 2]);
  });

  it('is searched by a part of the name, in any case, and by the beginning of a PID', () => {
    expect(pids(taskLines(shop, 'WORK', BY_RSS, 'flat'))).toEqual([3, 2]);
    expect(pids(taskLines(shop, ' 4 ', BY_RSS, 'flat'))).toEqual([4]);
    expect(taskLines(shop, 'nobody', BY_RSS, 'flat')).toEqual([]);
  });

  it('adds up those of one name, and what none of them has stays absent', () => {
    const [workers] = taskLines(shop, '', BY_RSS, 'by-name');
    expect(workers).toMatchObject({ comm: 'worker', sizes: { rssBytes: 800, swapBytes: 7 } });
    expect(workers?.sizes).not.toHaveProperty('rssAnonBytes');
    expect(workers?.rows.map(({ pid }) => pid)).toEqual([3, 2]);
  });

  it('puts each task below its parent, siblings in the order asked for', () => {
    const lines = taskLines(shop, '', BY_RSS, 'by-parent');
    expect(lines.map(({ depth, rows }) => [depth, rows[0]?.pid])).toEqual([
      [0, 1],
      [1, 3],
      [1, 2],
      [2, 4],
    ]);
  });

  it('begins a tree anew below a parent that a search leaves out', () => {
    expect(taskLines(shop, 'helper', BY_RSS, 'by-parent').map(({ depth }) => depth)).toEqual([0]);
  });

  it('shows each task once where a forged file makes two their own ancestors', () => {
    const loop = reportOf([row(1, 'a', 1, { parentPid: 2 }), row(2, 'b', 2, { parentPid: 1 }), row(3, 'c', 3, { parentPid: 3 })]);
    expect(pids(taskLines(loop, '', BY_RSS, 'by-parent')).sort()).toEqual([1, 2, 3]);
  });

  it('marks the killed', () => {
    expect(taskLines(shop, '', BY_RSS, 'flat').filter(({ isKilled }) => isKilled)).toHaveLength(1);
  });

  it('offers a tree only where a parent is in the table', () => {
    expect(hasParents(shop)).toBe(true);
    expect(hasParents(reportOf([row(2, 'a', 1, { parentPid: 1 }), row(3, 'b', 1)]))).toBe(false);
  });

  it('has columns only for what the report tells', () => {
    expect(taskColumns(shop)).toEqual(['name', 'pid', 'rssBytes', 'swapBytes']);
  });
});
