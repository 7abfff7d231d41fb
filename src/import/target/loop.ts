import { type Host, thisHost } from '../../sources/host/host.js';
import { listHostDirectory, readHostFile } from '../../sources/host/read-file.js';

/** Devices on devices: a loop on LVM on RAID is three. More is a circle. */
const MAX_DEPTH = 16;

/**
 * The loop device, at or below a block device, that writes to its file through the page cache: what is written to it with O_DIRECT is
 * dirty in that file all the same, and since Linux 5.14 charged to who wrote it (c74d40e8b5e2, "loop: charge i/o to mem and blk cg").
 * Partitions and what device-mapper and md make of devices are looked through. Undefined where there is none, or sysfs does not tell.
 * `number` is `major:minor`. Source: loop_attr_dio_show() in drivers/block/loop.c, 6.18.
 */
export function bufferingLoop(number: string, host: Host = thisHost): string | undefined {
  return below(`${host.root}/sys/dev/block/${number}`, MAX_DEPTH);
}

function below(directory: string, depth: number): string | undefined {
  if (depth === 0) return undefined;
  // A partition's directory lies in its disk's.
  if (read(`${directory}/partition`) !== undefined) return below(`${directory}/..`, depth - 1);
  if (read(`${directory}/loop/dio`) === '0') return nameOf(directory);
  for (const slave of list(`${directory}/slaves`)) {
    const found = below(`${directory}/slaves/${slave}`, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** DEVNAME of its uevent: what the device is called in /dev. */
function nameOf(directory: string): string {
  return /^DEVNAME=(.+)$/m.exec(read(`${directory}/uevent`) ?? '')?.[1] ?? 'loop';
}

function read(path: string): string | undefined {
  try {
    return readHostFile(path)?.trim();
  } catch {
    // What may not be read tells nothing.
    return undefined;
  }
}

function list(path: string): readonly string[] {
  try {
    return listHostDirectory(path) ?? [];
  } catch {
    return [];
  }
}
