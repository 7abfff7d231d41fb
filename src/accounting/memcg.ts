import {
  type Accounting,
  type AccountingLine,
  type AccountingPart,
  bytes,
  message,
  type OomReport,
  whereRead,
} from '../model/index.js';
import { absentLine, kernelFromParts } from './lines.js';
import { type Statistic, type Statistics, statistics } from './statistics.js';
import { sumProcesses } from './tasks.js';

type Processes = NonNullable<Accounting['processes']>;

/**
 * The accounting of a memcg at its limit. Usage is the kernel's counter; anon, file and shmem come from its statistics, and
 * where those are missing what the task table allows is derived. Kernel memory is the kmem counter on v1 (it is charged to
 * `memory` too) and the sum of its parts on v2. What no line covers is `unexplained`.
 */
export function accountMemcg(report: OomReport): Accounting | undefined {
  const stats = statistics(report);
  const processes = sumProcesses(report);
  const counter = report.counters.memory;
  const kernel = kernelLine(report, stats, processes);
  const shmem = shmemLine(stats);
  const anon = stats === undefined ? anonFromTasks(processes, counter?.usageBytes, kernel.bytes) : anonLine(stats, shmem.bytes);
  const file = fileLine(stats, shmem);
  const known = [anon, file, shmem, kernel];
  const sum = known.reduce((total, line) => total + line.bytes, 0);
  // One-line statistics are always preceded by the counters: without them the text lost lines, perhaps other cgroups' too.
  if (counter === undefined && (stats === undefined || report.memcgStats[0]?.format === 'one-line')) return undefined;
  const chargedBytes = counter?.usageBytes ?? sum;
  const inactiveFile = stats?.get('total_inactive_file', 'inactive_file');
  const cgroup = report.oomMemcg?.path;
  return {
    scope: 'memcg',
    ...(cgroup === undefined ? {} : { cgroup }),
    chargedBytes,
    chargedHow: counter === undefined ? 'derived' : 'measured',
    chargedFrom: counter === undefined ? anon.from : [whereRead(report.source, counter)],
    ...(counter?.limitBytes === undefined ? {} : { limitBytes: counter.limitBytes }),
    lines: [...known, unexplainedLine(chargedBytes - sum, counter === undefined)],
    ...(inactiveFile === undefined ? {} : { workingSetBytes: Math.max(0, chargedBytes - inactiveFile.bytes) }),
    ...(processes === undefined
      ? {}
      : { processes, heldByNoProcessBytes: Math.max(0, chargedBytes - processes.rssBytes - kernel.bytes) }),
  };
}

/** anon: `anon` (v2) or `rss` (v1), with the swap cache that is not mapped any more, which is charged and counted nowhere else. */
function anonLine(stats: Statistics, shmemBytes: number): AccountingLine {
  const mapped = stats.get('anon', 'total_rss', 'rss');
  if (mapped === undefined) return absentLine('anon');
  const huge = stats.get('anon_thp', 'total_rss_huge', 'rss_huge');
  const swapCache = unmappedSwapCache(stats, mapped.bytes, shmemBytes);
  return {
    id: 'anon',
    bytes: mapped.bytes + swapCache,
    how: swapCache > 0 ? 'derived' : 'measured',
    ...(swapCache > 0
      ? { note: message('accounting.anon-with-swap-cache', { anon: bytes(mapped.bytes), swapcached: bytes(swapCache) }) }
      : {}),
    from: mapped.from,
    parts: [
      ...part('thp', huge),
      ...(swapCache > 0
        ? [
            {
              id: 'swapcached',
              bytes: swapCache,
              how: 'derived' as const,
              from: stats.get('swapcached', 'total_swapcached')?.from ?? [],
            },
          ]
        : []),
    ],
  };
}

/** Swap-cache pages without a mapping stand on the anon LRU lists but not in `anon`. Source: mm/swap_state.c, add_to_swap_cache(). */
function unmappedSwapCache(stats: Statistics, anonBytes: number, shmemBytes: number): number {
  const swapCached = stats.get('swapcached', 'total_swapcached');
  const active = stats.get('total_active_anon', 'active_anon');
  const inactive = stats.get('total_inactive_anon', 'inactive_anon');
  if (swapCached === undefined || active === undefined || inactive === undefined) return 0;
  return Math.min(swapCached.bytes, Math.max(0, active.bytes + inactive.bytes - shmemBytes - anonBytes));
}

/** Without statistics the table's resident memory is the best bound of anon. It also holds mapped file pages and counts shared pages once a process. */
function anonFromTasks(processes: Processes | undefined, usageBytes: number | undefined, kernelBytes: number): AccountingLine {
  if (processes === undefined || usageBytes === undefined) return absentLine('anon');
  const resident = processes.anonBytes ?? processes.rssBytes;
  const room = Math.max(0, usageBytes - kernelBytes);
  const capped = resident > room;
  return {
    id: 'anon',
    bytes: capped ? room : resident,
    how: 'derived',
    note: message(capped ? 'accounting.anon-from-tasks-capped' : 'accounting.anon-from-tasks', {
      rss: bytes(resident),
      count: processes.count,
    }),
    from: processes.from,
    parts: [],
  };
}

