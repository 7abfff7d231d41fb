import { describe, expect, it } from 'vitest';
import { logRuns } from '../../web/incident/log-runs.js';

const parts = [
  { firstLine: 3, lines: ['c', 'd', 'e', 'f'] },
  { firstLine: 9, lines: ['i'] },
];
const short = (runs: ReturnType<typeof logRuns>) =>
  runs.map(({ firstLine, lines, isMarked }) => `${firstLine}${isMarked ? '!' : ''} ${lines.join('')}`);

describe('the lines of a log', () => {
  it('are shown together but for the marked, each of which stands alone', () => {
    expect(short(logRuns(parts, new Set(), 100))).toEqual(['3 cdef', '9 i']);
    expect(short(logRuns(parts, new Set([4, 5]), 100))).toEqual(['3 c', '4! d', '5! e', '6 f', '9 i']);
  });

  it('are parted when they are many', () => {
    expect(short(logRuns(parts, new Set(), 3))).toEqual(['3 cde', '6 f', '9 i']);
    expect(short(logRuns(parts, new Set(), 1))).toEqual(['3 c', '4 d', '5 e', '6 f', '9 i']);
  });

  it('tell where lines are left out', () => {
    expect(logRuns(parts, new Set([9]), 100).map(({ isAfterGap }) => isAfterGap)).toEqual([false, true]);
  });
});
