import type { InspectedImage } from '../inspected.js';
import { isPowerOfTwo, isZero, latin1, roundUp, u64be } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { hex } from '../refused.js';
import {
  hasVhdCookie,
  isVhdFooterWhole,
  VHD_DIFFERENCING,
  VHD_DYNAMIC,
  VHD_FIXED,
  VHD_FOOTER_BYTES,
  vhdChecksum,
  vhdDiskType,
} from './footer.js';

const SECTOR_BYTES = 512;

/** Fields of the footer: the VHD specification 1.0. */
const FOOTER = {
  dataOffset: 16,
  creatorApplication: 28,
  currentSize: 48,
  cylinders: 56,
  heads: 58,
  sectorsPerTrack: 59,
  diskType: 60,
  checksum: 64,
} as const;

const DYNAMIC_HEADER_BYTES = 1024;
const DYNAMIC_COOKIE = 'cxsparse';
/** Fields of the dynamic disk header. */
const DYNAMIC = {
  tableOffset: 16,
  headerVersion: 24,
  maxTableEntries: 28,
  blockSize: 32,
  checksum: 36,
  parentUuid: 40,
  parentName: 64,
  parentLocators: 576,
} as const;
const PARENT_UUID_BYTES = 16;
const PARENT_NAME_BYTES = 512;
const LOCATOR_BYTES = 24;
const LOCATORS = 8;
const HEADER_VERSION = 0x0001_0000;
const MAX_BLOCK_BYTES = 256 * 1024 * 1024;
const UNALLOCATED = 0xffff_ffff;

/** Writers whose disk is as large as the footer says; of others the geometry counts: vpc_open() of QEMU 9.2's block/vpc.c. */
const SIZE_BY_FOOTER = new Set(['win ', 'qem2', 'd2v ', 'tap\0', 'CTXS']);
/** Writers whose geometry is meant to count. */
const SIZE_BY_GEOMETRY = new Set(['vpc ', 'qemu']);
/** The largest geometry there is; the disk may be larger. */
const MAX_GEOMETRY_SECTORS = 65_535 * 16 * 255;
const MAX_SECTORS = 0xff00_0000;

/** Inspects a VHD, fixed or dynamic. Throws an ImageRefused. */
export async function inspectVhd(reader: ImageReader): Promise<InspectedImage> {
  reader.require(reader.sizeBytes >= 2 * VHD_FOOTER_BYTES, 'file size', 0, reader.sizeBytes, `≥ ${2 * VHD_FOOTER_BYTES}`);
  const first = await reader.header('footer copy', 0, VHD_FOOTER_BYTES);
  const footerAt = reader.sizeBytes - VHD_FOOTER_BYTES;
  const footer = await readFooter(reader, footerAt);
  if (!hasVhdCookie(first)) return inspectFixed(reader, footer, footerAt);
  checkFooterCopy(reader, first, footer);
  return inspectDynamic(reader, first);
}

async function readFooter(reader: ImageReader, at: number): Promise<DataView> {
  const footer = await reader.header('footer', at, VHD_FOOTER_BYTES);
  if (!hasVhdCookie(footer)) reader.refuse('truncated', { field: 'footer' }, at);
  if (!isVhdFooterWhole(footer)) reader.refuse('bad-checksum', { field: 'footer' }, at);
  return footer;
}

/** Programs read one or the other: where they differ, so does the disk. */
function checkFooterCopy(reader: ImageReader, copy: DataView, footer: DataView): void {
  if (!isVhdFooterWhole(copy)) reader.refuse('bad-checksum', { field: 'footer copy' }, 0);
  for (const [field, at, length] of [
    ['data offset', FOOTER.dataOffset, 8],
    ['current size', FOOTER.currentSize, 8],
    ['geometry', FOOTER.cylinders, 4],
    ['disk type', FOOTER.diskType, 4],
  ] as const) {
    const value = latin1(copy, at, length);
    const wanted = latin1(footer, at, length);
    reader.require(value === wanted, `footer copy, ${field}`, at, hexOf(value), hexOf(wanted));
  }
}

function inspectFixed(reader: ImageReader, footer: DataView, footerAt: number): Promise<InspectedImage> {
  const diskType = vhdDiskType(footer);
  reader.require(diskType === VHD_FIXED, 'disk type', footerAt + FOOTER.diskType, diskType, `${VHD_FIXED} (fixed)`);
  const virtualSizeBytes = virtualSizeOf(reader, footer, footerAt);
  reader.require(virtualSizeBytes <= footerAt, 'current size', footerAt + FOOTER.currentSize, virtualSizeBytes, `0..${footerAt}`);
  return Promise.resolve({ format: 'vhd', variant: 'fixed', virtualSizeBytes, pinned: reader.pinned });
}

