import { execFileSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../src/model/index.js';
import { watchDirtyPages } from './lab/cached-pages.js';
import { serveFile } from './lab/file-server.js';
import { blockDeviceOfRate, bufferingDevice, diskOfRate, mountDevice } from './lab/image-disk.js';
import { importInCgroup, importWithin, reportOf } from './lab/import-run.js';
import { leftovers } from './lab/leftovers.js';
import { temporaryDirectory } from './lab/mounts.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp } from './lab/undo.js';

/** Larger than the limits. */
const IMAGE_MIB = 150;
const DISK_RATE = 48 * MIB;

// Whom the kernel charges the pages of a loop device to depends on how cgroups are mounted: with v1 its memory controller is another
// hierarchy than the one of block I/O by which it is found, and nobody's cgroup shows them. So the file's own pages are counted.
describe.skipIf(skipKills())('oomkit import to a loop device that buffers', () => {
  let raw = '';
  let sources: Readonly<Record<'raw' | 'qcow2', string>> = { raw: '', qcow2: '' };

  beforeAll(async () => {
    const scratch = temporaryDirectory();
    raw = join(scratch, 'disk.raw');
    const qcow2 = join(scratch, 'disk.qcow2');
    execFileSync('dd', ['if=/dev/urandom', `of=${raw}`, 'bs=1M', `count=${IMAGE_MIB}`, 'status=none']);
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2]);
    sources = { raw: await serveFile(raw), qcow2: await serveFile(qcow2) };
  });

  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  it.each([
    ['raw', 128, 32],
    ['raw', 96, 24],
    // What qemu-img has under way at once.
    ['qcow2', 128, 16],
    ['qcow2', 96, 16],
  ] as const)('bounds what waits in the file below, of %s within %i MiB', async (format, limitMib, mostMib) => {
    const { device, file } = bufferingDevice(160, DISK_RATE);
    const peakOf = watchDirtyPages(file);
    const state = join(temporaryDirectory(), 'state');
    const ended = await importWithin(limitMib * MIB, '--state-dir', state, sources[format], device);
    const peak = peakOf();
    const report = reportOf(ended);
    expect(report).toMatchObject({ cacheMode: 'none', buffering: 'loop-device', bufferingDevice: basename(device) });
    expect(report.dirtyBoundBytes).toBe(format === 'raw' ? mostMib * MIB : undefined);
    expect(ended.stderr).toMatch(/a loop device that buffers.*losetup --direct-io=on/s);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThanOrEqual(1.25 * mostMib * MIB);
    expect(ended.failcnt).toBe(0);
    execFileSync('cmp', ['-n', String(IMAGE_MIB * MIB), device, raw]);
  });

  it.each(['raw', 'qcow2'] as const)('bounds it for a file on a file system on such a device, of %s', async (format) => {
    const { device, file } = bufferingDevice(224, DISK_RATE);
    const target = join(mountDevice(device), 'disk.img');
    const peakOf = watchDirtyPages(file);
    const ended = await importInCgroup(sources[format], target);
    expect(peakOf()).toBeLessThanOrEqual(1.25 * 32 * MIB);
    expect(reportOf(ended)).toMatchObject({ cacheMode: 'none', buffering: 'loop-device', bufferingDevice: basename(device) });
    expect(ended.failcnt).toBe(0);
    execFileSync('cmp', [target, raw]);
  });

  it('bounds it where the mode was asked for', async () => {
    const { device, file } = bufferingDevice(160, DISK_RATE);
    const peakOf = watchDirtyPages(file);
    const state = join(temporaryDirectory(), 'state');
    const ended = await importInCgroup('--cache', 'none', '--dirty-limit', '16Mi', '--state-dir', state, sources.raw, device);
    expect(peakOf()).toBeLessThanOrEqual(1.25 * 16 * MIB);
    expect(reportOf(ended)).toMatchObject({ buffering: 'loop-device', dirtyBoundBytes: 16 * MIB });
  });

  it('says nothing of the kind of one with direct I/O', async () => {
    const device = blockDeviceOfRate(160, 4 * DISK_RATE);
    const ended = await importInCgroup('--state-dir', join(temporaryDirectory(), 'state'), sources.raw, device);
    const report = reportOf(ended);
    expect([report.buffering, report.dirtyBoundBytes]).toEqual([undefined, undefined]);
    expect(ended.stderr).toBe('');
    expect(ended.failcnt).toBe(0);
  });

  it('bounds what a file system buffers, where O_DIRECT was asked for all the same', async () => {
    const target = join(diskOfRate(512, DISK_RATE, 'data=journal'), 'disk.img');
    const ended = await importInCgroup('--cache', 'none', sources.raw, target);
    expect(reportOf(ended)).toMatchObject({ cacheMode: 'none', buffering: 'possible', dirtyBoundBytes: 32 * MIB });
    expect(ended.failcnt).toBe(0);
    expect(ended.peakDirtyBytes).toBeLessThan(1.25 * 32 * MIB);
    execFileSync('cmp', [target, raw]);
  });
});
