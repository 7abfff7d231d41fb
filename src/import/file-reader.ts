import { closeSync, constants, fdatasyncSync, openSync, read as readFile, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Libc, libc } from '../sources/host/libc.js';
import { ALIGNMENT, pageAligned } from './target/aligned.js';

const readAsync = promisify(readFile);

const PIECE_BYTES = 1024 * 1024;

/**
 * Reads a file or block device without filling the page cache: with O_DIRECT, and where that is refused by dropping what was
 * read. One piece is read ahead. A piece that was handed out is valid until the next one is asked for. Errors are Node's own.
 */
export class FileReader {
  readonly #fd: number;
  readonly #isDirect: boolean;
  readonly #libc: Libc | undefined = libc();
  readonly #pieces: readonly [Uint8Array, Uint8Array];
  /** Parts are read one after another, into a piece of their own. */
  #partPiece: Uint8Array | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(fd: number, isDirect: boolean) {
    const memory = pageAligned(2 * PIECE_BYTES);
    this.#fd = fd;
    this.#isDirect = isDirect;
    this.#pieces = [memory.subarray(0, PIECE_BYTES), memory.subarray(PIECE_BYTES, 2 * PIECE_BYTES)];
  }

  static open(path: string): FileReader {
    const direct = openDirect(path);
    return direct === undefined ? new FileReader(openSync(path, constants.O_RDONLY), false) : new FileReader(direct, true);
  }

  get fd(): number {
    return this.#fd;
  }

  /** The bytes from one offset to another, or to the end. */
  async *read(fromBytes: number, toBytes = Number.POSITIVE_INFINITY): AsyncGenerator<Uint8Array> {
    let at = fromBytes - (fromBytes % ALIGNMENT);
    let turn = 0;
    let pending = this.#readPiece(0, at);
    try {
      while (at < toBytes) {
        const count = await pending;
        if (count === 0) return;
        const piece = this.#pieces[turn === 0 ? 0 : 1];
        turn = 1 - turn;
        const start = Math.max(0, fromBytes - at);
        const end = Math.min(count, toBytes - at);
        at += count;
        // A short read ends at an offset that O_DIRECT does not take: the end of the file.
        pending = at < toBytes && count === PIECE_BYTES ? this.#readPiece(turn, at) : Promise.resolve(0);
        if (start < end) yield piece.subarray(start, end);
      }
    } finally {
      await pending.catch(() => undefined);
    }
  }

  /** A part, or what there is of it. May be called again before it resolves. */
  readAt(offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    const part = this.#turn.then(() => this.#readPart(offsetBytes, lengthBytes));
    this.#turn = part.catch(() => undefined);
    return part;
  }

  /** The same into memory of at least that length; several may be under way. Page-aligned memory of whole pages needs no copy. */
  async readInto(offsetBytes: number, lengthBytes: number, into: Uint8Array): Promise<Uint8Array> {
    const isAligned = [offsetBytes, into.byteOffset, into.length].every((value) => value % ALIGNMENT === 0);
    if (this.#isDirect && !isAligned) {
      const part = await this.readAt(offsetBytes, lengthBytes);
      into.set(part);
      return into.subarray(0, part.length);
    }
    let filled = 0;
    while (filled < lengthBytes) {
      // With O_DIRECT the end of the file lies somewhere in the last page.
      const wanted = this.#isDirect ? into.length - filled : lengthBytes - filled;
      const { bytesRead } = await readAsync(this.#fd, into, filled, wanted, offsetBytes + filled);
      filled += bytesRead;
      if (bytesRead === 0 || (this.#isDirect && bytesRead % ALIGNMENT !== 0)) break;
    }
    if (!this.#isDirect) await this.#libc?.dropCacheAsync(this.#fd, offsetBytes, lengthBytes);
    return into.subarray(0, Math.min(filled, lengthBytes));
  }

  close(): void {
    closeSync(this.#fd);
  }

  async #readPart(offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    const part = new Uint8Array(lengthBytes);
    this.#partPiece ??= pageAligned(PIECE_BYTES);
    for (let filled = 0; filled < lengthBytes; ) {
      const from = offsetBytes + filled;
      const at = from - (from % ALIGNMENT);
      const count = await this.#readInto(this.#partPiece, at);
      const piece = this.#partPiece.subarray(from - at, Math.min(count, offsetBytes + lengthBytes - at));
      if (from - at >= count) return part.subarray(0, filled);
      part.set(piece, filled);
      filled += piece.length;
    }
    return part;
  }

  #readPiece(turn: number, at: number): Promise<number> {
    return this.#readInto(this.#pieces[turn === 0 ? 0 : 1], at);
  }

  async #readInto(piece: Uint8Array, at: number): Promise<number> {
    const { bytesRead } = await readAsync(this.#fd, piece, 0, PIECE_BYTES, at);
    if (!this.#isDirect && bytesRead > 0) await this.#libc?.dropCacheAsync(this.#fd, at, bytesRead);
    return bytesRead;
  }
}

/** With O_DIRECT, if a read with it succeeds. */
function openDirect(path: string): number | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_DIRECT);
    readSync(fd, pageAligned(ALIGNMENT), 0, ALIGNMENT, 0);
    return fd;
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    if (error instanceof Error && 'code' in error && error.code === 'EINVAL') return undefined;
    throw error;
  }
}

/** Waits until a directory's entries are on the disk; where a file system cannot, there is nothing to wait for. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    fdatasyncSync(fd);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error;
  } finally {
    closeSync(fd);
  }
}
