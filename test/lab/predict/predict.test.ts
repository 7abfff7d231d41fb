import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { predict } from '../../../src/lab/predict/predict.js';
import { type DirtySettings, GIB, MIB, type PredictionInput } from '../../../src/model/index.js';
import { catalogue } from '../../../src/render/index.js';
import { seed } from './some-input.js';

const own: Partial<PredictionInput> = { cgroupVersion: 2, cgroupWriteback: true };
const settings = (changed: Partial<DirtySettings>): Partial<PredictionInput> => ({ settings: { ...seed.settings, ...changed } });

describe('the thresholds, worked by hand', () => {
  test.each<[string, Partial<PredictionInput>, string, number, number, number]>([
    ['v1: 10 and 20 % of 20 GiB', {}, 'global', 2048, 3072, 4096],
    ['v2: 10 and 20 % of a room of 500 MiB', own, 'memcg', 50, 75, 100],
    ['v2 without cgroup writeback', { cgroupVersion: 2 }, 'global', 2048, 3072, 4096],
    ['v2 before Linux 4.2', { ...own, kernelRelease: '4.1.0' }, 'global', 2048, 3072, 4096],
    ['bytes, as they are', settings({ dirtyBytes: 400 * MIB, backgroundBytes: 100 * MIB }), 'global', 100, 250, 400],
    // 2 GiB of 20 GiB is a tenth, and so of the room.
    [
      'v2: bytes as a part of the machine',
      { ...own, ...settings({ dirtyBytes: 2 * GIB, backgroundRatio: 4 }) },
      'memcg',
      20,
      35,
      50,
    ],
    ['a background at the threshold is halved', settings({ backgroundRatio: 20 }), 'global', 2048, 3072, 4096],
    ['v2: a machine smaller than the limit', { ...own, dirtyableBytes: 100 * MIB }, 'memcg', 10, 15, 20],
  ])('%s', (_, changed, domain, background, freerun, throttle) => {
    expect(predict({ ...seed, ...changed }).thresholds).toMatchObject({
      domain,
      backgroundBytes: background * MIB,
      freerunBytes: freerun * MIB,
      throttleBytes: throttle * MIB,
    });
  });
});

describe('the build-up, worked by hand', () => {
  test.each<[string, Partial<PredictionInput>, object]>([
    ['v1: 500 / 200 s, the flusher asleep', {}, { outcome: 'limit', unwrittenAtLimitSeconds: 2.5, chargeAtLimitSeconds: 2.5 }],
    [
      // 100 MiB after 0.5 s, and the other 400 at 170 a second.
      'v1: the flusher from 100 MiB on',
      settings({ backgroundBytes: 100 * MIB }),
      { outcome: 'limit', unwrittenAtLimitSeconds: 0.5 + 400 / 170 },
    ],
    [
      // 300 MiB after 30 s at 10 a second, and the other 200 at 8.
      'v1: pages grow old before the flusher starts',
      { writeBytesPerSecond: 10 * MIB, diskBytesPerSecond: 2 * MIB },
      { outcome: 'limit', unwrittenAtLimitSeconds: 55, chargeAtLimitSeconds: 50 },
    ],
    [
      'v1: old pages, never looked for',
      { writeBytesPerSecond: 10 * MIB, settings: { dirtyRatio: 20, backgroundRatio: 10, dirtyBytes: 0, backgroundBytes: 0 } },
      { unwrittenAtLimitSeconds: 50 },
    ],
    ['v2: slowed, half way from 75 to 100 MiB', own, { outcome: 'below-limit', standsAtBytes: 87.5 * MIB }],
    ['v1: a small machine slows it too', { dirtyableBytes: 2000 * MIB }, { outcome: 'below-limit', standsAtBytes: 350 * MIB }],
    [
      // Background 300, slowed from 450, stopped at 600 MiB; 300 after 1.5 s, and the other 200 at 170.
      'v1: between slowed and stopped',
      { dirtyableBytes: 3000 * MIB },
      { outcome: 'unsure', confidence: 'possible', unwrittenAtLimitSeconds: 1.5 + 200 / 170 },
    ],
    [
      'the disk keeps up: what waits until the flusher starts',
      { diskBytesPerSecond: 400 * MIB, ...settings({ backgroundBytes: 100 * MIB }) },
      { outcome: 'below-limit', standsAtBytes: 100 * MIB },
    ],
    ['nothing is written', { writeBytesPerSecond: 0 }, { outcome: 'below-limit', standsAtBytes: 0 }],
  ])('%s', (_, changed, expected) => {
    const prediction = predict({ ...seed, ...changed });
    for (const [name, value] of Object.entries(expected)) {
      const found = prediction[name as keyof typeof prediction];
      if (typeof value === 'number') expect(found, name).toBeCloseTo(value, 6);
      else expect(found, name).toBe(value);
    }
    expect('unwrittenAtLimitSeconds' in prediction).toBe(prediction.outcome !== 'below-limit');
  });
});

