/**
 * Measures how well `oomkit guard` holds its bound on a slow disk, and what it costs, against the same command without it. See
 * bench/README.md.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type GuardReport, MIB } from '../../src/model/index.js';
import { diskOfRate } from '../../test/kernel/lab/image-disk.js';
import { temporaryDirectory } from '../../test/kernel/lab/mounts.js';
import { cleanUp } from '../../test/kernel/lab/undo.js';

const AIM_SHARE = 1.25;
const AIM_TIME = 1.1;

const { values } = parseArgs({
  options: {
    size: { type: 'string', default: '256' },
    rate: { type: 'string', default: '30' },
    dirty: { type: 'string', default: '64' },
    writer: { type: 'string', default: 'qemu-img' },
  },
});
const [sizeMib, rateMib, dirtyMib] = [Number(values.size), Number(values.rate), Number(values.dirty)];

/** What writes so many MiB: a copy in cached mode, or as fast as memory is filled. */
function commandOf(writer: string, source: string, target: string): readonly [string, ...string[]] {
  if (writer === 'qemu-img') return ['qemu-img', 'convert', '-t', 'writeback', '-f', 'raw', '-O', 'raw', source, target];
  return ['dd', `if=/dev/${writer}`, `of=${target}`, 'bs=4M', `count=${sizeMib / 4}`, 'status=none'];
}

/** Seconds until the command has ended and all of it is on the disk. */
function timed(disk: string, command: readonly [string, ...string[]]): number {
  const startMs = performance.now();
  const [file, ...args] = command;
  const { status, stderr } = spawnSync(file, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file}: ${status} ${stderr}`);
  execFileSync('sync', ['-f', disk]);
  return (performance.now() - startMs) / 1000;
}

try {
  const disk = diskOfRate(2 * sizeMib + 64, rateMib * MIB);
  const scratch = temporaryDirectory();
  const source = join(scratch, 'source.img');
  const report = join(scratch, 'report.json');
  execFileSync('dd', ['if=/dev/urandom', `of=${source}`, 'bs=1M', `count=${sizeMib}`, 'status=none']);
  const target = join(disk, 'target.img');
  const command = commandOf(values.writer, source, target);
  const plainSeconds = timed(disk, command);
  rmSync(target);
  execFileSync('sync', ['-f', disk]);
  const guard = ['guard', '--dirty', `${dirtyMib}Mi`, '-o', 'json', '--report-file', report, '--'];
  const guardedSeconds = timed(disk, [process.execPath, 'dist/oomkit.js', ...guard, ...command]);
  if (values.writer === 'qemu-img') execFileSync('cmp', [source, target]);
  if (statSync(target).size !== sizeMib * MIB) throw new Error(`${values.writer}: ${statSync(target).size} bytes written`);
  const { peak, bounds, hold } = JSON.parse(readFileSync(report, 'utf8')) as GuardReport;
  const share = peak.dirtyBytes / bounds.dirtyBytes;
  const ratio = guardedSeconds / plainSeconds;
  console.log(`${values.writer}, ${sizeMib} MiB to a disk of ${rateMib} MiB/s, bound ${dirtyMib} MiB, ${hold?.times ?? 0} holds`);
  console.log(`peak dirty and writeback / bound  ${share.toFixed(2)}  (aim: at most ${AIM_SHARE})`);
  console.log(
    `time to disk with / without       ${ratio.toFixed(2)}  (aim: at most ${AIM_TIME}; ${guardedSeconds.toFixed(1)} s / ${plainSeconds.toFixed(1)} s)`,
  );
} finally {
  cleanUp();
}
