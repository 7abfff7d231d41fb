import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Attack, defineAttacks } from './attacks.js';
import { diskOf, examine, hasQemuImg, MIB, patched, refusalOf, Workshop } from './images.js';

type Base = 'dynamic' | 'fixed';

const FOOTER = 512;
const CHECKSUM = { footer: 64, header: 36 } as const;

/** One's complement of the sum of all bytes but the checksum's own, written anew: an attacker would do so too. */
function sum(structure: Buffer, checksumAt: number): void {
  structure.writeUInt32BE(0, checksumAt);
  structure.writeUInt32BE(~structure.reduce((total, byte) => total + byte, 0) >>> 0, checksumAt);
}

/** Changes the footer and its copy alike. */
const footers = (edit: (footer: Buffer) => void) => (copy: Buffer) => {
  const ends = [copy.subarray(-FOOTER), ...(copy.toString('latin1', 0, 8) === 'conectix' ? [copy.subarray(0, FOOTER)] : [])];
  for (const footer of ends) {
    edit(footer);
    sum(footer, CHECKSUM.footer);
  }
};
const headerAt = (image: Buffer): number => Number(image.readBigUInt64BE(16));
const header = (edit: (dynamic: Buffer) => void) => (copy: Buffer) => {
  const dynamic = copy.subarray(headerAt(copy), headerAt(copy) + 1024);
  edit(dynamic);
  sum(dynamic, CHECKSUM.header);
};
const table = (image: Buffer): number => Number(image.readBigUInt64BE(headerAt(image) + 16));
const entry = (index: number, value: number) => (copy: Buffer) => void copy.writeUInt32BE(value, table(copy) + index * 4);
const u32 = (at: number, value: number) => (part: Buffer) => void part.writeUInt32BE(value, at);
const u64 = (at: number, value: bigint) => (part: Buffer) => void part.writeBigUInt64BE(value, at);
/** A writer whose size counts, instead of the geometry. */
const sized = (value: bigint) => (footer: Buffer) => {
  footer.write('win ', 28, 'latin1');
  footer.writeBigUInt64BE(value, 48);
};

const ATTACKS: readonly Attack<Base>[] = [
  ['a differencing disk', 'backing-file', 'dynamic', footers(u32(60, 4))],
  ["a parent's UUID", 'backing-file', 'dynamic', header((dynamic) => void dynamic.writeUInt8(1, 40))],
  ["a parent's name", 'backing-file', 'dynamic', header((dynamic) => void dynamic.write('/etc/shadow', 64, 'utf16le'))],
  ["a parent's locator", 'backing-file', 'dynamic', header((dynamic) => void dynamic.write('W2ku', 576, 'latin1'))],
  ['an unknown type', 'bad-field', 'dynamic', footers(u32(60, 9))],
  ['a footer copy with a wrong checksum', 'bad-checksum', 'dynamic', u32(CHECKSUM.footer, 1)],
  ['a footer with a wrong checksum', 'bad-checksum', 'dynamic', (copy) => void copy.writeUInt32BE(1, copy.length - FOOTER + 64)],
  ['no footer at the end', 'truncated', 'dynamic', (copy) => void copy.fill(0, copy.length - FOOTER)],
  [
    'another size at the end',
    'bad-field',
    'dynamic',
    (copy) => {
      const footer = copy.subarray(-FOOTER);
      footer.writeBigUInt64BE(2n ** 30n, 48);
      sum(footer, CHECKSUM.footer);
    },
  ],
  ['a dynamic disk header outside', 'outside-file', 'dynamic', footers(u64(16, 2n ** 40n))],
  ['a dynamic disk header elsewhere', 'bad-field', 'dynamic', footers(u64(16, 0n))],
  [
    'a dynamic disk header with a wrong checksum',
    'bad-checksum',
    'dynamic',
    (copy) => void copy.writeUInt8(1, headerAt(copy) + 48),
  ],
  ['a later version', 'unsupported-variant', 'dynamic', header(u32(24, 0x0002_0000))],
  ['blocks of 3 MiB', 'bad-field', 'dynamic', header(u32(32, 3 * MIB))],
  ['blocks of 2 GiB', 'bad-field', 'dynamic', header(u32(32, 2 ** 31))],
  ['blocks of nothing', 'bad-field', 'dynamic', header(u32(32, 0))],
  ['a table too small for the disk', 'bad-field', 'dynamic', header(u32(28, 1))],
  ['a table of 16 GiB', 'bad-field', 'dynamic', header(u32(28, 0xffff_ffff))],
  ['a table over the end', 'outside-file', 'dynamic', header(u32(28, 1_000_000))],
  ['a table outside', 'outside-file', 'dynamic', header(u64(16, 2n ** 40n))],
  ['a block outside', 'outside-file', 'dynamic', entry(1, 0xffff_fffe)],
  [
    'one block for all of the disk',
    'overlapping',
    'dynamic',
    (copy) => [1, 2, 3].forEach((index) => void entry(index, copy.readUInt32BE(table(copy)))(copy)),
  ],
  [
    'a writer whose disk QEMU would cut to its geometry',
    'unsupported-variant',
    'dynamic',
    footers((footer) => {
      footer.write('vbox', 28, 'latin1');
      footer.writeUInt16BE(1, 56);
    }),
  ],
  ['a disk of 16 EiB', 'bad-field', 'dynamic', footers(sized(2n ** 64n - 512n))],
  ['a disk larger than the bound', 'too-large', 'dynamic', () => undefined, { maxVirtualSizeBytes: MIB }],
  ['a fixed disk larger than its file', 'bad-field', 'fixed', footers(sized(2n ** 30n))],
];

describe.skipIf(!hasQemuImg)('hostile VHD images', () => {
  const disk = Buffer.concat([diskOf(MIB), Buffer.alloc(7 * MIB)]);
  let workshop: Workshop;
  let bases: Record<Base, Buffer>;
  beforeAll(() => {
    workshop = new Workshop();
    bases = {
      dynamic: workshop.convert(disk, 'vpc', ['force_size=on']),
      fixed: workshop.convert(disk, 'vpc', ['subformat=fixed,force_size=on']),
    };
  });
  afterAll(() => workshop.remove());

  defineAttacks(ATTACKS, () => bases);

  it('hold a disk that begins as an image', async () => {
    const image = patched(
      bases.dynamic,
      (copy) => void copy.write('vhdxfile', copy.readUInt32BE(table(copy)) * 512 + 512, 'latin1'),
    );
    expect(await refusalOf(image)).toMatchObject({ reason: 'nested-format', problem: { params: { found: { value: 'vhdx' } } } });
  });

  it('are a fixed disk and an image at once', async () => {
    const image = patched(bases.fixed, (copy) => void copy.write('QFI\xfb', 0, 'latin1'));
    expect((await refusalOf(image))?.reason).toBe('polyglot');
  });

  it('are raw disks, when a footer is no footer', async () => {
    for (const edit of [u32(64, 1), u32(60, 3), u32(0, 1)]) {
      expect(await examine(patched(bases.fixed, (copy) => edit(copy.subarray(-FOOTER))))).toMatchObject({ format: 'raw' });
    }
  });
});
