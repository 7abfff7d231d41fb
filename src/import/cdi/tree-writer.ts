import {
  chmodSync,
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  unlinkSync,
  write,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { bytes } from '../../model/index.js';
import { type Libc, libc } from '../../sources/host/libc.js';
import { ImportError } from '../error.js';
import { DirtyWindow } from '../target/dirty-window.js';
import { deviceNumber, targetError } from '../target/facts.js';
import { bufferingLoop } from '../target/loop.js';

const writeAsync = promisify(write);
const fdatasyncAsync = promisify(fdatasync);

/** What may wait for the disk: of one large file, and of many small ones. */
const DIRTY_BYTES = 32 * 1024 * 1024;
/** Smaller ones are not worth a wait each. */
const SMALL_BYTES = 1024 * 1024;
/** Neither set-user-ID nor the like comes from an archive. */
const PERMISSIONS = 0o777;

/** Writes files and directories below a directory, and never outside of it; what waits for the disk is bounded. */
export class TreeWriter {
  /** Of files, all in all. */
  bytes = 0;
  files = 0;
  readonly #root: string;
  readonly #shown: string;
  readonly #limitBytes: number;
  readonly #onBytes: (bytes: number) => void;
  readonly #rootFd: number;
  readonly #libc = libc();
  /** What the window of a large file waits by: on a loop device that buffers, what it sends to the disk comes to wait below it. */
  readonly #windowLibc: Libc | undefined;
  /** Those that are there, by their path, and the permissions they are to have. */
  readonly #directories = new Map<string, number | undefined>();
  #waitingBytes = 0;

  /** Throws an ImportError when the directory is not there. `shown` is the archive's name. */
  constructor(
    root: string,
    shown: string,
    limitBytes = Number.POSITIVE_INFINITY,
    onBytes: (bytes: number) => void = () => undefined,
  ) {
    this.#root = root;
    this.#shown = shown;
    this.#limitBytes = limitBytes;
    this.#onBytes = onBytes;
    this.#directories.set(root, undefined);
    try {
      this.#rootFd = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
      this.#windowLibc = bufferingLoop(deviceNumber(fstatSync(this.#rootFd).dev)) === undefined ? this.#libc : undefined;
    } catch (error) {
      throw targetError(error, root);
    }
  }

  directory(name: string, mode: number): void {
    const path = this.#pathOf(name);
    if (path === this.#root) return;
    this.#makeDirectory(path, name);
    this.#directories.set(path, mode & PERMISSIONS);
  }

  /** Writes a file, in the place of one that an earlier attempt left. */
  async file(name: string, mode: number, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#pathOf(name);
    if (path === this.#root) throw new ImportError('archive-path', { source: this.#shown, name });
    this.#makeDirectory(dirname(path), name);
    const fd = this.#create(path, mode);
    try {
      await this.#fill(fd, path, chunks);
      this.files += 1;
    } finally {
      closeSync(fd);
    }
  }

  /** Waits until all is on the disk. */
  async finish(): Promise<void> {
    // Those inside first: a directory may forbid to be entered.
    for (const [path, mode] of [...this.#directories].reverse()) if (mode !== undefined) chmodSync(path, mode);
    try {
      await this.#libc?.syncFileSystemAsync(this.#rootFd);
      fsyncSync(this.#rootFd);
    } catch (error) {
      throw targetError(error, this.#root);
    }
  }

  close(): void {
    closeSync(this.#rootFd);
  }

  async #fill(fd: number, path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    const window = new DirtyWindow(fd, DIRTY_BYTES, this.#windowLibc);
    let at = 0;
    for await (const chunk of chunks) {
      this.bytes += chunk.length;
      if (this.bytes > this.#limitBytes) {
        throw new ImportError('target-too-small', {
          target: this.#root,
          needed: bytes(this.bytes),
          room: bytes(this.#limitBytes),
        });
      }
      try {
        for (let done = 0; done < chunk.length; ) {
          done += (await writeAsync(fd, chunk, done, chunk.length - done, at + done)).bytesWritten;
        }
        await window.wrote(at, chunk.length);
      } catch (error) {
        throw targetError(error, path);
      }
      at += chunk.length;
      this.#onBytes(this.bytes);
    }
    await this.#settle(fd, at, window).catch((error: unknown) => {
      throw targetError(error, path);
    });
  }

  /** A large file is waited for, and dropped from the page cache; small ones are together. */
  async #settle(fd: number, sizeBytes: number, window: DirtyWindow): Promise<void> {
    if (sizeBytes > SMALL_BYTES) return window.drain();
    if (this.#libc === undefined) return fdatasyncAsync(fd);
    this.#waitingBytes += sizeBytes;
    if (this.#waitingBytes <= DIRTY_BYTES) return;
    await this.#libc.syncFileSystemAsync(this.#rootFd);
    this.#waitingBytes = 0;
  }

  #pathOf(name: string): string {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    if (name.startsWith('/') || parts.includes('..')) throw new ImportError('archive-path', { source: this.#shown, name });
    return join(this.#root, ...parts);
  }

  /** Makes a directory and those above it. What is there already must be directories: a link on the volume is not followed. */
  #makeDirectory(path: string, name: string): void {
    if (this.#directories.has(path)) return;
    this.#makeDirectory(dirname(path), name);
    try {
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined) mkdirSync(path, 0o755);
      else if (!stats.isDirectory()) throw new ImportError('archive-path', { source: this.#shown, name });
    } catch (error) {
      throw targetError(error, path);
    }
    this.#directories.set(path, undefined);
  }

  #create(path: string, mode: number): number {
    try {
      if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) unlinkSync(path);
      const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW, 0o600);
      chmodSync(path, mode & PERMISSIONS);
      return fd;
    } catch (error) {
      throw targetError(error, path);
    }
  }
}
