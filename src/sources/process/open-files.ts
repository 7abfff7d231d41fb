import { type Stats, statSync } from 'node:fs';
import type { WritableFile } from '../../model/index.js';
import { HostError } from '../host/error.js';
import { type Host, procOf } from '../host/host.js';
import { type Mount, parseMountinfo } from '../host/mountinfo.js';
import { listHostDirectory, readHostFile, readHostLink, readHostText } from '../host/read-file.js';

/** open(2) flags as fdinfo prints them, in octal (include/uapi/asm-generic/fcntl.h; O_DIRECT as on x86 and RISC-V). */
const O_ACCMODE = 0o3;
const O_RDONLY = 0;
const O_DIRECT = 0o40000;
const O_DSYNC = 0o10000;

/** The flags, position and mount of /proc/PID/fdinfo/FD; undefined when it is not one (Documentation/filesystems/proc.rst, 3.8). */
export function parseFdinfo(
  text: string,
): { readonly flags: number; readonly positionBytes: number; readonly mountId?: string } | undefined {
  const flags = /^flags:\s+([0-7]+)$/m.exec(text);
  const position = /^pos:\s+(\d+)$/m.exec(text);
  const mountId = /^mnt_id:\s+(\d+)$/m.exec(text)?.[1];
  if (flags === null || position === null) return undefined;
  return {
    flags: Number.parseInt(flags[1] ?? '', 8),
    positionBytes: Number(position[1]),
    ...(mountId === undefined ? {} : { mountId }),
  };
}

/**
 * The regular files a process has open for writing, and the device each lies on: where its dirty pages have to go. Files on
 * tmpfs are among them: their pages are shmem and go nowhere. Empty when the process is gone or its files may not be seen.
 */
export function writableFiles(host: Host, pid: number): WritableFile[] {
  const directory = `${procOf(host)}/${pid}`;
  try {
    const mounts = new Map(mountsById(readHostText(`${directory}/mountinfo`) ?? ''));
    return (listHostDirectory(`${directory}/fd`) ?? []).flatMap((fd) => {
      const info = parseFdinfo(readHostFile(`${directory}/fdinfo/${fd}`) ?? '');
      if (info === undefined || (info.flags & O_ACCMODE) === O_RDONLY) return [];
      const stats = regularFile(`${directory}/fd/${fd}`);
      const path = readHostLink(`${directory}/fd/${fd}`);
      if (stats === undefined || path === undefined) return [];
      const mount = mounts.get(info.mountId ?? '');
      return [
        {
          pid,
          fd: Number(fd),
          path,
          positionBytes: info.positionBytes,
          sizeBytes: stats.size,
          sync: (info.flags & O_DSYNC) !== 0,
          direct: (info.flags & O_DIRECT) !== 0,
          ...(mount === undefined ? {} : { device: mount.device, fileSystem: mount.fileSystem, mountSource: mount.source }),
        },
      ];
    });
  } catch (error) {
    // Another user's process: the rest of the inspection does without.
    if (error instanceof HostError) return [];
    throw error;
  }
}

function mountsById(mountinfo: string): (readonly [id: string, mount: Mount])[] {
  return mountinfo
    .split('\n')
    .flatMap((line) => parseMountinfo(line).map((mount) => [line.slice(0, line.indexOf(' ')), mount] as const));
}

/** The file behind a descriptor, when it is a regular one that is still there. */
function regularFile(descriptor: string): Stats | undefined {
  try {
    const stats = statSync(descriptor, { throwIfNoEntry: false });
    return stats?.isFile() === true ? stats : undefined;
  } catch {
    return undefined;
  }
}
