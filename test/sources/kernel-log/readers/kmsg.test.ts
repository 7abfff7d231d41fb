import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { OomReport } from '../../../../src/model/index.js';
import { KernelLogParser, parseKernelLog } from '../../../../src/sources/kernel-log/parser.js';
import { type KmsgDevice, readKmsg } from '../../../../src/sources/kernel-log/readers/kmsg.js';
import { KmsgTail } from '../../../../src/sources/kernel-log/readers/kmsg-tail.js';
import { CollectingSink } from './collecting-sink.js';

/** Eight kills, as Debian's 5.10 wrote them. */
const KILLS = readFileSync(new URL('../../../fixtures/kmsg/5.10-v2.kmsg', import.meta.url), 'utf8').match(/.*\n/g) ?? [];

const statisticsOf = (report: OomReport | undefined): number => Object.keys(report?.memcgStats[0]?.entries ?? {}).length;

/** A device that answers its reads from a script: a record, or the name of an errno. */
function deviceOf(script: readonly string[], openError?: string): KmsgDevice & { closed: number } {
  const answers = [...script];
  return {
    closed: 0,
    open() {
      if (openError !== undefined) throw systemError(openError);
    },
    read(buffer) {
      const answer = answers.shift() ?? 'EAGAIN';
      if (/^E[A-Z]+$/.test(answer)) throw systemError(answer);
      return new TextEncoder().encodeInto(answer, buffer).written;
    },
    close() {
      this.closed++;
    },
  };
}

function systemError(code: string): Error {
  return Object.assign(new Error(code), { code, errno: -1, syscall: 'read' });
}

describe('readKmsg', () => {
  it('reads one record after the other until there are no more', async () => {
    const sink = new CollectingSink();
    const device = deviceOf(['6,1,10,-;one\n', '6,2,20,-;two\n SUBSYSTEM=net\n']);
    const outcome = await readKmsg(sink, {}, device);
    expect(sink.records).toEqual(['6,1,10,-;one\n', '6,2,20,-;two\n SUBSYSTEM=net\n']);
    expect(outcome).toEqual({ source: 'kmsg' });
    expect(device.closed).toBe(1);
  });

  it.each(['EPIPE', 'EINVAL'])('goes on after %s and says that records were lost', async (errno) => {
    const sink = new CollectingSink();
    const outcome = await readKmsg(sink, {}, deviceOf(['6,1,10,-;one\n', errno, '6,9,90,-;nine\n']));
    expect(sink.records).toEqual(['6,1,10,-;one\n', '6,9,90,-;nine\n']);
    expect(outcome.damage).toMatchObject({ key: 'read.kmsg-overrun', params: { gaps: { value: 1 } } });
  });

  it('loses nothing to what was overwritten before it began', async () => {
    const outcome = await readKmsg(new CollectingSink(), {}, deviceOf(['EPIPE', '6,9,90,-;nine\n']));
    expect(outcome).toEqual({ source: 'kmsg' });
  });

  it('gives the records as they are, which the parser reads with every statistic', async () => {
    const reports: OomReport[] = [];
    const sink = new KernelLogParser({ source: 'kmsg', onReport: (report) => reports.push(report) });
    await readKmsg(sink, {}, deviceOf(KILLS));
    sink.end();
    expect(reports.map(statisticsOf)).toEqual(Array(8).fill(36));
    expect(reports.flatMap(({ completeness }) => completeness.missing)).toEqual([]);
  });

  it('takes a device without a record for another device: the kernel’s log is never empty', async () => {
    for (const script of [[], ['']]) {
      const device = deviceOf(script);
      await expect(readKmsg(new CollectingSink(), {}, device)).rejects.toMatchObject({ code: 'kmsg-empty' });
      expect(device.closed).toBe(1);
    }
  });

  it.each([
    ['ENOENT', 'kmsg-missing'],
    ['EPERM', 'kmsg-permission'],
    ['EACCES', 'kmsg-permission'],
    ['EIO', 'io'],
  ])('fails with a clear error when opening gives %s', async (errno, code) => {
    await expect(readKmsg(new CollectingSink(), {}, deviceOf([], errno))).rejects.toMatchObject({ name: 'ReadError', code });
  });

  it('closes the device when a read fails', async () => {
    const device = deviceOf(['EPERM']);
    await expect(readKmsg(new CollectingSink(), {}, device)).rejects.toMatchObject({ code: 'kmsg-permission' });
    expect(device.closed).toBe(1);
  });
});

describe('KmsgTail', () => {
  it('gives what is logged from its opening on, with every statistic', () => {
    const tail = KmsgTail.open(deviceOf(['6,1,10,-;before\n', 'EAGAIN', ...KILLS.slice(0, 60), 'EAGAIN', ...KILLS.slice(60)]));
    tail?.text();
    const text = tail?.text() ?? '';
    expect(text).toBe(KILLS.join(''));
    expect(parseKernelLog(text, 'kmsg').map(statisticsOf)).toEqual(Array(8).fill(36));
  });

  it('goes on behind an overrun', () => {
    const tail = KmsgTail.open(deviceOf(['EPIPE', '6,1,10,-;before\n', 'EAGAIN', 'EPIPE', '6,9,90,-;nine\n', 'EINVAL']));
    expect(tail?.text()).toBe('6,9,90,-;nine\n');
  });

  it.each<[string, readonly string[], string?]>([
    ['may not be opened', [], 'EPERM'],
    ['is not there', [], 'ENOENT'],
    ['may not be read', ['EPERM']],
    ['holds no record, as /dev/null', ['']],
    ['holds no record, as a console', []],
  ])('is none where the device %s', (_, script, openError) => {
    const device = deviceOf(script, openError);
    expect(KmsgTail.open(device)).toBeUndefined();
    expect(device.closed).toBe(openError === undefined ? 1 : 0);
  });
});
