import type { InspectedImage } from '../inspected.js';
import type { ImageReader } from '../reader.js';
import { hex } from '../refused.js';
import { readMetadata, type VhdxMetadata } from './metadata.js';
import { doOverlap, type Region, type Regions, readRegions } from './regions.js';

const SECTOR_BYTES = 512;
const ENTRY_BYTES = 8;
/** A block for the bitmap of so many sectors comes after their payload blocks in the table: MS-VHDX 2.5. */
const SECTORS_PER_BITMAP = 2 ** 23;

const STATE_MASK = 7;
const FULLY_PRESENT = 6;
const PARTIALLY_PRESENT = 7;
/** The reserved states. */
const RESERVED_STATES = [4];
const HIGH = 2 ** 32;
/** The offset is in MiB, from bit 20 on. */
const OFFSET_LOW_MASK = 0xfff0_0000;

/** Inspects a VHDX, fixed or dynamic. Throws an ImageRefused. */
export async function inspectVhdx(reader: ImageReader): Promise<InspectedImage> {
  const regions = await readRegions(reader);
  const metadata = await readMetadata(reader, regions.metadata);
  const { virtualSizeBytes, blockBytes, isFixed } = metadata;
  const { blocks, firstAt } = await readBlocks(reader, regions, metadata);
  if (firstAt !== undefined) reader.requireNoImageIn(await reader.part('first sector', firstAt, SECTOR_BYTES), firstAt);
  return {
    format: 'vhdx',
    variant: isFixed ? 'fixed' : 'dynamic',
    virtualSizeBytes,
    allocatedBytes: Math.min(blocks * blockBytes, virtualSizeBytes),
    pinned: reader.pinned,
  };
}

interface Blocks {
  readonly blocks: number;
  /** Where the disk begins, when the file has data for its beginning. */
  readonly firstAt?: number;
}

async function readBlocks(
  reader: ImageReader,
  { bat, all }: Regions,
  { virtualSizeBytes, blockBytes }: VhdxMetadata,
): Promise<Blocks> {
  const perBitmap = (SECTORS_PER_BITMAP * SECTOR_BYTES) / blockBytes;
  const payloadBlocks = Math.ceil(virtualSizeBytes / blockBytes);
  const entries = payloadBlocks === 0 ? 0 : payloadBlocks + Math.floor((payloadBlocks - 1) / perBitmap);
  const lengthBytes = entries * ENTRY_BYTES;
  reader.require(lengthBytes <= bat.lengthBytes, 'BAT length', bat.offsetBytes, bat.lengthBytes, `≥ ${lengthBytes}`);
  reader.requireMetadata('BAT', lengthBytes);
  let blocks = 0;
  let firstAt: number | undefined;
  for await (const { view, startBytes } of reader.table('BAT', bat.offsetBytes, lengthBytes)) {
    for (let at = 0; at < view.byteLength; at += ENTRY_BYTES) {
      const index = (startBytes + at) / ENTRY_BYTES;
      if (index % (perBitmap + 1) === perBitmap) continue;
      const offsetBytes = payloadAt(reader, view, at, bat.offsetBytes + startBytes + at);
      if (offsetBytes === undefined) continue;
      const block = { offsetBytes, lengthBytes: blockBytes };
      checkBlock(reader, block, all, bat.offsetBytes + startBytes + at);
      if (index === 0) firstAt = offsetBytes;
      blocks += 1;
    }
    reader.requireNotReused(blocks * blockBytes);
  }
  return { blocks, ...(firstAt === undefined ? {} : { firstAt }) };
}

/** Where a block's data lie; undefined when it has none. */
function payloadAt(reader: ImageReader, view: DataView, position: number, at: number): number | undefined {
  const low = view.getUint32(position, true);
  const state = low & STATE_MASK;
  if (state === PARTIALLY_PRESENT) reader.refuseBacking(undefined, at);
  reader.require(!RESERVED_STATES.includes(state), 'BAT entry state', at, state, '0..3, 5, 6');
  if (state !== FULLY_PRESENT) return undefined;
  return view.getUint32(position + 4, true) * HIGH + ((low & OFFSET_LOW_MASK) >>> 0);
}

function checkBlock(reader: ImageReader, block: Region, regions: readonly Region[], at: number): void {
  reader.requireInside('BAT entry', block.offsetBytes, block.lengthBytes, at);
  const isApart = block.offsetBytes > 0 && !regions.some((region) => doOverlap(block, region));
  reader.require(isApart, 'BAT entry', at, hex(block.offsetBytes), 'apart from the regions');
}
