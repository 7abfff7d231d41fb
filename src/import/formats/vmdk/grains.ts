import type { AskedPart, ImageReader } from '../reader.js';
import { SECTOR_BYTES, type VmdkHeader } from './header.js';

/** What the grain tables say, all of them read. */
export interface GrainMap {
  readonly allocatedBytes: number;
  /** The disk's first grain, when the file has data for it. */
  readonly firstAt?: number;
}

const ZERO_GRAIN = 1;

/** Reads the grain directory and every grain table; a table is held only while it is looked at. */
export async function readGrains(reader: ImageReader, header: VmdkHeader, directoryAt: number): Promise<GrainMap> {
  const { capacityBytes, grainBytes, tableEntries, grainDirectoryBytes } = header;
  const grains = Math.ceil(capacityBytes / grainBytes);
  let tableBytes = 0;
  let allocated = 0;
  let firstAt: number | undefined;
  for await (const { view, startBytes } of reader.table('grain directory', directoryAt, grainDirectoryBytes)) {
    const tables: (AskedPart & { readonly firstGrain: number })[] = [];
    for (let at = 0; at < view.byteLength; at += 4) {
      const offsetBytes = view.getUint32(at, true) * SECTOR_BYTES;
      if (offsetBytes === 0) continue;
      const firstGrain = ((startBytes + at) / 4) * tableEntries;
      const lengthBytes = Math.min(tableEntries, grains - firstGrain) * 4;
      reader.requireInside('grain directory entry', offsetBytes, lengthBytes, directoryAt + startBytes + at);
      tables.push({ offsetBytes, lengthBytes, firstGrain });
      tableBytes += lengthBytes;
    }
    reader.requireNotReused(tableBytes);
    for await (const { view: table, asked } of reader.parts('grain table', tables, tableEntries * 4)) {
      const found = lookAtTable(reader, header, table, asked);
      allocated += found.allocated;
      firstAt ??= found.firstAt;
      reader.requireNotReused(leastBytes(header, allocated));
    }
  }
  reader.requireSparse(allocated * grainBytes);
  return {
    allocatedBytes: Math.min(allocated * grainBytes, capacityBytes),
    ...(firstAt === undefined ? {} : { firstAt }),
  };
}

interface TableFinding {
  readonly allocated: number;
  readonly firstAt?: number;
}

function lookAtTable(
  reader: ImageReader,
  { capacityBytes, grainBytes, isCompressed, hasZeroGrains }: VmdkHeader,
  table: DataView,
  { offsetBytes: tableAt, firstGrain }: AskedPart & { readonly firstGrain: number },
): TableFinding {
  let allocated = 0;
  let firstAt: number | undefined;
  for (let at = 0; at < table.byteLength; at += 4) {
    const sector = table.getUint32(at, true);
    if (sector === 0 || (hasZeroGrains && sector === ZERO_GRAIN)) continue;
    const grain = firstGrain + at / 4;
    // A compressed grain takes as many sectors as it needs, one at least; the last plain one may be cut to the disk's end.
    const usedBytes = isCompressed ? SECTOR_BYTES : Math.min(grainBytes, capacityBytes - grain * grainBytes);
    reader.requireInside('grain table entry', sector * SECTOR_BYTES, usedBytes, tableAt + at);
    if (grain === 0) firstAt = sector * SECTOR_BYTES;
    allocated += 1;
  }
  return { allocated, ...(firstAt === undefined ? {} : { firstAt }) };
}

/** The least that so many grains take in the file. */
function leastBytes({ isCompressed, grainBytes }: VmdkHeader, grains: number): number {
  return isCompressed ? grains * SECTOR_BYTES : (grains - 1) * grainBytes;
}
