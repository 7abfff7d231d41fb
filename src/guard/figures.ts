import { parseFlatKeyed } from '../sources/cgroup/parse.js';
import { readHostFile } from '../sources/host/read-file.js';

/** What of a cgroup's memory is pages of files, in bytes. */
export interface FileFigures {
  /** Not yet handed to the disk. */
  readonly unstartedBytes: number;
  /** Dirty and under writeback together. */
  readonly dirtyBytes: number;
  /** All cached pages of files, tmpfs left out. */
  readonly cachedBytes?: number;
  /** Of those, what processes map, the text of programs among it. */
  readonly mappedBytes?: number;
}

/** A cgroup whose memory.stat tells what of files is charged to it. */
export interface CountedCgroup {
  readonly version: 1 | 2;
  readonly directory: string;
}

/**
 * The figures of a cgroup and those below it, from its memory.stat; undefined when it is gone. Sources:
 * Documentation/admin-guide/cgroup-v1/memory.rst (total_dirty, total_writeback) and cgroup-v2.rst (file_dirty, file_writeback; 6.18).
 */
export function readFileFigures({ version, directory }: CountedCgroup): FileFigures | undefined {
  const stat = parseFlatKeyed(readHostFile(`${directory}/memory.stat`) ?? '');
  const [dirty, writeback, file, shmem, mapped] =
    version === 1
      ? [stat.total_dirty, stat.total_writeback, stat.total_cache, stat.total_shmem, stat.total_mapped_file]
      : [stat.file_dirty, stat.file_writeback, stat.file, stat.shmem, stat.file_mapped];
  if (dirty === undefined || writeback === undefined) return undefined;
  return {
    unstartedBytes: dirty,
    dirtyBytes: dirty + writeback,
    ...(file === undefined || shmem === undefined ? {} : { cachedBytes: Math.max(0, file - shmem) }),
    ...(mapped === undefined ? {} : { mappedBytes: mapped }),
  };
}
