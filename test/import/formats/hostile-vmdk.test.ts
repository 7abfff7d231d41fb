import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, defineAttacks } from './attacks.js';
import { diskOf, examine, hasQemuImg, MIB, patched, refusalOf, Workshop } from './images.js';

type Base = 'sparse' | 'stream';

const DESCRIPTOR = 512;
const BEYOND = 2 ** 31;

const u8 = (at: number, value: number) => (copy: Buffer) => void copy.writeUInt8(value, at);
const u16 = (at: number, value: number) => (copy: Buffer) => void copy.writeUInt16LE(value, at);
const u32 = (at: number, value: number) => (copy: Buffer) => void copy.writeUInt32LE(value, at);
const u64 = (at: number, value: number | bigint) => (copy: Buffer) => void copy.writeBigUInt64LE(BigInt(value), at);

const directory = (image: Buffer): number => Number(image.readBigUInt64LE(56)) * 512;
const firstTable = (image: Buffer): number => image.readUInt32LE(directory(image)) * 512;

const descriptorOf = (image: Buffer): string => image.toString('latin1', DESCRIPTOR, image.indexOf(0, DESCRIPTOR));
const describedBy = (change: (text: string) => string) => (copy: Buffer) => {
  const text = change(descriptorOf(copy));
  copy.fill(0, DESCRIPTOR, DESCRIPTOR + 20 * 512);
  copy.write(text, DESCRIPTOR, 'latin1');
};
const adding = (line: string) => describedBy((text) => `${text}${line}\n`);
const extent = (line: string) => describedBy((text) => text.replace(/^RW .*$/m, line));

const ATTACKS: readonly Attack<Base>[] = [
  ['a flat extent that is a file of the importer', 'external-extent', 'sparse', extent('RW 8 FLAT "/etc/shadow" 0')],
  ['a sparse extent in another directory', 'external-extent', 'sparse', extent('RW 8 SPARSE "../secret.vmdk"')],
  ['a sparse extent of another directory of Windows', 'external-extent', 'sparse', extent('RW 8 SPARSE "..\\secret.vmdk"')],
  ['a second extent', 'external-extent', 'sparse', adding('RW 8 SPARSE "other.vmdk"')],
  ['a second extent that may only be read', 'external-extent', 'sparse', adding('RDONLY 8 FLAT "/etc/shadow" 0')],
  ['an extent on VMFS', 'external-extent', 'stream', extent('RW 8 VMFS "disk-flat.vmdk"')],
  ['an extent of zeros', 'external-extent', 'sparse', extent('RW 8 ZERO')],
  [
    'a type of several files',
    'external-extent',
    'sparse',
    describedBy((text) => text.replace('monolithicSparse', 'twoGbMaxExtentFlat')),
  ],
  ['no type', 'external-extent', 'sparse', describedBy((text) => text.replace(/^createType.*$/m, ''))],
  ['no descriptor', 'external-extent', 'sparse', u64(28, 0)],
  ['an empty descriptor', 'external-extent', 'sparse', describedBy(() => '')],
  ['no extent', 'bad-field', 'sparse', extent('')],
  ['a capacity of nothing, so that the descriptor counts', 'bad-field', 'sparse', u64(12, 0)],
  ["a parent's name", 'backing-file', 'sparse', adding('parentFileNameHint="/etc/shadow"')],
  ["a parent's name in a comment, where QEMU finds it", 'backing-file', 'sparse', adding('# parentFileNameHint="/etc/shadow"')],
  ["a parent's id", 'backing-file', 'sparse', describedBy((text) => text.replace('parentCID=ffffffff', 'parentCID=12345678'))],
  ["a parent's id and then none", 'bad-field', 'sparse', adding('parentCID=12345678')],
  ['encryption', 'encrypted', 'sparse', adding('encryption.keySafe = "vmware:key/list"')],
  ['a line of no known kind', 'bad-field', 'sparse', adding('"json:{}"')],
  ['a descriptor elsewhere', 'bad-field', 'sparse', u64(28, 5)],
  ['a descriptor of 2 TiB', 'bad-field', 'sparse', u64(36, BEYOND)],
  ['version 4', 'unsupported-variant', 'sparse', u32(4, 4)],
  ['a program that did not close it', 'unclean', 'sparse', u8(72, 1)],
  ['newlines that were translated', 'bad-field', 'sparse', u8(73, 13)],
  ['an unknown compression', 'bad-field', 'stream', u16(77, 2)],
  ['compression that the flags deny', 'bad-field', 'sparse', u16(77, 1)],
  ['grains of 1 GiB', 'bad-field', 'stream', u64(20, 2 ** 21)],
  ['grains of nothing', 'bad-field', 'sparse', u64(20, 0)],
  ['grains of 3 sectors', 'bad-field', 'sparse', u64(20, 3)],
  ['grain tables of 2^32 entries', 'bad-field', 'sparse', u32(44, 0xffff_ffff)],
  ['grain tables of nothing', 'bad-field', 'sparse', u32(44, 0)],
  ['a disk of 8 ZiB', 'too-large', 'sparse', u64(12, 2n ** 64n - 1n)],
  ['a grain directory outside', 'outside-file', 'sparse', u64(56, BEYOND)],
  ['a redundant grain directory outside', 'outside-file', 'sparse', u64(48, BEYOND)],
  ['an overhead beyond the end', 'outside-file', 'sparse', u64(64, BEYOND)],
  ['a grain table outside', 'outside-file', 'sparse', (copy) => void copy.writeUInt32LE(BEYOND, directory(copy))],
  ['a grain outside', 'outside-file', 'sparse', (copy) => void copy.writeUInt32LE(BEYOND, firstTable(copy) + 4)],
  ['a compressed grain outside', 'outside-file', 'stream', (copy) => void copy.writeUInt32LE(BEYOND, firstTable(copy) + 4)],
  [
    'a first grain of 4 GiB',
    'bad-field',
    'stream',
    (copy) => void copy.writeUInt32LE(0xffff_ffff, copy.readUInt32LE(firstTable(copy)) * 512 + 8),
  ],
  ['a footer that is not there', 'truncated', 'stream', u64(56, 2n ** 64n - 1n)],
  [
    'one grain for all of the disk',
    'overlapping',
    'sparse',
    (copy) => {
      copy.writeBigUInt64LE(512n * 128n, 12);
      for (let entry = 0; entry < 512; entry++) copy.writeUInt32LE(128, firstTable(copy) + entry * 4);
    },
  ],
  ['more than its size allows', 'too-dense', 'stream', () => undefined, { ratio: 1, freeBytes: 0 }],
];

