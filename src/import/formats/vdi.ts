import type { InspectedImage } from './inspected.js';
import { isZero, roundUp, u64le } from './numbers.js';
import type { ImageReader } from './reader.js';
import { hex } from './refused.js';

const SECTOR_BYTES = 512;
const HEADER_BYTES = 512;

/** Fields of the header: block/vdi.c of QEMU 9.2, VirtualBox's VDICore.h. */
const AT = {
  version: 0x44,
  imageType: 0x4c,
  blockMapOffset: 0x154,
  dataOffset: 0x158,
  sectorSize: 0x168,
  diskSize: 0x170,
  blockSize: 0x178,
  blockExtra: 0x17c,
  blocksInImage: 0x180,
  uuidLink: 0x1a8,
  uuidParent: 0x1b8,
} as const;
const UUID_BYTES = 16;
const VERSION_1_1 = 0x0001_0001;
const TYPES: Readonly<Record<number, string>> = { 1: 'dynamic', 2: 'static' };
/** Undo and differencing images: both are nothing without another one. */
const TYPES_WITH_PARENT = [3, 4];
const BLOCK_BYTES = 1024 * 1024;
/** QEMU's limit, 512 TiB. */
const MAX_BLOCKS = 0x2000_0000;
/** Entries of the block map that are no block: never written, and given back. */
const DISCARDED = 0xffff_fffe;

/** Inspects a VDI, dynamic or static. Throws an ImageRefused. */
export async function inspectVdi(reader: ImageReader): Promise<InspectedImage> {
  const header = await reader.header('header', 0, HEADER_BYTES);
  const version = header.getUint32(AT.version, true);
  if (version !== VERSION_1_1) {
    reader.refuse('unsupported-variant', { variant: `version ${version >>> 16}.${version & 0xffff}` }, AT.version);
  }
  const variant = checkParent(reader, header);
  const virtualSizeBytes = checkSizes(reader, header);
  const blocks = header.getUint32(AT.blocksInImage, true);
  const mapAt = header.getUint32(AT.blockMapOffset, true);
  reader.requireInside('block map offset', mapAt, blocks * 4, AT.blockMapOffset);
  reader.requireMetadata('block map', blocks * 4);
  const allocated = await readBlockMap(reader, {
    mapAt,
    blocks,
    dataAt: header.getUint32(AT.dataOffset, true),
    virtualSizeBytes,
  });
  return {
    format: 'vdi',
    variant,
    virtualSizeBytes,
    allocatedBytes: Math.min(allocated * BLOCK_BYTES, virtualSizeBytes),
    pinned: reader.pinned,
  };
}

function checkParent(reader: ImageReader, header: DataView): string {
  const type = header.getUint32(AT.imageType, true);
  if (TYPES_WITH_PARENT.includes(type)) reader.refuseBacking(undefined, AT.imageType);
  for (const at of [AT.uuidLink, AT.uuidParent]) if (!isZero(header, at, UUID_BYTES)) reader.refuseBacking(undefined, at);
  const variant = TYPES[type];
  reader.require(variant !== undefined, 'image type', AT.imageType, type, '1..4');
  return variant ?? '';
}

function checkSizes(reader: ImageReader, header: DataView): number {
  const u32 = (at: number): number => header.getUint32(at, true);
  reader.require(u32(AT.sectorSize) === SECTOR_BYTES, 'sector size', AT.sectorSize, u32(AT.sectorSize), String(SECTOR_BYTES));
  reader.require(u32(AT.blockSize) === BLOCK_BYTES, 'block size', AT.blockSize, u32(AT.blockSize), String(BLOCK_BYTES));
  reader.require(u32(AT.blockExtra) === 0, 'block extra', AT.blockExtra, u32(AT.blockExtra), '0');
  for (const [field, at] of [
    ['block map offset', AT.blockMapOffset],
    ['data offset', AT.dataOffset],
  ] as const) {
    reader.require(u32(at) % SECTOR_BYTES === 0 && u32(at) >= HEADER_BYTES, field, at, hex(u32(at)), '512 × n, n ≥ 1');
  }
  // VBoxManage makes disks of odd sizes; QEMU counts the last sector as whole.
  const virtualSizeBytes = roundUp(u64le(header, AT.diskSize), SECTOR_BYTES);
  reader.requireVirtualSize(virtualSizeBytes, AT.diskSize);
  const blocks = u32(AT.blocksInImage);
  const needed = Math.ceil(virtualSizeBytes / BLOCK_BYTES);
  const isCount = blocks >= needed && blocks <= MAX_BLOCKS;
  reader.require(isCount, 'blocks in image', AT.blocksInImage, blocks, `${needed}..${MAX_BLOCKS}`);
  return virtualSizeBytes;
}

interface BlockMap {
  readonly mapAt: number;
  readonly blocks: number;
  readonly dataAt: number;
  readonly virtualSizeBytes: number;
}

/** Answers how many blocks the file has. */
async function readBlockMap(reader: ImageReader, { mapAt, blocks, dataAt, virtualSizeBytes }: BlockMap): Promise<number> {
  let allocated = 0;
  let firstAt: number | undefined;
  for await (const { view, startBytes } of reader.table('block map', mapAt, blocks * 4)) {
    for (let at = 0; at < view.byteLength; at += 4) {
      const block = view.getUint32(at, true);
      const index = (startBytes + at) / 4;
      const usedBytes = Math.min(BLOCK_BYTES, virtualSizeBytes - index * BLOCK_BYTES);
      if (block >= DISCARDED || usedBytes <= 0) continue;
      const offsetBytes = dataAt + block * BLOCK_BYTES;
      reader.requireInside('block map entry', offsetBytes, usedBytes, mapAt + startBytes + at);
      if (index === 0) firstAt = offsetBytes;
      allocated += 1;
    }
    // The last block may be cut to the disk's end.
    reader.requireNotReused((allocated - 1) * BLOCK_BYTES);
  }
  if (firstAt !== undefined) reader.requireNoImageIn(await reader.part('first sector', firstAt, SECTOR_BYTES), firstAt);
  return allocated;
}
