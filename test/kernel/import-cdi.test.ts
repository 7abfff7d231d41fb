import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { request } from 'node:https';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB } from '../../src/model/index.js';
import { type CdiRun, imageContents, startAsCdi } from './lab/cdi-run.js';
import { serveFile } from './lab/file-server.js';
import { blockDeviceOfRate, diskOfRate } from './lab/image-disk.js';
import { leftovers } from './lab/leftovers.js';
import { temporaryDirectory } from './lab/mounts.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp } from './lab/undo.js';

const DISK_RATE = 48 * MIB;
const IMAGE_MIB = 160;
const QEMU_ID = 107;
const COMPLETE = '{"scratchSpaceRequired":false,"preallocationApplied":false,"message":"Import Complete"}';

function scrape(): Promise<string> {
  return new Promise((resolve) => {
    const asking = request('https://127.0.0.1:8443/metrics', { rejectUnauthorized: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.once('end', () => resolve(body));
    });
    asking.once('error', () => resolve(''));
    asking.end();
  });
}

describe.skipIf(skipKills())("oomkit in the place of CDI's importer", () => {
  let program = '';
  let image = '';
  let url = '';

  beforeAll(async () => {
    program = imageContents();
    image = join(temporaryDirectory(), 'image.raw');
    execFileSync('dd', ['if=/dev/urandom', `of=${image}`, 'bs=1M', `count=${IMAGE_MIB}`, 'status=none']);
    url = await serveFile(image);
  });

  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  function start(volume: string, env: Readonly<Record<string, string>> = {}): CdiRun {
    return startAsCdi(program, volume, {
      IMPORTER_SOURCE: 'http',
      IMPORTER_ENDPOINT: url,
      IMPORTER_CONTENTTYPE: 'kubevirt',
      IMPORTER_IMAGE_SIZE: '200Mi',
      FILESYSTEM_OVERHEAD: '0.06',
      INSECURE_TLS: 'false',
      PREALLOCATION: 'false',
      OWNER_UID: 'uid-1',
      CACHE_MODE: '',
      ...env,
    });
  }

  /** A file system as the kubelet gives it, with what an importer that the kernel killed left on it: most of its room. */
  function claimWithStaleDisk(): string {
    const directory = diskOfRate(280, DISK_RATE);
    const stale = join(directory, 'disk.img');
    execFileSync('dd', ['if=/dev/urandom', `of=${stale}`, 'bs=1M', 'count=140', 'oflag=direct', 'status=none']);
    for (const path of [directory, stale]) chownSync(path, QEMU_ID, QEMU_ID);
    return directory;
  }

  it('replaces the partial disk of a killed importer on a slow claim, at the real paths, far from its limit', async () => {
    const directory = claimWithStaleDisk();
    const { ended } = start(directory, { CACHE_MODE: 'TRYNONE' });
    let metrics = '';
    while (!/oomkit_import_charged_bytes \d/.test(metrics)) {
      await delay(50);
      metrics = await scrape();
    }
    expect(metrics).toMatch(/kubevirt_cdi_import_progress_total\{ownerUID="uid-1"\} \d/);
    expect(metrics).toMatch(/oomkit_import_dirty_bytes \d/);
    const done = await ended;
    expect(done).toMatchObject({ status: 0, stdout: '', termination: COMPLETE, failcnt: 0 });
    expect(done.stderr).toContain('CACHE_MODE=TRYNONE');
    expect(done.peakDirtyBytes).toBeLessThan(4 * MIB);
    const disk = join(directory, 'disk.img');
    // ceil(200 MiB / 1.06) down to whole MiB.
    expect(statSync(disk)).toMatchObject({ size: 188 * MIB, uid: QEMU_ID, gid: QEMU_ID });
    expect(statSync(disk).mode & 0o777).toBe(0o660);
    execFileSync('cmp', ['-n', String(IMAGE_MIB * MIB), image, disk]);
    expect(readdirSync(directory).sort()).toEqual(['disk.img', 'lost+found']);
  });

  it('is started again after a kill, and goes on', async () => {
    const directory = diskOfRate(280, DISK_RATE);
    chownSync(directory, QEMU_ID, QEMU_ID);
    const first = start(directory);
    const checkpoint = join(directory, 'disk.img.oomkit-import.json');
    for (let bytes = 0; bytes < 16 * MIB; await delay(20)) {
      bytes = existsSync(checkpoint) ? Number(JSON.parse(readFileSync(checkpoint, 'utf8')).durableBytes) : 0;
    }
    first.kill();
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL', termination: '' });
    const second = await start(directory).ended;
    expect(second).toMatchObject({ status: 0, termination: COMPLETE });
    expect(second.stderr).toMatch(/an earlier import is taken up at \d/);
    execFileSync('cmp', ['-n', String(IMAGE_MIB * MIB), image, join(directory, 'disk.img')]);
  });

  it('writes a block device as the user of qemu, with what came before gone', async () => {
    const device = blockDeviceOfRate(200, DISK_RATE);
    const number = readFileSync(`/sys/block/${basename(device)}/dev`, 'utf8').trim();
    const done = await start(number).ended;
    expect(done).toMatchObject({ status: 0, termination: COMPLETE, failcnt: 0 });
    expect(done.peakDirtyBytes).toBeLessThan(4 * MIB);
    execFileSync('cmp', ['-n', String(IMAGE_MIB * MIB), image, device]);
  });

  it('does nothing to a block device that is to be empty, and says nothing, as CDI', async () => {
    const device = blockDeviceOfRate(16, DISK_RATE);
    const number = readFileSync(`/sys/block/${basename(device)}/dev`, 'utf8').trim();
    expect(await start(number, { IMPORTER_SOURCE: 'none' }).ended).toMatchObject({ status: 0, termination: '' });
  });

  it('fails as CDI fails where the image is larger than the claim', async () => {
    const directory = diskOfRate(64, DISK_RATE);
    chownSync(directory, QEMU_ID, QEMU_ID);
    const { status, termination } = await start(directory).ended;
    expect(status).toBe(1);
    expect(termination).toMatch(/^Unable to process data: virtual image size is larger than the reported available storage: /);
  });
});
