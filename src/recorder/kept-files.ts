import { closeSync, constants, openSync, readSync } from 'node:fs';
import { HostError } from '../sources/host/error.js';

/** The largest of the files read, memory.stat, has some 2 KiB. */
const BUFFER_BYTES = 64 * 1024;
/** What the file of a cgroup answers that is gone, or whose feature the kernel has not (see host/read-file.ts). */
const ABSENT: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EINVAL']);

/**
 * Small files of the kernel that are read again and again: each is opened once, and made anew by the kernel for every read at
 * position 0 (fs/kernfs/file.c, 6.18). Saves the opening and closing, which cost
 * more than the reading (bench/lab).
 */
export class KeptFiles {
  readonly #files = new Map<string, number | undefined>();
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);

  /** The text of a file; undefined when it was not there at first, or is not any more. Throws a HostError when it may not be read. */
  readonly read = (path: string): string | undefined => {
    try {
      const file = this.#open(path);
      if (file === undefined) return undefined;
      const length = readSync(file, this.#buffer, 0, BUFFER_BYTES, 0);
      return this.#buffer.toString('latin1', 0, length);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
      if (code === undefined) throw error;
      if (!ABSENT.has(code)) throw new HostError(code === 'EACCES' ? 'permission' : 'io', path, { detail: code }, error);
      if (!this.#files.has(path)) this.#files.set(path, undefined);
      return undefined;
    }
  };

  close(): void {
    for (const file of this.#files.values()) if (file !== undefined) closeSync(file);
    this.#files.clear();
  }

  #open(path: string): number | undefined {
    if (this.#files.has(path)) return this.#files.get(path);
    const file = openSync(path, constants.O_RDONLY);
    this.#files.set(path, file);
    return file;
  }
}