describe('what happens then', () => {
  const { multiGenLru: _, kernelRelease: __, ...bare } = seed;
  test.each<[string, PredictionInput]>([
    ['v1-waits', seed],
    ['v1-fails', { ...seed, kernelRelease: '5.10.0' }],
    ['v1-fails', { ...seed, multiGenLru: true }],
    ['v1-unknown', { ...seed, kernelRelease: '4.18.0-147.el8.x86_64' }],
    ['v1-unknown', { ...seed, kernelRelease: '6.0.0' }],
    ['v1-unknown', { ...bare, kernelRelease: '6.12.0' }],
    ['v1-unknown', bare],
    ['v2-limit', { ...seed, cgroupVersion: 2 }],
    ['throttled', { ...seed, ...own }],
    ['unsure', { ...seed, dirtyableBytes: 3000 * MIB }],
    ['catches-up', { ...seed, diskBytesPerSecond: 400 * MIB }],
    ['keeps-up', { ...seed, diskBytesPerSecond: 400 * MIB, dirtyableBytes: GIB }],
  ])('%s', (key, input) => {
    const { consequence, steps, caveats } = predict(input);
    expect(consequence.key).toBe(`lab.predict.then.${key}`);
    for (const { key: used } of [consequence, ...caveats, ...steps.map(({ statement }) => statement)]) {
      expect(Object.keys(catalogue('en'))).toContain(used);
    }
    expect(steps.every(({ source }) => source !== '')).toBe(true);
  });

  test('is said less surely where rates are close, the slowing is near or the kernel is not mainline', () => {
    expect(predict(seed).confidence).toBe('likely');
    expect(predict({ ...seed, diskBytesPerSecond: 180 * MIB }).confidence).toBe('possible');
    expect(predict({ ...seed, dirtyableBytes: 3500 * MIB }).confidence).toBe('possible');
    expect(predict({ ...seed, kernelRelease: '4.18.0-147.el8.x86_64' }).confidence).toBe('plausible');
    expect(predict(bare).confidence).toBe('plausible');
  });
});

test.each<[string, Partial<PredictionInput>]>([
  ['no room', { otherBytes: 600 * MIB }],
  ['a negative rate', { writeBytesPerSecond: -1 }],
  ['no number', { dirtyableBytes: Number.NaN }],
  ['an endless setting', settings({ expireSeconds: Number.POSITIVE_INFINITY })],
])('refuses %s', (_, changed) => {
  expect(() => predict({ ...seed, ...changed })).toThrow(RangeError);
});

describe('for any figures', () => {
  const size = fc.integer({ min: 1, max: 8 * 1024 }).map((mib) => mib * MIB);
  const percent = fc.integer({ min: 0, max: 100 });
  const inputs: fc.Arbitrary<PredictionInput> = fc.record({
    writeBytesPerSecond: size,
    diskBytesPerSecond: size,
    limitBytes: size,
    otherBytes: fc.constant(0),
    dirtyableBytes: size,
    settings: fc.record({
      dirtyRatio: percent,
      backgroundRatio: percent,
      dirtyBytes: fc.oneof(fc.constant(0), size),
      backgroundBytes: fc.oneof(fc.constant(0), size),
      expireSeconds: fc.integer({ min: 1, max: 60 }),
    }),
    cgroupVersion: fc.constantFrom(1, 2),
    cgroupWriteback: fc.boolean(),
  });
  /** Never is later than any time. */
  const time = (input: PredictionInput): number => predict(input).unwrittenAtLimitSeconds ?? Number.POSITIVE_INFINITY;
  /** Room for the last digit of a sum. */
  const EXACT = 1 + 1e-9;

  test('a faster writer fills the limit no later', () => {
    fc.assert(
      fc.property(inputs, size, (input, more) => {
        const faster = { ...input, writeBytesPerSecond: input.writeBytesPerSecond + more };
        expect(time(faster)).toBeLessThanOrEqual(time(input) * EXACT);
      }),
    );
  });

  test('a faster disk and a larger limit fill no sooner', () => {
    fc.assert(
      fc.property(inputs, size, (input, more) => {
        const least = time(input) / EXACT;
        expect(time({ ...input, diskBytesPerSecond: input.diskBytesPerSecond + more })).toBeGreaterThanOrEqual(least);
        if (input.cgroupVersion === 1) {
          expect(time({ ...input, limitBytes: input.limitBytes + more })).toBeGreaterThanOrEqual(least);
        }
      }),
    );
  });

  test('thresholds are in order, and no more waits than there is room', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { thresholds, roomBytes, standsAtBytes, chargeAtLimitSeconds = 0, unwrittenAtLimitSeconds } = predict(input);
        expect(thresholds.backgroundBytes).toBeLessThanOrEqual(thresholds.freerunBytes);
        expect(thresholds.freerunBytes).toBeLessThanOrEqual(thresholds.throttleBytes);
        expect(standsAtBytes).toBeLessThanOrEqual(roomBytes);
        if (unwrittenAtLimitSeconds !== undefined) {
          expect(unwrittenAtLimitSeconds * EXACT).toBeGreaterThanOrEqual(chargeAtLimitSeconds);
        }
      }),
    );
  });
});
