import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/import/formats/crc32c.js';
import { type Attack, defineAttacks } from './attacks.js';
import { diskOf, hasQemuImg, KIB, MIB, patched, refusalOf, Workshop } from './images.js';

type Base = 'dynamic' | 'fixed';

const HEADERS = [64 * KIB, 128 * KIB];
const REGION_TABLE = 192 * KIB;
const BAT = '6677c22d23f600429d64115e9bfd4a08';
const METADATA = '06a27c8b90479a4bb8fe575f050f886e';
const FILE_PARAMETERS = '3767a1ca36fa434db3b633f0aa44e76b';
const VIRTUAL_SIZE = '2442a52f1bcd7648b2115dbed83bf4b8';
const LOGICAL_SECTOR = '1dbf41816fa90947ba47f233a8faab5f';
const PAGE_83 = 'ab12cabee6b2234593efc309e000c746';
const PARENT_LOCATOR = '2d5fd3a80bb34d45abf7d3d84834ab0c';
const UNKNOWN = '00112233445566778899aabbccddeeff';

/** The checksum of a structure, written anew: an attacker would do so too. */
function sum(structure: Buffer): void {
  structure.writeUInt32LE(0, 4);
  structure.writeUInt32LE(crc32c(structure), 4);
}

const headers = (edit: (header: Buffer) => void) => (copy: Buffer) => {
  for (const at of HEADERS) {
    const header = copy.subarray(at, at + 4 * KIB);
    edit(header);
    sum(header);
  }
};
const regions = (edit: (table: Buffer) => void) => (copy: Buffer) => {
  const table = copy.subarray(REGION_TABLE, REGION_TABLE + 64 * KIB);
  edit(table);
  sum(table);
};
const find = (table: Buffer, guid: string): number => table.indexOf(Buffer.from(guid, 'hex'));
const region = (guid: string, edit: (entry: Buffer) => void) => regions((table) => edit(table.subarray(find(table, guid))));
const regionAt = (image: Buffer, guid: string): number => {
  const table = image.subarray(REGION_TABLE, REGION_TABLE + 64 * KIB);
  return Number(table.readBigUInt64LE(find(table, guid) + 16));
};
const metadata = (edit: (table: Buffer) => void) => (copy: Buffer) => edit(copy.subarray(regionAt(copy, METADATA)));
const item = (guid: string, edit: (entry: Buffer) => void) => metadata((table) => edit(table.subarray(find(table, guid))));
/** The value of a metadata item. */
const value = (guid: string, edit: (bytes: Buffer) => void) =>
  metadata((table) => edit(table.subarray(table.readUInt32LE(find(table, guid) + 16))));
const renamed = (guid: string) => (entry: Buffer) => void entry.write(guid, 0, 'hex');
const entry = (index: number, bits: bigint) => (copy: Buffer) =>
  void copy.writeBigUInt64LE(bits, regionAt(copy, BAT) + index * 8);
const u16 = (at: number, number: number) => (part: Buffer) => void part.writeUInt16LE(number, at);
const u32 = (at: number, number: number) => (part: Buffer) => void part.writeUInt32LE(number, at);
const u64 = (at: number, number: bigint) => (part: Buffer) => void part.writeBigUInt64LE(number, at);

const both = (one: (part: Buffer) => void, other: (part: Buffer) => void) => (part: Buffer) => {
  one(part);
  other(part);
};

