import { u64be } from '../numbers.js';
import type { AskedPart, ImageReader } from '../reader.js';
import { hex } from '../refused.js';
import { type Qcow2Header, requireAligned } from './header.js';

/** Where the bytes of a cluster are. */
export interface StoredCluster {
  readonly offsetBytes: number;
  /** How many bytes at most, when it is compressed. */
  readonly compressedBytes?: number;
}

/** What the tables of the active disk say, all of them read. */
export interface ClusterMap {
  readonly allocatedBytes: number;
  readonly compressedClusters: number;
  /** The disk's first cluster, when the file has data for it. */
  readonly first?: StoredCluster;
}

const HIGH = 2 ** 32;
const SECTOR_BYTES = 512;
/** In the upper half of an L2 entry. */
const COMPRESSED = 0x4000_0000;
const OFFSET_HIGH_MASK = 0x00ff_ffff;
/** In the lower half. */
const OFFSET_LOW_MASK = 0xffff_fe00;
const READS_AS_ZEROS = 1;

/** Reads the L1 table and every L2 table that it names; an L2 table is held only while it is looked at. */
export async function readClusters(reader: ImageReader, header: Qcow2Header): Promise<ClusterMap> {
  const { l1OffsetBytes, l1Entries, clusterBytes, virtualSizeBytes, hasExtendedL2 } = header;
  const entryBytes = hasExtendedL2 ? 16 : 8;
  const walk = new ClusterWalk(reader, header);
  const clusters = Math.ceil(virtualSizeBytes / clusterBytes);
  const perTable = clusterBytes / entryBytes;
  // Entries after the disk's end are those of a saved machine state, which is not read.
  const used = Math.min(l1Entries, Math.ceil(clusters / perTable));
  for await (const { view, startBytes } of reader.table('L1 table', l1OffsetBytes, used * 8)) {
    const tables: (AskedPart & { readonly isFirst: boolean })[] = [];
    for (let at = 0; at < view.byteLength; at += 8) {
      const offsetBytes = (view.getUint32(at) & OFFSET_HIGH_MASK) * HIGH + ((view.getUint32(at + 4) & OFFSET_LOW_MASK) >>> 0);
      if (offsetBytes === 0) continue;
      const entryAt = l1OffsetBytes + startBytes + at;
      requireAligned(reader, 'L1 entry', entryAt, offsetBytes, clusterBytes);
      reader.requireInside('L1 entry', offsetBytes, clusterBytes, entryAt);
      const index = (startBytes + at) / 8;
      const lengthBytes = Math.min(perTable, clusters - index * perTable) * entryBytes;
      tables.push({ offsetBytes, lengthBytes, isFirst: index === 0 });
    }
    walk.countTables(tables.length);
    for await (const { view: table, asked } of reader.parts('L2 table', tables, clusterBytes)) {
      walk.look(table, asked);
    }
  }
  return walk.result();
}

/** Reads the refcount table, which points to the refcount blocks; those a reader does not need. */
export async function checkRefcountTable(reader: ImageReader, header: Qcow2Header): Promise<void> {
  const { refcountTableOffsetBytes: offsetBytes, refcountTableBytes, clusterBytes } = header;
  for await (const { view, startBytes } of reader.table('refcount table', offsetBytes, refcountTableBytes)) {
    for (let at = 0; at < view.byteLength; at += 8) {
      const block = u64be(view, at);
      if (block === 0) continue;
      requireAligned(reader, 'refcount table entry', offsetBytes + startBytes + at, block, clusterBytes);
      reader.requireInside('refcount table entry', block, clusterBytes, offsetBytes + startBytes + at);
    }
  }
}

/** Looks at L2 tables and sums up what they point to. A disk of 1 TiB has 16 million entries: words are found only for a bad one. */
class ClusterWalk {
  readonly #reader: ImageReader;
  readonly #header: Qcow2Header;
  readonly #sizeShift: number;
  readonly #sizeMask: number;
  #tables = 0;
  #dataBytes = 0;
  /** The least that the data and the tables take in the file. */
  #storedBytes = 0;
  #compressed = 0;
  #first: StoredCluster | undefined;

  constructor(reader: ImageReader, header: Qcow2Header) {
    this.#reader = reader;
    this.#header = header;
    // Of a compressed cluster's entry, counted from bit 32 on: below, the offset; from there on, 512-byte sectors.
    this.#sizeShift = 62 - (header.clusterBits - 8) - 32;
    this.#sizeMask = 2 ** (header.clusterBits - 8) - 1;
  }

