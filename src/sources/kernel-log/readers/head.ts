import { closeSync, openSync, readSync, statSync } from 'node:fs';

/**
 * The first bytes of a regular file, fewer when it is shorter. Undefined for anything else: who opens a pipe, looks and closes it takes
 * bytes from its reader, or the life of its writer. Throws the errno error of a system call.
 */
export function headOfFile(path: string, length: number): Uint8Array | undefined {
  if (!statSync(path).isFile()) return undefined;
  const fd = openSync(path, 'r');
  try {
    return readHead(fd, length);
  } finally {
    closeSync(fd);
  }
}

/** The same of an open file, whose offset stays where it is. */
export function readHead(fd: number, length: number): Uint8Array {
  const buffer = new Uint8Array(length);
  return buffer.subarray(0, readSync(fd, buffer, { position: 0 }));
}
