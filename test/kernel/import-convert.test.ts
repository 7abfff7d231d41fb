import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, statfsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../src/model/index.js';
import { serveFile } from './lab/file-server.js';
import { blockDeviceOfRate, diskOfRate } from './lab/image-disk.js';
import { importInCgroup, reportOf, startImport } from './lab/import-run.js';
import { leftovers } from './lab/leftovers.js';
import { temporaryDirectory } from './lab/mounts.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp } from './lab/undo.js';

const SIZE = 96 * MIB;

/** A name for the test, qemu-img's format, and its options. */
const FORMATS: readonly (readonly [string, string, string])[] = [
  ['qcow2 with zstd', 'qcow2', 'compression_type=zstd'],
  ['qcow2 with extended L2', 'qcow2', 'extended_l2=on,cluster_size=128k'],
  ['qcow2 version 2', 'qcow2', 'compat=0.10'],
  ['vmdk', 'vmdk', 'subformat=monolithicSparse'],
  ['vmdk for streams', 'vmdk', 'subformat=streamOptimized'],
  ['vdi', 'vdi', ''],
  ['dynamic vhd', 'vpc', 'subformat=dynamic,force_size=on'],
  ['fixed vhd', 'vpc', 'subformat=fixed,force_size=on'],
  ['vhdx', 'vhdx', ''],
];