  /** A table that is named twice makes the file seem larger than it is. */
  countTables(tables: number): void {
    this.#tables += tables;
    const lengthBytes = this.#tables * this.#header.clusterBytes;
    this.#reader.requireMetadata('L2 tables', lengthBytes);
    this.#reader.requireNotReused(lengthBytes);
  }

  look(table: DataView, { offsetBytes: tableAt, isFirst }: { readonly offsetBytes: number; readonly isFirst: boolean }): void {
    const { hasExtendedL2, clusterBytes } = this.#header;
    const entryBytes = hasExtendedL2 ? 16 : 8;
    for (let at = 0; at < table.byteLength; at += entryBytes) {
      const high = table.getUint32(at);
      const low = table.getUint32(at + 4);
      const isCompressed = (high & COMPRESSED) !== 0;
      // Most of a sparse disk.
      if (!isCompressed && !hasExtendedL2 && (high & OFFSET_HIGH_MASK) === 0 && low === 0) continue;
      const stored = isCompressed
        ? this.#compressedCluster(high, low, tableAt + at)
        : this.#plainCluster(high, low, hasExtendedL2 ? { table, at } : undefined, tableAt + at);
      if (stored === undefined) continue;
      this.#dataBytes += clusterBytes;
      if (isFirst && at === 0) this.#first = stored;
    }
    this.#reader.requireNotReused(this.#storedBytes);
  }

  result(): ClusterMap {
    const { virtualSizeBytes } = this.#header;
    this.#reader.requireSparse(this.#dataBytes);
    return {
      allocatedBytes: Math.min(this.#dataBytes, virtualSizeBytes),
      compressedClusters: this.#compressed,
      ...(this.#first === undefined ? {} : { first: this.#first }),
    };
  }

  /** The last sector need not be all there; the one before it is used to its end. */
  #compressedCluster(high: number, low: number, at: number): StoredCluster {
    const offsetBytes = (high & (2 ** this.#sizeShift - 1)) * HIGH + low;
    const sectors = ((high >>> this.#sizeShift) & this.#sizeMask) + 1;
    const compressedBytes = sectors * SECTOR_BYTES - (offsetBytes % SECTOR_BYTES);
    const leastBytes = Math.max(1, compressedBytes - SECTOR_BYTES + 1);
    this.#reader.requireInside('compressed cluster', offsetBytes, leastBytes, at);
    this.#storedBytes += leastBytes;
    this.#compressed += 1;
    return { offsetBytes, compressedBytes };
  }

  #plainCluster(
    high: number,
    low: number,
    extended: { readonly table: DataView; readonly at: number } | undefined,
    at: number,
  ): StoredCluster | undefined {
    const { clusterBytes, version } = this.#header;
    const offsetBytes = (high & OFFSET_HIGH_MASK) * HIGH + ((low & OFFSET_LOW_MASK) >>> 0);
    const hasData = extended === undefined ? this.#hasData(low, offsetBytes, version, at) : this.#hasSubclusters(extended, at);
    if (!hasData) return undefined;
    if (offsetBytes === 0) this.#reader.refuseField('L2 entry', at, 0, `${hex(clusterBytes)} × n`);
    requireAligned(this.#reader, 'L2 entry', at, offsetBytes, clusterBytes);
    // The last cluster of a file need not be whole: what is not there reads as zeros.
    this.#reader.requireInside('L2 entry', offsetBytes, 1, at);
    this.#storedBytes += Math.min(clusterBytes, this.#reader.sizeBytes - offsetBytes);
    return { offsetBytes };
  }

  #hasData(low: number, offsetBytes: number, version: number, at: number): boolean {
    const isZeros = (low & READS_AS_ZEROS) !== 0;
    if (isZeros && version < 3) this.#reader.refuseField('L2 entry bit 0', at, 1, '0 (version 2)');
    return !isZeros && offsetBytes !== 0;
  }

  #hasSubclusters({ table, at: entryAt }: { readonly table: DataView; readonly at: number }, at: number): boolean {
    const zeros = table.getUint32(entryAt + 8);
    const allocated = table.getUint32(entryAt + 12);
    const both = (zeros & allocated) >>> 0;
    if (both !== 0) this.#reader.refuseField('subcluster bitmap', at + 8, hex(both), '0x0');
    return allocated !== 0;
  }
}
