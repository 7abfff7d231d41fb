import { MIB } from '../../../model/index.js';
import { u64be } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { type Qcow2Header, requireAligned } from './header.js';
import { RecordReader } from './records.js';

/** The fixed part of an entry; then come extra data, the id and the name. */
const ENTRY_BYTES = 40;
/** QEMU's limits: QCOW_MAX_SNAPSHOTS_SIZE, QCOW_MAX_SNAPSHOT_EXTRA_DATA and QCOW_MAX_L1_SIZE of block/qcow2.h, 9.2. */
const MAX_TABLE_BYTES = 64 * MIB;
const MAX_EXTRA_BYTES = 1024;
const MAX_L1_ENTRIES = (32 * MIB) / 8;

/**
 * Walks the table of internal snapshots, which QEMU reads when it opens the image. Only the active disk is imported, so what the
 * snapshots' own tables hold is not looked at.
 */
export async function checkSnapshotTable(reader: ImageReader, header: Qcow2Header): Promise<void> {
  const { snapshots, snapshotsOffsetBytes, clusterBytes } = header;
  if (snapshots === 0) return;
  const records = new RecordReader(reader, 'snapshot table', snapshotsOffsetBytes, MAX_TABLE_BYTES);
  for (let index = 0; index < snapshots; index++) {
    records.align(8);
    const at = records.at;
    const entry = await records.take(ENTRY_BYTES);
    const l1OffsetBytes = u64be(entry, 0);
    const l1Entries = entry.getUint32(8);
    const extraBytes = entry.getUint32(36);
    requireAligned(reader, 'snapshot l1_table_offset', at, l1OffsetBytes, clusterBytes);
    reader.require(l1Entries <= MAX_L1_ENTRIES, 'snapshot l1_size', at + 8, l1Entries, `0..${MAX_L1_ENTRIES}`);
    reader.requireInside('snapshot l1_table_offset', l1OffsetBytes, l1Entries * 8, at);
    reader.require(extraBytes <= MAX_EXTRA_BYTES, 'snapshot extra_data_size', at + 36, extraBytes, `0..${MAX_EXTRA_BYTES}`);
    records.skip(extraBytes + entry.getUint16(12) + entry.getUint16(14));
  }
}
