import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { highBytes, roomAfter, stepByHigh, stepByQuota, writeFromBytes } from '../../src/guard/policy.js';
import { MIB } from '../../src/model/index.js';

const boundBytes = 64 * MIB;

describe('stepByQuota', () => {
  it('lets writers run below the bound and looks again before a fast one can pass it', () => {
    const { hold, nextLookMs } = stepByQuota({
      boundBytes,
      dirtyBytes: 0,
      growthBytesPerMs: 0,
      overshootBytes: 0,
      isHeld: false,
    });
    expect(hold).toBe(false);
    expect(nextLookMs * 3_000_000).toBeLessThanOrEqual(boundBytes);
  });

  it('holds at 70 %, and before when the growth seen would pass the bound', () => {
    expect(stepByQuota({ boundBytes, dirtyBytes: 46 * MIB, growthBytesPerMs: 0, overshootBytes: 0, isHeld: false }).hold).toBe(
      true,
    );
    expect(
      stepByQuota({ boundBytes, dirtyBytes: 42 * MIB, growthBytesPerMs: 1_000_000, overshootBytes: 0, isHeld: false }).hold,
    ).toBe(false);
    expect(
      stepByQuota({ boundBytes, dirtyBytes: 42 * MIB, growthBytesPerMs: 30_000_000, overshootBytes: 0, isHeld: false }).hold,
    ).toBe(true);
  });

  it('holds earlier by as much as holds have come late', () => {
    const late = { boundBytes, growthBytesPerMs: 0, overshootBytes: 32 * MIB, isHeld: false };
    expect(stepByQuota({ ...late, dirtyBytes: 33 * MIB }).hold).toBe(true);
    expect(stepByQuota({ ...late, dirtyBytes: 31 * MIB }).hold).toBe(false);
  });

  it('keeps holding until there is room for a slice of the growth seen', () => {
    expect(stepByQuota({ boundBytes, dirtyBytes: 40 * MIB, growthBytesPerMs: 0, overshootBytes: 0, isHeld: true }).hold).toBe(
      true,
    );
    expect(stepByQuota({ boundBytes, dirtyBytes: 37 * MIB, growthBytesPerMs: 0, overshootBytes: 0, isHeld: true }).hold).toBe(
      false,
    );
    expect(
      stepByQuota({ boundBytes, dirtyBytes: 37 * MIB, growthBytesPerMs: 20_000_000, overshootBytes: 0, isHeld: true }).hold,
    ).toBe(true);
  });

  it('always holds over the bound, never an idle writer below a quarter of it, and never waits long', () => {
    const situation = fc.record({
      boundBytes: fc.integer({ min: 4 * MIB, max: 4096 * MIB }),
      dirtyBytes: fc.integer({ min: 0, max: 8192 * MIB }),
      growthBytesPerMs: fc.integer({ min: 0, max: 20_000_000 }),
      overshootBytes: fc.integer({ min: 0, max: 64 * MIB }),
      isHeld: fc.boolean(),
    });
    fc.assert(
      fc.property(situation, (given) => {
        const { hold, nextLookMs } = stepByQuota(given);
        if (given.dirtyBytes >= given.boundBytes) expect(hold).toBe(true);
        if (given.dirtyBytes < given.boundBytes / 4 && given.growthBytesPerMs === 0) expect(hold).toBe(false);
        expect(nextLookMs).toBeGreaterThanOrEqual(1);
        expect(nextLookMs).toBeLessThanOrEqual(20);
      }),
    );
  });
});

it('watches closely only what a timer is too coarse for', () => {
  const idle = { dirtyBytes: 0, overshootBytes: 0, growthBytesPerMs: 1_000_000, isHeld: false };
  expect(stepByQuota({ ...idle, boundBytes }).isTight).toBe(false);
  expect(stepByQuota({ ...idle, boundBytes: 8 * MIB }).isTight).toBe(true);
});

describe('memory.high', () => {
  const bounds = { dirtyBytes: 64 * MIB, cacheBytes: 128 * MIB };

  it('is set from an eighth of the bound on, until half of that', () => {
    const step = (dirtyMib: number, isHeld: boolean) =>
      stepByHigh({ boundBytes, dirtyBytes: dirtyMib * MIB, growthBytesPerMs: 0, overshootBytes: 0, isHeld });
    expect([step(7, false).hold, step(8, false).hold, step(5, true).hold, step(3, true).hold]).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(step(0, false).nextLookMs * 3_000_000).toBeLessThanOrEqual(boundBytes);
  });

  it('leaves room for cached pages above all else that is charged, and for the text of programs', () => {
    const figures = { unstartedBytes: 0, dirtyBytes: 10 * MIB, cachedBytes: 60 * MIB, mappedBytes: 30 * MIB };
    expect(highBytes(100 * MIB, figures, 128 * MIB)).toBe((40 + 20 + 128) * MIB);
    expect(highBytes(0, { unstartedBytes: 0, dirtyBytes: 0 }, 8 * MIB)).toBe(72 * MIB);
  });

  it('comes down in steps, by what is clean, and does not go up for what has passed it', () => {
    const clean = { unstartedBytes: 0, dirtyBytes: 10 * MIB, cachedBytes: 460 * MIB, mappedBytes: 0 };
    expect(highBytes(512 * MIB, clean, 8 * MIB)).toBe((512 - 16 + 1) * MIB);
    const dirty = { ...clean, dirtyBytes: 458 * MIB };
    expect(highBytes(512 * MIB, dirty, 8 * MIB)).toBe((512 - 2 + 1) * MIB);
    expect(highBytes(512 * MIB, dirty, 8 * MIB, 500 * MIB)).toBe(500 * MIB);
    // 52 MiB are no cached pages.
    expect(highBytes(512 * MIB, dirty, 8 * MIB, 59 * MIB)).toBe((512 - 2 + 1) * MIB);
  });

  it('leaves less room while more is dirty than wanted, never less than a quarter of the bound, and more again later', () => {
    expect(roomAfter(100 * MIB, 50 * MIB, bounds)).toBeCloseTo(90 * MIB);
    expect(roomAfter(16 * MIB, 50 * MIB, bounds)).toBe(16 * MIB);
    expect(roomAfter(100 * MIB, 40 * MIB, bounds)).toBe(100 * MIB);
    expect(roomAfter(127 * MIB, 0, bounds)).toBe(128 * MIB);
  });
});

it('starts writing at an eighth of the bound, at 8 MiB at most', () => {
  expect(writeFromBytes(32 * MIB)).toBe(4 * MIB);
  expect(writeFromBytes(1024 * MIB)).toBe(8 * MIB);
});
