import { type ChildProcess, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../src/model/index.js';
import { serveFile } from './lab/file-server.js';
import { blockDeviceOfRate, diskOfRate } from './lab/image-disk.js';
import { IMPORT_LIMIT, importInCgroup, reportOf, startImport } from './lab/import-run.js';
import { leftovers } from './lab/leftovers.js';
import { mountTmpfs, temporaryDirectory } from './lab/mounts.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp, onCleanup } from './lab/undo.js';

const DISK_RATE = 48 * MIB;

async function digestOf(path: string, lengthBytes: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { end: lengthBytes - 1, highWaterMark: MIB })) hash.update(piece);
  return hash.digest('hex');
}

/** An image of random bytes with a hole of a third in the middle, and an odd length. */
function makeImage(path: string, mib: number): number {
  const third = Math.floor(mib / 3);
  execFileSync('dd', ['if=/dev/urandom', `of=${path}`, 'bs=1M', `count=${third}`, 'status=none']);
  execFileSync('dd', ['if=/dev/urandom', `of=${path}`, 'bs=1M', `count=${third}`, `seek=${2 * third}`, 'status=none']);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.from('the end, not a whole sector'), 0, 27, 3 * third * MIB);
  closeSync(file);
  return statSync(path).size;
}

/** Waits until a checkpoint tells that some of the image is on the disk, or the import has ended. */
async function durable(target: string, child: ChildProcess): Promise<void> {
  const durableBytes = (): number => {
    try {
      return Number(JSON.parse(readFileSync(`${target}.oomkit-import.json`, 'utf8')).durableBytes);
    } catch {
      return 0;
    }
  };
  while (child.exitCode === null && child.signalCode === null && durableBytes() === 0) await delay(10);
}

/** What a disk of whole sectors holds of an image. */
function sectors(bytes: number): number {
  return Math.ceil(bytes / 512) * 512;
}

