import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, defineAttacks } from './attacks.js';
import { diskOf, examine, hasQemuImg, KIB, MIB, patched, qemuImg, refusalOf, Workshop } from './images.js';

const CLUSTER = 64 * KIB;
const COMPRESSED = 1n << 62n;
const BEYOND = 1n << 40n;

type Base = 'v2' | 'v3' | 'zlib' | 'extended' | 'snapshot' | 'bitmap';

const l1 = (image: Buffer): number => Number(image.readBigUInt64BE(40));
const firstL2 = (image: Buffer): number => Number(image.readBigUInt64BE(l1(image)) & 0x00ff_ffff_ffff_fe00n);
const refcountTable = (image: Buffer): number => Number(image.readBigUInt64BE(48));
const snapshotTable = (image: Buffer): number => Number(image.readBigUInt64BE(64));

/** The content of the header extension of a type. */
function extension(image: Buffer, type: number): number {
  for (let at = image.readUInt32BE(100); ; at += 8 + Math.ceil(image.readUInt32BE(at + 4) / 8) * 8) {
    if (image.readUInt32BE(at) === type) return at + 8;
    if (image.readUInt32BE(at) === 0) throw new Error('no such extension');
  }
}

const bitmaps = (image: Buffer): number => extension(image, 0x2385_2875);
const bitmapDirectory = (image: Buffer): number => Number(image.readBigUInt64BE(bitmaps(image) + 16));

const u8 = (at: number, value: number) => (copy: Buffer) => void copy.writeUInt8(value, at);
const u32 = (at: number, value: number) => (copy: Buffer) => void copy.writeUInt32BE(value, at);
const u64 = (at: number, value: bigint) => (copy: Buffer) => void copy.writeBigUInt64BE(value, at);
/** A field in a structure whose place the image tells. */
const u32In = (place: (image: Buffer) => number, at: number, value: number) => (copy: Buffer) =>
  void copy.writeUInt32BE(value, place(copy) + at);
const u64In = (place: (image: Buffer) => number, at: number, value: bigint) => (copy: Buffer) =>
  void copy.writeBigUInt64BE(value, place(copy) + at);

/** A header extension in front of those that are there, which are not read any more. */
const extensionFirst = (type: number, content: string) => (copy: Buffer) => {
  const at = copy.readUInt32BE(100);
  copy.writeUInt32BE(type, at);
  copy.writeUInt32BE(content.length, at + 4);
  copy.write(content, at + 8, 'latin1');
  copy.fill(0, at + 8 + Math.ceil(content.length / 8) * 8, at + 512);
};

const compressedAtEnd = (copy: Buffer): void =>
  void copy.writeBigUInt64BE(COMPRESSED | (3n << 54n) | BigInt(copy.length - 1024), firstL2(copy) + 8);

const backingFile =
  (name: string, lengthBytes = name.length) =>
  (copy: Buffer) => {
    copy.write(name, 1024, 'latin1');
    copy.writeBigUInt64BE(1024n, 8);
    copy.writeUInt32BE(lengthBytes, 16);
  };

