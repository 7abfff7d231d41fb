import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GIB, KIB, MIB } from '../../src/model/index.js';
import { formatConfidence, formatCount, formatRatio } from '../../src/words/format/number.js';
import { formatBytes, formatBytesExact } from '../../src/words/format/size.js';
import { formatSeconds, formatUptimeClock, formatWallClock } from '../../src/words/format/time.js';

describe('sizes', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [0.4, '0 B'],
    [KIB, '1 KiB'],
    [4 * KIB, '4 KiB'],
    [23032 * KIB, '22.5 MiB'],
    [585936 * KIB, '572.2 MiB'],
    [521232 * KIB, '509.0 MiB'],
    [64 * MIB, '64 MiB'],
    [1023 * MIB, '1023 MiB'],
    [1023.96 * MIB, '1.00 GiB'],
    [1.25 * GIB, '1.25 GiB'],
    [2000 * GIB, '1.95 TiB'],
    [5000 * 1024 * GIB, '5000 TiB'],
    [-28 * KIB, '-28 KiB'],
  ])('%d B is %s', (bytes, shown) => expect(formatBytes(bytes)).toBe(shown));

  test('are within 1 % of the truth', () => {
    const units: Record<string, number> = { B: 1, KiB: KIB, MiB: MIB, GiB: GIB, TiB: 1024 * GIB };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        const [number = '', unit = ''] = formatBytes(bytes).split(' ');
        expect(Math.abs(Number(number) * (units[unit] ?? 0) - bytes) / bytes).toBeLessThan(0.01);
        expect(number.replace(/\D/g, '').length).toBeLessThanOrEqual(4);
      }),
    );
  });

  test('exactly: KiB where whole, bytes else', () => {
    expect(formatBytesExact(585936 * KIB)).toBe('585936 KiB');
    expect(formatBytesExact(-28 * KIB)).toBe('-28 KiB');
    expect(formatBytesExact(600001)).toBe('600001 B');
    expect(formatBytesExact(0)).toBe('0 KiB');
  });
});

describe('shares', () => {
  test.each([
    [0, '0 %'],
    [0.0005, '<0.1 %'],
    [0.001, '0.1 %'],
    [0.0141, '1.4 %'],
    [0.0996, '10 %'],
    [0.8896, '89 %'],
    [0.9999, '99.9 %'],
    [1, '100 %'],
    [1.042, '104 %'],
    [-0.0002, '0 %'],
    [-0.05, '-5 %'],
  ])('%d is %s', (ratio, shown) => expect(formatRatio(ratio, 'en')).toBe(shown));

  test('Chinese sets no space before the sign', () => expect(formatRatio(0.5, 'zh-CN')).toBe('50%'));
});

test('counts are grouped, confidences have two decimals', () => {
  expect([0, 999, 1000, 75129, 1234567, -1234].map(formatCount)).toEqual(['0', '999', '1,000', '75,129', '1,234,567', '-1,234']);
  expect([0.8, 1, 0.066].map(formatConfidence)).toEqual(['0.80', '1.00', '0.07']);
});

describe('times', () => {
  test.each([
    [0.25, '0.25 s', '0.25 秒'],
    [12.34, '12.3 s', '12.3 秒'],
    [59.96, '1 min', '1 分'],
    [200, '3 min 20 s', '3 分 20 秒'],
    [3599.9, '1 h', '1 小时'],
    [7260, '2 h 1 min', '2 小时 1 分'],
    [86399, '1 d', '1 天'],
    [580237.4, '6 d 17 h', '6 天 17 小时'],
    [-200, '-3 min 20 s', '-3 分 20 秒'],
  ])('%d s is %s', (seconds, english, chinese) => {
    expect(formatSeconds(seconds, 'en')).toBe(english);
    expect(formatSeconds(seconds, 'zh-CN')).toBe(chinese);
  });

  test('time since boot as a clock', () => {
    expect([5.3, 191.9, 86400, 580237.4].map(formatUptimeClock)).toEqual(['00:00:05', '00:03:11', '1d 00:00:00', '6d 17:10:37']);
  });

  test.each([
    ['2024-05-01T12:00:03.342Z', '2024-05-01 12:00:03 UTC'],
    ['2024-05-01T12:00:03+00:00', '2024-05-01 12:00:03 UTC'],
    ['2024-05-01T12:00:03.5+08:00', '2024-05-01 12:00:03 +08:00'],
    ['2024-05-01T12:00:03', '2024-05-01 12:00:03'],
    ['Jun 24 18:49:43', 'Jun 24 18:49:43'],
  ])('%s is shown as %s', (time, shown) => expect(formatWallClock(time)).toBe(shown));
});
