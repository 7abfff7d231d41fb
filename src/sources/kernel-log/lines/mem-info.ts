import { KIB } from '../../../model/index.js';
import type { LineEvent } from './event.js';

/** The lines of show_mem() in a global report (mm/show_mem.c; mm/page_alloc.c before 6.3). */

/** `active_anon:1413442 inactive_anon:1509191 isolated_anon:0`: pages. */
function parseTotals(text: string): LineEvent | undefined {
  if (!/^(?:[A-Za-z_]{2,40}(?:\([a-z]{2,8}\))?:\d{1,20}(?:\s+|$))+$/.test(text)) return undefined;
  const pages: Record<string, number> = {};
  for (const match of text.matchAll(/([A-Za-z_]{2,40}(?:\([a-z]{2,8}\))?):(\d{1,20})/g))
    pages[(match[1] ?? '').toLowerCase()] = Number(match[2]);
  return { kind: 'mem-totals', pages };
}

/** `free:13312kB min:64kB … shmem_thp: 0kB`: bytes. */
function parseSizes(text: string): Record<string, number> {
  const sizes: Record<string, number> = {};
  for (const match of text.matchAll(/([a-z_]{2,40}(?:\([a-z]{2,8}\))?): ?(\d{1,20})[kK]B/g))
    sizes[match[1] ?? ''] = Number(match[2]) * KIB;
  return sizes;
}

function parseNodeOrZone(text: string): LineEvent | undefined {
  const node = /^Node (\d{1,4}) (?:(\w{2,12}) )?(?=[a-z_]+:\d)/.exec(text);
  if (node !== null) {
    const bytes = parseSizes(text.slice(node[0].length));
    if (node[2] === undefined) return { kind: 'mem-node', node: Number(node[1]), bytes };
    return { kind: 'mem-zone', node: Number(node[1]), zone: node[2], bytes };
  }
  // Kernels without NUMA print no node.
  const zone = /^(DMA|DMA32|Normal|HighMem|Movable|Device) (?=free:\d)/.exec(text);
  if (zone === null) return undefined;
  return { kind: 'mem-zone', zone: zone[1] ?? '', bytes: parseSizes(text.slice(zone[0].length)) };
}

/** `Node 0 DMA: 0*4kB 1*1024kB (U) … = 13312kB`. */
function parseBuddy(text: string): LineEvent | undefined {
  const head = /^(?:Node (\d{1,4}) )?(\w{2,12}): (?=\d{1,12}\*\d)/.exec(text);
  if (head === null) return undefined;
  const counts: { blockBytes: number; count: number; types?: string }[] = [];
  for (const match of text.matchAll(/(\d{1,12})\*(\d{1,12})kB(?: \(([A-Z]{1,8})\))?/g)) {
    counts.push({
      blockBytes: Number(match[2]) * KIB,
      count: Number(match[1]),
      ...(match[3] === undefined ? {} : { types: match[3] }),
    });
  }
  const total = /= (\d{1,20})kB/.exec(text)?.[1];
  return {
    kind: 'buddy',
    zone: head[2] ?? '',
    counts,
    ...(head[1] === undefined ? {} : { node: Number(head[1]) }),
    ...(total === undefined ? {} : { totalBytes: Number(total) * KIB }),
  };
}

/** `Node 0 hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB`. */
function parseHugepages(text: string): LineEvent | undefined {
  const match =
    /^(?:Node (\d{1,4}) )?hugepages_total=(\d{1,12}) hugepages_free=(\d{1,12}) hugepages_surp=(\d{1,12}) hugepages_size=(\d{1,12})kB/.exec(
      text,
    );
  if (match === null) return undefined;
  return {
    kind: 'hugepages',
    total: Number(match[2]),
    free: Number(match[3]),
    surplus: Number(match[4]),
    pageBytes: Number(match[5]) * KIB,
    ...(match[1] === undefined ? {} : { node: Number(match[1]) }),
  };
}

const PAGE_LINES: readonly { readonly pattern: RegExp; readonly name: 'pageCache' | 'swapCache' | 'ram' | 'reserved' }[] = [
  { pattern: /^(\d{1,20}) total pagecache pages/, name: 'pageCache' },
  { pattern: /^(\d{1,20}) pages in swap cache/, name: 'swapCache' },
  { pattern: /^(\d{1,20}) pages RAM/, name: 'ram' },
  { pattern: /^(\d{1,20}) pages reserved/, name: 'reserved' },
];

function parsePages(text: string): LineEvent | undefined {
  for (const { pattern, name } of PAGE_LINES) {
    const match = pattern.exec(text);
    if (match !== null) return { kind: 'mem-pages', name, pages: Number(match[1]) };
  }
  return undefined;
}

function parseSwap(text: string): LineEvent | undefined {
  const match = /^(Free|Total) swap\s{0,4}= (\d{1,20})kB/.exec(text);
  if (match === null) return undefined;
  return { kind: 'mem-swap', name: match[1] === 'Free' ? 'free' : 'total', bytes: Number(match[2]) * KIB };
}

/** A row of `Unreclaimable slab info:` (4.15 and later): `kernfs_node_cache      10004KB      10004KB`. */
function parseSlab(text: string): LineEvent | undefined {
  const match = /^(\S{1,64})\s{1,64}(\d{1,20})KB\s{1,32}(\d{1,20})KB$/.exec(text);
  if (match === null) return undefined;
  return { kind: 'slab', name: match[1] ?? '', usedBytes: Number(match[2]) * KIB, totalBytes: Number(match[3]) * KIB };
}

/** Recognises a line of the node's memory statistics. */
export function parseMemInfoLine(text: string): LineEvent | undefined {
  if (text === 'Mem-Info:' || text === 'Mem-info:') return { kind: 'mem-info' };
  if (text === 'Unreclaimable slab info:') return { kind: 'slab-title' };
  if (text.startsWith('lowmem_reserve[]:')) {
    return { kind: 'lowmem-reserve', pages: [...text.matchAll(/ (\d{1,20})/g)].map((match) => Number(match[1])) };
  }
  const first = text.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) return parsePages(text);
  if (text.endsWith('KB')) return parseSlab(text) ?? parseNodeOrZone(text);
  if (text.includes('kB')) return parseNodeOrZone(text) ?? parseBuddy(text) ?? parseHugepages(text) ?? parseSwap(text);
  return text.includes(':') ? parseTotals(text) : undefined;
}