/** shmem: tmpfs files, shared anonymous mappings, SysV segments. Kernels before 4.2 do not print it, but the anon LRU lists hold it beside anon. */
function shmemLine(stats: Statistics | undefined): AccountingLine {
  if (stats === undefined) return absentLine('shmem');
  const printed = stats.get('total_shmem', 'shmem');
  if (printed !== undefined) return { id: 'shmem', bytes: printed.bytes, how: 'measured', from: printed.from, parts: [] };
  const rss = stats.get('total_rss', 'rss');
  const active = stats.get('total_active_anon', 'active_anon');
  const inactive = stats.get('total_inactive_anon', 'inactive_anon');
  const cache = stats.get('total_cache', 'cache');
  if (rss === undefined || active === undefined || inactive === undefined || cache === undefined) return absentLine('shmem');
  return {
    id: 'shmem',
    bytes: Math.min(cache.bytes, Math.max(0, active.bytes + inactive.bytes - rss.bytes)),
    how: 'derived',
    note: message('accounting.shmem-from-lru'),
    from: [...active.from, ...rss.from],
    parts: [],
  };
}

/** file: page cache without shmem, which both `file` (v2) and `cache` (v1) include. */
function fileLine(stats: Statistics | undefined, shmem: AccountingLine): AccountingLine {
  const cache = stats?.get('file', 'total_cache', 'cache');
  if (stats === undefined || cache === undefined) return absentLine('file');
  const total = Math.max(0, cache.bytes - shmem.bytes);
  const dirty = stats.get('file_dirty', 'total_dirty', 'dirty');
  const writeback = stats.get('file_writeback', 'total_writeback', 'writeback');
  const parts: AccountingPart[] = [...part('dirty', dirty), ...part('writeback', writeback)];
  if (dirty !== undefined && writeback !== undefined) {
    // A page under writeback may be dirty again, and writeback counts swap-out too: the clean rest is a lower bound.
    parts.push({
      id: 'clean',
      bytes: Math.max(0, total - dirty.bytes - writeback.bytes),
      how: 'derived',
      from: [...dirty.from, ...writeback.from],
    });
  }
  parts.push(
    ...part('mapped', stats.get('file_mapped', 'total_mapped_file', 'mapped_file')),
    ...part('active', stats.get('total_active_file', 'active_file')),
    ...part('inactive', stats.get('total_inactive_file', 'inactive_file')),
    ...part('unevictable', stats.get('total_unevictable', 'unevictable')),
  );
  return {
    id: 'file',
    bytes: total,
    how: shmem.bytes > 0 && shmem.how === 'derived' ? 'derived' : 'measured',
    ...(shmem.bytes > 0
      ? { note: message('accounting.file-less-shmem', { cache: bytes(cache.bytes), shmem: bytes(shmem.bytes) }) }
      : {}),
    from: cache.from,
    parts,
  };
}

const KERNEL_PARTS: readonly { readonly id: string; readonly keys: readonly string[] }[] = [
  { id: 'stack', keys: ['kernel_stack'] },
  { id: 'page-tables', keys: ['pagetables'] },
  { id: 'secondary-page-tables', keys: ['sec_pagetables'] },
  { id: 'percpu', keys: ['percpu'] },
  { id: 'vmalloc', keys: ['vmalloc'] },
  { id: 'slab-reclaimable', keys: ['slab_reclaimable'] },
  { id: 'slab-unreclaimable', keys: ['slab_unreclaimable'] },
  { id: 'sock', keys: ['sock'] },
];

/**
 * Kernel memory: the kmem counter on v1; on v2 `kernel` + `sock` (5.18 and later), before that the sum of the parts printed.
 * Until 5.10 memory.stat has no page tables, but the task table does, and they are charged.
 */
function kernelLine(report: OomReport, stats: Statistics | undefined, processes: Processes | undefined): AccountingLine {
  const parts: AccountingPart[] = KERNEL_PARTS.flatMap(({ id, keys }) => part(id, stats?.get(...keys)));
  if (!parts.some((candidate) => candidate.id === 'page-tables') && processes?.pageTablesBytes !== undefined) {
    parts.push({ id: 'page-tables', bytes: processes.pageTablesBytes, how: 'derived', from: processes.from });
  }
  const kmem = report.counters.kmem;
  // A kmem counter at 0 proves something only on v1: v2 before 5.3 prints it and does not count in it.
  if (kmem !== undefined && (report.cgroupVersion === 1 || kmem.usageBytes > 0)) {
    return { id: 'kernel', bytes: kmem.usageBytes, how: 'measured', from: [whereRead(report.source, kmem)], parts };
  }
  const kernel = stats?.get('kernel');
  const sock = stats?.get('sock');
  if (kernel !== undefined) {
    return {
      id: 'kernel',
      bytes: kernel.bytes + (sock?.bytes ?? 0),
      how: 'measured',
      from: [...kernel.from, ...(sock?.from ?? [])],
      parts,
    };
  }
  return stats === undefined ? { ...absentLine('kernel'), parts } : kernelFromParts(parts);
}

function unexplainedLine(rest: number, noCounter: boolean): AccountingLine {
  return {
    id: 'unexplained',
    bytes: rest,
    how: 'derived',
    note: message(noCounter ? 'accounting.unexplained-no-counter' : 'accounting.unexplained-rest'),
    from: [],
    parts: [],
  };
}

function part(id: string, statistic: Statistic | undefined): AccountingPart[] {
  return statistic === undefined ? [] : [{ id, bytes: statistic.bytes, how: 'measured', from: statistic.from }];
}
