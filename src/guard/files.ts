import { closeSync, constants, fdatasync, fstatSync, openSync, readlinkSync, type Stats, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { GuardObstacle, GuardReport } from '../model/index.js';
import { HostError } from '../sources/host/error.js';
import { procOf, thisHost } from '../sources/host/host.js';
import { type Libc, SYNC_FILE_RANGE } from '../sources/host/libc.js';
import { parseMountinfo } from '../sources/host/mountinfo.js';
import { listHostDirectory, readHostFile, readHostText } from '../sources/host/read-file.js';
import { parseFdinfo } from '../sources/process/open-files.js';
import { redactText } from '../sources/secrets/command-line.js';

/** open(2) flags as fdinfo has them (include/uapi/asm-generic/fcntl.h; O_DIRECT as on x86 and RISC-V). */
const O_ACCMODE = 0o3;
const O_RDONLY = 0;
const O_DIRECT = 0o40000;
const O_DSYNC = 0o10000;

/** File systems in memory (include/uapi/linux/magic.h, 6.18): tmpfs, ramfs, hugetlbfs. */
const IN_MEMORY: ReadonlySet<number> = new Set([0x01021994, 0x858458f6, 0x958458f6]);
/** overlayfs keeps a file's pages with the file below, where only fsync(2) is passed on to (fs/overlayfs/file.c, 6.18). */
const OVERLAY = 0x794c7630;

/** Operations at once: libuv has four threads for them. */
const AT_ONCE = 3;
/** Descriptors this process holds at most; many systems allow it 1024. */
const MOST_FILES = 512;
const MOST_OBSTACLES = 20;
/** A file that was closed is kept open here until it is written; so many, and so long. */
const MOST_CLOSED = 64;
const CLOSED_FOR_MS = 500;

const writeData = promisify(fdatasync);

interface GuardedFile {
  readonly fd: number;
  readonly path: string;
  readonly isOverlay: boolean;
  isWritten: boolean;
  /** The scan that saw it last, and whether it was written out since: one that its writers closed is then let go. */
  scan: number;
  isSettled: boolean;
  /** When it was first found closed; what was deleted too is let go at once, and its pages with it. */
  closedMs: number | undefined;
  /** Operations under way: its descriptor must stay until they end. */
  users: number;
}

/**
 * The files a set of processes has open, reopened for reading through /proc/PID/fd: that works for deleted files, in other mount
 * namespaces and on block devices, and does not keep a file from being executed, as one open for writing would (ETXTBSY).
 */
export class GuardedFiles {
  readonly #libc: Libc | undefined;
  readonly #files = new Map<string, GuardedFile>();
  /** One descriptor on each file system that was written to or is a working directory. */
  readonly #fileSystems = new Map<number, number>();
  readonly #seen = new Set<string>();
  readonly #needless = new Set<string>();
  readonly #obstacles = new Map<string, { path: string; why: GuardObstacle }>();
  /** Processes that could be read once: one that then refuses is about to end, its memory gone already. */
  readonly #readable = new Set<string>();
  #scans = 0;

  constructor(libc: Libc | undefined) {
    this.#libc = libc;
  }

  /** What the report says of files. */
  summary(): Pick<GuardReport, 'files' | 'filesWithoutNeed' | 'notHelped' | 'notHelpedCount'> {
    return {
      files: this.#seen.size,
      filesWithoutNeed: [...this.#needless].filter((key) => !this.#seen.has(key)).length,
      notHelped: [...this.#obstacles.values()].slice(0, MOST_OBSTACLES).map(({ path, why }) => ({ path: redactText(path), why })),
      notHelpedCount: this.#obstacles.size,
    };
  }

  /** Looks what the processes have open now. */
  scan(pids: readonly number[]): void {
    this.#scans += 1;
    for (const pid of pids) this.#scanProcess(`${procOf(thisHost)}/${pid}`);
    for (const [key, file] of this.#files) {
      if (file.scan === this.#scans || file.users > 0) continue;
      file.closedMs ??= performance.now();
      if (file.isSettled || !file.isWritten || fstatSync(file.fd).nlink === 0) this.#close(key, file);
    }
  }

  /** Whether files their writers have closed wait to be written: long enough, or so many that descriptors run short. */
  hasLeftovers(nowMs: number): boolean {
    const closed = [...this.#files.values()].flatMap(({ closedMs }) => closedMs ?? []);
    return closed.length > MOST_CLOSED || closed.some((closedMs) => nowMs - closedMs > CLOSED_FOR_MS);
  }

  /**
   * Starts to write what is dirty in all files that were written to, and with `wait` waits until it is on the disk. Settles when
   * the kernel has taken all of it: a disk whose queue is full makes the caller wait.
   */
  async writeOut(wait: boolean): Promise<void> {
    const waiting = [...this.#files].filter(([, { isWritten }]) => isWritten);
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await this.#write(...next, wait);
      }),
    );
  }

  /** Drops the clean pages of all files. Without a libc binding there is no way. */
  async drop(): Promise<void> {
    for (const [key, file] of [...this.#files]) {
      if (this.#files.get(key) !== file) continue;
      file.users += 1;
      try {
        await this.#libc?.dropCacheAsync(file.fd, 0, 0);
      } catch {
        this.#refuse(key, file.path, 'write-failed');
      }
      file.users -= 1;
    }
  }

  /** Takes in every disk a process can see: pages wait whose file, and its file system, nobody was seen to use. */
  meetAllDisks(pids: readonly number[]): void {
    for (const pid of pids) {
      const directory = `${procOf(thisHost)}/${pid}`;
      const disks = parseMountinfo(readIfAllowed(`${directory}/mountinfo`)).filter(({ source }) => source.startsWith('/dev/'));
      for (const { mountPoint } of disks) this.#meetFileSystem(`${directory}/root${mountPoint}`);
    }
  }

  /** Writes what is dirty on the file systems in use: for files that were opened and closed between two looks. */
  async syncFileSystems(): Promise<void> {
    for (const fd of this.#fileSystems.values()) await this.#libc?.syncFileSystemAsync(fd).catch(() => undefined);
  }

  close(): void {
    for (const [key, file] of this.#files) this.#close(key, file);
    for (const fd of this.#fileSystems.values()) closeSync(fd);
    this.#fileSystems.clear();
  }

  async #write(key: string, file: GuardedFile, wait: boolean): Promise<void> {
    const { scan } = file;
    const wasClosed = scan !== this.#scans;
    if (this.#files.get(key) !== file) return;
    file.users += 1;
    try {
      if (this.#libc === undefined || file.isOverlay) await writeData(file.fd);
      else {
        const { waitBefore, write, waitAfter } = SYNC_FILE_RANGE;
        await this.#libc.syncFileRangeAsync(file.fd, 0, 0, wait ? waitBefore | write | waitAfter : write);
      }
    } catch {
      this.#refuse(key, file.path, 'write-failed');
    }
    file.users -= 1;
    // Nobody has had it open since before it was written: nothing new can be in it.
    if (wasClosed && file.scan === scan) file.isSettled = true;
  }

  #scanProcess(directory: string): void {
    try {
      this.#meetFileSystem(`${directory}/cwd`);
      for (const fd of listHostDirectory(`${directory}/fd`) ?? []) {
        const info = parseFdinfo(readHostFile(`${directory}/fdinfo/${fd}`) ?? '');
        this.#readable.add(directory);
        if (info !== undefined) this.#meet(directory, `${directory}/fd/${fd}`, info.flags);
      }
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      if (!this.#readable.has(directory)) this.#refuse(directory, directory, 'permission');
    }
  }

  #meet(processDirectory: string, descriptor: string, flags: number): void {
    const stats = statsOf(descriptor);
    if (stats === undefined || !(stats.isFile() || stats.isBlockDevice())) return;
    const key = keyOf(stats);
    const isWritten = (flags & O_ACCMODE) !== O_RDONLY;
    const known = this.#files.get(key);
    if (known !== undefined) {
      known.scan = this.#scans;
      known.isSettled = false;
      known.closedMs = undefined;
      known.isWritten ||= isWritten;
      return;
    }
    if ((flags & (O_DIRECT | O_DSYNC)) !== 0) this.#needless.add(key);
    else if (!this.#obstacles.has(key)) this.#open(key, descriptor, stats, isWritten);
    if (isWritten && stats.isFile() && !this.#fileSystems.has(stats.dev)) {
      this.#meetFileSystem(`${processDirectory}/root${dirname(linkOf(descriptor))}`);
    }
  }

  #open(key: string, descriptor: string, stats: Stats, isWritten: boolean): void {
    const path = linkOf(descriptor);
    let fd: number | undefined;
    try {
      const type = stats.isFile() ? statfsSync(descriptor).type : 0;
      if (IN_MEMORY.has(type)) {
        if (isWritten) this.#refuse(key, path, 'memory-file-system');
        return;
      }
      if (this.#files.size >= MOST_FILES) {
        this.#refuse(key, path, 'too-many-files');
        return;
      }
      // The descriptor may be another file by now, even a pipe: without waiting, and checked again.
      fd = openSync(descriptor, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
      if (keyOf(fstatSync(fd)) !== key) {
        closeSync(fd);
        return;
      }
      this.#files.set(key, {
        fd,
        path,
        isOverlay: type === OVERLAY,
        isWritten,
        scan: this.#scans,
        isSettled: false,
        closedMs: undefined,
        users: 0,
      });
      this.#seen.add(key);
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      if (isWritten && hasCode(error, ['EACCES', 'EPERM'])) this.#refuse(key, path, 'permission');
    }
  }

  #meetFileSystem(directory: string): void {
    const stats = statsOf(directory);
    if (this.#libc === undefined || stats === undefined || this.#fileSystems.has(stats.dev)) return;
    try {
      this.#fileSystems.set(stats.dev, openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY));
    } catch {
      // A directory of another user: files that are seen are helped all the same.
    }
  }

  #refuse(key: string, path: string, why: GuardObstacle): void {
    if (!this.#obstacles.has(key)) this.#obstacles.set(key, { path, why });
  }

  #close(key: string, { fd }: GuardedFile): void {
    this.#files.delete(key);
    closeSync(fd);
  }
}

function keyOf({ dev, ino, rdev, mode }: Stats): string {
  return (mode & constants.S_IFMT) === constants.S_IFBLK ? `block ${rdev}` : `${dev} ${ino}`;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readIfAllowed(path: string): string {
  try {
    return readHostText(path) ?? '';
  } catch (error) {
    if (error instanceof HostError) return '';
    throw error;
  }
}

function linkOf(descriptor: string): string {
  try {
    return readlinkSync(descriptor);
  } catch {
    return descriptor;
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
