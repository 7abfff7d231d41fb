import { bytes, MIB } from '../../../model/index.js';
import { u64be } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { type Qcow2Header, requireAligned } from './header.js';
import { RecordReader } from './records.js';

/** What the bitmaps extension says of the directory, and where it says it. */
export interface BitmapDirectory {
  readonly bitmaps: number;
  readonly sizeBytes: number;
  readonly offsetBytes: number;
  readonly at: number;
}

/** QEMU's QCOW2_MAX_BITMAPS, and the most its directory takes: block/qcow2.h, 9.2. */
const MAX_BITMAPS = 65_535;
const MAX_DIRECTORY_BYTES = 1024 * MAX_BITMAPS;
/** QEMU reads every bitmap into memory when it opens the image; one for backups takes 2 MiB for each TiB of the disk. */
const MAX_BITMAP_BYTES = 64 * MIB;
const ENTRY_BYTES = 24;
const MIN_GRANULARITY_BITS = 9;
const MAX_GRANULARITY_BITS = 31;

/** Walks the directory of dirty bitmaps, which are not imported: each with its table in the file, all of them of a bearable size. */
export async function readBitmapDirectory(
  reader: ImageReader,
  { virtualSizeBytes, clusterBytes }: Qcow2Header,
  { bitmaps, sizeBytes, offsetBytes, at }: BitmapDirectory,
): Promise<void> {
  reader.require(bitmaps >= 1 && bitmaps <= MAX_BITMAPS, 'nb_bitmaps', at, bitmaps, `1..${MAX_BITMAPS}`);
  const isSize = sizeBytes <= MAX_DIRECTORY_BYTES;
  reader.require(isSize, 'bitmap_directory_size', at + 8, sizeBytes, `0..${MAX_DIRECTORY_BYTES}`);
  requireAligned(reader, 'bitmap_directory_offset', at + 16, offsetBytes, clusterBytes);
  reader.requireInside('bitmap_directory_offset', offsetBytes, sizeBytes, at + 16);

  const records = new RecordReader(reader, 'bitmap directory', offsetBytes, sizeBytes);
  let inMemoryBytes = 0;
  for (let index = 0; index < bitmaps; index++) {
    const entryAt = records.at;
    const entry = await records.take(ENTRY_BYTES);
    reader.requireInside('bitmap_table_offset', u64be(entry, 0), entry.getUint32(8) * 8, entryAt);
    const granularityBits = entry.getUint8(17);
    const isGranularity = granularityBits >= MIN_GRANULARITY_BITS && granularityBits <= MAX_GRANULARITY_BITS;
    const allowed = `${MIN_GRANULARITY_BITS}..${MAX_GRANULARITY_BITS}`;
    reader.require(isGranularity, 'granularity_bits', entryAt + 17, granularityBits, allowed);
    inMemoryBytes += Math.ceil(virtualSizeBytes / 2 ** granularityBits / 8);
    if (inMemoryBytes > MAX_BITMAP_BYTES) {
      const limit = bytes(MAX_BITMAP_BYTES);
      reader.refuse('too-much-metadata', { field: 'bitmaps', bytes: bytes(inMemoryBytes), limit }, entryAt);
    }
    records.skip(entry.getUint32(20) + entry.getUint16(18));
    records.align(8);
  }
}
