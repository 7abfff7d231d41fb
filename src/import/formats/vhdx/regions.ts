import { KIB, MIB } from '../../../model/index.js';
import { crc32c } from '../crc32c.js';
import { isZero, latin1, u64le } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { hex } from '../refused.js';
import { guidAt } from './guid.js';

/** A part of the file. */
export interface Region {
  readonly offsetBytes: number;
  readonly lengthBytes: number;
}

/** Where the two parts lie that every VHDX has, and what no block may overlap. */
export interface Regions {
  readonly bat: Region;
  readonly metadata: Region;
  readonly all: readonly Region[];
}

/** Where the headers lie, which are of 4 KiB, and the region table, of 64 KiB: MS-VHDX 2.1, 2.2. */
const HEADERS_AT = [64 * KIB, 128 * KIB] as const;
const HEADER_BYTES = 4 * KIB;
const REGION_TABLE_AT = 192 * KIB;
const REGION_TABLE_BYTES = 64 * KIB;
const CHECKSUM_AT = 4;
const HEADER = { sequenceNumber: 8, logGuid: 48, logVersion: 64, version: 66, logLength: 68, logOffset: 72 } as const;
const GUID_BYTES = 16;

const TABLE_HEADER_BYTES = 16;
const ENTRY_BYTES = 32;
const MAX_ENTRIES = 2047;
const REQUIRED = 1;
const BAT = '2dc27766-f623-4200-9d64-115e9bfd4a08';
const METADATA = '8b7ca206-4790-4b9a-b8fe-575f050f886e';

/** Reads the headers and the region table. Throws an ImageRefused. */
export async function readRegions(reader: ImageReader): Promise<Regions> {
  const { header, at } = await currentHeader(reader);
  if (!isZero(header, HEADER.logGuid, GUID_BYTES)) reader.refuse('unclean', {}, at + HEADER.logGuid);
  const logVersion = header.getUint16(HEADER.logVersion, true);
  reader.require(logVersion === 0, 'log version', at + HEADER.logVersion, logVersion, '0');
  const log = { offsetBytes: u64le(header, HEADER.logOffset), lengthBytes: header.getUint32(HEADER.logLength, true) };
  const all: Region[] = [];
  addRegion(reader, all, log, 'log', at + HEADER.logOffset);
  return readRegionTable(reader, all);
}

/** Of two headers the one with the higher sequence number: MS-VHDX 2.2.2. One of them may be half written. */
async function currentHeader(reader: ImageReader): Promise<{ readonly header: DataView; readonly at: number }> {
  const headers: { readonly header: DataView; readonly at: number; readonly sequence: number }[] = [];
  for (const at of HEADERS_AT) {
    const header = await reader.header('header', at, HEADER_BYTES);
    if (latin1(header, 0, 4) !== 'head' || !isWhole(header)) continue;
    const version = header.getUint16(HEADER.version, true);
    if (version !== 1) reader.refuse('unsupported-variant', { variant: `version ${version}` }, at + HEADER.version);
    headers.push({ header, at, sequence: u64le(header, HEADER.sequenceNumber) });
  }
  const [first, second] = headers;
  if (first === undefined) return reader.refuse('bad-checksum', { field: 'header' }, HEADERS_AT[0]);
  if (second === undefined) return first;
  const isEqual = first.sequence === second.sequence;
  // Disk2vhd writes the same header twice.
  const isSame = latin1(first.header, 0, HEADER_BYTES) === latin1(second.header, 0, HEADER_BYTES);
  const at = second.at + HEADER.sequenceNumber;
  reader.require(!isEqual || isSame, 'sequence number', at, second.sequence, `≠ ${first.sequence}`);
  return second.sequence > first.sequence ? second : first;
}

async function readRegionTable(reader: ImageReader, all: Region[]): Promise<Regions> {
  const table = await reader.header('region table', REGION_TABLE_AT, REGION_TABLE_BYTES);
  if (latin1(table, 0, 4) !== 'regi' || !isWhole(table))
    reader.refuse('bad-checksum', { field: 'region table' }, REGION_TABLE_AT);
  const entries = table.getUint32(8, true);
  reader.require(entries <= MAX_ENTRIES, 'region table entry count', REGION_TABLE_AT + 8, entries, `0..${MAX_ENTRIES}`);
  const known = new Map<string, Region>();
  for (let index = 0; index < entries; index++) {
    const start = TABLE_HEADER_BYTES + index * ENTRY_BYTES;
    const at = REGION_TABLE_AT + start;
    const guid = guidAt(table, start);
    const region = { offsetBytes: u64le(table, start + 16), lengthBytes: table.getUint32(start + 24, true) };
    addRegion(reader, all, region, 'region', at + 16);
    const isKnown = guid === BAT || guid === METADATA;
    const isRequired = (table.getUint32(start + 28, true) & REQUIRED) !== 0;
    if (!isKnown && isRequired) reader.refuse('unknown-feature', { bits: guid }, at);
    reader.require(!known.has(guid), 'region table entry', at, guid, '1 ×');
    known.set(guid, region);
  }
  const bat = known.get(BAT);
  const metadata = known.get(METADATA);
  if (bat !== undefined && metadata !== undefined) return { bat, metadata, all };
  const missing = bat === undefined ? BAT : METADATA;
  return reader.refuse('bad-field', { field: 'region table', value: `– ${missing}`, allowed: missing }, REGION_TABLE_AT);
}

/** Regions lie behind the header section, on whole MiB, within the file and apart from each other. */
function addRegion(reader: ImageReader, all: Region[], region: Region, field: string, at: number): void {
  const { offsetBytes, lengthBytes } = region;
  const isAligned = offsetBytes % MIB === 0 && lengthBytes % MIB === 0 && offsetBytes >= MIB;
  const shown = `${hex(offsetBytes)} + ${hex(lengthBytes)}`;
  reader.require(isAligned, field, at, shown, `${hex(MIB)} × n, n ≥ 1`);
  reader.requireInside(field, offsetBytes, lengthBytes, at);
  reader.require(!all.some((other) => doOverlap(region, other)), field, at, shown, 'apart from the others');
  all.push(region);
}

export function doOverlap(one: Region, other: Region): boolean {
  return one.offsetBytes < other.offsetBytes + other.lengthBytes && other.offsetBytes < one.offsetBytes + one.lengthBytes;
}

/** The checksum covers the whole structure, its own four bytes taken as zero. */
function isWhole(structure: DataView): boolean {
  const bytes = new Uint8Array(structure.buffer, structure.byteOffset, structure.byteLength).slice();
  bytes.fill(0, CHECKSUM_AT, CHECKSUM_AT + 4);
  return crc32c(bytes) === structure.getUint32(CHECKSUM_AT, true);
}
