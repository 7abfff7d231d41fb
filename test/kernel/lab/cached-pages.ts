import { closeSync, openSync } from 'node:fs';
import koffi from 'koffi';

/** cachestat(2), the same number on every architecture: include/uapi/asm-generic/unistd.h (6.18); since 6.5. */
const SYS_CACHESTAT = 451;
const SAMPLE_MS = 5;
const PAGE_BYTES = 4096;

const library = koffi.load(null);
const syscall = library.func('long syscall(long number, uint fd, void *range, void *stat, uint flags)');

/**
 * Watches how much of a file waits for the disk in the page cache, whoever is charged for it. Returns how to end that, and the most
 * there was. Bytes.
 */
export function watchDirtyPages(path: string): () => number {
  const fd = openSync(path, 'r');
  // struct cachestat_range: all of the file. struct cachestat: nr_cache, nr_dirty, nr_writeback, …: include/uapi/linux/mman.h (6.18).
  const range = new BigUint64Array(2);
  const stat = new BigUint64Array(5);
  let peak = 0;
  const look = (): void => {
    if (Number(syscall(SYS_CACHESTAT, fd, range, stat, 0)) !== 0) throw new Error('cachestat failed: it needs Linux 6.5');
    peak = Math.max(peak, PAGE_BYTES * Number((stat[1] ?? 0n) + (stat[2] ?? 0n)));
  };
  look();
  const timer = setInterval(look, SAMPLE_MS);
  return () => {
    clearInterval(timer);
    closeSync(fd);
    return peak;
  };
}
