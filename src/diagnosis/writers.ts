import type { Provenance, TaskRow } from '../model/index.js';
import type { CaseFile } from './case-file.js';

/**
 * Programs that write more to files than they hold: converters, copiers, archivers, dumpers. Their presence is a hint at page
 * cache when the statistics are missing, never a proof. Names are comms, cut at 15 bytes as the kernel cuts them.
 */
const FILE_WRITERS: ReadonlySet<string> = new Set([
  'qemu-img',
  'virt-v2v',
  'virt-sparsify',
  'nbdkit',
  'nbdcopy',
  'dd',
  'cp',
  'mv',
  'rsync',
  'tar',
  'bsdtar',
  'cpio',
  'unzip',
  'zip',
  'gzip',
  'gunzip',
  'pigz',
  'xz',
  'zstd',
  'bzip2',
  'wget',
  'curl',
  'aria2c',
  'rclone',
  's3fs',
  'aws',
  'gsutil',
  'mc',
  'skopeo',
  'buildah',
  'mysqldump',
  'pg_dump',
  'pg_basebackup',
  'pg_restore',
  'mongodump',
  'mongorestore',
  'mariabackup',
  'xtrabackup',
  'restic',
  'velero',
  'fio',
  'ffmpeg',
  'cdi-importer',
  'cdi-cloner',
]);

/** The first task known to write much to files, with its row. */
export function fileWriter(file: CaseFile): TaskRow | undefined {
  const order = (row: TaskRow): number => (row.comm === 'cdi-importer' ? 1 : 0);
  return file.workTasks.filter((row) => FILE_WRITERS.has(row.comm)).sort((a, b) => order(a) - order(b))[0];
}

/**
 * Functions through which a buffered write of a file on a disk or a server allocates its page, in the kernels since 2.6.32. Those that
 * a write to a tmpfs goes through as well (generic_perform_write() and its callers, mm/filemap.c) say nothing of the kind.
 */
const DISK_WRITE =
  /^(?:iomap_(?:file_buffered_write|write_begin|write_iter)|(?:ext4|xfs|btrfs|f2fs|nfs|fuse|ceph|gfs2|ocfs2|cifs|netfs)_\w*(?:write_begin|buffered_write|file_write|perform_write)\w*|block_write_begin|grab_cache_page_write_begin|balance_dirty_pages\w*)$/;

/** Functions through which tmpfs and shared memory allocate pages; inodes are kernel memory. Source: mm/shmem.c. */
export const SHMEM_ALLOCATION =
  /^shmem_(?:(?:get|alloc|read|swapin)_?\w*(?:page|folio)\w*|add_to_page_cache|write_begin|fault|fallocate)(?:\.\w+)*$/;

/** Where the stack shows that the page that did not fit was to be written to a file that has to reach a disk. */
export function writeToDisk(file: CaseFile): Provenance | undefined {
  return file.calledFrom(SHMEM_ALLOCATION) === undefined ? file.calledFrom(DISK_WRITE) : undefined;
}

/** Functions of execve(): the process was being started. */
export const EXEC =
  /^(?:do_execve\w*|__do_execve\w*|bprm_execve|exec_binprm|load_elf_binary|setup_arg_pages|copy_strings\w*|begin_new_exec|search_binary_handler|shift_arg_pages)(?:\.\w+)*$/;
