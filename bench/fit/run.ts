/** Measures how near `lab fit` comes to a need that is known, and in how many runs. See bench/README.md. */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { MIB } from '../../src/model/index.js';
import type { LabFitItem, LabRunItem } from '../../src/render/index.js';
import { formatBytes } from '../../src/words/format/size.js';

const PROGRAM = 'dist/oomkit.js';
const RUNS_AIM = 8;
const ERROR_AIM = 0.03;

const { values } = parseArgs({ options: { sizes: { type: 'string', default: '32,64,128,256' } } });

/** Fills so many MiB with ones, a piece at a time. */
function fill(mib: number): string[] {
  return ['perl', '-e', `my @held; push @held, "\\1" x (1 << 20) for 1 .. ${mib};`];
}

function lab<T>(command: 'run' | 'fit', words: readonly string[]): T {
  const { stdout, stderr } = spawnSync(process.execPath, [PROGRAM, 'lab', command, '-o', 'json', '--', ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as T;
}

const { peak } = lab<LabRunItem>('run', fill(0));
const baseBytes = peak.chargedBytes - (peak.fileBytes ?? 0);
console.log(`perl itself needs ${formatBytes(baseBytes)}`);
for (const mib of values.sizes.split(',').map(Number)) {
  const { smallestLimitBytes = 0, runs } = lab<LabFitItem>('fit', fill(mib));
  const needBytes = mib * MIB + baseBytes;
  console.log(
    `need ${formatBytes(needBytes)}: found ${formatBytes(smallestLimitBytes)}, ratio ${(smallestLimitBytes / needBytes).toFixed(3)}` +
      ` (aim within ${1 - ERROR_AIM} and ${1 + ERROR_AIM}), ${runs.length} runs (aim ${RUNS_AIM} at most)`,
  );
}
