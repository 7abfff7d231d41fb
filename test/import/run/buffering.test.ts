import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { importImage } from '../../../src/import/run/import-image.js';
import { dirtyBound } from '../../../src/import/run/plan.js';
import type { OwnMemory } from '../../../src/import/run/request.js';
import { fileSource } from '../../../src/import/sources/file.js';
import { writeWay } from '../../../src/import/target/cache-mode.js';
import { MIB } from '../../../src/model/index.js';
import { noise, print } from '../../support/image-bytes.js';
import { bytesSource, importRequest } from '../../support/import-request.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const DISK = noise(24 * MIB);

/** A cgroup whose dirty pages are these, one reading after another; then the last for ever. */
function memoryOf(...readings: readonly number[]): OwnMemory {
  const left = [...readings];
  return { limitBytes: 128 * MIB, dirtyBytes: () => (left.length > 1 ? left.shift() : left[0]) };
}

/** They grow with the writing, and go when the target is synced. */
const ofTarget = () => memoryOf(MIB, 40 * MIB, MIB);
/** They stay. */
const ofOthers = () => memoryOf(MIB, 40 * MIB);

/** How an import went: its report, and the notes it made. */
async function imported(source: Parameters<typeof importRequest>[0], choice: Parameters<typeof importRequest>[1]) {
  const notes: string[] = [];
  const request = importRequest(source, { ...choice, onNote: ({ key }) => notes.push(key) });
  const report = await importImage(request);
  return { report, notes, disk: print(readFileSync(request.target).subarray(0, DISK.length)) };
}

describe('dirty pages that come though O_DIRECT is used', () => {
  it('are bounded from then on, and told', async () => {
    const { report, notes, disk } = await imported(bytesSource(DISK), { memory: ofTarget() });
    expect(report).toMatchObject({ cacheMode: 'none', buffering: 'seen', dirtyBoundBytes: 32 * MIB });
    expect(notes).toEqual(['import.note.seen']);
    expect(disk).toBe(print(DISK));
  });

  it.each(['off', 'falloc'] as const)('make a conversion begin again, with space that is kept: %s', async (preallocation) => {
    const directory = temporaryDirectory();
    const [raw, qcow2] = [join(directory, 'disk.raw'), join(directory, 'disk.qcow2')];
    writeFileSync(raw, DISK);
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);
    const source = fileSource(qcow2);
    onTestFinished(() => source.close());
    const { report, notes, disk } = await imported(source, { memory: ofTarget(), preallocation });
    expect(report).toMatchObject({ format: 'qcow2', cacheMode: 'none', buffering: 'seen' });
    // Each write is waited for.
    expect(report.dirtyBoundBytes).toBeUndefined();
    expect(notes).toEqual(['import.note.seen']);
    expect(disk).toBe(print(DISK));
  });

  it('are of somebody else when they stay, and change nothing', async () => {
    const { report, notes, disk } = await imported(bytesSource(DISK), { memory: ofOthers() });
    expect([report.buffering, report.dirtyBoundBytes, notes]).toEqual([undefined, undefined, []]);
    expect(disk).toBe(print(DISK));
  });
});

describe('the bound of what may wait for the disk', () => {
  const bound = (limitBytes: number | undefined, dirtyLimitBytes = 64 * MIB) =>
    dirtyBound(
      importRequest(bytesSource(DISK), {
        dirtyLimitBytes,
        ...(limitBytes === undefined ? {} : { memory: { limitBytes, dirtyBytes: () => 0 } }),
      }),
    );

  it('is what was asked for, and a quarter of the limit at most', () => {
    expect(bound(undefined)).toBe(64 * MIB);
    expect(bound(1024 * MIB)).toBe(64 * MIB);
    expect(bound(128 * MIB)).toBe(32 * MIB);
    expect(bound(96 * MIB)).toBe(24 * MIB);
    expect(bound(128 * MIB, 20 * MIB)).toBe(20 * MIB);
    // Less would be a wait for each write.
    expect(bound(32 * MIB)).toBe(16 * MIB);
  });
});

describe('the way to write on a loop device that buffers', () => {
  it.each([
    ['auto', 'proven', { name: 'none', isDirect: true, isBounded: true, buffering: 'loop-device' }],
    ['none', 'accepted', { name: 'none', isDirect: true, isBounded: true, buffering: 'loop-device' }],
    ['auto', 'refused', { name: 'bounded', isDirect: false, isBounded: true, buffering: 'loop-device' }],
    ['directsync', 'proven', { name: 'directsync', isSync: true, isBounded: false, buffering: 'loop-device' }],
  ] as const)('is bounded with %s where O_DIRECT is %s', (mode, direct, way) => {
    expect(writeWay(mode, direct, true)).toMatchObject(way);
  });

  it.each(['auto', 'none'] as const)('is bounded with %s too where the file system leaves open whether it buffers', (mode) => {
    expect(writeWay(mode, 'accepted')).toMatchObject({ name: 'none', isBounded: true, buffering: 'possible' });
    const proven = writeWay(mode, 'proven');
    expect(proven).toMatchObject({ name: 'none', isBounded: false });
    expect(proven?.buffering).toBeUndefined();
  });
});
