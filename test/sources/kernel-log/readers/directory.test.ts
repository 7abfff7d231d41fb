import { describe, expect, it } from 'vitest';
import { compareLogNames } from '../../../../src/sources/kernel-log/readers/directory.js';

describe('compareLogNames', () => {
  it.each([
    [
      ['syslog', 'syslog.1', 'syslog.2.gz', 'syslog.10.gz'],
      ['syslog.10.gz', 'syslog.2.gz', 'syslog.1', 'syslog'],
    ],
    [
      ['messages', 'messages-20240519', 'messages-20240512.xz', 'messages-20240505.gz'],
      ['messages-20240505.gz', 'messages-20240512.xz', 'messages-20240519', 'messages'],
    ],
    [
      ['syslog', 'kern.log.1', 'kern.log', 'dmesg.0', 'dmesg'],
      ['dmesg.0', 'dmesg', 'kern.log.1', 'kern.log', 'syslog'],
    ],
    [
      ['0.log', '0.log.20240501-101500.gz', '0.log.20240430-235959.gz'],
      ['0.log.20240430-235959.gz', '0.log.20240501-101500.gz', '0.log'],
    ],
    [
      ['10.log', '2.log'],
      ['2.log', '10.log'],
    ],
    [
      ['app.log.zst', 'app.log'],
      ['app.log', 'app.log.zst'],
    ],
  ])('orders %j by log and age', (names, expected) => {
    expect(names.toSorted(compareLogNames)).toEqual(expected);
    expect(names.toReversed().sort(compareLogNames)).toEqual(expected);
  });
});
