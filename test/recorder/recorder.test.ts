import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MIB, SAMPLE_COLUMNS } from '../../src/model/index.js';
import { SampleHistory } from '../../src/recorder/history.js';
import { nextDelayMs } from '../../src/recorder/pace.js';
import { columnsOf, type Sample } from '../../src/recorder/sample.js';

function sample(atSeconds: number, chargedBytes: number): Sample {
  const empty = Object.fromEntries(SAMPLE_COLUMNS.map((name) => [name, null])) as Omit<Sample, 'atSeconds'>;
  return { ...empty, atSeconds, chargedBytes };
}

describe('the history', () => {
  test('keeps the highest charge, the first and the latest samples, in order and in bounded memory', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 600 }), (charges) => {
        const history = new SampleHistory(16, 8);
        for (const [index, charge] of charges.entries()) history.add(sample(index * 0.02, charge));
        const kept = history.samples();
        expect(kept.length).toBeLessThanOrEqual(16 + 2 * 8);
        expect(Math.max(...kept.map(({ chargedBytes }) => chargedBytes ?? 0))).toBe(Math.max(...charges));
        expect(kept[0]?.atSeconds).toBe(0);
        expect(kept.at(-1)?.atSeconds).toBe((charges.length - 1) * 0.02);
        const times = kept.map(({ atSeconds }) => atSeconds);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });

  test('keeps all of a short run', () => {
    const history = new SampleHistory(16, 8);
    for (let index = 0; index < 20; index++) history.add(sample(index, index));
    expect(columnsOf(history.samples()).atSeconds).toEqual(Array.from({ length: 20 }, (_, index) => index));
  });
});

describe('the pace', () => {
  const calm = { limitBytes: 100 * MIB, chargedBytes: MIB, growthBytesPerMs: 0, quietMs: 0, costMs: 0.2 };

  test('is quicker near the limit, and when the limit is near in time', () => {
    expect(nextDelayMs(calm)).toBe(20);
    expect(nextDelayMs({ ...calm, chargedBytes: 95 * MIB })).toBe(5);
    expect(nextDelayMs({ ...calm, chargedBytes: 50 * MIB, growthBytesPerMs: 2 * MIB })).toBe(5);
    expect(nextDelayMs({ ...calm, limitBytes: undefined, chargedBytes: 95 * MIB })).toBe(20);
  });

  test('is slower when nothing moves', () => expect(nextDelayMs({ ...calm, quietMs: 5000 })).toBe(50));

  test('leaves the machine to the command, but is never blind', () => {
    expect(nextDelayMs({ ...calm, costMs: 2 })).toBeCloseTo(40);
    expect(nextDelayMs({ ...calm, costMs: 100 })).toBe(100);
  });
});
