import { isPowerOfTwo, latin1, u64le } from '../numbers.js';
import type { ImageReader } from '../reader.js';

export const SECTOR_BYTES = 512;
const HEADER_BYTES = 512;

/** The header of a sparse extent, checked. Offsets and sizes in bytes. */
export interface VmdkHeader {
  readonly capacityBytes: number;
  readonly grainBytes: number;
  readonly tableEntries: number;
  readonly grainDirectoryBytes: number;
  /** Undefined: a footer says where it is. */
  readonly grainDirectoryAt?: number;
  readonly redundantDirectoryAt?: number;
  readonly descriptorAt: number;
  readonly descriptorBytes: number;
  readonly isCompressed: boolean;
  /** Whether a grain at sector 1 is one of zeros. */
  readonly hasZeroGrains: boolean;
}

/** Fields of SparseExtentHeader: VMware's Virtual Disk Format 5.0. Offsets there are in sectors. */
const AT = {
  version: 4,
  flags: 8,
  capacity: 12,
  grainSize: 20,
  descriptorOffset: 28,
  descriptorSize: 36,
  tableEntries: 44,
  redundantDirectory: 48,
  grainDirectory: 56,
  overhead: 64,
  uncleanShutdown: 72,
  newlines: 73,
  compression: 77,
} as const;

const HAS_REDUNDANT = 1 << 1;
const HAS_ZERO_GRAINS = 1 << 2;
const IS_COMPRESSED = 1 << 16;
const MAX_VERSION = 3;
/** Broken by a transfer that took the image for text. */
const NEWLINES = '\n \r\n';
const TABLE_ENTRIES = 512;
/** Every writer makes grains of 64 KiB. A reader decompresses a grain in memory, and the format has no limit of its own. */
const MAX_GRAIN_SECTORS = 4096;
/** QEMU looks for a parent's name in what begins there, wherever the header says that the descriptor is. */
const DESCRIPTOR_SECTOR = 1;
const MAX_DESCRIPTOR_SECTORS = 2048;

const MARKER_FOOTER = 3;
const FOOTER_BYTES = 3 * SECTOR_BYTES;

/** Reads the header and, when it says so, the footer. Throws an ImageRefused. */
export async function readVmdkHeader(reader: ImageReader): Promise<VmdkHeader> {
  const view = await reader.header('header', 0, HEADER_BYTES);
  const header = checkHeader(reader, view, 0);
  return header.grainDirectoryAt === undefined ? readFooter(reader, header) : header;
}

function checkHeader(reader: ImageReader, view: DataView, start: number): VmdkHeader {
  const u32 = (at: number): number => view.getUint32(at, true);
  const u64 = (at: number): number => u64le(view, at);
  const version = u32(AT.version);
  if (version < 1 || version > MAX_VERSION) {
    reader.refuse('unsupported-variant', { variant: `version ${version}` }, start + AT.version);
  }
  const newlines = latin1(view, AT.newlines, NEWLINES.length);
  reader.require(
    newlines === NEWLINES,
    'newline characters',
    start + AT.newlines,
    JSON.stringify(newlines),
    JSON.stringify(NEWLINES),
  );
  if (view.getUint8(AT.uncleanShutdown) !== 0) reader.refuse('unclean', {}, start + AT.uncleanShutdown);
  const isCompressed = checkCompression(reader, view, start);

  const grainSectors = u64(AT.grainSize);
  const isGrain = isPowerOfTwo(grainSectors) && grainSectors <= MAX_GRAIN_SECTORS;
  reader.require(isGrain, 'grainSize', start + AT.grainSize, grainSectors, `1..${MAX_GRAIN_SECTORS}, 2ⁿ`);
  const tableEntries = u32(AT.tableEntries);
  reader.require(tableEntries === TABLE_ENTRIES, 'numGTEsPerGT', start + AT.tableEntries, tableEntries, String(TABLE_ENTRIES));
  const capacityBytes = u64(AT.capacity) * SECTOR_BYTES;
  const grainBytes = grainSectors * SECTOR_BYTES;
  reader.requireVirtualSize(capacityBytes, start + AT.capacity);
  reader.requireInside('overHead', u64(AT.overhead) * SECTOR_BYTES, 0, start + AT.overhead);
  const grainDirectoryBytes = Math.ceil(capacityBytes / (tableEntries * grainBytes)) * 4;
  reader.requireMetadata('grain directory', grainDirectoryBytes);

  const hasRedundant = (u32(AT.flags) & HAS_REDUNDANT) !== 0;
  const directory = (at: number, field: string): number => {
    const offsetBytes = u64(at) * SECTOR_BYTES;
    reader.requireInside(field, offsetBytes, grainDirectoryBytes, start + at);
    return offsetBytes;
  };
  const isAtEnd = u32(AT.grainDirectory) === 0xffff_ffff && u32(AT.grainDirectory + 4) === 0xffff_ffff;
  return {
    capacityBytes,
    grainBytes,
    tableEntries,
    grainDirectoryBytes,
    ...(isAtEnd ? {} : { grainDirectoryAt: directory(AT.grainDirectory, 'gdOffset') }),
    ...(hasRedundant && !isAtEnd ? { redundantDirectoryAt: directory(AT.redundantDirectory, 'rgdOffset') } : {}),
    ...checkDescriptorPlace(reader, view, start),
    isCompressed,
    hasZeroGrains: (u32(AT.flags) & HAS_ZERO_GRAINS) !== 0,
  };
}

