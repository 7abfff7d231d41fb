import { readHostFile } from './read-file.js';

/** Where the host's own files are found: `/` for the machine itself, another directory for a fixture or a mounted host. */
export interface Host {
  /** Put before every absolute path: '' for the machine itself. */
  readonly root: string;
}

export const thisHost: Host = { root: '' };

/** A host whose files lie below a directory. */
export function hostAt(directory: string): Host {
  return { root: directory.replace(/\/+$/, '') };
}

export function procOf({ root }: Host): string {
  return `${root}/proc`;
}

/** The kernel's release, as `uname -r` prints it. */
export function kernelRelease(host: Host): string | undefined {
  return readHostFile(`${procOf(host)}/sys/kernel/osrelease`)?.trim();
}

/** Bytes of swap that are free; 0 when the machine has none, undefined when it does not tell. */
export function freeSwapBytes(host: Host): number | undefined {
  const match = /^SwapFree:\s+(\d+) kB$/m.exec(readHostFile(`${procOf(host)}/meminfo`) ?? '');
  return match === null ? undefined : Number(match[1]) * 1024;
}

/** AT_PAGESZ of the auxiliary vector (include/uapi/linux/auxvec.h). */
const AT_PAGESZ = 6n;
const WORD = 8;

/** The page size, from the auxiliary vector the kernel gave this process; undefined where it cannot be read. */
export function pageSizeBytes(host: Host): number | undefined {
  const text = readHostFile(`${procOf(host)}/self/auxv`);
  if (text === undefined) return undefined;
  const vector = Buffer.from(text, 'latin1');
  for (let at = 0; at + 2 * WORD <= vector.length; at += 2 * WORD) {
    if (vector.readBigUInt64LE(at) === AT_PAGESZ) return Number(vector.readBigUInt64LE(at + WORD));
  }
  return undefined;
}
