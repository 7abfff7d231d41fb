import { inflateSync } from 'node:zlib';
import type { InspectedImage } from '../inspected.js';
import { latin1 } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { checkDescriptor } from './descriptor.js';
import { readGrains } from './grains.js';
import { readVmdkHeader, SECTOR_BYTES, type VmdkHeader } from './header.js';

const MAGIC = 'KDMV';
/** Sparse formats of ESX servers' snapshots, which are never a disk alone. */
const DELTA_MAGICS: Readonly<Record<string, string>> = { COWD: 'vmfsSparse', '\xbe\xba\xfe\xca': 'seSparse' };
/** QEMU reads so much for the descriptor, whatever the header says. */
const DESCRIPTOR_BYTES = 20 * SECTOR_BYTES;
/** QEMU's bound for a descriptor that is a file of its own. */
const MAX_DESCRIPTOR_FILE_BYTES = 1024 * 1024 - 1;

/** Inspects a VMDK of one file. Throws an ImageRefused. */
export async function inspectVmdk(reader: ImageReader): Promise<InspectedImage> {
  const magic = latin1(await reader.header('header', 0, MAGIC.length), 0, MAGIC.length);
  const delta = DELTA_MAGICS[magic];
  if (delta !== undefined) reader.refuse('unsupported-variant', { variant: delta }, 0);
  if (magic !== MAGIC) return refuseDescriptorFile(reader);

  const header = await readVmdkHeader(reader);
  const { descriptorAt, descriptorBytes, grainDirectoryAt = 0 } = header;
  const { type } = checkDescriptor(
    reader,
    await readText(reader, descriptorAt, Math.max(descriptorBytes, DESCRIPTOR_BYTES)),
    descriptorAt,
  );
  reader.require(header.capacityBytes > 0, 'capacity', 12, header.capacityBytes, '≥ 1');
  const { allocatedBytes, firstAt } = await readGrains(reader, header, grainDirectoryAt);
  if (firstAt !== undefined) await checkFirstSector(reader, header, firstAt);
  return {
    format: 'vmdk',
    variant: type,
    virtualSizeBytes: header.capacityBytes,
    allocatedBytes,
    pinned: reader.pinned,
  };
}

/** A descriptor alone has no data: it says in which other files they are. */
async function refuseDescriptorFile(reader: ImageReader): Promise<never> {
  const { extent } = checkDescriptor(reader, await readText(reader, 0, MAX_DESCRIPTOR_FILE_BYTES), 0);
  return reader.refuse('external-extent', { name: extent.name }, extent.at);
}

/** Text up to its first NUL, as a program in C reads it. */
async function readText(reader: ImageReader, offsetBytes: number, mostBytes: number): Promise<string> {
  const lengthBytes = Math.min(mostBytes, reader.sizeBytes - offsetBytes);
  const view = await reader.header('descriptor', offsetBytes, lengthBytes);
  return latin1(view, 0, lengthBytes).split('\0', 1)[0] ?? '';
}

/** A compressed grain: the sector it is for, its length, a zlib stream (RFC 1950). */
const GRAIN_HEADER_BYTES = 12;

async function checkFirstSector(reader: ImageReader, { isCompressed, grainBytes }: VmdkHeader, at: number): Promise<void> {
  if (!isCompressed) return reader.requireNoImageIn(await reader.part('first sector', at, SECTOR_BYTES), at);
  const marker = await reader.part('first grain', at, GRAIN_HEADER_BYTES);
  const lengthBytes = marker.getUint32(8, true);
  reader.require(lengthBytes <= 2 * grainBytes, 'first grain, length', at + 8, lengthBytes, `0..${2 * grainBytes}`);
  const { buffer, byteOffset } = await reader.part('first grain', at + GRAIN_HEADER_BYTES, lengthBytes);
  const grain = inflate(new Uint8Array(buffer, byteOffset, lengthBytes), grainBytes);
  reader.require(grain !== undefined, 'first grain', at, 'damaged', 'zlib');
  if (grain !== undefined && grain.length >= SECTOR_BYTES) {
    reader.requireNoImageIn(new DataView(grain.buffer, grain.byteOffset, SECTOR_BYTES), at);
  }
}

function inflate(data: Uint8Array, maxOutputLength: number): Uint8Array | undefined {
  try {
    return inflateSync(data, { maxOutputLength });
  } catch {
    return undefined;
  }
}
