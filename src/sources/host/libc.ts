import { createRequire } from 'node:module';

/** The calls of libc that Node has no function for. Each throws a LibcError when the kernel refuses. */
export interface Libc {
  /**
   * Starts, or waits for, the writing of a part of a file's dirty pages: sync_file_range(2), `flags` of SYNC_FILE_RANGE.
   * `lengthBytes` 0 means to the end of the file. It writes no metadata and does not flush the disk's own cache.
   */
  syncFileRange(fd: number, offsetBytes: number, lengthBytes: number, flags: number): void;
  /** The same in a thread of the pool: waiting for a slow disk blocks nothing else. */
  syncFileRangeAsync(fd: number, offsetBytes: number, lengthBytes: number, flags: number): Promise<void>;
  /** posix_fadvise(2) with FADV_DONTNEED: drops the clean pages of a part of a file. 0 means to the end. */
  dropCache(fd: number, offsetBytes: number, lengthBytes: number): void;
  /** The same in a thread of the pool: it starts writeback of dirty pages, which may wait for a slow disk. */
  dropCacheAsync(fd: number, offsetBytes: number, lengthBytes: number): Promise<void>;
  /** syncfs(2) in a thread of the pool: writes all that is dirty on the file system a descriptor lies on. */
  syncFileSystemAsync(fd: number): Promise<void>;
  /** fallocate(2), `mode` of FALLOC_FL. */
  fallocate(fd: number, mode: number, offsetBytes: number, lengthBytes: number): void;
  /** The same in a thread of the pool. */
  fallocateAsync(fd: number, mode: number, offsetBytes: number, lengthBytes: number): Promise<void>;
}

/** include/uapi/linux/fs.h (6.18). */
export const SYNC_FILE_RANGE = { waitBefore: 1, write: 2, waitAfter: 4 } as const;
/** include/uapi/linux/falloc.h (6.18). */
export const FALLOC_FL = { keepSize: 0x01, punchHole: 0x02, zeroRange: 0x10 } as const;
/** POSIX_FADV_DONTNEED, include/uapi/linux/fadvise.h (6.18): 4 everywhere but on s390. */
const POSIX_FADV_DONTNEED = 4;

/** A call of libc that failed; `code` is the errno's name, as in Node's own errors. */
export class LibcError extends Error {
  override readonly name = 'LibcError';
  readonly call: string;
  readonly code: string;

  constructor(call: string, code: string) {
    super(`${call}: ${code}`);
    this.call = call;
    this.code = code;
  }
}

type Koffi = typeof import('koffi');
type Native = ReturnType<import('koffi').LibraryHandle['func']>;

let loaded: Libc | undefined | 'not tried' = 'not tried';

/**
 * The binding to libc; undefined where there is none: koffi is an optional dependency with a binary for each platform, and a
 * copy of the program alone does not bring it. Who calls this does without, and says so.
 */
export function libc(): Libc | undefined {
  if (loaded === 'not tried') loaded = load();
  return loaded;
}

function load(): Libc | undefined {
  try {
    // Not an import: a missing package must not keep the program from starting.
    return bind(createRequire(import.meta.url)('koffi') as Koffi);
  } catch {
    return undefined;
  }
}

function bind(koffi: Koffi): Libc {
  // The program itself: Node is linked with the libc of its system, glibc or musl.
  const library = koffi.load(null);
  const syncFileRange = library.func('int sync_file_range(int fd, int64_t offset, int64_t nbytes, unsigned int flags)');
  const fadvise = library.func('int posix_fadvise(int fd, int64_t offset, int64_t len, int advice)');
  const syncfs = library.func('int syncfs(int fd)');
  const fallocate = library.func('int fallocate(int fd, int mode, int64_t offset, int64_t len)');
  const names = new Map(Object.entries(koffi.os.errno).map(([name, number]) => [number, name]));
  const nameOf = (errno: number): string => names.get(errno) ?? `errno ${errno}`;
  const checked = (call: string, result: number): void => {
    if (result !== 0) throw new LibcError(call, nameOf(koffi.errno()));
  };
  // errno belongs to the thread that made the call: koffi hands that of an asynchronous call over with its callback.
  const later = (call: string, native: Native, args: readonly number[]): Promise<void> =>
    new Promise((resolve, reject) => {
      native.async(...args, (error: unknown, result: number) => {
        if (error !== null) reject(error);
        else if (result !== 0) reject(new LibcError(call, nameOf(koffi.errno())));
        else resolve();
      });
    });
  return {
    syncFileRange: (fd, offset, length, flags) => checked('sync_file_range', syncFileRange(fd, offset, length, flags)),
    syncFileRangeAsync: (...args) => later('sync_file_range', syncFileRange, args),
    dropCache: (fd, offset, length) => {
      // posix_fadvise returns the error instead of setting errno.
      const errno = fadvise(fd, offset, length, POSIX_FADV_DONTNEED);
      if (errno !== 0) throw new LibcError('posix_fadvise', nameOf(errno));
    },
    dropCacheAsync: (fd, offset, length) =>
      new Promise((resolve, reject) => {
        fadvise.async(fd, offset, length, POSIX_FADV_DONTNEED, (error: unknown, errno: number) => {
          if (error !== null) reject(error);
          else if (errno !== 0) reject(new LibcError('posix_fadvise', nameOf(errno)));
          else resolve();
        });
      }),
    syncFileSystemAsync: (fd) => later('syncfs', syncfs, [fd]),
    fallocate: (fd, mode, offset, length) => checked('fallocate', fallocate(fd, mode, offset, length)),
    fallocateAsync: (...args) => later('fallocate', fallocate, args),
  };
}
