import { spawnSync } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import { type LabPrediction, MIB } from '../../src/model/index.js';
import { leftovers } from './lab/leftovers.js';
import { lab, PROGRAM } from './lab/oomkit-lab.js';
import { skipKills } from './lab/requirements.js';
import { throttledDisk } from './lab/throttled-disk.js';
import { cleanUp } from './lab/undo.js';

afterEach(() => {
  cleanUp();
  expect(leftovers()).toEqual([]);
});

const LIMIT = 64 * MIB;
const DISK_RATE = 8 * MIB;
/** Of the predicted time: the writer's second half is not as steady as its first, and the moment lies between two samples. */
const TOLERANCE = 0.2;
/** Of the room: clean pages and pages about to be reclaimed are never all gone. */
const LEAST_FILLED = 0.8;
/** dd writes 80 MiB, 1 MiB at a time with a pause after each, which makes it a steady writer slower than memory. */
const WRITER =
  'i=0; while [ $i -lt 80 ]; do dd if=/dev/zero of="$1" bs=1M count=1 oflag=append conv=notrunc status=none; sleep 0.05; i=$((i+1)); done';

describe.skipIf(skipKills())('oomkit lab predict', () => {
  test('tells when a writer meets its limit, and how much waits then', async () => {
    const disk = throttledDisk(192, DISK_RATE);
    const { stdout } = await lab('run', '--memory', '64Mi', '-o', 'json', '--', 'sh', '-c', WRITER, 'sh', `${disk}/file`);
    const { prediction, measured } = JSON.parse(stdout).predicted;
    expect(prediction).toMatchObject({ outcome: 'limit', input: { cgroupVersion: 1, limitBytes: LIMIT } });
    const deviation = measured.chargeAtLimitSeconds / prediction.chargeAtLimitSeconds - 1;
    expect(Math.abs(deviation)).toBeLessThan(TOLERANCE);
    expect(measured.unwrittenBytes).toBeGreaterThan(LEAST_FILLED * prediction.standsAtBytes);
    expect(measured.unwrittenBytes).toBeLessThanOrEqual(LIMIT);
    // The throttle of the block layer lets no more through, but for what it saved up before.
    expect(measured.diskBytesPerSecond).toBeGreaterThan(DISK_RATE / 2);
    expect(measured.diskBytesPerSecond).toBeLessThan(DISK_RATE * 1.5);
  });

  test('takes the machine’s own settings', () => {
    const [node, ...program] = PROGRAM;
    const args = ['lab', 'predict', '--write-rate', '200Mi', '--disk-rate', '30Mi', '--limit', '64Mi', '-o', 'json'];
    const { status, stdout } = spawnSync(node, [...program, ...args], { encoding: 'utf8' });
    expect(status).toBe(0);
    const { input, thresholds } = JSON.parse(stdout) as LabPrediction;
    expect(input.cgroupVersion).toBe(1);
    expect(input.dirtyableBytes).toBeGreaterThan(64 * MIB);
    expect(thresholds.domain).toBe('global');
  });
});
