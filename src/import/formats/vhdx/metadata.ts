import { KIB, MIB } from '../../../model/index.js';
import { isPowerOfTwo, latin1, u64le } from '../numbers.js';
import type { ImageReader } from '../reader.js';
import { guidAt } from './guid.js';
import type { Region } from './regions.js';

/** What the metadata say of the disk. */
export interface VhdxMetadata {
  readonly virtualSizeBytes: number;
  readonly blockBytes: number;
  readonly isFixed: boolean;
}

/** Items and where their values lie: MS-VHDX 2.6. */
const TABLE_BYTES = 64 * KIB;
const TABLE_HEADER_BYTES = 32;
const ENTRY_BYTES = 32;
const MAX_ENTRIES = 2047;
const REQUIRED = 4;
const ITEMS = {
  'caa16737-fa36-4d43-b3b6-33f0aa44e76b': 'file parameters',
  '2fa54224-cd1b-4876-b211-5dbed83bf4b8': 'virtual disk size',
  'beca12ab-b2e6-4523-93ef-c309e000c746': 'page 83 data',
  '8141bf1d-a96f-4709-ba47-f233a8faab5f': 'logical sector size',
  'cda348c7-445d-4471-9cc9-e9885251c556': 'physical sector size',
  'a8d35f2d-b30b-454d-abf7-d3d84834ab0c': 'parent locator',
} as const;
type Item = (typeof ITEMS)[keyof typeof ITEMS];

const LEAVES_BLOCKS = 1;
const HAS_PARENT = 2;
const MIN_BLOCK_BYTES = MIB;
const MAX_BLOCK_BYTES = 256 * MIB;
/** QEMU 9.2 takes a disk with sectors of 4 KiB for one of an eighth of its size, so such a disk is not imported. */
const SECTOR_BYTES = 512;

/** Reads the metadata region. Throws an ImageRefused. */
export async function readMetadata(reader: ImageReader, region: Region): Promise<VhdxMetadata> {
  const items = await readItems(reader, region);
  const value = async (item: Item, lengthBytes: number): Promise<{ readonly view: DataView; readonly at: number }> => {
    const at = items.get(item);
    if (at !== undefined) return { view: await reader.header(item, at, lengthBytes), at };
    return reader.refuse('bad-field', { field: 'metadata', value: `– ${item}`, allowed: item }, region.offsetBytes);
  };

  const parameters = await value('file parameters', 8);
  const flags = parameters.view.getUint32(4, true);
  const locatorAt = items.get('parent locator');
  if ((flags & HAS_PARENT) !== 0) reader.refuseBacking(undefined, parameters.at + 4);
  if (locatorAt !== undefined) reader.refuseBacking(undefined, locatorAt);
  const blockBytes = parameters.view.getUint32(0, true);
  const isBlock = isPowerOfTwo(blockBytes) && blockBytes >= MIN_BLOCK_BYTES && blockBytes <= MAX_BLOCK_BYTES;
  reader.require(isBlock, 'block size', parameters.at, blockBytes, `${MIN_BLOCK_BYTES}..${MAX_BLOCK_BYTES}, 2ⁿ`);

  const sector = await value('logical sector size', 4);
  const sectorBytes = sector.view.getUint32(0, true);
  if (sectorBytes !== SECTOR_BYTES) reader.refuse('unsupported-variant', { variant: `${sectorBytes} B/sector` }, sector.at);
  const size = await value('virtual disk size', 8);
  const virtualSizeBytes = u64le(size.view, 0);
  reader.require(virtualSizeBytes % SECTOR_BYTES === 0, 'virtual disk size', size.at, virtualSizeBytes, `${SECTOR_BYTES} × n`);
  reader.requireVirtualSize(virtualSizeBytes, size.at);
  return { virtualSizeBytes, blockBytes, isFixed: (flags & LEAVES_BLOCKS) !== 0 };
}

/** Where in the image each known item's value begins. */
async function readItems(reader: ImageReader, { offsetBytes, lengthBytes }: Region): Promise<ReadonlyMap<Item, number>> {
  const table = await reader.header('metadata table', offsetBytes, TABLE_BYTES);
  const signature = latin1(table, 0, 8);
  reader.require(signature === 'metadata', 'metadata table signature', offsetBytes, signature, 'metadata');
  const entries = table.getUint16(10, true);
  reader.require(entries <= MAX_ENTRIES, 'metadata entry count', offsetBytes + 10, entries, `0..${MAX_ENTRIES}`);
  const items = new Map<Item, number>();
  for (let index = 0; index < entries; index++) {
    const start = TABLE_HEADER_BYTES + index * ENTRY_BYTES;
    const at = offsetBytes + start;
    const guid = guidAt(table, start);
    const isKnown = isItem(guid);
    const isRequired = (table.getUint32(start + 24, true) & REQUIRED) !== 0;
    if (!isKnown && isRequired) reader.refuse('unknown-feature', { bits: guid }, at);
    if (!isKnown) continue;
    const valueAt = table.getUint32(start + 16, true);
    const valueBytes = table.getUint32(start + 20, true);
    const isInside = valueAt >= TABLE_BYTES && valueAt + valueBytes <= lengthBytes;
    reader.require(isInside, ITEMS[guid], at + 16, valueAt, `${TABLE_BYTES}..${lengthBytes - valueBytes}`);
    reader.require(!items.has(ITEMS[guid]), ITEMS[guid], at, guid, '1 ×');
    items.set(ITEMS[guid], offsetBytes + valueAt);
  }
  return items;
}

function isItem(guid: string): guid is keyof typeof ITEMS {
  return Object.hasOwn(ITEMS, guid);
}
