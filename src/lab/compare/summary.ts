import { type LabRun, type LabVariant, type Loose, type PeakMemory, present, type Spread } from '../../model/index.js';

/** The parts of a peak, in the order they are shown. */
const PEAK_PARTS = [
  'chargedBytes',
  'unreclaimableBytes',
  'anonBytes',
  'fileBytes',
  'dirtyBytes',
  'writebackBytes',
  'shmemBytes',
  'kernelBytes',
  'swapBytes',
] as const satisfies readonly (keyof PeakMemory)[];

/** What the runs of one variant have in common; at least one run. */
export function variantOf(name: string, command: readonly string[], runs: readonly LabRun[]): LabVariant {
  const spread = (value: (run: LabRun) => number | undefined): Spread | undefined => spreadOf(runs.map(value));
  const none: Spread = { median: 0, min: 0, max: 0 };
  return {
    name,
    command,
    runs,
    succeeded: runs.filter(({ exitCode }) => exitCode === 0).length,
    withOomKills: runs.filter(({ oomKills }) => oomKills > 0).length,
    wallSeconds: spread(({ wallSeconds }) => wallSeconds) ?? none,
    peak: present(
      Object.fromEntries(PEAK_PARTS.map((part) => [part, spread(({ peak }) => peak[part])])) as Loose<LabVariant['peak']>,
    ) as LabVariant['peak'],
    limitHits: spread(({ limitHits }) => limitHits) ?? none,
    ...present({
      reclaimFailures: spread(({ reclaimFailures }) => reclaimFailures),
      stalledSeconds: spread(({ stalledSeconds }) => stalledSeconds),
    }),
  };
}

/** The middle one of the values, of an even number the mean of the two in the middle, and the range. */
export function spreadOf(values: readonly (number | undefined)[]): Spread | undefined {
  const known = values.filter((value) => value !== undefined).sort((a, b) => a - b);
  const [min] = known;
  const max = known.at(-1);
  if (min === undefined || max === undefined) return undefined;
  const upper = known[Math.floor(known.length / 2)] ?? max;
  const lower = known[Math.floor((known.length - 1) / 2)] ?? min;
  return { median: (lower + upper) / 2, min, max };
}
