import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsCloseWatch, nextStep, writeFromBytes } from '../../src/guard/policy.js';
import { MIB } from '../../src/model/index.js';

const boundBytes = 64 * MIB;

describe('nextStep', () => {
  it('lets writers run below the bound and looks again before a fast one can pass it', () => {
    const { pause, nextLookMs } = nextStep({
      boundBytes,
      dirtyBytes: 0,
      growthBytesPerMs: 0,
      overshootBytes: 0,
      isPaused: false,
    });
    expect(pause).toBe(false);
    expect(nextLookMs * 3_000_000).toBeLessThanOrEqual(boundBytes);
  });

  it('pauses at 70 %, and before when the growth seen would pass the bound', () => {
    expect(nextStep({ boundBytes, dirtyBytes: 46 * MIB, growthBytesPerMs: 0, overshootBytes: 0, isPaused: false }).pause).toBe(
      true,
    );
    expect(
      nextStep({ boundBytes, dirtyBytes: 42 * MIB, growthBytesPerMs: 1_000_000, overshootBytes: 0, isPaused: false }).pause,
    ).toBe(false);
    expect(
      nextStep({ boundBytes, dirtyBytes: 42 * MIB, growthBytesPerMs: 30_000_000, overshootBytes: 0, isPaused: false }).pause,
    ).toBe(true);
  });

  it('pauses earlier by as much as pauses have come late', () => {
    const late = { boundBytes, growthBytesPerMs: 0, overshootBytes: 32 * MIB, isPaused: false };
    expect(nextStep({ ...late, dirtyBytes: 33 * MIB }).pause).toBe(true);
    expect(nextStep({ ...late, dirtyBytes: 31 * MIB }).pause).toBe(false);
  });

  it('keeps pausing until there is room for a slice of the growth seen', () => {
    expect(nextStep({ boundBytes, dirtyBytes: 40 * MIB, growthBytesPerMs: 0, overshootBytes: 0, isPaused: true }).pause).toBe(
      true,
    );
    expect(nextStep({ boundBytes, dirtyBytes: 37 * MIB, growthBytesPerMs: 0, overshootBytes: 0, isPaused: true }).pause).toBe(
      false,
    );
    expect(
      nextStep({ boundBytes, dirtyBytes: 37 * MIB, growthBytesPerMs: 20_000_000, overshootBytes: 0, isPaused: true }).pause,
    ).toBe(true);
  });

  it('always pauses over the bound, never an idle writer below a quarter of it, and never waits long', () => {
    const situation = fc.record({
      boundBytes: fc.integer({ min: 4 * MIB, max: 4096 * MIB }),
      dirtyBytes: fc.integer({ min: 0, max: 8192 * MIB }),
      growthBytesPerMs: fc.integer({ min: 0, max: 20_000_000 }),
      overshootBytes: fc.integer({ min: 0, max: 64 * MIB }),
      isPaused: fc.boolean(),
    });
    fc.assert(
      fc.property(situation, (given) => {
        const { pause, nextLookMs } = nextStep(given);
        if (given.dirtyBytes >= given.boundBytes) expect(pause).toBe(true);
        if (given.dirtyBytes < given.boundBytes / 4 && given.growthBytesPerMs === 0) expect(pause).toBe(false);
        expect(nextLookMs).toBeGreaterThanOrEqual(1);
        expect(nextLookMs).toBeLessThanOrEqual(20);
      }),
    );
  });
});

it('watches closely only what a timer is too coarse for', () => {
  expect(needsCloseWatch(boundBytes, 1_000_000)).toBe(false);
  expect(needsCloseWatch(8 * MIB, 1_000_000)).toBe(true);
});

it('starts writing at an eighth of the bound, at 8 MiB at most', () => {
  expect(writeFromBytes(32 * MIB)).toBe(4 * MIB);
  expect(writeFromBytes(1024 * MIB)).toBe(8 * MIB);
});