const ATTACKS: readonly Attack<Base>[] = [
  [
    'both headers with a wrong checksum',
    'bad-checksum',
    'dynamic',
    (copy) => HEADERS.forEach((at) => void copy.writeUInt8(1, at + 4000)),
  ],
  ['a later version', 'unsupported-variant', 'dynamic', headers(u16(66, 2))],
  ['two headers of the same number', 'bad-field', 'dynamic', headers(u64(8, 7n))],
  ['a log that is to be replayed', 'unclean', 'dynamic', headers((header) => void header.fill(7, 48, 64))],
  ['an unknown log', 'bad-field', 'dynamic', headers(u16(64, 1))],
  ['a log outside', 'outside-file', 'dynamic', headers(u64(72, 2n ** 40n))],
  ['a log over the headers', 'bad-field', 'dynamic', headers(u64(72, 0n))],
  ['a region table with a wrong checksum', 'bad-checksum', 'dynamic', (copy) => void copy.writeUInt8(1, REGION_TABLE + 60_000)],
  ['65535 regions', 'bad-field', 'dynamic', regions(u32(8, 65_535))],
  ['no BAT', 'bad-field', 'dynamic', regions(u32(8, 0))],
  ['the BAT twice', 'bad-field', 'dynamic', region(METADATA, renamed(BAT))],
  ['a required region that nobody knows', 'unknown-feature', 'dynamic', region(BAT, both(renamed(UNKNOWN), u32(28, 1)))],
  ['a BAT outside', 'outside-file', 'dynamic', region(BAT, u64(16, 2n ** 40n))],
  ['a BAT within a MiB', 'bad-field', 'dynamic', region(BAT, u64(16, 3n * 1024n * 1024n + 512n))],
  ['a BAT over the log', 'bad-field', 'dynamic', region(BAT, u64(16, 1024n * 1024n))],
  ['metadata of another kind', 'bad-field', 'dynamic', metadata((table) => void table.write('METADATA', 'latin1'))],
  ['65535 metadata items', 'bad-field', 'dynamic', metadata(u16(10, 65_535))],
  ['no metadata items', 'bad-field', 'dynamic', metadata(u16(10, 0))],
  ['the same item twice', 'bad-field', 'dynamic', item(PAGE_83, renamed(VIRTUAL_SIZE))],
  ['a required item that nobody knows', 'unknown-feature', 'dynamic', item(PAGE_83, renamed(UNKNOWN))],
  ['an item outside its region', 'bad-field', 'dynamic', item(VIRTUAL_SIZE, u32(16, 0xffff_fff0))],
  ['an item in the table', 'bad-field', 'dynamic', item(VIRTUAL_SIZE, u32(16, 0))],
  ['a parent', 'backing-file', 'dynamic', value(FILE_PARAMETERS, u32(4, 2))],
  ['the locator of a parent', 'backing-file', 'dynamic', item(PAGE_83, renamed(PARENT_LOCATOR))],
  ['blocks of 512 MiB', 'bad-field', 'dynamic', value(FILE_PARAMETERS, u32(0, 512 * MIB))],
  ['blocks of 3 MiB', 'bad-field', 'dynamic', value(FILE_PARAMETERS, u32(0, 3 * MIB))],
  ['blocks of nothing', 'bad-field', 'dynamic', value(FILE_PARAMETERS, u32(0, 0))],
  ['sectors of 4 KiB', 'unsupported-variant', 'dynamic', value(LOGICAL_SECTOR, u32(0, 4096))],
  ['a disk that is no whole sectors', 'bad-field', 'dynamic', value(VIRTUAL_SIZE, u64(0, 1_000_001n))],
  ['a disk of 16 EiB', 'too-large', 'dynamic', value(VIRTUAL_SIZE, u64(0, 2n ** 64n - 512n))],
  ['a disk larger than its BAT', 'bad-field', 'dynamic', value(VIRTUAL_SIZE, u64(0, 2n ** 40n))],
  ['a block outside', 'outside-file', 'dynamic', entry(0, (0xfff_ffffn << 20n) | 6n)],
  ['a block over the BAT', 'bad-field', 'dynamic', (copy) => entry(0, BigInt(regionAt(copy, BAT)) | 6n)(copy)],
  ['a block over the headers', 'bad-field', 'dynamic', entry(0, 6n)],
  ['a block of half a parent', 'backing-file', 'dynamic', entry(0, (8n << 20n) | 7n)],
  ['a block of a state that there is not', 'bad-field', 'dynamic', entry(0, (8n << 20n) | 4n)],
  [
    'one block for all of the disk',
    'overlapping',
    'fixed',
    (copy) => {
      value(VIRTUAL_SIZE, u64(0, BigInt(64 * MIB)))(copy);
      const first = copy.readBigUInt64LE(regionAt(copy, BAT));
      for (let index = 1; index < 64; index++) entry(index, first)(copy);
    },
  ],
];

describe.skipIf(!hasQemuImg)('hostile VHDX images', () => {
  let workshop: Workshop;
  let bases: Record<Base, Buffer>;
  beforeAll(() => {
    workshop = new Workshop();
    const disk = diskOf(2 * MIB);
    bases = {
      dynamic: workshop.convert(disk, 'vhdx', ['block_size=1M']),
      fixed: workshop.convert(disk, 'vhdx', ['block_size=1M,subformat=fixed']),
    };
  });
  afterAll(() => workshop.remove());

  defineAttacks(ATTACKS, () => bases);

  it('hold a disk that begins as an image', async () => {
    const image = patched(bases.dynamic, (copy) => {
      const at = Number(copy.readBigUInt64LE(regionAt(copy, BAT)) & ~0xf_ffffn);
      copy.write('QFI\xfb', at, 'latin1');
    });
    expect((await refusalOf(image))?.reason).toBe('nested-format');
  });

  it('are taken when one header is half written: the other one counts', async () => {
    for (const at of HEADERS) {
      expect(await refusalOf(patched(bases.dynamic, (copy) => void copy.writeUInt8(1, at + 4000)))).toBeUndefined();
    }
  });

  it('are taken with two headers that are the same, as Disk2vhd writes them', async () => {
    const image = patched(bases.dynamic, (copy) => void copy.copy(copy, HEADERS[1], HEADERS[0], (HEADERS[0] ?? 0) + 4 * KIB));
    expect(await refusalOf(image)).toBeUndefined();
  });
});

describe('crc32c', () => {
  it('has the check value of the polynomial', () => {
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe306_9283);
  });
});
