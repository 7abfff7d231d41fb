import { expect, test } from 'vitest';
import { besideMeasured } from '../../../src/lab/predict/observed.js';
import { MIB, type Recording } from '../../../src/model/index.js';
import { columnsOf, type Sample } from '../../../src/recorder/sample.js';
import { seed } from './some-input.js';

/** Ten samples a second of a writer of 20 MiB a second below 64 MiB, 4 of them other memory, on a disk of 5 MiB a second. */
function recording(change: (sample: Sample) => Sample = (sample) => sample): Recording {
  const samples = Array.from({ length: 61 }, (_, index): Sample => {
    const at = index / 10;
    // Nothing is written until the limit wakes the flusher after 3 s.
    const file = Math.min(20 * at, 60);
    const writeback = at >= 3 ? 10 : 0;
    return change({
      atSeconds: at,
      chargedBytes: (file + 4) * MIB,
      anonBytes: 4 * MIB,
      fileBytes: file * MIB,
      dirtyBytes: (file - writeback) * MIB,
      writebackBytes: writeback * MIB,
      inactiveFileBytes: null,
      shmemBytes: 0,
      kernelBytes: 0,
      swapBytes: 0,
      limitHits: at >= 3 ? 1 : 0,
      oomKills: 0,
      stalledSeconds: null,
    });
  });
  return {
    startedAt: '2026-11-25T12:00:00.000Z',
    kernelRelease: '6.12.0',
    cgroupVersion: 1,
    cgroup: '/lab',
    pageSizeBytes: 4096,
    limitBytes: 64 * MIB,
    series: columnsOf(samples),
    marks: [],
  };
}

test('takes the rates from the recording, and predicts what came', () => {
  const beside = besideMeasured(recording(), seed, 75 * MIB);
  expect(beside?.measured.writeBytesPerSecond).toBeCloseTo(20 * MIB, 0);
  // 75 MiB written less 60 still waiting, in the 3 s from the first writeback on.
  expect(beside?.measured.diskBytesPerSecond).toBeCloseTo(5 * MIB, 0);
  expect(beside?.measured).toMatchObject({ chargeAtLimitSeconds: 3, unwrittenBytes: 60 * MIB });
  expect(beside?.prediction.input).toMatchObject({ otherBytes: 4 * MIB, limitBytes: 64 * MIB, cgroupVersion: 1 });
  expect(beside?.prediction.chargeAtLimitSeconds).toBeCloseTo(3, 6);
  expect(beside?.prediction).toMatchObject({ outcome: 'limit', standsAtBytes: 60 * MIB });
});

test('predicts from the first half alone: a writer that turns slow later is predicted as it began', () => {
  const slower = recording((sample) => ({ ...sample, limitHits: sample.atSeconds >= 5 ? 1 : 0 }));
  const beside = besideMeasured(slower, seed);
  expect(beside?.prediction.chargeAtLimitSeconds).toBeCloseTo(3, 6);
  expect(beside?.measured.chargeAtLimitSeconds).toBe(5);
});

test('expects memory that grows with the page cache to go on growing', () => {
  // 4 MiB and a quarter of the cache: 60 MiB of room hold 48 of files and 12 of that.
  const heads = recording((sample) => ({ ...sample, chargedBytes: 4 * MIB + 1.25 * Number(sample.fileBytes) }));
  const prediction = besideMeasured(heads, seed)?.prediction;
  expect(prediction?.input.otherBytes).toBeCloseTo(16 * MIB, 0);
  expect(prediction?.chargeAtLimitSeconds).toBeCloseTo(2.4, 6);
});

test('does not take reading for writing', () => {
  const reading = recording((sample) => ({ ...sample, fileBytes: Number(sample.fileBytes) + 3 * MIB * sample.atSeconds }));
  expect(besideMeasured(reading, seed)?.measured.writeBytesPerSecond).toBeCloseTo(20 * MIB, 0);
});

test('tells the disk’s rate from pages that became clean where what was written is not known', () => {
  const early = recording((sample) => {
    const written = 5 * sample.atSeconds * MIB;
    return {
      ...sample,
      dirtyBytes: Math.max(0, Number(sample.fileBytes) - written - MIB),
      writebackBytes: sample.atSeconds > 0 ? MIB : 0,
    };
  });
  expect(besideMeasured(early, seed)?.measured.diskBytesPerSecond).toBeCloseTo(5 * MIB, 0);
});

test('leaves the disk’s rate and the limit out where they were not seen', () => {
  const never = recording((sample) => ({ ...sample, limitHits: 0, dirtyBytes: sample.fileBytes, writebackBytes: 0 }));
  expect(Object.keys(besideMeasured(never, seed, 60 * MIB)?.measured ?? {})).toEqual(['writeBytesPerSecond', 'unwrittenBytes']);
});

test.each<[string, Recording]>([
  ['there was no limit', (({ limitBytes: _, ...rest }) => rest)(recording())],
  ['the cgroup tells no dirty pages', recording((sample) => ({ ...sample, dirtyBytes: null }))],
  ['nothing was written', recording((sample) => ({ ...sample, dirtyBytes: 0, writebackBytes: 0, fileBytes: 0 }))],
  ['nothing was sampled', { ...recording(), series: columnsOf([]) }],
  ['other memory fills the limit', recording((sample) => ({ ...sample, chargedBytes: Number(sample.fileBytes) + 64 * MIB }))],
])('predicts nothing where %s', (_, recorded) => {
  expect(besideMeasured(recorded, seed)).toBeUndefined();
});
