import { describe, expect, it } from 'vitest';
import type { OomReport } from '../../../src/model/index.js';
import { parseKernelLog } from '../../../src/sources/kernel-log/parser.js';
import { logFixtures } from '../../fixtures-of.js';

/** Breaks a line at spaces, as mail programs do, dropping the space. */
function breakAtSpaces(line: string, width: number): string[] {
  const parts: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const before = rest.lastIndexOf(' ', width);
    const at = before < 20 ? rest.indexOf(' ', width) : before;
    if (at < 0) break;
    parts.push(rest.slice(0, at));
    rest = rest.slice(at + 1);
  }
  return [...parts, rest];
}

/** Breaks a line at a column, as terminals do, dropping nothing. */
function breakAtColumn(line: string, width: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < line.length; at += width) parts.push(line.slice(at, at + width));
  return parts.length === 0 ? [''] : parts;
}

function essence(report: OomReport | undefined) {
  return {
    invoker: [report?.invokedBy?.comm, report?.invokedBy?.oomScoreAdj],
    kernel: report?.kernel?.release,
    cgroups: [report?.oomMemcg?.path, report?.taskMemcg?.path],
    counters: Object.values(report?.counters ?? {}).map((counter) => [
      counter?.usageBytes,
      counter?.limitBytes,
      counter?.failcnt,
    ]),
    statistics: Object.keys(report?.memcgStats[0]?.entries ?? {}).length,
    tasks: report?.taskTable?.rows.map((row) => [row.pid, row.comm, row.rssBytes, row.oomScoreAdj]),
    killed: report?.killed.map((kill) => [kill.pid, kill.comm, kill.anonRssBytes, kill.shmemRssBytes, kill.oomScoreAdj]),
  };
}

const whole = logFixtures().filter(
  (fixture) => /^(?:6\.1-|6\.12|7\.3|kernel-5).*\.(?:log|txt)$/.test(fixture.name) && !fixture.name.includes('fork-many'),
);

describe.each([
  ['at spaces, 72 columns', breakAtSpaces, 72],
  ['at spaces, 78 columns', breakAtSpaces, 78],
  ['at column 80', breakAtColumn, 80],
  ['at column 100', breakAtColumn, 100],
  ['at column 120', breakAtColumn, 120],
] as const)('lines broken %s', (_name, breakLine, width) => {
  it('read as if they were whole', () => {
    expect(whole.length).toBeGreaterThan(100);
    for (const fixture of whole) {
      const text = fixture.bytes.toString();
      const broken = text
        .split('\n')
        .flatMap((line) => breakLine(line, width))
        .join('\n');
      const reports = parseKernelLog(broken, fixture.name);
      const expected = parseKernelLog(text, fixture.name);
      expect(reports.map(essence), fixture.name).toEqual(expected.map(essence));
    }
  });
});
