import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { temporaryDirectory, unmountOnCleanup } from './mounts.js';
import { onCleanup } from './undo.js';

const THROTTLE = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device';

/** A loop device that takes so many bytes a second; its pages are not charged a second time, as cache of the image. */
export function blockDeviceOfRate(sizeMib: number, bytesPerSecond: number): string {
  const device = loopDevice(sizeMib);
  throttle(device, bytesPerSecond);
  return device;
}

/** A directory on such a device. `options` are the file system's, as mount(8) takes them. */
export function diskOfRate(sizeMib: number, bytesPerSecond: number, options = 'defaults'): string {
  const device = loopDevice(sizeMib);
  execFileSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', device]);
  const directory = join(temporaryDirectory(), 'disk');
  mkdirSync(directory);
  execFileSync('mount', ['-o', options, device, directory]);
  unmountOnCleanup(directory);
  throttle(device, bytesPerSecond);
  return directory;
}

/** A loop device that buffers, and the file behind it, which lies on a disk that takes so many bytes a second. */
export function bufferingDevice(sizeMib: number, bytesPerSecond: number): { readonly device: string; readonly file: string } {
  // Half as much again for the file system.
  const directory = diskOfRate(1.5 * sizeMib, 1024 * bytesPerSecond);
  const file = allocate(directory, sizeMib);
  // Written once, so that its writes change no metadata, and out of the cache, whose pages stay whose they were.
  execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=1M', `count=${sizeMib}`, 'conv=notrunc', 'oflag=direct', 'status=none']);
  throttle(execFileSync('findmnt', ['-no', 'SOURCE', directory], { encoding: 'utf8' }).trim(), bytesPerSecond);
  return { device: attach(file, 'off'), file };
}

/** A directory with a file system on a device. */
export function mountDevice(device: string): string {
  execFileSync('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', device]);
  const directory = join(temporaryDirectory(), 'disk');
  mkdirSync(directory);
  execFileSync('mount', [device, directory]);
  unmountOnCleanup(directory);
  return directory;
}

function loopDevice(sizeMib: number): string {
  return attach(allocate(temporaryDirectory(), sizeMib), 'on');
}

/** Allocated, not sparse: a direct write must not wait for the file system below to find room. */
function allocate(directory: string, sizeMib: number): string {
  const image = join(directory, 'disk.img');
  execFileSync('fallocate', ['--length', `${sizeMib}MiB`, image]);
  return image;
}

function attach(file: string, directIo: 'on' | 'off'): string {
  const device = execFileSync('losetup', ['--find', '--show', `--direct-io=${directIo}`, file], { encoding: 'utf8' }).trim();
  onCleanup(() => execFileSync('losetup', ['--detach', device]));
  return device;
}

function throttle(device: string, bytesPerSecond: number): void {
  const number = readFileSync(`/sys/block/${basename(device)}/dev`, 'utf8').trim();
  writeFileSync(THROTTLE, `${number} ${bytesPerSecond}`);
  onCleanup(() => writeFileSync(THROTTLE, `${number} 0`));
}
