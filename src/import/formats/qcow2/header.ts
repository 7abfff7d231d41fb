import { latin1, u64be } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { hex } from '../refused.js';

/** A qcow2 header whose every field was checked. Offsets and sizes in bytes. */
export interface Qcow2Header {
  readonly version: number;
  readonly clusterBits: number;
  readonly clusterBytes: number;
  readonly virtualSizeBytes: number;
  readonly l1OffsetBytes: number;
  readonly l1Entries: number;
  readonly refcountTableOffsetBytes: number;
  readonly refcountTableBytes: number;
  readonly snapshots: number;
  readonly snapshotsOffsetBytes: number;
  readonly hasExtendedL2: boolean;
  readonly compression: 'zlib' | 'zstd';
  /** Where the header ends and its extensions begin. */
  readonly headerBytes: number;
}

const V2_HEADER_BYTES = 72;
const V3_HEADER_BYTES = 104;
const COMPRESSION_TYPE_AT = 104;

/** Bits of incompatible_features. The dirty bit is about refcounts, which a reader does not use. */
const CORRUPT = 1 << 1;
const EXTERNAL_DATA_FILE = 1 << 2;
const COMPRESSION_TYPE = 1 << 3;
const EXTENDED_L2 = 1 << 4;
const KNOWN_FEATURES = 0b11111;

const MIN_CLUSTER_BITS = 9;
const MIN_EXTENDED_CLUSTER_BITS = 14;
const MAX_CLUSTER_BITS = 21;
const MAX_REFCOUNT_ORDER = 6;
const MAX_L1_BYTES = 32 * 1024 * 1024;
const MAX_REFCOUNT_TABLE_BYTES = 8 * 1024 * 1024;
const MAX_SNAPSHOTS = 65_536;
const MAX_NAME_BYTES = 1023;

/** Where each field lies: docs/interop/qcow2.txt of QEMU 9.2; the limits are those of its block/qcow2.h. */
const AT = {
  version: 4,
  backingFileOffset: 8,
  backingFileSize: 16,
  clusterBits: 20,
  size: 24,
  cryptMethod: 32,
  l1Size: 36,
  l1TableOffset: 40,
  refcountTableOffset: 48,
  refcountTableClusters: 56,
  nbSnapshots: 60,
  snapshotsOffset: 64,
  incompatibleFeatures: 72,
  refcountOrder: 96,
  headerLength: 100,
} as const;

/** Reads the header. Throws an ImageRefused when it leads out of the file, or has a value no writer of qcow2 gives it. */
export async function readQcow2Header(reader: ImageReader): Promise<Qcow2Header> {
  const view = await reader.header('header', 0, V2_HEADER_BYTES);
  const version = view.getUint32(AT.version);
  if (version !== 2 && version !== 3) reader.refuse('unsupported-variant', { variant: `version ${version}` }, AT.version);
  // The offset alone decides: QEMU takes a name of any length there, also one that the size field calls empty.
  const backingFileOffset = u64be(view, AT.backingFileOffset);
  if (backingFileOffset !== 0) reader.refuseBacking(await readName(reader, view, backingFileOffset), AT.backingFileOffset);
  const cryptMethod = view.getUint32(AT.cryptMethod);
  if (cryptMethod !== 0) reader.refuse('encrypted', {}, AT.cryptMethod);

  const clusterBits = view.getUint32(AT.clusterBits);
  const isClusterBits = clusterBits >= MIN_CLUSTER_BITS && clusterBits <= MAX_CLUSTER_BITS;
  reader.require(isClusterBits, 'cluster_bits', AT.clusterBits, clusterBits, `${MIN_CLUSTER_BITS}..${MAX_CLUSTER_BITS}`);
  const features = version === 3 ? await readFeatures(reader, clusterBits) : VERSION_2;
  const virtualSizeBytes = u64be(view, AT.size);
  reader.require(virtualSizeBytes % 512 === 0, 'size', AT.size, virtualSizeBytes, '512 × n');
  reader.requireVirtualSize(virtualSizeBytes, AT.size);

  return {
    version,
    clusterBits,
    clusterBytes: 2 ** clusterBits,
    virtualSizeBytes,
    ...checkL1(reader, view, clusterBits, features.hasExtendedL2, virtualSizeBytes),
    ...checkRefcountTable(reader, view, clusterBits),
    ...checkSnapshots(reader, view),
    ...features,
  };
}

/** The backing file's name, to be shown: as far as the image has one. */
async function readName(reader: ImageReader, view: DataView, offsetBytes: number): Promise<string | undefined> {
  const lengthBytes = Math.min(view.getUint32(AT.backingFileSize), MAX_NAME_BYTES);
  if (lengthBytes === 0 || offsetBytes + lengthBytes > reader.sizeBytes) return undefined;
  return latin1(await reader.part('backing file name', offsetBytes, lengthBytes), 0, lengthBytes);
}

type Features = Pick<Qcow2Header, 'hasExtendedL2' | 'compression' | 'headerBytes'>;

const VERSION_2: Features = { hasExtendedL2: false, compression: 'zlib', headerBytes: V2_HEADER_BYTES };

