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
import { largestShmem, sumKills, sumProcesses } from './tasks.js';

type Processes = NonNullable<Accounting['processes']>;

/**
 * The accounting of a memcg at its limit. Usage is the kernel's counter; anon, file and shmem come from its statistics. Of a kind
 * whose statistic is missing, what other lines prove is taken as a lower bound: the lists of pages, dirty pages, the task table, the
 * kill lines. Kernel memory is the kmem counter on v1 (it is charged to `memory` too) and the sum of its parts on v2. What no line
 * covers is `unexplained`.
 */
export function accountMemcg(report: OomReport): Accounting | undefined {
  const stats = statistics(report);
  const processes = sumProcesses(report);
  const counter = report.counters.memory;
  if (counter === undefined && !(stats !== undefined && addsUp(report, stats))) return undefined;
  const kernel = kernelLine(report, stats, processes);
  let roomBytes = Math.max(0, (counter?.usageBytes ?? Number.POSITIVE_INFINITY) - kernel.bytes);
  const within = (line: AccountingLine): AccountingLine => {
    const bound = line.atLeast === true && line.bytes > roomBytes ? { ...line, bytes: roomBytes } : line;
    roomBytes = Math.max(0, roomBytes - bound.bytes);
    return bound;
  };
  const shmem = within(shmemLine(report, stats));
  const file = within(fileLine(stats, shmem));
  const anon = anonLine(stats, shmem) ?? anonOfProcesses(report, stats, processes, roomBytes);
  const known = [anon, file, shmem, kernel];
  const sum = known.reduce((total, line) => total + line.bytes, 0);
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
    lines: [...known, unexplainedLine(chargedBytes - sum, counter === undefined, stats)],
    ...(inactiveFile === undefined ? {} : { workingSetBytes: Math.max(0, chargedBytes - inactiveFile.bytes) }),
    ...(processes === undefined
      ? {}
      : { processes, heldByNoProcessBytes: Math.max(0, chargedBytes - processes.rssBytes - kernel.bytes) }),
  };
}

/**
 * Without the counter the statistics may add up to the charge: with the kernel's total of its own memory, or where the list is whole,
 * but for what such kernels count nowhere. One-line statistics always follow the counters: a text without them has lost lines, perhaps
 * those of other cgroups too.
 */
function addsUp(report: OomReport, stats: Statistics): boolean {
  if (report.memcgStats[0]?.format === 'one-line') return false;
  return stats.isWhole || ['anon', 'file', 'kernel'].every((key) => stats.get(key) !== undefined);
}

/**
 * anon: `anon` (v2) or `rss` (v1), with the swap cache that is not mapped any more, which is charged and counted nowhere else. The
 * anon LRU lists hold anon and shmem.
 */
