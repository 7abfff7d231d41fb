import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../src/diagnosis/index.js';
import type { OomReport } from '../../../src/model/index.js';
import { toIncident } from '../../../src/sources/kernel-log/incident.js';
import { linesOfRecord } from '../../../src/sources/kernel-log/kmsg-record.js';
import { KernelLogParser, parseKernelLog } from '../../../src/sources/kernel-log/parser.js';

/** The same eight kills on Debian's 5.10, which prints memory.stat as one record: as /dev/kmsg and as dmesg gave them. */
const read = (name: string): string => readFileSync(new URL(`../../fixtures/kmsg/${name}`, import.meta.url), 'utf8');
const KMSG = read('5.10-v2.kmsg');
const DMESG = read('5.10-v2.dmesg.txt');

/** A report without the places where it stood. */
function withoutPlaces(value: unknown): unknown {
  const PLACES = ['line', 'firstLine', 'lastLine', 'headerLine', 'outcomeLine', 'scopeLine', 'source'];
  return JSON.parse(JSON.stringify(value, (key, part) => (PLACES.includes(key) ? undefined : part)));
}

const parse = (text: string): OomReport[] => parseKernelLog(text, 'test');
const records = KMSG.trimEnd().split('\n');

describe('records of /dev/kmsg', () => {
  const expected = parse(DMESG);

  it('are read as dmesg prints them: the same reports, every statistic in them, and the same causes', () => {
    const reports = parse(KMSG);
    expect(reports).toHaveLength(8);
    expect(withoutPlaces(reports)).toEqual(withoutPlaces(expected));
    for (const [index, report] of reports.entries()) {
      expect(report.completeness.missing).toEqual([]);
      const [cause] = diagnose(toIncident(report)).causes;
      const [same] = diagnose(toIncident(expected[index] as OomReport)).causes;
      expect({ id: cause?.id, confidence: cause?.confidence }).toEqual({ id: same?.id, confidence: same?.confidence });
    }
  });

  it('are cited as they stand: every statistic by the record it came in', () => {
    const lines = new Map<number, string>();
    const reports: OomReport[] = [];
    const parser = new KernelLogParser({
      source: 'kmsg',
      onReport: (report) => reports.push(report),
      onLine: (text, number) => lines.set(number, text),
    });
    parser.push(Buffer.from(KMSG));
    parser.end();
    for (const report of reports) {
      const entries = Object.entries(report.memcgStats[0]?.entries ?? {});
      expect(entries.length).toBeGreaterThan(30);
      for (const [key, { value, line }] of entries) expect(lines.get(line)).toMatch(`${key} ${value}`);
      expect(lines.get(entries[0]?.[1].line ?? 0)).toMatch(/^6,\d+,\d+,-;anon \d+\\x0afile \d+\\x0a/);
    }
  });

  const json = (log: string): string => JSON.stringify({ log: `${log}\n`, stream: 'stdout', time: '2024-03-13T11:16:48.1Z' });
  const cut = (line: string): string =>
    line.length < 200
      ? `2024-03-13T11:16:48.1Z stdout F ${line}`
      : `2024-03-13T11:16:48.1Z stdout P ${line.slice(0, 150)}\n2024-03-13T11:16:48.1Z stdout F ${line.slice(150)}`;
  it.each<[string, (record: string) => string]>([
    ['with the caller', (record) => record.replace(/^(\d+,\d+,\d+,-);/, '$1,caller=T1;')],
    ['behind a time and a host', (record) => `2024-03-13T11:16:48+0000 node1 kernel: ${record}`],
    ['in a container’s log of Docker', json],
    ['in a container’s log of CRI, in pieces', cut],
    ['in the journal, from a container that prints them', (record) => JSON.stringify({ MESSAGE: record, _COMM: 'cat' })],
    ['quoted in a mail', (record) => `> ${record}`],
    ['with carriage returns', (record) => `${record}\r`],
  ])('are read %s', (_, dress) => {
    const stats = parse(records.map(dress).join('\n')).map(({ memcgStats }) => withoutPlaces(memcgStats));
    expect(stats).toEqual(expected.map(({ memcgStats }) => withoutPlaces(memcgStats)));
  });

  it('are read out of a JSON string that nobody opened', () => {
    const stats = parse(`{"body": ${JSON.stringify(KMSG)}}`).map(({ memcgStats }) => withoutPlaces(memcgStats));
    expect(stats).toEqual(expected.map(({ memcgStats }) => withoutPlaces(memcgStats)));
  });

  it.each<[string, (text: string) => string]>([
    ['rsyslog’s imkmsg', (text) => `Mar 13 11:16:48 node1 kernel: ${text}`],
    ['Talos', (text) => `10.0.0.1: kern:    info: [2025-06-04T04:51:57.572293906Z]: ${text}`],
    [
      'fluent-bit',
      (text) => JSON.stringify({ date: 1463421823.0, priority: 6, sequence: 545, sec: 217, usec: 732111, msg: text }),
    ],
  ])('are read where %s took the header off and left the escapes', (_, dress) => {
    const stats = parse(records.map((record) => dress(record.replace(/^[^;]*;/, ''))).join('\n')).map(({ memcgStats }) =>
      Object.keys(memcgStats[0]?.entries ?? {}),
    );
    expect(stats).toEqual(expected.map(({ memcgStats }) => Object.keys(memcgStats[0]?.entries ?? {})));
  });

  it.each([
    [
      'a mail program at 72 columns',
      (record: string) => record.match(/.{1,71}(?: |$)|\S+(?: |$)/g)?.map((line) => line.trimEnd()) ?? [record],
    ],
    ['a terminal of 80 columns', (record: string) => record.match(/.{1,80}/g) ?? [record]],
    ['a terminal of 100 columns', (record: string) => record.match(/.{1,100}/g) ?? [record]],
  ])('are read broken by %s', (_, breakRecord) => {
    const stats = parse(records.flatMap(breakRecord).join('\n')).map(({ memcgStats }) =>
      Object.entries(memcgStats[0]?.entries ?? {}).map(([key, { value }]) => [key, value]),
    );
    expect(stats).toEqual(
      expected.map(({ memcgStats }) => Object.entries(memcgStats[0]?.entries ?? {}).map(([key, { value }]) => [key, value])),
    );
  });

  it('keep the properties of a device in lines of their own, which say nothing', () => {
    const devices = records.map((record) => `${record}\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:1f.2`);
    expect(parse(devices.join('\n')).map(({ memcgStats }) => withoutPlaces(memcgStats))).toEqual(
      expected.map(({ memcgStats }) => withoutPlaces(memcgStats)),
    );
  });
});