const ATTACKS: readonly Attack<Base>[] = [
  ['a backing file that exists everywhere', 'backing-file', 'v3', backingFile('/etc/shadow')],
  ['a backing file on another server', 'backing-file', 'v3', backingFile('http://169.254.169.254/latest')],
  ['a backing file in json', 'backing-file', 'v2', backingFile('json:{"driver":"file","filename":"/etc/shadow"}')],
  ['a backing file whose name is said to be empty', 'backing-file', 'v3', backingFile('/etc/shadow', 0)],
  ['a backing file whose name lies outside', 'backing-file', 'v3', u64(8, BEYOND)],
  ['an external data file', 'external-data-file', 'v3', u64(72, 4n)],
  [
    'the name of an external data file alone',
    'external-data-file',
    'v3',
    extensionFirst(0x4441_5441, 'json:{"driver":"null-co"}'),
  ],
  ['AES', 'encrypted', 'v2', u32(32, 1)],
  ['LUKS', 'encrypted', 'v3', u32(32, 2)],
  ['a crypto header alone', 'encrypted', 'v3', extensionFirst(0x0537_be77, '0123456789abcdef')],
  ['an unknown incompatible bit', 'unknown-feature', 'v3', u64(72, 1n << 5n)],
  ['the last incompatible bit', 'unknown-feature', 'v3', u64(72, 1n << 63n)],
  ['a mark of corruption', 'marked-corrupt', 'v3', u64(72, 2n)],
  ['version 1', 'unsupported-variant', 'v2', u32(4, 1)],
  ['version 4', 'unsupported-variant', 'v3', u32(4, 4)],
  ['clusters of 256 bytes', 'bad-field', 'v3', u32(20, 8)],
  ['clusters of 4 MiB', 'bad-field', 'v3', u32(20, 22)],
  ['clusters of 2^4294967295', 'bad-field', 'v3', u32(20, 0xffff_ffff)],
  ['extended L2 in clusters of 8 KiB', 'bad-field', 'extended', u32(20, 13)],
  ['refcounts of 128 bits', 'bad-field', 'v3', u32(96, 7)],
  ['a header that ends in itself', 'bad-field', 'v3', u32(100, 96)],
  ['a header of 2 GiB', 'bad-field', 'v3', u32(100, 2 ** 31)],
  ['an unknown compression', 'bad-field', 'v3', u8(104, 2)],
  ['a compression that the features deny', 'bad-field', 'v3', u8(104, 1)],
  ['a disk that is no whole sectors', 'bad-field', 'v3', u64(24, 1_000_001n)],
  ['a disk of 8 EiB', 'too-large', 'v3', u64(24, 1n << 63n)],
  ['a disk larger than the bound', 'too-large', 'v3', () => undefined, { maxVirtualSizeBytes: MIB }],
  ['an L1 table too small for the disk', 'bad-field', 'v3', u32(36, 0)],
  ['an L1 table of 32 GiB', 'bad-field', 'v3', u32(36, 0xffff_ffff)],
  ['an L1 table outside', 'outside-file', 'v3', u64(40, BEYOND)],
  ['an L1 table at 2^63', 'outside-file', 'v3', u64(40, 1n << 63n)],
  ['an L1 table within a cluster', 'bad-field', 'v3', u64(40, 512n)],
  ['an L1 table that reaches over the end', 'outside-file', 'v3', u32(36, 4_000_000)],
  ['no refcount table', 'bad-field', 'v3', u32(56, 0)],
  ['a refcount table of 256 TiB', 'bad-field', 'v3', u32(56, 0xffff_ffff)],
  ['a refcount table outside', 'outside-file', 'v3', u64(48, BEYOND)],
  ['a refcount block outside', 'outside-file', 'v3', u64In(refcountTable, 8, BEYOND)],
  ['a refcount block within a cluster', 'bad-field', 'v3', u64In(refcountTable, 0, 513n)],
  ['65537 snapshots', 'bad-field', 'snapshot', u32(60, 65_537)],
  ['a snapshot table outside', 'outside-file', 'snapshot', u64(64, BEYOND)],
  ['snapshots up to the end of the file', 'outside-file', 'snapshot', u32(60, 65_536)],
  ["a snapshot's L1 table outside", 'outside-file', 'snapshot', u64In(snapshotTable, 0, BEYOND)],
  ["a snapshot's L1 table of 32 GiB", 'bad-field', 'snapshot', u32In(snapshotTable, 8, 0xffff_ffff)],
  ["a snapshot's extra data of 4 GiB", 'bad-field', 'snapshot', u32In(snapshotTable, 36, 0xffff_ffff)],
  ['a header extension over the end of its cluster', 'bad-field', 'v3', u32(112 + 4, 0xffff_fff0)],
  ['65536 bitmaps', 'bad-field', 'bitmap', u32In(bitmaps, 0, 65_536)],
  ['a bitmap directory of 1 TiB', 'bad-field', 'bitmap', u64In(bitmaps, 8, BEYOND)],
  ['a bitmap directory outside', 'outside-file', 'bitmap', u64In(bitmaps, 16, BEYOND)],
  ['a bitmap table outside', 'outside-file', 'bitmap', u64In(bitmapDirectory, 0, BEYOND)],
  ['a bitmap of single bytes', 'bad-field', 'bitmap', (copy) => void copy.writeUInt8(0, bitmapDirectory(copy) + 17)],
  ['bitmaps over the end of their directory', 'bad-field', 'bitmap', u32In(bitmaps, 0, 9)],
  ['an L2 table outside', 'outside-file', 'v3', u64In(l1, 0, BEYOND)],
  ['an L2 table within a cluster', 'bad-field', 'v3', u64In(l1, 0, BigInt(CLUSTER + 512))],
  ['a cluster outside', 'outside-file', 'v3', u64In(firstL2, 16, BEYOND)],
  ['a cluster within a cluster', 'bad-field', 'v3', u64In(firstL2, 16, BigInt(CLUSTER + 512))],
  ['a cluster of zeros in version 2', 'bad-field', 'v2', u64In(firstL2, 0, 1n)],
  ['a compressed cluster outside', 'outside-file', 'zlib', u64In(firstL2, 8, COMPRESSED | (1n << 53n))],
  ['a compressed cluster over the end', 'outside-file', 'zlib', compressedAtEnd],
  ['a subcluster that is data and zeros', 'bad-field', 'extended', u64In(firstL2, 8, (1n << 32n) | 1n)],
  ['subclusters with data nowhere', 'bad-field', 'extended', u64In(firstL2, 0, 0n)],
  ['tables larger than the bound', 'too-much-metadata', 'v3', () => undefined, { maxMetadataBytes: 60_000 }],
];