describe.skipIf(skipKills())('oomkit import', () => {
  let scratch = '';
  let image = '';
  let imageBytes = 0;
  let url = '';
  /** Of the image filled up to whole sectors, as every target holds it. */
  let digest = '';

  beforeAll(async () => {
    scratch = temporaryDirectory();
    image = join(scratch, 'image.raw');
    imageBytes = makeImage(image, 150);
    url = await serveFile(image);
    const padded = join(scratch, 'padded.raw');
    execFileSync('cp', ['--sparse=always', image, padded]);
    execFileSync('truncate', ['-s', String(sectors(imageBytes)), padded]);
    digest = await digestOf(padded, sectors(imageBytes));
  });

  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  it('writes a file past the page cache of a slow disk, never near its limit', async () => {
    const target = join(diskOfRate(320, DISK_RATE), 'disk.img');
    const ended = await importInCgroup('--verify', url, target);
    const report = reportOf(ended);
    expect(report).toMatchObject({ cacheMode: 'none', flushed: true, verified: true, virtualSizeBytes: imageBytes, retries: 0 });
    expect(ended.failcnt).toBe(0);
    expect(ended.peakDirtyBytes).toBeLessThan(4 * MIB);
    expect(report.peakChargedBytes).toBeLessThan(IMPORT_LIMIT);
    expect(await digestOf(target, sectors(imageBytes))).toBe(digest);
    expect(statSync(target).blocks * 512).toBeLessThan(imageBytes * 0.75);
  });

  it('writes a block device, where what was there before is gone', async () => {
    const device = blockDeviceOfRate(160, 2 * DISK_RATE);
    execFileSync('dd', ['if=/dev/urandom', `of=${device}`, 'bs=1M', 'count=128', 'oflag=direct', 'status=none']);
    const ended = await importInCgroup('--state-dir', join(scratch, 'state'), url, device);
    expect(reportOf(ended)).toMatchObject({ cacheMode: 'none', targetSizeBytes: 160 * MIB });
    expect(ended.failcnt).toBe(0);
    expect(await digestOf(device, sectors(imageBytes))).toBe(digest);
    expect(existsSync(join(scratch, 'state'))).toBe(true);
    expect(execFileSync('ls', [join(scratch, 'state')], { encoding: 'utf8' })).toBe('');
  });

  it('keeps dirty pages within the bound where O_DIRECT goes through the page cache all the same', async () => {
    // ext4 takes O_DIRECT with its data in the journal, and buffers.
    const target = join(diskOfRate(512, DISK_RATE, 'data=journal'), 'disk.img');
    const bound = 24 * MIB;
    const ended = await importInCgroup('--dirty-limit', String(bound), url, target);
    expect(reportOf(ended)).toMatchObject({ flushed: true });
    expect(ended.failcnt).toBe(0);
    expect(ended.peakDirtyBytes).toBeLessThan(1.25 * bound);
    expect(await digestOf(target, sectors(imageBytes))).toBe(digest);
  });

  it.each(['directsync', 'writethrough', 'writeback', 'unsafe'])('writes the same with --cache %s', async (mode) => {
    const small = join(scratch, 'small.raw');
    const bytes = makeImage(small, 9);
    const target = join(scratch, `${mode}.img`);
    const report = reportOf(await startImport(['--cache', mode, small, target]).ended);
    expect(report).toMatchObject({ cacheMode: mode, flushed: mode !== 'unsafe' });
    expect(await digestOf(target, bytes)).toBe(await digestOf(small, bytes));
    expect(statSync(target).size).toBe(sectors(bytes));
  });

  it('goes on after kill -9 at any moment, and the bytes are right', async () => {
    const target = join(diskOfRate(320, 50 * MIB), 'disk.img');
    const args = ['--resume', url, target];
    let resumed = 0;
    for (let round = 0; round < 20; round++) {
      const { child, ended } = startImport(args);
      // At any moment from its start; every fourth is sure to leave something that can be taken up.
      if (round % 4 === 3) await durable(target, child);
      await delay(200 + Math.random() * 1500);
      child.kill('SIGKILL');
      const result = await ended;
      if (result.stderr.includes('is taken up')) resumed += 1;
      if (result.signal === null) {
        expect(result).toMatchObject({ status: 0 });
        expect(await digestOf(target, sectors(imageBytes))).toBe(digest);
        execFileSync('rm', [target]);
      } else if (existsSync(target)) {
        // While it is not whole it is marked so, and no other import takes it for a disk. Killed at its very end, it is whole.
        if (existsSync(`${target}.oomkit-import.json`)) continue;
        expect(await digestOf(target, sectors(imageBytes))).toBe(digest);
        execFileSync('rm', [target]);
      }
    }
    const report = reportOf(await startImport(args).ended);
    expect(report.virtualSizeBytes).toBe(imageBytes);
    expect(await digestOf(target, sectors(imageBytes))).toBe(digest);
    expect(existsSync(`${target}.oomkit-import.json`)).toBe(false);
    expect(resumed).toBeGreaterThan(0);
  });

  it('says that the disk is full, marks the target, and takes it up once there is room', async () => {
    const disk = diskOfRate(320, 1024 * MIB);
    const ballast = join(disk, 'ballast');
    execFileSync('fallocate', ['--length', '220MiB', ballast]);
    const target = join(disk, 'disk.img');
    const early = await startImport([url, target]).ended;
    expect(early).toMatchObject({ status: 5 });
    expect(existsSync(target)).toBe(false);
    expect(early.stderr).toMatch(/the image needs 150.* and there is room for/);
    // The size is known and the hole in it is not: it is the writing that fails.
    const full = await startImport(['--allow-overcommit', url, target]).ended;
    expect(full).toMatchObject({ status: 5, stdout: '' });
    expect(full.stderr).toMatch(/is full \(ENOSPC\)/);
    expect(full.stderr).toMatch(/holds part of an image and is marked so/);
    execFileSync('rm', [ballast]);
    // The room that the unfinished target holds counts as room.
    const report = reportOf(await startImport(['--resume', url, target]).ended);
    expect(report.resumedFromBytes ?? 0).toBeGreaterThanOrEqual(0);
    expect(await digestOf(target, sectors(imageBytes))).toBe(digest);
  });

  it('says that the disk fails', async () => {
    // A device that promises more than there is behind it.
    const backing = join(mountTmpfs(), 'backing');
    execFileSync('mount', ['-o', 'remount,size=64M', join(backing, '..')]);
    execFileSync('truncate', ['-s', '512M', backing]);
    const device = execFileSync('losetup', ['--find', '--show', backing], { encoding: 'utf8' }).trim();
    onCleanup(() => execFileSync('losetup', ['--detach', device]));
    const ended = await startImport(['--state-dir', join(scratch, 'failing'), url, device]).ended;
    expect(ended).toMatchObject({ status: 5, stdout: '' });
    expect(ended.stderr).toMatch(/(?:cannot be written \(EIO\)|is full \(ENOSPC\))/);
  });

  it('ends on Ctrl-C, and says how to go on', async () => {
    const target = join(diskOfRate(320, 24 * MIB), 'disk.img');
    const { child, ended } = startImport([url, target]);
    while (!existsSync(`${target}.oomkit-import.json`)) await delay(10);
    await delay(300);
    child.kill('SIGINT');
    const result = await ended;
    expect(result).toMatchObject({ status: 130, stdout: '' });
    expect(result.stderr).toMatch(/run the same command with --resume to go on/);
    expect(existsSync(`${target}.oomkit-import.json`)).toBe(true);
  });

  it('refuses a target in memory, which would be charged with the whole image', async () => {
    const target = join(mountTmpfs(), 'disk.img');
    const ended = await startImport([url, target]).ended;
    expect(ended).toMatchObject({ status: 5 });
    expect(ended.stderr).toMatch(/is on a file system in memory/);
    expect(existsSync(target)).toBe(false);
    const small = join(scratch, 'tiny.raw');
    writeFileSync(small, Buffer.alloc(8192, 7));
    reportOf(await startImport(['--cache', 'writeback', small, target]).ended);
    expect(readFileSync(target)).toEqual(readFileSync(small));
  });
});