describe.skipIf(!hasQemuImg)('hostile VMDK images', () => {
  const disk = diskOf(2 * MIB);
  let workshop: Workshop;
  let bases: Record<Base, Buffer>;
  beforeAll(() => {
    workshop = new Workshop();
    bases = {
      sparse: workshop.convert(disk, 'vmdk'),
      stream: workshop.convert(disk, 'vmdk', ['subformat=streamOptimized']),
    };
  });
  afterAll(() => workshop.remove());

  defineAttacks(ATTACKS, () => bases);

  it('name the file that they want', async () => {
    const refused = await refusalOf(patched(bases.sparse, extent('RW 8 FLAT "/etc/shadow" 0')));
    expect(refused?.problem.params).toMatchObject({ name: { value: '/etc/shadow' } });
    expect(refused?.offsetBytes).toBe(bases.sparse.indexOf('RW '));
  });

  it.each([
    ['COWD', 'unsupported-variant'],
    ['\xbe\xba\xfe\xca\0\0\0\0', 'unsupported-variant'],
  ])('are deltas of ESX (%j)', async (magic, reason) => {
    expect((await refusalOf(patched(bases.sparse, (copy) => void copy.write(magic, 0, 'latin1'))))?.reason).toBe(reason);
  });

  it('are a descriptor alone, in any of its forms', async () => {
    const lines = [
      'version=1',
      'CID=fffffffe',
      'parentCID=ffffffff',
      'createType="monolithicSparse"',
      'RW 8 SPARSE "disk.vmdk"',
      '',
    ];
    for (const text of ['# Disk DescriptorFile\n', '# a comment\n\n', ''].map((head) => head + lines.join('\n'))) {
      expect(await examine(Buffer.from(text))).toMatchObject({ format: 'vmdk', refused: { reason: 'external-extent' } });
    }
  });

  it('have a footer for another disk', async () => {
    const footer = Buffer.alloc(3 * 512);
    footer.writeUInt32LE(3, 12);
    bases.stream.copy(footer, 512, 0, 512);
    footer.writeBigUInt64LE(2n ** 30n, 512 + 12);
    const image = Buffer.concat([bases.stream, footer]);
    image.writeBigInt64LE(-1n, 56);
    expect((await refusalOf(image))?.reason).toBe('bad-field');
  });

  it.each([
    ['plain', []],
    ['compressed', ['subformat=streamOptimized']],
  ])('hold a disk that begins as an image, %s', async (_, options) => {
    const image = workshop.convert(Buffer.concat([bases.sparse.subarray(0, 512), disk]), 'vmdk', options);
    expect(await refusalOf(image)).toMatchObject({ reason: 'nested-format', problem: { params: { found: { value: 'vmdk' } } } });
  });

  it('inflate the first grain beyond its size', async () => {
    const bomb = deflateSync(Buffer.alloc(64 * MIB));
    const image = patched(bases.stream, (copy) => {
      const at = copy.readUInt32LE(firstTable(copy)) * 512;
      copy.writeUInt32LE(bomb.length, at + 8);
      bomb.copy(copy, at + 12);
    });
    expect((await refusalOf(image))?.reason).toBe('bad-field');
  });
});
