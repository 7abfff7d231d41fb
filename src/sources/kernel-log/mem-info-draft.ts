import { type BuddyList, type HugepagePool, type MemInfo, present, type StatEntry, type Zone } from '../../model/index.js';
import type { MemInfoEvent } from './lines/event.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Collects the lines of show_mem(). Values that the kernel prints in pages stay pages until the page size is known. */
export class MemInfoDraft {
  titled = false;
  seen = false;
  readonly buddies: BuddyList[] = [];
  #line = 0;
  readonly #totals: Record<string, { pages: number; line: number }> = {};
  readonly #nodes: { node: number; values: Readonly<Record<string, number>>; line: number }[] = [];
  readonly #zones: { zone: Mutable<Zone>; reserve?: readonly number[] }[] = [];
  readonly #hugepages: HugepagePool[] = [];
  readonly #slabs: { name: string; usedBytes: number; totalBytes: number; line: number }[] = [];
  #inSlabs = false;
  readonly #pages: Partial<Record<'pageCache' | 'swapCache' | 'ram' | 'reserved', number>> = {};
  readonly #swap: Partial<Record<'free' | 'total', number>> = {};

  take(event: MemInfoEvent | { readonly kind: 'mem-info' }, line: number): void {
    if (!this.seen) this.#line = line;
    if (event.kind === 'slab' && !this.#inSlabs) return;
    this.seen = true;
    switch (event.kind) {
      case 'mem-info':
        this.titled = true;
        break;
      case 'mem-totals':
        for (const [key, pages] of Object.entries(event.pages)) this.#totals[key] ??= { pages, line };
        break;
      case 'mem-node':
        this.#nodes.push({ node: event.node, values: event.bytes, line });
        break;
      case 'mem-zone':
        this.#zones.push({ zone: toZone(event, line) });
        break;
      case 'lowmem-reserve': {
        const last = this.#zones.at(-1);
        if (last !== undefined) last.reserve ??= event.pages;
        break;
      }
      case 'buddy': {
        const { kind: _kind, ...buddy } = event;
        this.buddies.push({ ...buddy, line });
        break;
      }
      case 'hugepages': {
        const { kind: _kind, ...pool } = event;
        this.#hugepages.push({ ...pool, line });
        break;
      }
      case 'mem-pages':
        this.#pages[event.name] ??= event.pages;
        break;
      case 'mem-swap':
        this.#swap[event.name] ??= event.bytes;
        break;
      case 'slab-title':
        this.#inSlabs = true;
        break;
      case 'slab':
        this.#slabs.push({ name: event.name, usedBytes: event.usedBytes, totalBytes: event.totalBytes, line });
        break;
    }
  }

  build(pageBytes: number): MemInfo | undefined {
    if (!this.seen) return undefined;
    const inBytes = (pages: number | undefined): number | undefined => (pages === undefined ? undefined : pages * pageBytes);
    const totals: Record<string, StatEntry> = {};
    for (const [key, { pages, line }] of Object.entries(this.#totals)) totals[key] = { value: pages * pageBytes, line };
    const optional = {
      pageCacheBytes: inBytes(this.#pages.pageCache),
      swapCacheBytes: inBytes(this.#pages.swapCache),
      ramBytes: inBytes(this.#pages.ram),
      reservedBytes: inBytes(this.#pages.reserved),
      freeSwapBytes: this.#swap.free,
      totalSwapBytes: this.#swap.total,
    };
    return {
      line: this.#line,
      totals,
      nodes: this.#nodes,
      zones: this.#zones.map(({ zone, reserve }) => ({
        ...zone,
        ...(reserve === undefined ? {} : { lowmemReserve: reserve.map((pages) => pages * pageBytes) }),
      })),
      buddies: this.buddies,
      hugepages: this.#hugepages,
      unreclaimableSlabs: this.#slabs,
      ...present(optional),
    };
  }
}

function toZone(event: Extract<MemInfoEvent, { kind: 'mem-zone' }>, line: number): Mutable<Zone> {
  const { free, min, low, high } = event.bytes;
  return {
    name: event.zone,
    values: event.bytes,
    line,
    ...(event.node === undefined ? {} : { node: event.node }),
    ...(free === undefined ? {} : { freeBytes: free }),
    ...(min === undefined ? {} : { minBytes: min }),
    ...(low === undefined ? {} : { lowBytes: low }),
    ...(high === undefined ? {} : { highBytes: high }),
  };
}
