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
}

/**
 * The figures of a cgroup and those below it, from its memory.stat; undefined when it is gone. Sources:
 * Documentation/admin-guide/cgroup-v1/memory.rst (total_dirty, total_writeback) and cgroup-v2.rst (file_dirty, file_writeback; 6.18).
 */
export function readFileFigures(version: 1 | 2, directory: string): FileFigures | undefined {
  const stat = parseFlatKeyed(readHostFile(`${directory}/memory.stat`) ?? '');
  const [dirty, writeback, file] =
    version === 1
      ? [stat.total_dirty, stat.total_writeback, stat.total_cache]
      : [stat.file_dirty, stat.file_writeback, stat.file];
  const shmem = version === 1 ? stat.total_shmem : stat.shmem;
  if (dirty === undefined || writeback === undefined) return undefined;
  return {
    unstartedBytes: dirty,
    dirtyBytes: dirty + writeback,
    ...(file === undefined || shmem === undefined ? {} : { cachedBytes: Math.max(0, file - shmem) }),
  };
}