/** QEMU goes by the algorithm, others by the flag. */
function checkCompression(reader: ImageReader, view: DataView, start: number): boolean {
  const algorithm = view.getUint16(AT.compression, true);
  const isFlagged = (view.getUint32(AT.flags, true) & IS_COMPRESSED) !== 0;
  const wanted = isFlagged ? 1 : 0;
  reader.require(algorithm === wanted, 'compressAlgorithm', start + AT.compression, algorithm, String(wanted));
  return isFlagged;
}

function checkDescriptorPlace(
  reader: ImageReader,
  view: DataView,
  start: number,
): Pick<VmdkHeader, 'descriptorAt' | 'descriptorBytes'> {
  const sector = u64le(view, AT.descriptorOffset);
  const sectors = u64le(view, AT.descriptorSize);
  // One file of a disk that is split: only the first has the descriptor, or none.
  if (sector === 0) reader.refuse('external-extent', { name: reader.unnamed }, start + AT.descriptorOffset);
  const isPlace = sector === DESCRIPTOR_SECTOR;
  reader.require(isPlace, 'descriptorOffset', start + AT.descriptorOffset, sector, String(DESCRIPTOR_SECTOR));
  const isSize = sectors >= 1 && sectors <= MAX_DESCRIPTOR_SECTORS;
  reader.require(isSize, 'descriptorSize', start + AT.descriptorSize, sectors, `1..${MAX_DESCRIPTOR_SECTORS}`);
  reader.requireInside('descriptorSize', sector * SECTOR_BYTES, sectors * SECTOR_BYTES, start + AT.descriptorSize);
  return { descriptorAt: sector * SECTOR_BYTES, descriptorBytes: sectors * SECTOR_BYTES };
}

/** A stream has its directory at the end: the footer is a second header, and must be of the same disk. */
async function readFooter(reader: ImageReader, header: VmdkHeader): Promise<VmdkHeader> {
  const { sizeBytes } = reader;
  reader.require(sizeBytes % SECTOR_BYTES === 0, 'file size', 0, sizeBytes, `${SECTOR_BYTES} × n`);
  const at = sizeBytes - FOOTER_BYTES;
  if (at < HEADER_BYTES) reader.refuse('truncated', { field: 'footer' }, sizeBytes);
  const view = await reader.header('footer', at, FOOTER_BYTES);
  const isMarked = view.getUint32(8, true) === 0 && view.getUint32(12, true) === MARKER_FOOTER;
  const isEnd = [0, 4, 8, 12].every((offset) => view.getUint32(2 * SECTOR_BYTES + offset, true) === 0);
  const isHeader = latin1(view, SECTOR_BYTES, 4) === 'KDMV';
  if (!isMarked || !isEnd || !isHeader) reader.refuse('truncated', { field: 'footer' }, at);

  const inner = new DataView(view.buffer, view.byteOffset + SECTOR_BYTES, HEADER_BYTES);
  const footerAt = at + SECTOR_BYTES;
  const footer = checkHeader(reader, inner, footerAt);
  reader.require(footer.grainDirectoryAt !== undefined, 'gdOffset', footerAt + AT.grainDirectory, '-1', '≥ 0');
  for (const field of ['capacityBytes', 'grainBytes', 'descriptorBytes', 'isCompressed', 'hasZeroGrains'] as const) {
    reader.require(footer[field] === header[field], `footer, ${field}`, footerAt, String(footer[field]), String(header[field]));
  }
  return footer;
}
