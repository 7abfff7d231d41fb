import { constants, inflateRawSync } from 'node:zlib';
import type { InspectedImage } from '../inspected.js';
import type { ImageReader } from '../reader.js';
import { type ClusterMap, checkRefcountTable, readClusters } from './clusters.js';
import { checkExtensions } from './extensions.js';
import { type Qcow2Header, readQcow2Header } from './header.js';
import { checkSnapshotTable } from './snapshots.js';

const SECTOR_BYTES = 512;

/** Inspects a qcow2 image of version 2 or 3. Throws an ImageRefused. */
export async function inspectQcow2(reader: ImageReader): Promise<InspectedImage> {
  const header = await readQcow2Header(reader);
  await checkExtensions(reader, header);
  await checkSnapshotTable(reader, header);
  await checkRefcountTable(reader, header);
  const clusters = await readClusters(reader, header);
  await checkFirstSector(reader, header, clusters);
  return {
    format: 'qcow2',
    variant: variantOf(header, clusters),
    virtualSizeBytes: header.virtualSizeBytes,
    allocatedBytes: clusters.allocatedBytes,
    pinned: reader.pinned,
  };
}

function variantOf({ version, hasExtendedL2, compression }: Qcow2Header, { compressedClusters }: ClusterMap): string {
  return [`version ${version}`, ...(hasExtendedL2 ? ['extended L2'] : []), ...(compressedClusters > 0 ? [compression] : [])].join(
    ', ',
  );
}

/** The disk's first sector, where it is stored plainly or by zlib; Node 20 has no zstd, so in such a cluster it stays unseen. */
async function checkFirstSector(reader: ImageReader, header: Qcow2Header, { first }: ClusterMap): Promise<void> {
  if (first === undefined || header.virtualSizeBytes < SECTOR_BYTES) return;
  const { offsetBytes, compressedBytes } = first;
  if (compressedBytes === undefined) {
    if (offsetBytes + SECTOR_BYTES > reader.sizeBytes) return;
    reader.requireNoImageIn(await reader.part('first sector', offsetBytes, SECTOR_BYTES), offsetBytes);
    return;
  }
  if (header.compression !== 'zlib') return;
  const lengthBytes = Math.min(compressedBytes, reader.sizeBytes - offsetBytes);
  const compressed = await reader.part('first cluster', offsetBytes, lengthBytes);
  const cluster = inflate(compressed, header.clusterBytes);
  reader.require(cluster !== undefined, 'first cluster', offsetBytes, 'damaged', 'deflate');
  if (cluster !== undefined && cluster.length >= SECTOR_BYTES) {
    reader.requireNoImageIn(new DataView(cluster.buffer, cluster.byteOffset, SECTOR_BYTES), offsetBytes);
  }
}

/** A cluster out of its raw deflate stream, after which anything may follow; undefined when it is damaged. */
function inflate({ buffer, byteOffset, byteLength }: DataView, maxOutputLength: number): Uint8Array | undefined {
  try {
    return inflateRawSync(new Uint8Array(buffer, byteOffset, byteLength), {
      maxOutputLength,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch {
    return undefined;
  }
}
