import { closeSync, constants, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { HostError } from './error.js';

/**
 * Files of /proc and cgroups are made when they are read, and most fit into a page: one read(2) gives such a file whole, where
 * fs.readFileSync() makes an fstat(2), several reads and a buffer for each.
 */
const shared = Buffer.allocUnsafe(64 * 1024);

/** What a vanished process or cgroup answers: ENODEV when the file was open or is opened while its cgroup goes (kernfs). */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ENODEV', 'ESRCH']);
/** The kernel has the file and not the feature: memory.pressure with psi=0, memory.kmem.* with nokmem. */
const UNSUPPORTED: ReadonlySet<string> = new Set(['EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EINVAL']);

/** The text of a small file of /proc or a cgroup; undefined when it is not there, or not any more. Throws a HostError otherwise. */
export function readHostFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY);
  } catch (error) {
    return absentOrThrow(error, path);
  }
  try {
    const length = readSync(file, shared, 0, shared.length, null);
    return length < shared.length ? shared.toString('latin1', 0, length) : readRest(file, shared.toString('latin1', 0, length));
  } catch (error) {
    return absentOrThrow(error, path);
  } finally {
    closeSync(file);
  }
}

/** The same as UTF-8, for text that is not the kernel's own: names and command lines. */
export function readHostText(path: string): string | undefined {
  const bytes = readHostFile(path);
  return bytes === undefined ? undefined : Buffer.from(bytes, 'latin1').toString('utf8');
}

function readRest(file: number, beginning: string): string {
  let text = beginning;
  for (;;) {
    const length = readSync(file, shared, 0, shared.length, null);
    if (length === 0) return text;
    text += shared.toString('latin1', 0, length);
  }
}

/** The names in a directory; undefined when it is gone. */
export function listHostDirectory(path: string): string[] | undefined {
  try {
    return readdirSync(path);
  } catch (error) {
    return absentOrThrow(error, path);
  }
}

/** The names of the directories in a directory; undefined when it is gone. */
export function listHostSubdirectories(path: string): string[] | undefined {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch (error) {
    return absentOrThrow(error, path);
  }
}

/** Where a symbolic link of /proc leads; undefined when it is gone. */
export function readHostLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    return absentOrThrow(error, path);
  }
}

function absentOrThrow(error: unknown, path: string): undefined {
  const errno = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  if (errno === undefined) throw error;
  if (GONE.has(errno) || UNSUPPORTED.has(errno)) return undefined;
  if (errno === 'EACCES' || errno === 'EPERM') throw new HostError('permission', path, {}, error);
  throw new HostError('io', path, { detail: errno }, error);
}
