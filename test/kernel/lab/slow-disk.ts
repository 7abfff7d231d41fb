import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { temporaryDirectory, unmountOnCleanup } from './mounts.js';
import { onCleanup } from './undo.js';

const THROTTLE = '/sys/fs/cgroup/blkio/blkio.throttle.write_bps_device';
const NEIGHBOUR_MIB = 300;
const WRITE_BPS = 384 * 1024;

/**
 * A directory on a disk that drains slowly, while a neighbour's 300 MiB wait for it: what is written here stays dirty.
 * Two loop devices, one in a file on the other. The outer one is throttled; the inner one, with direct I/O and room for few
 * requests, makes the flusher wait. A single throttled device would not do: blk-throttle queues without limit, so every page
 * is soon under writeback, and v1 reclaim then waits for it rather than kill (mm/vmscan.c, shrink_folio_list(), 6.18).
 */
export function slowDisk(): string {
  const base = temporaryDirectory();
  const outer = loopFileSystem(base, 'outer', 1024, []);
  const inner = loopFileSystem(outer.directory, 'inner', 600, ['--direct-io=on'], join(base, 'inner'));
  writeFileSync(`/sys/block/${basename(inner.device)}/queue/nr_requests`, '4');

  execFileSync('dd', [
    'if=/dev/zero',
    `of=${join(inner.directory, 'neighbour')}`,
    'bs=1M',
    `count=${NEIGHBOUR_MIB}`,
    'status=none',
  ]);
  const outerNumber = readFileSync(`/sys/block/${basename(outer.device)}/dev`, 'utf8').trim();
  writeFileSync(THROTTLE, `${outerNumber} ${WRITE_BPS}`);
  onCleanup(() => writeFileSync(THROTTLE, `${outerNumber} 0`));
  spawn('sync', ['-f', inner.directory], { stdio: 'ignore' });
  return inner.directory;
}

/** A file system in a file of `parent`, mounted at `mountPoint`. */
function loopFileSystem(
  parent: string,
  name: string,
  sizeMib: number,
  options: readonly string[],
  mountPoint = join(parent, name),
) {
  const image = join(parent, `${name}.img`);
  // Written out, not sparse: a direct write must not have to allocate.
  execFileSync('dd', ['if=/dev/zero', `of=${image}`, 'bs=1M', `count=${sizeMib}`, 'status=none']);
  const device = execFileSync('losetup', ['--find', '--show', ...options, image], { encoding: 'utf8' }).trim();
  onCleanup(() => execFileSync('losetup', ['--detach', device]));
  // ext2: no journal to wait for, and no delayed allocation, which starts writeback by itself when space is short.
  execFileSync('mkfs.ext2', ['-q', device]);
  mkdirSync(mountPoint);
  execFileSync('mount', [device, mountPoint]);
  unmountOnCleanup(mountPoint);
  return { device, directory: mountPoint };
}
