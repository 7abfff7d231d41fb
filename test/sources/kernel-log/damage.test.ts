import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OomReport } from '../../../src/model/index.js';
import { KernelLogParser, parseKernelLog } from '../../../src/sources/kernel-log/parser.js';

/** Reports cut, mixed and dressed as logs arrive in the wild. */

const read = (name: string): string => readFileSync(new URL(`../../fixtures/oom-logs/${name}`, import.meta.url), 'utf8');
const TMPFS = read('kernel-5.10-v1-tmpfs-emptydir.txt');
const ANON = read('kernel-5.10-v2-anon-single.txt');
const NODE = read('kernel-5.10-v2-node-oom.txt');

/** What must not depend on where and how a report was found. */
function essence(report: OomReport | undefined) {
  return {
    scope: report?.scope,
    victim: report?.killed.map((killed) => killed.pid),
    usage: report?.counters.memory?.usageBytes,
    kmem: report?.counters.kmem?.usageBytes,
    tasks: report?.taskTable?.rows.map((row) => [row.pid, row.rssBytes]),
    stats: Object.fromEntries(Object.entries(report?.memcgStats[0]?.entries ?? {}).map(([key, entry]) => [key, entry.value])),
    path: report?.oomMemcg?.path,
    free: report?.memInfo?.totals.free?.value,
    missing: report?.completeness.missing,
  };
}

const one = (text: string | Uint8Array): OomReport => {
  const reports = parseKernelLog(text, 'test');
  expect(reports).toHaveLength(1);
  return reports[0] as OomReport;
};

const lines = (text: string): string[] => text.trimEnd().split('\n');
const plain = (text: string): string[] => lines(text).map((line) => line.replace(/^\[ *[\d.]+\] ?/, ''));

describe('dress', () => {
  const undressed = essence(one(TMPFS));
  const stamp = (index: number): string => `2024-03-13T11:16:48.${String(100000000 + index)}Z`;
  const wraps: readonly (readonly [string, (line: string, index: number) => string])[] = [
    ['no prefix', (line) => line],
    ['syslog', (line) => `Mar 13 11:16:48 node1 kernel: ${line}`],
    ['dmesg -T', (line) => `[Wed Mar 13 11:16:48 2024] ${line}`],
    ['/dev/kmsg', (line, index) => `6,${index},${174847283 + index},-;${line}`],
    ['CRI', (line, index) => `${stamp(index)} stdout F ${line}`],
    ['RFC 5424', (line, index) => `<6>1 ${stamp(index)} node1 kernel - - - ${line}`],
    ['Docker json-file', (line, index) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: stamp(index) })],
    [
      'journal JSON',
      (line) =>
        JSON.stringify({ MESSAGE: line, _HOSTNAME: 'n', SYSLOG_IDENTIFIER: 'kernel', __REALTIME_TIMESTAMP: '1720128512123456' }),
    ],
    ['markdown quote in a list', (line) => `  > ${line}`],
    ['colours', (line) => `\u001b[32m[  174.847283] \u001b[0m${line}`],
    ['non-breaking spaces', (line) => `[  174.847283] ${line.replaceAll(' ', '\u00a0')}`],
  ];
  it.each(wraps)('%s', (_name, wrap) => {
    const text = plain(TMPFS).map(wrap).join('\n');
    expect(essence(one(text))).toEqual(undressed);
  });

  it('CRLF', () => {
    expect(essence(one(TMPFS.replaceAll('\n', '\r\n')))).toEqual(undressed);
  });

  it('UTF-16 with a byte order mark, as Windows shells redirect', () => {
    expect(essence(one(Buffer.from(`\ufeff${TMPFS}`, 'utf16le')))).toEqual(undressed);
  });

  it('one JSON string with escaped line breaks', () => {
    expect(essence(one(`{"body": ${JSON.stringify(TMPFS)}}`))).toEqual(undressed);
  });

  it('the statistics in one multi-line journal message', () => {
    const text = plain(TMPFS);
    const from = text.findIndex((line) => line.startsWith('Memory cgroup stats'));
    const to = text.findIndex((line) => line.startsWith('Tasks state'));
    const messages = [...text.slice(0, from), text.slice(from, to).join('\n'), ...text.slice(to)];
    expect(
      essence(one(messages.map((message) => JSON.stringify({ MESSAGE: message, SYSLOG_IDENTIFIER: 'kernel' })).join('\n'))),
    ).toEqual(undressed);
  });

  it('CRI lines cut in partial pieces', () => {
    const text = plain(TMPFS).map((line) => {
      const middle = Math.floor(line.length / 2);
      return `2024-03-13T11:16:48.1Z stdout P ${line.slice(0, middle)}\n2024-03-13T11:16:48.2Z stdout F ${line.slice(middle)}`;
    });
    expect(essence(one(text.join('\n')))).toEqual(undressed);
  });
});

