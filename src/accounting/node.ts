import {
  type Accounting,
  type AccountingLine,
  type AccountingPart,
  type MemInfo,
  message,
  type OomReport,
  type Provenance,
  type StatEntry,
} from '../model/index.js';
import { absentLine, kernelFromParts } from './lines.js';
import { sumProcesses } from './tasks.js';

/**
 * The accounting of a node that ran out of memory: RAM that the kernel manages less what is free, by the totals of show_mem().
 * anon is the anon LRU without shmem, file the file LRU, kernel the slabs, stacks and page tables; hugetlb pools, drivers' pages,
 * per-CPU memory and mlocked pages are printed nowhere in the totals and stay unexplained, with the parts that are known.
 */
export function accountNode(report: OomReport): Accounting | undefined {
  const memInfo = report.memInfo;
  if (memInfo === undefined || Object.keys(memInfo.totals).length === 0) return undefined;
  const source = report.source;
  const total = (key: string): StatEntry | undefined => memInfo.totals[key];
  const value = (key: string): number => total(key)?.value ?? 0;
  const from = (...keys: readonly string[]): Provenance[] => keys.flatMap((key) => cite(source, total(key)));

  const shmemBytes = value('shmem');
  const anonLru = value('active_anon') + value('inactive_anon');
  const isPrinted = (...keys: readonly string[]): boolean => keys.some((key) => total(key) !== undefined);
  const anon: AccountingLine = isPrinted('active_anon', 'inactive_anon')
    ? {
        id: 'anon',
        bytes: Math.max(0, anonLru - shmemBytes),
        how: 'derived',
        note: message('accounting.node-anon'),
        from: from('active_anon', 'inactive_anon'),
        parts: [],
      }
    : absentLine('anon');
  const fileLru: AccountingLine = isPrinted('active_file', 'inactive_file')
    ? {
        id: 'file',
        bytes: value('active_file') + value('inactive_file'),
        how: 'derived',
        note: message('accounting.node-file'),
        from: from('active_file', 'inactive_file'),
        parts: [],
      }
    : absentLine('file');
  const file: AccountingLine = {
    ...fileLru,
    parts: partsOf(source, memInfo, [
      ['dirty', 'dirty'],
      ['writeback', 'writeback'],
      ['mapped', 'mapped'],
      ['active', 'active_file'],
      ['inactive', 'inactive_file'],
    ]),
  };
  const shmem: AccountingLine =
    total('shmem') === undefined
      ? absentLine('shmem')
      : { id: 'shmem', bytes: shmemBytes, how: 'measured', from: from('shmem'), parts: [] };
  const kernel = kernelOf(report, memInfo);
  const known = [anon, file, shmem, kernel];
  const sum = known.reduce((bytesSoFar, line) => bytesSoFar + line.bytes, 0);
  const ram = managedRam(memInfo);
  // A text that lost zones proves no RAM: less than what is in use in it is no sum of all zones.
  const ramBytes = ram !== undefined && ram - value('free') >= sum * 0.9 ? ram : undefined;
  const chargedBytes = ramBytes === undefined ? sum : Math.max(0, ramBytes - value('free'));
  const processes = sumProcesses(report);
  return {
    scope: 'node',
    chargedBytes,
    chargedHow: 'derived',
    chargedFrom: [...from('free')],
    ...(ramBytes === undefined ? {} : { limitBytes: ramBytes }),
    lines: [
      ...known,
      {
        id: 'unexplained',
        bytes: chargedBytes - sum,
        how: 'derived',
        note: message(ramBytes === undefined ? 'accounting.unexplained-no-counter' : 'accounting.node-unexplained'),
        from: [],
        parts: [...hugetlb(source, memInfo), ...partsOf(source, memInfo, [['unevictable', 'unevictable']])],
      },
    ],
    ...(processes === undefined
      ? {}
      : { processes, heldByNoProcessBytes: Math.max(0, chargedBytes - processes.rssBytes - kernel.bytes) }),
  };
}

/** RAM given to the page allocator: `pages RAM` less `pages reserved`, or the zones' managed (present before 3.9) pages. */
function managedRam(memInfo: MemInfo): number | undefined {
  if (memInfo.ramBytes !== undefined) return memInfo.ramBytes - (memInfo.reservedBytes ?? 0);
  const zones = memInfo.zones.map((zone) => zone.values.managed ?? zone.values.present);
  if (zones.length === 0 || zones.some((zone) => zone === undefined)) return undefined;
  return zones.reduce<number>((sum, zone) => sum + (zone ?? 0), 0);
}

function kernelOf(report: OomReport, memInfo: MemInfo): AccountingLine {
  const source = report.source;
  const parts = partsOf(source, memInfo, [
    ['slab-reclaimable', 'slab_reclaimable'],
    ['slab-unreclaimable', 'slab_unreclaimable'],
    ['slab', 'slab'],
    ['page-tables', 'pagetables'],
    ['secondary-page-tables', 'sec_pagetables'],
  ]);
  const stack = kernelStack(source, memInfo);
  return kernelFromParts(stack === undefined ? parts : [...parts, stack]);
}

/** Kernel stacks are printed in kB for each node, for each zone before 4.8. */
function kernelStack(source: string, memInfo: MemInfo): AccountingPart | undefined {
  const places = memInfo.nodes.some((node) => node.values.kernel_stack !== undefined) ? memInfo.nodes : memInfo.zones;
  const printed = places.filter((place) => place.values.kernel_stack !== undefined);
  if (printed.length === 0) return undefined;
  return {
    id: 'stack',
    bytes: printed.reduce((sum, place) => sum + (place.values.kernel_stack ?? 0), 0),
    how: 'measured',
    from: printed.slice(0, 2).map((place) => ({ source, line: place.line })),
  };
}

/** Pages of the hugetlb pools are taken from RAM whether used or not. */
function hugetlb(source: string, memInfo: MemInfo): AccountingPart[] {
  const pools = memInfo.hugepages.filter((pool) => pool.total > 0);
  if (pools.length === 0) return [];
  return [
    {
      id: 'hugetlb',
      bytes: pools.reduce((sum, pool) => sum + pool.total * pool.pageBytes, 0),
      how: 'measured',
      from: pools.slice(0, 2).map((pool) => ({ source, line: pool.line })),
    },
  ];
}

function partsOf(source: string, memInfo: MemInfo, names: readonly (readonly [id: string, key: string])[]): AccountingPart[] {
  return names.flatMap(([id, key]) => {
    const entry = memInfo.totals[key];
    return entry === undefined ? [] : [{ id, bytes: entry.value, how: 'measured' as const, from: cite(source, entry) }];
  });
}

function cite(source: string, entry: StatEntry | undefined): Provenance[] {
  return entry === undefined ? [] : [{ source, line: entry.line }];
}