async function inspectDynamic(reader: ImageReader, footer: DataView): Promise<InspectedImage> {
  const diskType = vhdDiskType(footer);
  if (diskType === VHD_DIFFERENCING) reader.refuseBacking(undefined, FOOTER.diskType);
  reader.require(diskType === VHD_DYNAMIC, 'disk type', FOOTER.diskType, diskType, `${VHD_DYNAMIC} (dynamic)`);
  const virtualSizeBytes = virtualSizeOf(reader, footer, 0);

  const headerAt = u64be(footer, FOOTER.dataOffset);
  reader.requireInside('data offset', headerAt, DYNAMIC_HEADER_BYTES, FOOTER.dataOffset);
  const header = await reader.header('dynamic disk header', headerAt, DYNAMIC_HEADER_BYTES);
  checkDynamicHeader(reader, header, headerAt);
  checkParent(reader, header, headerAt);
  const blockBytes = header.getUint32(DYNAMIC.blockSize);
  const isBlock = isPowerOfTwo(blockBytes) && blockBytes >= SECTOR_BYTES && blockBytes <= MAX_BLOCK_BYTES;
  reader.require(isBlock, 'block size', headerAt + DYNAMIC.blockSize, blockBytes, `512..${MAX_BLOCK_BYTES}, 2ⁿ`);
  const entries = header.getUint32(DYNAMIC.maxTableEntries);
  const needed = Math.ceil(virtualSizeBytes / blockBytes);
  const most = Math.floor((MAX_SECTORS * SECTOR_BYTES) / blockBytes);
  const isCount = entries >= needed && entries <= most;
  reader.require(isCount, 'max table entries', headerAt + DYNAMIC.maxTableEntries, entries, `${needed}..${most}`);
  const tableAt = u64be(header, DYNAMIC.tableOffset);
  reader.requireInside('table offset', tableAt, entries * 4, headerAt + DYNAMIC.tableOffset);
  reader.requireMetadata('block allocation table', entries * 4);

  const blocks = await readBlocks(reader, tableAt, entries, blockBytes);
  return {
    format: 'vhd',
    variant: 'dynamic',
    virtualSizeBytes,
    allocatedBytes: Math.min(blocks * blockBytes, virtualSizeBytes),
    pinned: reader.pinned,
  };
}

function checkDynamicHeader(reader: ImageReader, header: DataView, at: number): void {
  const cookie = latin1(header, 0, DYNAMIC_COOKIE.length);
  reader.require(cookie === DYNAMIC_COOKIE, 'dynamic disk header cookie', at, hexOf(cookie), DYNAMIC_COOKIE);
  if (header.getUint32(DYNAMIC.checksum) !== vhdChecksum(header, DYNAMIC.checksum)) {
    reader.refuse('bad-checksum', { field: 'dynamic disk header' }, at);
  }
  const version = header.getUint32(DYNAMIC.headerVersion);
  if (version !== HEADER_VERSION) reader.refuse('unsupported-variant', { variant: hex(version) }, at + DYNAMIC.headerVersion);
}

/** A dynamic disk has no parent; whatever hints at one is what a differencing disk has. */
function checkParent(reader: ImageReader, header: DataView, at: number): void {
  const hints: [number, number][] = [
    [DYNAMIC.parentUuid, PARENT_UUID_BYTES],
    [DYNAMIC.parentName, PARENT_NAME_BYTES],
    [DYNAMIC.parentLocators, LOCATORS * LOCATOR_BYTES],
  ];
  for (const [offset, length] of hints) {
    if (!isZero(header, offset, length)) reader.refuseBacking(undefined, at + offset);
  }
}

/**
 * The size of the disk as QEMU sees it, and so as qemu-img writes it. Where it would cut off the end of a disk whose writer may have
 * meant the footer's size, the image is refused.
 */
function virtualSizeOf(reader: ImageReader, footer: DataView, footerAt: number): number {
  const geometry = footer.getUint16(FOOTER.cylinders) * footer.getUint8(FOOTER.heads) * footer.getUint8(FOOTER.sectorsPerTrack);
  const creator = latin1(footer, FOOTER.creatorApplication, 4);
  const isByFooter = SIZE_BY_FOOTER.has(creator) || geometry === MAX_GEOMETRY_SECTORS;
  const at = footerAt + FOOTER.currentSize;
  const currentSize = u64be(footer, FOOTER.currentSize);
  const isCut = !isByFooter && !SIZE_BY_GEOMETRY.has(creator) && geometry * SECTOR_BYTES < currentSize;
  if (isCut) reader.refuse('unsupported-variant', { variant: `geometry < size (${creator})` }, at);
  const sectors = isByFooter ? Math.floor(currentSize / SECTOR_BYTES) : geometry;
  reader.require(sectors <= MAX_SECTORS, 'current size', at, currentSize, `0..${MAX_SECTORS * SECTOR_BYTES}`);
  reader.requireVirtualSize(sectors * SECTOR_BYTES, at);
  return sectors * SECTOR_BYTES;
}

/** Reads the block allocation table; answers how many blocks the file has. */
async function readBlocks(reader: ImageReader, tableAt: number, entries: number, blockBytes: number): Promise<number> {
  // A bitmap of a block's sectors comes before it.
  const storedBytes = roundUp(blockBytes / SECTOR_BYTES / 8, SECTOR_BYTES) + blockBytes;
  const bitmapBytes = storedBytes - blockBytes;
  let blocks = 0;
  let firstAt: number | undefined;
  for await (const { view, startBytes } of reader.table('block allocation table', tableAt, entries * 4)) {
    for (let at = 0; at < view.byteLength; at += 4) {
      const sector = view.getUint32(at);
      if (sector === UNALLOCATED) continue;
      reader.requireInside('block allocation table entry', sector * SECTOR_BYTES, storedBytes, tableAt + startBytes + at);
      if (startBytes + at === 0) firstAt = sector * SECTOR_BYTES + bitmapBytes;
      blocks += 1;
    }
    reader.requireNotReused(blocks * storedBytes);
  }
  if (firstAt !== undefined) reader.requireNoImageIn(await reader.part('first sector', firstAt, SECTOR_BYTES), firstAt);
  return blocks;
}

function hexOf(text: string): string {
  return `0x${Buffer.from(text, 'latin1').toString('hex')}`;
}