describe('several reports', () => {
  it('one after the other, with unrelated lines between', () => {
    const noise = Array.from({ length: 300 }, (_, index) => `[  99.00${index}] eth0: link becomes ready`).join('\n');
    const reports = parseKernelLog(`${noise}\n${TMPFS}\n${noise}\n${ANON}\n${noise}\n${NODE}`, 'test');
    expect(reports.map(essence)).toEqual([TMPFS, ANON, NODE].map((text) => essence(one(text))));
  });

  it('two files interleaved line by line', () => {
    const a = lines(TMPFS);
    const b = lines(ANON);
    const mixed: string[] = [];
    for (let index = 0; index < Math.max(a.length, b.length); index++)
      mixed.push(...[a[index], b[index]].filter((line) => line !== undefined));
    expect(parseKernelLog(mixed.join('\n'), 'test').map(essence)).toEqual([essence(one(TMPFS)), essence(one(ANON))]);
  });

  it('two CPUs interleaved, told apart by their caller ids', () => {
    const dress = (text: string, caller: string): string[] => plain(text).map((line) => `[  100.000000][ ${caller}] ${line}`);
    const a = dress(TMPFS, 'T11');
    const b = dress(ANON, 'T22');
    const mixed: string[] = [];
    for (let index = 0; index < Math.max(a.length, b.length); index++)
      mixed.push(...[b[index], a[index]].filter((line) => line !== undefined));
    const victims = parseKernelLog(mixed.join('\n'), 'test').map((report) => essence(report));
    expect(victims).toContainEqual(essence(one(TMPFS)));
    expect(victims).toContainEqual(essence(one(ANON)));
    expect(victims).toHaveLength(2);
  });

  it('a report that a reboot cut off before the next one', () => {
    const cut = lines(TMPFS).slice(0, 20).join('\n');
    const [first, second] = parseKernelLog(`${cut}\n${ANON.replace(/^\[ *[\d.]+\]/gm, '[    9.000000]')}`, 'test');
    expect(first?.completeness.truncatedEnd).toBe(true);
    expect(second?.killed).toHaveLength(1);
    expect(second?.completeness.missing).toEqual([]);
  });

  it('the reaper of another process, long after and with the same pid, leaves the report as it was', () => {
    const pid = one(TMPFS).killed[0]?.pid;
    const reaper = (seconds: number): string =>
      `[${seconds}.000000] oom_reaper: reaped process ${pid} (other), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB`;
    const killedAt = Math.ceil(one(TMPFS).time?.uptimeSeconds ?? 0);
    expect(one(`${TMPFS}\n${reaper(killedAt + 1)}`).reaped).toHaveLength(1);
    expect(one(`${TMPFS}\n${reaper(killedAt + 3600)}`).reaped).toHaveLength(0);
  });

  it('a copy of the kill line by another program is not a second kill', () => {
    const kill = lines(TMPFS)
      .at(-1)
      ?.replace(/^\[ *[\d.]+\] /, '');
    const text = `${TMPFS}\nMar 13 11:16:49 node1 node-problem-detector[9]: Reason:OOMKilling Message:${kill}`;
    expect(essence(one(text))).toEqual(essence(one(TMPFS)));
  });
});