describe.skipIf(skipKills())('oomkit import of images with tables', () => {
  let scratch = '';
  let raw = '';

  /** Makes an image of the raw disk; compressed ones where the options say so. */
  function image(name: string, format: string, options: string, ...more: readonly string[]): string {
    const path = join(scratch, name);
    execFileSync('qemu-img', [
      'convert',
      '-f',
      'raw',
      '-O',
      format,
      ...(options === '' ? [] : ['-o', options]),
      ...more,
      raw,
      path,
    ]);
    return path;
  }

  beforeAll(() => {
    scratch = temporaryDirectory();
    raw = join(scratch, 'disk.raw');
    execFileSync('dd', ['if=/dev/urandom', `of=${raw}`, 'bs=1M', 'count=40', 'status=none']);
    execFileSync('dd', ['if=/dev/urandom', `of=${raw}`, 'bs=1M', 'count=20', 'seek=70', 'status=none']);
    execFileSync('truncate', ['-s', String(SIZE), raw]);
  });

  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  it.each(FORMATS)('writes the disk of a %s as qemu-img does', async (name, format, options) => {
    const source = image('source.img', format, options);
    const [target, expected] = [join(scratch, 'target.raw'), join(scratch, 'expected.raw')];
    execFileSync('qemu-img', ['convert', '-f', format, '-O', 'raw', source, expected]);
    const report = reportOf(await startImport(['--force', source, target]).ended);
    expect(report).toMatchObject({ cacheMode: 'none', flushed: true, layers: [] });
    expect(report.format).toBe(name.includes('vhd') && !name.includes('vhdx') ? 'vhd' : format);
    execFileSync('cmp', [target, expected]);
    expect(statSync(target).blocks * 512).toBeLessThan(70 * MIB);
  });

  it('reads it by ranges from a server, and never comes near its limit on a slow disk', async () => {
    const url = await serveFile(image('served.qcow2', 'qcow2', '', '-c'));
    const target = join(diskOfRate(160, 24 * MIB), 'disk.img');
    const ended = await importInCgroup('--verify', url, target);
    expect(reportOf(ended)).toMatchObject({ format: 'qcow2', cacheMode: 'none', verified: true, virtualSizeBytes: SIZE });
    expect(ended.failcnt).toBe(0);
    expect(ended.peakDirtyBytes).toBeLessThan(4 * MIB);
    execFileSync('cmp', [target, raw]);
  });

  it('writes a block device, where what was there before is gone', async () => {
    const device = blockDeviceOfRate(112, 64 * MIB);
    execFileSync('dd', ['if=/dev/urandom', `of=${device}`, 'bs=1M', 'count=112', 'oflag=direct', 'status=none']);
    const source = image('block.qcow2', 'qcow2', '');
    const ended = await importInCgroup('--verify', '--state-dir', join(scratch, 'state'), source, device);
    expect(reportOf(ended)).toMatchObject({ verified: true, targetSizeBytes: 112 * MIB });
    expect(ended.failcnt).toBe(0);
    execFileSync('cmp', ['-n', String(SIZE), device, raw]);
  });

  it('waits for the disk with each write where O_DIRECT goes through the page cache all the same', async () => {
    const target = join(diskOfRate(320, 48 * MIB, 'data=journal'), 'disk.img');
    const ended = await importInCgroup(image('journal.qcow2', 'qcow2', ''), target);
    expect(reportOf(ended)).toMatchObject({ format: 'qcow2', flushed: true });
    expect(ended.failcnt).toBe(0);
    expect(ended.peakDirtyBytes).toBeLessThan(24 * MIB);
    execFileSync('cmp', [target, raw]);
  });

  it('keeps a compressed one in the scratch directory, and takes it away again', async () => {
    const source = image('wrapped.qcow2', 'qcow2', '');
    execFileSync('gzip', ['-1', source]);
    const target = join(scratch, 'unwrapped.raw');
    const refused = await startImport([`${source}.gz`, target]).ended;
    expect(refused).toMatchObject({ status: 5, stdout: '' });
    expect(refused.stderr).toMatch(/is qcow2 in gz.*--scratch DIRECTORY/);
    expect(existsSync(target)).toBe(false);
    const rooms = temporaryDirectory();
    const report = reportOf(await startImport(['--scratch', rooms, '--verify', `${source}.gz`, target]).ended);
    expect(report).toMatchObject({ format: 'qcow2', layers: ['gz'], verified: true });
    execFileSync('cmp', [target, raw]);
    expect(readdirSync(rooms)).toEqual([]);
  });

  it('reads the disk of an archive where it lies, without a scratch directory', async () => {
    image('disk1.vmdk', 'vmdk', 'subformat=streamOptimized');
    const ova = join(scratch, 'machine.ova');
    execFileSync('sh', ['-c', 'echo "<Envelope/>" >"$1/machine.ovf"', 'sh', scratch]);
    execFileSync('tar', ['--format=ustar', '-cf', ova, '-C', scratch, 'machine.ovf', 'disk1.vmdk']);
    const target = join(scratch, 'machine.raw');
    const ended = await importInCgroup('--verify', await serveFile(ova), target);
    expect(reportOf(ended)).toMatchObject({ format: 'vmdk', layers: ['tar'], verified: true });
    expect(ended.failcnt).toBe(0);
    execFileSync('cmp', [target, raw]);
  });

  it('checks the checksum of the source before anything is written', async () => {
    const source = image('summed.qcow2', 'qcow2', '');
    const target = join(scratch, 'summed.raw');
    const [sum = ''] = execFileSync('sha256sum', [source], { encoding: 'utf8' }).split(' ');
    const wrong = await startImport(['--checksum', `sha256:${'0'.repeat(64)}`, source, target]).ended;
    expect(wrong).toMatchObject({ status: 6, stdout: '' });
    expect(wrong.stderr).toContain(`has the sha256 ${sum}`);
    expect(existsSync(target)).toBe(false);
    reportOf(await startImport(['--checksum', `sha256:${sum}`, source, target]).ended);
    execFileSync('cmp', [target, raw]);
  });

  it('grows the disk to --size, and refuses one that is too small', async () => {
    const source = image('sized.qcow2', 'qcow2', '');
    const target = join(scratch, 'sized.raw');
    const small = await startImport(['--size', '64Mi', source, target]).ended;
    expect(small).toMatchObject({ status: 5 });
    expect(small.stderr).toMatch(/needs 96 MiB and there is room for 64 MiB/);
    expect(reportOf(await startImport(['--size', '128Mi', source, target]).ended)).toMatchObject({ targetSizeBytes: 128 * MIB });
    execFileSync('cmp', ['-n', String(SIZE), target, raw]);
    expect(statSync(target).size).toBe(128 * MIB);
  });

  it('says that the disk is full while its source brings nothing more', async () => {
    const disk = diskOfRate(32, 1024 * MIB);
    // What has been asked for by then is enough to fill it.
    const isNearlyFull = (): boolean => statfsSync(disk).bfree * statfsSync(disk).bsize < 2 * MIB;
    const url = await serveFile(image('stalled.qcow2', 'qcow2', ''), isNearlyFull);
    const target = join(disk, 'disk.img');
    const full = await startImport(['--allow-overcommit', url, target]).ended;
    expect(full).toMatchObject({ status: 5, stdout: '' });
    expect(full.stderr).toMatch(/is full \(ENOSPC\)/);
    expect(full.stderr).not.toContain('trying again');
  });

  it('leaves no qemu-img behind when it is killed or interrupted', async () => {
    const source = image('slow.qcow2', 'qcow2', '');
    for (const signal of ['SIGKILL', 'SIGINT'] as const) {
      const target = join(diskOfRate(160, 8 * MIB), 'disk.img');
      const { child, ended } = startImport([source, target]);
      while (qemuImgsOn(target).length === 0) await delay(20);
      child.kill(signal);
      await ended;
      const until = Date.now() + 5000;
      while (qemuImgsOn(target).length > 0 && Date.now() < until) await delay(20);
      expect(qemuImgsOn(target)).toEqual([]);
      expect(existsSync(`${target}.oomkit-import.json`)).toBe(true);
      const stale = await startImport(['--resume', source, target]).ended;
      expect(reportOf(stale)).toMatchObject({ format: 'qcow2' });
      execFileSync('cmp', [target, raw]);
    }
  });
});

/** The qemu-img processes that write a target. */
function qemuImgsOn(target: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const [command = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        // It has the target by its descriptor, not by its name.
        return basename(command) === 'qemu-img' && readlinkSync(`/proc/${pid}/fd/4`) === target;
      } catch {
        return false;
      }
    });
}
