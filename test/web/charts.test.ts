import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { account } from '../../src/accounting/index.js';
import type { Accounting, SampleSeries } from '../../src/model/index.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { areaPath, linePath, nearest, scaleOf, sizeTicks, tickText, timeTicks } from '../../web/charts/scale.js';
import { compositionBar } from '../../web/charts/segments.js';
import { piled, stackOf, stallsOf } from '../../web/charts/stack.js';
import { fixtures } from './fixtures.js';

const MIB = 2 ** 20;

function accounting(more: Partial<Accounting>): Accounting {
  const part = (id: string, bytes: number) => ({ id, bytes, how: 'measured' as const, from: [] });
  return {
    scope: 'memcg',
    chargedBytes: 100 * MIB,
    chargedHow: 'measured',
    chargedFrom: [],
    lines: [
      { id: 'anon', bytes: 30 * MIB, how: 'measured', from: [], parts: [] },
      {
        id: 'file',
        bytes: 60 * MIB,
        how: 'measured',
        from: [],
        parts: [part('dirty', 20 * MIB), part('writeback', 30 * MIB)],
      },
      { id: 'shmem', bytes: 0, how: 'absent', from: [], parts: [] },
      { id: 'unexplained', bytes: 10 * MIB, how: 'derived', from: [], parts: [] },
    ],
    ...more,
  } as Accounting;
}

describe('the bar of the composition', () => {
  it('tells dirty pages and pages under writeback from the clean, and ends at the limit', () => {
    const { segments, limitAt, wholeBytes } = compositionBar(accounting({ limitBytes: 200 * MIB }));
    expect(segments.map(({ id, bytes }) => [id, bytes / MIB])).toEqual([
      ['anon', 30],
      ['clean', 10],
      ['dirty', 20],
      ['writeback', 30],
      ['unexplained', 10],
      ['free', 100],
    ]);
    expect(wholeBytes).toBe(200 * MIB);
    expect(limitAt).toBe(1);
  });

  it('shows how far a charge is above its limit', () => {
    expect(compositionBar(accounting({ limitBytes: 80 * MIB })).limitAt).toBeCloseTo(0.8);
  });

  it('never makes more of the file pages than there are', () => {
    const [file] = accounting({}).lines.filter(({ id }) => id === 'file');
    const odd = accounting({ lines: [{ ...(file as NonNullable<typeof file>), bytes: 25 * MIB }] });
    expect(compositionBar(odd).segments.map(({ id, bytes }) => [id, bytes / MIB])).toEqual([
      ['writeback', 25],
      ['free', 75],
    ]);
  });

  it('is full and keeps every byte, for every real log', () => {
    const accountings = fixtures().flatMap(([name, log]) => parseKernelLog(log, name).flatMap((report) => account(report) ?? []));
    expect(accountings.length).toBeGreaterThan(50);
    for (const real of accountings) {
      const { segments } = compositionBar(real);
      expect(segments.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(1);
      expect(segments.every(({ width }) => width > 0)).toBe(true);
      const drawn = segments.filter(({ id }) => id !== 'free').reduce((sum, { bytes }) => sum + bytes, 0);
      expect(drawn).toBe(real.lines.reduce((sum, { bytes }) => sum + Math.max(0, bytes), 0));
    }
  });
});

describe('the stack of a recording', () => {
  const nulls = [null, null, null];
  const series: SampleSeries = {
    ...(Object.fromEntries(
      [
        'chargedBytes',
        'anonBytes',
        'fileBytes',
        'dirtyBytes',
        'writebackBytes',
        'shmemBytes',
        'kernelBytes',
        'stalledSeconds',
        'limitHits',
      ].map((name) => [name, nulls]),
    ) as unknown as SampleSeries),
    atSeconds: [0, 1, 3],
    chargedBytes: [10, 100, null],
    anonBytes: [4, 30, null],
    fileBytes: [6, 60, 5],
    dirtyBytes: [1, 20, 9],
    writebackBytes: [0, 30, 0],
    limitHits: [5, 5, 25],
  };

  it('parts the file pages, and calls the rest of the charge unexplained', () => {
    expect(stackOf(series)).toMatchObject({ clean: [5, 10, 0], rest: [0, 10, null], dirty: [1, 20, 9] });
  });

  it('piles kinds up, and leaves a gap only where none of them is known', () => {
    expect(
      piled([
        [1, null, null],
        [2, 3, null],
      ]),
    ).toEqual([
      [1, null, null],
      [3, 3, null],
    ]);
  });

  it('finds when charges met the limit, and how hard', () => {
    expect(stallsOf(series)).toEqual([{ from: 1, to: 3, strength: 1 }]);
  });

  it('prefers what pressure tells', () => {
    const pressed = stallsOf({ ...series, stalledSeconds: [0, 0.5, 0.75] });
    expect(pressed).toEqual([
      { from: 0, to: 1, strength: 1 },
      { from: 1, to: 3, strength: 0.25 },
    ]);
  });
});

describe('the axes of a chart', () => {
  it('step by powers of two', () => {
    expect(sizeTicks(600 * MIB, 5).map(tickText)).toEqual(['0', '128 MiB', '256 MiB', '384 MiB', '512 MiB']);
    expect(tickText(1.5 * 2 ** 30)).toBe('1.5 GiB');
  });

  it('step by what people count time in', () => {
    expect(timeTicks(0, 61, 5)).toEqual([0, 15, 30, 45, 60]);
    expect(timeTicks(0.1, 0.45, 4).map((at) => at.toFixed(1))).toEqual(['0.1', '0.2', '0.3', '0.4']);
  });

  it('have no more ticks than there is room for, whatever is drawn', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 2 ** 50, noNaN: true }), fc.integer({ min: 1, max: 20 }), (most, room) => {
        const sizes = sizeTicks(most, room);
        expect(sizes.length).toBeLessThanOrEqual(room + 1);
        expect(sizes.every((size) => size <= most)).toBe(true);
        expect(timeTicks(0, most, room).length).toBeLessThanOrEqual(room + 2);
      }),
    );
  });

  it('find the moment nearest to the pointer', () => {
    const moments = [0, 1, 4, 9];
    expect([-5, 0.4, 0.6, 3, 100].map((wanted) => nearest(moments, wanted))).toEqual([0, 0, 1, 2, 3]);
  });
});

describe('a line and an area', () => {
  const same = scaleOf(0, 10, 0, 10);

  it('are broken where a value is not known', () => {
    expect(linePath([0, 1, 2, 3], [1, null, 2, 3], same, same)).toBe('M0.0 1.0M2.0 2.0L3.0 3.0');
  });

  it('stand on what lies below them', () => {
    expect(areaPath([0, 1], [1, 1], [2, 3], same, same)).toBe('M0.0 2.0L1.0 3.0L1.0 1.0L0.0 1.0Z');
  });
});