describe.skipIf(!hasQemuImg)('hostile qcow2 images', () => {
  const disk = diskOf(2 * MIB);
  let workshop: Workshop;
  let bases: Record<Base, Buffer>;
  beforeAll(() => {
    workshop = new Workshop();
    const changed = (...args: string[]): Buffer => {
      const path = workshop.write('base', workshop.convert(disk, 'qcow2'));
      qemuImg(...args.map((arg) => (arg === 'IMAGE' ? path : arg)));
      return readFileSync(path);
    };
    bases = {
      v2: workshop.convert(disk, 'qcow2', ['compat=0.10']),
      v3: workshop.convert(disk, 'qcow2'),
      zlib: workshop.convert(disk, 'qcow2', [], ['-c']),
      extended: workshop.convert(disk, 'qcow2', ['extended_l2=on']),
      snapshot: changed('snapshot', '-c', 'one', 'IMAGE'),
      bitmap: changed('bitmap', '--add', 'IMAGE', 'one'),
    };
  });
  afterAll(() => workshop.remove());

  defineAttacks(ATTACKS, () => bases);

  it('are not those whose refcounts are not up to date: reading does not use them', async () => {
    expect(await refusalOf(patched(bases.v3, u64(72, 1n)))).toBeUndefined();
  });

  it('name the backing file that they want', async () => {
    const refused = await refusalOf(patched(bases.v3, backingFile('/etc/shadow')));
    expect(refused?.problem.params).toMatchObject({ name: { value: '/etc/shadow' }, offset: { value: '0x8' } });
  });

  it('say where the field is that points outside', async () => {
    const refused = await refusalOf(patched(bases.v3, u64In(firstL2, 16, BEYOND)));
    expect(refused?.offsetBytes).toBe(firstL2(bases.v3) + 16);
  });

  it('use one cluster for all of the disk', async () => {
    const image = patched(bases.v3, (copy) => {
      for (let entry = 1; entry < 32; entry++) copy.writeBigUInt64BE(BigInt(firstL2(copy)), firstL2(copy) + entry * 8);
    });
    expect((await refusalOf(image))?.reason).toBe('overlapping');
  });

  it('use one L2 table for all of a disk of 8 TiB', async () => {
    const image = patched(bases.v3, (copy) => {
      const tables = 16_384;
      const entry = copy.readBigUInt64BE(l1(copy));
      copy.writeBigUInt64BE(BigInt(tables) * BigInt(CLUSTER) * 8192n, 24);
      copy.writeUInt32BE(tables, 36);
      copy.writeBigUInt64BE(BigInt(CLUSTER * 2), 40);
      for (let index = 0; index < tables; index++) copy.writeBigUInt64BE(entry, CLUSTER * 2 + index * 8);
    });
    const { refused, reading } = await examine(image);
    expect(refused?.reason).toBe('overlapping');
    expect(reading.bytes).toBeLessThan(2 * image.length);
  });

  it('use one compressed sector for all of the disk', async () => {
    const image = patched(bases.zlib, (copy) => {
      const entry = copy.readBigUInt64BE(firstL2(copy));
      copy.writeBigUInt64BE(BigInt(CLUSTER) * 8192n, 24);
      for (let index = 0; index < 8192; index++) copy.writeBigUInt64BE(entry & ~(0xffn << 54n), firstL2(copy) + index * 8);
    });
    expect((await refusalOf(image, { freeBytes: 64 * MIB, ratio: 500 }))?.reason).toBe('too-dense');
  });

  it.each([
    ['plain', 'v3'],
    ['compressed', 'zlib'],
  ] as const)('hold a disk that begins as an image, %s', async (_, base) => {
    const inner = Buffer.concat([bases.v2.subarray(0, CLUSTER), Buffer.alloc(MIB)]);
    const image = workshop.convert(inner, 'qcow2', [], base === 'zlib' ? ['-c'] : []);
    const refused = await refusalOf(image);
    expect(refused).toMatchObject({ reason: 'nested-format', problem: { params: { found: { value: 'qcow2' } } } });
  });

  it('hold a first cluster that cannot be decompressed', async () => {
    const image = patched(bases.zlib, (copy) => {
      const at = Number(copy.readBigUInt64BE(firstL2(copy)) & ((1n << 54n) - 1n));
      copy.fill(0xff, at, at + 64);
    });
    expect((await refusalOf(image))?.reason).toBe('bad-field');
  });

  it('inflate the first cluster beyond its size', async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * MIB));
    const image = Buffer.concat([bases.zlib, Buffer.alloc(512 - (bases.zlib.length % 512)), bomb, Buffer.alloc(512)]);
    const at = bases.zlib.length + 512 - (bases.zlib.length % 512);
    const sectors = BigInt(Math.min(255, Math.floor(bomb.length / 512)));
    image.writeBigUInt64BE(COMPRESSED | (sectors << 54n) | BigInt(at), firstL2(image));
    expect((await refusalOf(image))?.reason).toBe('bad-field');
  });
});
