import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, defineAttacks } from './attacks.js';
import { diskOf, hasQemuImg, MIB, patched, refusalOf, Workshop } from './images.js';

type Base = 'dynamic' | 'static';

const u8 = (at: number, value: number) => (copy: Buffer) => void copy.writeUInt8(value, at);
const u32 = (at: number, value: number) => (copy: Buffer) => void copy.writeUInt32LE(value, at);
const u64 = (at: number, value: bigint) => (copy: Buffer) => void copy.writeBigUInt64LE(value, at);
const blockMap = (image: Buffer): number => image.readUInt32LE(0x154);
const block = (index: number, value: number) => (copy: Buffer) => void copy.writeUInt32LE(value, blockMap(copy) + index * 4);

const ATTACKS: readonly Attack<Base>[] = [
  ['version 0.1', 'unsupported-variant', 'dynamic', u32(0x44, 1)],
  ['a differencing image', 'backing-file', 'dynamic', u32(0x4c, 4)],
  ['an undo image', 'backing-file', 'dynamic', u32(0x4c, 3)],
  ['the UUID of a parent', 'backing-file', 'dynamic', u8(0x1b8 + 15, 1)],
  ['the UUID of a link', 'backing-file', 'static', u8(0x1a8, 1)],
  ['an unknown type', 'bad-field', 'dynamic', u32(0x4c, 9)],
  ['sectors of 4 KiB', 'bad-field', 'dynamic', u32(0x168, 4096)],
  ['blocks of 2 GiB', 'bad-field', 'dynamic', u32(0x178, 2 ** 31)],
  ['extra data in front of each block', 'bad-field', 'dynamic', u32(0x17c, 512)],
  ['a block map within a sector', 'bad-field', 'dynamic', u32(0x154, 513)],
  ['a block map in the header', 'bad-field', 'dynamic', u32(0x154, 0)],
  ['a block map outside', 'outside-file', 'dynamic', u32(0x154, 0xffff_fe00)],
  ['data within a sector', 'bad-field', 'dynamic', u32(0x158, 1025)],
  ['data outside', 'outside-file', 'dynamic', u32(0x158, 0xffff_fe00)],
  ['a disk of 16 EiB', 'too-large', 'dynamic', u64(0x170, 2n ** 64n - 512n)],
  ['a disk larger than its block map', 'bad-field', 'dynamic', u64(0x170, 2n ** 40n)],
  ['a block map of 2 GiB', 'outside-file', 'dynamic', u32(0x180, 0x2000_0000)],
  ['a block map of 16 GiB', 'bad-field', 'dynamic', u32(0x180, 0xffff_ffff)],
  ['a block outside', 'outside-file', 'static', block(1, 0xffff_fffd)],
  [
    'one block for all of the disk',
    'overlapping',
    'dynamic',
    (copy) => [1, 2, 3, 4].forEach((index) => void block(index, 0)(copy)),
  ],
];

describe.skipIf(!hasQemuImg)('hostile VDI images', () => {
  let workshop: Workshop;
  let bases: Record<Base, Buffer>;
  beforeAll(() => {
    workshop = new Workshop();
    const disk = Buffer.concat([diskOf(MIB), Buffer.alloc(4 * MIB)]);
    bases = { dynamic: workshop.convert(disk, 'vdi'), static: workshop.convert(disk, 'vdi', ['static=on']) };
  });
  afterAll(() => workshop.remove());

  defineAttacks(ATTACKS, () => bases);

  it('hold a disk that begins as an image', async () => {
    const at = bases.dynamic.readUInt32LE(0x158);
    const image = patched(bases.dynamic, (copy) => void bases.static.copy(copy, at, 0, 512));
    expect(await refusalOf(image)).toMatchObject({ reason: 'nested-format', offsetBytes: at });
  });
});