async function readFeatures(reader: ImageReader, clusterBits: number): Promise<Features> {
  const view = await reader.header('header', 0, V3_HEADER_BYTES);
  const high = view.getUint32(AT.incompatibleFeatures);
  const bits = view.getUint32(AT.incompatibleFeatures + 4);
  const unknown = (bits & ~KNOWN_FEATURES) >>> 0;
  if (high !== 0 || unknown !== 0) {
    reader.refuse('unknown-feature', { bits: hex(high * 2 ** 32 + unknown) }, AT.incompatibleFeatures);
  }
  if ((bits & EXTERNAL_DATA_FILE) !== 0) reader.refuse('external-data-file', {}, AT.incompatibleFeatures);
  if ((bits & CORRUPT) !== 0) reader.refuse('marked-corrupt', {}, AT.incompatibleFeatures);
  const hasExtendedL2 = (bits & EXTENDED_L2) !== 0;
  const isLarge = !hasExtendedL2 || clusterBits >= MIN_EXTENDED_CLUSTER_BITS;
  const allowed = `${MIN_EXTENDED_CLUSTER_BITS}..${MAX_CLUSTER_BITS}`;
  reader.require(isLarge, 'cluster_bits', AT.clusterBits, clusterBits, allowed);

  const refcountOrder = view.getUint32(AT.refcountOrder);
  reader.require(
    refcountOrder <= MAX_REFCOUNT_ORDER,
    'refcount_order',
    AT.refcountOrder,
    refcountOrder,
    `0..${MAX_REFCOUNT_ORDER}`,
  );
  const headerBytes = view.getUint32(AT.headerLength);
  const isHeader = headerBytes >= V3_HEADER_BYTES && headerBytes % 8 === 0 && headerBytes <= 2 ** clusterBits;
  reader.require(isHeader, 'header_length', AT.headerLength, headerBytes, `${V3_HEADER_BYTES}..${2 ** clusterBits}, 8 × n`);
  const compression = await readCompression(reader, headerBytes, (bits & COMPRESSION_TYPE) !== 0);
  return { hasExtendedL2, compression, headerBytes };
}

/** The bit says that the type is not zlib; QEMU refuses images where the two disagree, and so does this. */
async function readCompression(reader: ImageReader, headerBytes: number, isNamed: boolean): Promise<'zlib' | 'zstd'> {
  const hasType = headerBytes > COMPRESSION_TYPE_AT;
  const type = hasType ? (await reader.header('header', COMPRESSION_TYPE_AT, 1)).getUint8(0) : 0;
  reader.require(type === (isNamed ? 1 : 0), 'compression_type', COMPRESSION_TYPE_AT, type, isNamed ? '1 (zstd)' : '0 (zlib)');
  return isNamed ? 'zstd' : 'zlib';
}

function checkL1(
  reader: ImageReader,
  view: DataView,
  clusterBits: number,
  hasExtendedL2: boolean,
  virtualSizeBytes: number,
): Pick<Qcow2Header, 'l1OffsetBytes' | 'l1Entries'> {
  const l1Entries = view.getUint32(AT.l1Size);
  const clusterBytes = 2 ** clusterBits;
  const coveredBytes = (clusterBytes / (hasExtendedL2 ? 16 : 8)) * clusterBytes;
  const needed = Math.ceil(virtualSizeBytes / coveredBytes);
  const most = MAX_L1_BYTES / 8;
  reader.require(l1Entries >= needed && l1Entries <= most, 'l1_size', AT.l1Size, l1Entries, `${needed}..${most}`);
  const l1OffsetBytes = u64be(view, AT.l1TableOffset);
  requireAligned(reader, 'l1_table_offset', AT.l1TableOffset, l1OffsetBytes, clusterBytes);
  reader.requireInside('l1_table_offset', l1OffsetBytes, l1Entries * 8, AT.l1TableOffset);
  return { l1OffsetBytes, l1Entries };
}

function checkRefcountTable(
  reader: ImageReader,
  view: DataView,
  clusterBits: number,
): Pick<Qcow2Header, 'refcountTableOffsetBytes' | 'refcountTableBytes'> {
  const clusters = view.getUint32(AT.refcountTableClusters);
  const clusterBytes = 2 ** clusterBits;
  const most = MAX_REFCOUNT_TABLE_BYTES / clusterBytes;
  const isCount = clusters >= 1 && clusters <= most;
  reader.require(isCount, 'refcount_table_clusters', AT.refcountTableClusters, clusters, `1..${most}`);
  const refcountTableOffsetBytes = u64be(view, AT.refcountTableOffset);
  requireAligned(reader, 'refcount_table_offset', AT.refcountTableOffset, refcountTableOffsetBytes, clusterBytes);
  const refcountTableBytes = clusters * clusterBytes;
  reader.requireInside('refcount_table_offset', refcountTableOffsetBytes, refcountTableBytes, AT.refcountTableOffset);
  return { refcountTableOffsetBytes, refcountTableBytes };
}

function checkSnapshots(reader: ImageReader, view: DataView): Pick<Qcow2Header, 'snapshots' | 'snapshotsOffsetBytes'> {
  const snapshots = view.getUint32(AT.nbSnapshots);
  reader.require(snapshots <= MAX_SNAPSHOTS, 'nb_snapshots', AT.nbSnapshots, snapshots, `0..${MAX_SNAPSHOTS}`);
  const snapshotsOffsetBytes = u64be(view, AT.snapshotsOffset);
  if (snapshots > 0) reader.requireInside('snapshots_offset', snapshotsOffsetBytes, 1, AT.snapshotsOffset);
  return { snapshots, snapshotsOffsetBytes };
}

/** Refuses an offset that does not begin a cluster. */
export function requireAligned(reader: ImageReader, field: string, at: number, value: number, clusterBytes: number): void {
  if (value % clusterBytes !== 0) reader.refuseField(field, at, hex(value), `${hex(clusterBytes)} × n`);
}
