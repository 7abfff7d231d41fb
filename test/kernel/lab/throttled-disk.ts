import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { temporaryDirectory, unmountOnCleanup } from './mounts.js';
import { onCleanup } from './undo.js';

const THROTTLE = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device';

/**
 * A directory on one loop device that takes 256 KiB a second unless another rate is given: what is written here waits, dirty or under writeback, and the
 * kernel does not kill for it as on slowDisk(), which takes much longer to make.
 */
export function throttledDisk(sizeMib = 192, writeBps = 256 * 1024): string {
  const base = temporaryDirectory();
  const image = join(base, 'disk.img');
  execFileSync('dd', ['if=/dev/zero', `of=${image}`, 'bs=1M', `count=${sizeMib}`, 'status=none']);
  // Direct I/O: the pages are not charged a second time, as cache of the image.
  const device = execFileSync('losetup', ['--find', '--show', '--direct-io=on', image], { encoding: 'utf8' }).trim();
  onCleanup(() => execFileSync('losetup', ['--detach', device]));
  execFileSync('mkfs.ext2', ['-q', device]);
  const directory = join(base, 'disk');
  mkdirSync(directory);
  execFileSync('mount', [device, directory]);
  unmountOnCleanup(directory);
  const number = readFileSync(`/sys/block/${basename(device)}/dev`, 'utf8').trim();
  writeFileSync(THROTTLE, `${number} ${writeBps}`);
  onCleanup(() => writeFileSync(THROTTLE, `${number} 0`));
  return directory;
}