describe('an escape', () => {
  const kill = (comm: string): string =>
    `Memory cgroup out of memory: Killed process 7 (${comm}) total-vm:8kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:4kB oom_score_adj:0`;

  it.each([
    ['a character of several bytes', 'caf\\xc3\\xa9-\\xe7\\x8c\\xab', 'café-猫'],
    ['one that the kernel cut', 'x\\xe7\\x8c', 'x\ufffd'],
    ['a backslash', 'a\\x5cx2db', 'a\\x2db'],
    ['a tab and a colour', '\\x1b[31ma\\x09b', 'a\tb'],
    ['a line break, which may not make a line of its own', 'a\\x0aanon 1', 'a\\x0aanon 1'],
  ])('is %s in a name', (_, escaped, comm) => {
    expect(parse(`3,1,5,-;${kill(escaped)}`)[0]?.killed).toMatchObject([{ pid: 7, comm, anonRssBytes: 4096 }]);
  });

  it('is what it is in the path of a cgroup: systemd’s own backslashes stay', () => {
    const constraint =
      'oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/a.slice/b\\x5cx2dc.service,task_memcg=/a.slice/b\\x5cx2dc.service,task=x,pid=7,uid=0';
    const [report] = parse(`6,1,5,-;${constraint}\n3,2,6,-;${kill('x')}`);
    expect(report?.oomMemcg?.path).toBe('/a.slice/b\\x2dc.service');
  });

  it('is none in any other format, where a backslash is a backslash', () => {
    const path = '/a.slice/b\\x2dc\\x0ad.service';
    const constraint = `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${path},task_memcg=${path},task=x,pid=7,uid=0`;
    const [report] = parse(`[    5.000000] ${constraint}\n[    5.000001] ${kill('x\\x41')}`);
    expect(report?.oomMemcg?.path).toBe(path);
    expect(report?.killed).toMatchObject([{ comm: 'x\\x41' }]);
  });

  it('stands for the line breaks in Mem-Info’s totals', () => {
    expect(linesOfRecord('active_anon:1 inactive_anon:2 isolated_anon:0\\x0a active_file:3 inactive_file:4')).toEqual([
      'active_anon:1 inactive_anon:2 isolated_anon:0',
      ' active_file:3 inactive_file:4',
    ]);
  });
});
