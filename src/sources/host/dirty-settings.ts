import type { DirtySettings } from '../../model/index.js';
import { type Host, procOf } from './host.js';
import { readHostFile } from './read-file.js';

/** vm.dirty_* of a host (Documentation/admin-guide/sysctl/vm.rst). Undefined where it does not tell all of them. */
export function dirtySettings(host: Host): DirtySettings | undefined {
  const number = (name: string): number => Number(readHostFile(`${procOf(host)}/sys/vm/${name}`)?.trim() || Number.NaN);
  const settings: DirtySettings = {
    dirtyRatio: number('dirty_ratio'),
    backgroundRatio: number('dirty_background_ratio'),
    dirtyBytes: number('dirty_bytes'),
    backgroundBytes: number('dirty_background_bytes'),
    ...(number('dirty_writeback_centisecs') === 0 ? {} : { expireSeconds: number('dirty_expire_centisecs') / 100 }),
  };
  return Object.values(settings).some(Number.isNaN) ? undefined : settings;
}

/**
 * Memory that may become dirty, in bytes: free pages and pages of files. The kernel takes its reserves off, some per cent, which
 * /proc/meminfo does not tell (global_dirtyable_memory(), mm/page-writeback.c). Undefined where the host does not tell.
 */
export function dirtyableBytes(host: Host): number | undefined {
  const text = readHostFile(`${procOf(host)}/meminfo`) ?? '';
  const kib = [/^MemFree:\s+(\d+) kB$/m, /^Active\(file\):\s+(\d+) kB$/m, /^Inactive\(file\):\s+(\d+) kB$/m].map((line) =>
    Number(line.exec(text)?.[1]),
  );
  const sum = kib.reduce((total, part) => total + part, 0);
  return Number.isNaN(sum) ? undefined : sum * 1024;
}

/**
 * Whether the multi-gen LRU is on: bit 0 of lru_gen/enabled (Documentation/admin-guide/mm/multigen_lru.rst). A kernel built
 * without it has no such file; undefined where it is there and says nothing readable.
 */
export function multiGenLru(host: Host): boolean | undefined {
  const text = readHostFile(`${host.root}/sys/kernel/mm/lru_gen/enabled`);
  if (text === undefined) return false;
  const mask = Number(text.trim() || Number.NaN);
  return Number.isNaN(mask) ? undefined : (mask & 1) === 1;
}