describe('truncation', () => {
  const all = lines(TMPFS);

  it('says what is missing at the start', () => {
    const from = all.findIndex((line) => line.includes('memory: usage'));
    const report = one(all.slice(from).join('\n'));
    expect(report.completeness).toMatchObject({ truncatedStart: true, truncatedEnd: false, missing: ['header', 'cpu', 'stack'] });
    expect(report.counters.memory?.usageBytes).toBe(98304 * 1024);
  });

  it('says what is missing at the end', () => {
    const to = all.findIndex((line) => line.includes('Tasks state'));
    const report = one(all.slice(0, to).join('\n'));
    expect(report.completeness).toMatchObject({
      truncatedStart: false,
      truncatedEnd: true,
      missing: ['task-table', 'oom-kill', 'killed'],
    });
  });

  it('notices statistics that journald dropped', () => {
    const report = one(all.filter((line) => !/\] [a-z_]+ \d+$/.test(line)).join('\n'));
    expect(report.completeness.missing).toEqual(['statistics']);
    expect(report.memcgStats[0]?.entries).toEqual({});
  });

  it('every line knows its number', () => {
    const report = one(`\n\n${TMPFS}`);
    const numbered = ['', '', ...all];
    const textAt = (line: number | undefined): string => numbered[(line ?? 0) - 1] ?? '';
    expect(textAt(report.invokedBy?.line)).toContain('invoked oom-killer');
    expect(textAt(report.kernel?.line)).toContain('5.10.0-32-cloud-amd64');
    expect(textAt(report.counters.memory?.line)).toContain('memory: usage');
    expect(textAt(report.memcgStats[0]?.entries.shmem?.line)).toMatch(/\] shmem \d+/);
    expect(textAt(report.taskTable?.rows[0]?.line)).toContain('report-writer');
    expect(textAt(report.oomMemcg?.line)).toContain('oom-kill:');
    expect(textAt(report.killed[0]?.line)).toContain('Killed process');
  });
});

describe('hostile input', () => {
  it.each([
    ['nothing', ''],
    ['line breaks only', '\n'.repeat(10_000)],
    ['NUL bytes', '\u0000'.repeat(100_000)],
    ['one line of three megabytes', 'x'.repeat(3 << 20)],
    ['a line of brackets', '['.repeat(100_000)],
    ['a table row that never ends', `[ 1] 0 1 ${'9 '.repeat(200_000)}`],
    ['a header that never ends', `a invoked oom-killer: ${'gfp_mask=0x1,'.repeat(100_000)}`],
  ])('%s does no harm', (_name, text) => {
    expect(() => parseKernelLog(text, 'test')).not.toThrow();
  });

  it('reads on behind a line of megabytes, and still counts lines', () => {
    const report = one(`first\n${'y'.repeat(3 << 20)}\n${TMPFS}`);
    expect(report.firstLine).toBe(3);
    expect(essence(report)).toEqual(essence(one(TMPFS)));
  });

  it('finds NUL bytes and invalid UTF-8 between the bytes of a report harmless', () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe - 1, 0x00, 0x0a]), Buffer.from(TMPFS), Buffer.from([0xc0, 0x80])]);
    expect(essence(one(bytes))).toEqual(essence(one(TMPFS)));
  });
});

describe('large input', () => {
  it('finds reports far beyond the part that is read line by line, with their line numbers', () => {
    const noise = 'Mar 13 11:16:48 node1 kubelet[1]: "SyncLoop" pod="default/web"\n';
    const block = noise.repeat(20_000);
    const text = `${block}${TMPFS}${block}${ANON}`;
    const reports: OomReport[] = [];
    const parser = new KernelLogParser({ source: 'test', onReport: (report) => reports.push(report) });
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 70_001) parser.push(bytes.subarray(at, at + 70_001));
    parser.end();
    expect(reports.map(essence)).toEqual([essence(one(TMPFS)), essence(one(ANON))]);
    expect(reports[0]?.firstLine).toBe(20_001);
    expect(reports[1]?.firstLine).toBe(40_001 + lines(TMPFS).length);
    expect(parser.stats.lines).toBe(text.split('\n').length - 1);
    expect(parser.stats.linesExamined).toBeLessThan(parser.stats.lines * 0.75);
  });
});