function anonLine(stats: Statistics | undefined, shmem: AccountingLine): AccountingLine | undefined {
  if (stats === undefined) return undefined;
  const mapped = stats.get('anon', 'total_rss', 'rss');
  if (mapped === undefined) return anonFromLru(stats, shmem);
  const huge = stats.get('anon_thp', 'total_rss_huge', 'rss_huge');
  const swapCache = unmappedSwapCache(stats, mapped.bytes, shmem.bytes);
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

function anonFromLru(stats: Statistics, shmem: AccountingLine): AccountingLine | undefined {
  const lists = anonLists(stats);
  if (lists === undefined || shmem.how !== 'measured') return undefined;
  return {
    id: 'anon',
    bytes: Math.max(0, lists.bytes - shmem.bytes),
    how: 'derived',
    note: message('accounting.anon-from-lru'),
    from: [...lists.from, ...shmem.from],
    parts: [],
  };
}

/** Both anon LRU lists: anon, shmem and swap cache that are not locked. */
function anonLists(stats: Statistics): Statistic | undefined {
  return bothOf(stats.get('total_active_anon', 'active_anon'), stats.get('total_inactive_anon', 'inactive_anon'));
}

/** Both file LRU lists: page cache without shmem that is not locked. */
function fileLists(stats: Statistics): Statistic | undefined {
  return bothOf(stats.get('total_active_file', 'active_file'), stats.get('total_inactive_file', 'inactive_file'));
}

function bothOf(active: Statistic | undefined, inactive: Statistic | undefined): Statistic | undefined {
  if (active === undefined || inactive === undefined) return undefined;
  return { bytes: active.bytes + inactive.bytes, from: [...active.from, ...inactive.from] };
}

/** Swap-cache pages without a mapping stand on the anon LRU lists but not in `anon`. Source: mm/swap_state.c, add_to_swap_cache(). */
function unmappedSwapCache(stats: Statistics, anonBytes: number, shmemBytes: number): number {
  const swapCached = stats.get('swapcached', 'total_swapcached');
  const lists = anonLists(stats);
  if (swapCached === undefined || lists === undefined) return 0;
  return Math.min(swapCached.bytes, Math.max(0, lists.bytes - shmemBytes - anonBytes));
}

/**
 * Without the statistic, resident memory bounds anon: what kill lines and newer tables call anon, and of other rows what they hold in
 * all, mapped file pages and shared memory included. Pages shared after fork() count once a process.
 */
function anonOfProcesses(
  report: OomReport,
  stats: Statistics | undefined,
  processes: Processes | undefined,
  roomBytes: number,
): AccountingLine {
  const kills = sumKills(report);
  const table = processes?.anonBytes ?? (processes === undefined ? undefined : processes.rssBytes - kills.beyondAnonBytes);
  if (!Number.isFinite(roomBytes) || (table === undefined && kills.anonBytes === 0)) return absentLine('anon');
  const ofKills = table === undefined || kills.anonBytes > table;
  const resident = ofKills ? kills.anonBytes : table;
  const line = { id: 'anon', bytes: Math.min(resident, roomBytes), how: 'derived', atLeast: true, parts: [] } as const;
  if (ofKills || processes === undefined)
    return { ...line, note: message('accounting.anon-from-kills', { count: kills.count }), from: kills.from };
  return {
    ...line,
    note: message(
      stats !== undefined
        ? 'accounting.anon-from-tasks-lost'
        : resident > roomBytes
          ? 'accounting.anon-from-tasks-capped'
          : 'accounting.anon-from-tasks',
      { rss: bytes(resident), count: processes.count },
    ),
    from: processes.from,
  };
}

/**
 * shmem: tmpfs files, shared anonymous mappings, SysV segments. Where it is not printed (before 4.2, or its line was lost), the anon
 * LRU lists hold it beside anon, and page cache is on no file list without being locked.
 */
function shmemLine(report: OomReport, stats: Statistics | undefined): AccountingLine {
  const printed = stats?.get('total_shmem', 'shmem');
  if (printed !== undefined) return { id: 'shmem', bytes: printed.bytes, how: 'measured', from: printed.from, parts: [] };
  const anon = stats?.get('anon', 'total_rss', 'rss');
  const lists = stats === undefined ? undefined : anonLists(stats);
  const cache = stats?.get('file', 'total_cache', 'cache');
  if (stats !== undefined && anon !== undefined && lists !== undefined && cache !== undefined) {
    const swapCached = stats.get('swapcached', 'total_swapcached')?.bytes ?? 0;
    return {
      id: 'shmem',
      bytes: Math.min(cache.bytes, Math.max(0, lists.bytes - anon.bytes - swapCached)),
      how: 'derived',
      note: message('accounting.shmem-from-lru'),
      from: [...lists.from.slice(0, 1), ...anon.from],
      parts: [],
    };
  }
  const mapped = largestShmem(report);
  if (mapped === undefined) return absentLine('shmem');
  return {
    id: 'shmem',
    bytes: mapped.bytes,
    how: 'derived',
    atLeast: true,
    note: message('accounting.shmem-from-processes'),
    from: mapped.from,
    parts: [],
  };
}

/** file: page cache without shmem, which both `file` (v2) and `cache` (v1) include. */
function fileLine(stats: Statistics | undefined, shmem: AccountingLine): AccountingLine {
  if (stats === undefined) return absentLine('file');
  const cache = stats.get('file', 'total_cache', 'cache');
  const dirty = stats.get('file_dirty', 'total_dirty', 'dirty');
  const writeback = stats.get('file_writeback', 'total_writeback', 'writeback');
  const parts: AccountingPart[] = [...part('dirty', dirty), ...part('writeback', writeback)];
  const isExact = cache !== undefined && shmem.how !== 'absent' && shmem.atLeast !== true;
  const total = isExact ? Math.max(0, cache.bytes - shmem.bytes) : 0;
  if (isExact && dirty !== undefined && writeback !== undefined) {
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
  if (!isExact) return { ...fileAtLeast(stats, dirty), parts };
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

/** Page cache of which the total, or the shmem in it, is not known: the file lists hold no shmem, and only page cache gets dirty. */
function fileAtLeast(stats: Statistics, dirty: Statistic | undefined): AccountingLine {
  const lists = fileLists(stats) ?? stats.get('total_inactive_file', 'inactive_file', 'total_active_file', 'active_file');
  const [largest] = [lists, dirty].filter((bound) => bound !== undefined).sort((a, b) => b.bytes - a.bytes);
  if (largest === undefined) return absentLine('file');
  return {
    id: 'file',
    bytes: largest.bytes,
    how: 'derived',
    atLeast: true,
    note: message('accounting.file-at-least'),
    from: largest.from,
    parts: [],
  };
}

const KERNEL_PARTS: readonly { readonly id: string; readonly keys: readonly string[] }[] = [
  { id: 'stack', keys: ['kernel_stack'] },
  { id: 'page-tables', keys: ['pagetables'] },
  { id: 'secondary-page-tables', keys: ['sec_pagetables'] },
  { id: 'percpu', keys: ['percpu'] },
  { id: 'vmalloc', keys: ['vmalloc'] },
  // Compressed pages are kernel objects, charged like these. Source: obj_cgroup_charge_zswap(), mm/memcontrol.c, 6.1.
  { id: 'zswap', keys: ['zswap'] },
  { id: 'slab-reclaimable', keys: ['slab_reclaimable'] },
  { id: 'slab-unreclaimable', keys: ['slab_unreclaimable'] },
  { id: 'sock', keys: ['sock'] },
];

/**
 * Kernel memory: the kmem counter on v1; on v2 `kernel` + `sock` (5.18 and later), before that the sum of the parts printed.
 * Until 5.10 memory.stat has no page tables, but the task table and the kill lines do, and they are charged.
 */
function kernelLine(report: OomReport, stats: Statistics | undefined, processes: Processes | undefined): AccountingLine {
  const parts: AccountingPart[] = KERNEL_PARTS.flatMap(({ id, keys }) => part(id, stats?.get(...keys)));
  if (!parts.some((candidate) => candidate.id === 'page-tables')) parts.push(...pageTablesOf(report, processes));
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
  const sum = kernelFromParts(parts);
  return parts.length > 0 && stats?.isWhole !== true ? { ...sum, atLeast: true } : sum;
}

function pageTablesOf(report: OomReport, processes: Processes | undefined): AccountingPart[] {
  const kills = sumKills(report);
  const [tables, from] =
    processes?.pageTablesBytes === undefined ? [kills.pageTablesBytes, kills.from] : [processes.pageTablesBytes, processes.from];
  return tables === undefined ? [] : [{ id: 'page-tables', bytes: tables, how: 'derived', from }];
}

function unexplainedLine(rest: number, noCounter: boolean, stats: Statistics | undefined): AccountingLine {
  return {
    id: 'unexplained',
    bytes: rest,
    how: 'derived',
    note: message(noCounter ? 'accounting.unexplained-no-counter' : 'accounting.unexplained-rest'),
    from: [],
    // Charged since 6.7 where memory_hugetlb_accounting is on, and printed since 6.14.
    parts: part('hugetlb', stats?.get('hugetlb')),
  };
}

function part(id: string, statistic: Statistic | undefined): AccountingPart[] {
  return statistic === undefined ? [] : [{ id, bytes: statistic.bytes, how: 'measured', from: statistic.from }];
}
