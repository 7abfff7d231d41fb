import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { HEAD_BYTES, imageHeaderIn, recognise, TAIL_BYTES } from '../../../src/import/formats/recognise.js';
import { ImageRefused } from '../../../src/import/formats/refused.js';
import { diskOf, MIB } from './images.js';

/** The format of an image as the importer asks for it. */
function formatOf(image: Buffer): string {
  return recognise(image.subarray(0, HEAD_BYTES), image.subarray(Math.max(0, image.length - TAIL_BYTES)), image.length);
}

/** The formats that an image is refused for being, or the one that it is. */
function verdictOn(image: Buffer): unknown {
  try {
    return formatOf(image);
  } catch (error) {
    if (!(error instanceof ImageRefused)) throw error;
    const { first, second, found } = error.problem.params;
    return [error.reason, ...[first, second, found].flatMap((param) => (param === undefined ? [] : [param.value]))];
  }
}

/** A disk with marks where formats have theirs. */
function marked(...marks: readonly (readonly [offset: number, mark: string])[]): Buffer {
  const image = diskOf(MIB);
  for (const [offset, mark] of marks) image.write(mark, offset, 'latin1');
  return image;
}

const QCOW2 = 'QFI\xfb';
const ISO = [0x8001, 'CD001'] as const;

describe('recognise', () => {
  it.each([
    ['qcow2', 0, QCOW2],
    ['vmdk', 0, 'KDMV'],
    ['vmdk', 0, '# Disk DescriptorFile\n'],
    ['vmdk', 0, '# anything\r\n\r\nversion=1\r\n'],
    ['vdi', 0x40, '\x7f\x10\xda\xbe'],
    ['vhd', 0, 'conectix'],
    ['vhdx', 0, 'vhdxfile'],
    ['gz', 0, '\x1f\x8b\x08'],
    ['xz', 0, '\xfd7zXZ\0'],
    ['zst', 0, '\x28\xb5\x2f\xfd'],
    ['zst', 0, '\x50\x2a\x4d\x18'],
    ['bz2', 0, 'BZh91AY&SY'],
    ['tar', 257, 'ustar'],
    ['iso', 0x8001, 'CD001'],
    ['iso', 0x8801, 'CD001'],
  ])('%s by its mark at %i', (format, offset, mark) => {
    expect(verdictOn(marked([offset, mark]))).toBe(format);
  });

  it('a disk, an empty one and a short file as raw', () => {
    for (const image of [diskOf(MIB), Buffer.alloc(MIB), Buffer.alloc(0), Buffer.from('x'), Buffer.alloc(511)]) {
      expect(verdictOn(image)).toBe('raw');
    }
  });

  it('text and near misses as raw', () => {
    for (const text of ['BZh9 is no stream', 'version=1', '# version=1\nx', 'conectio', 'QFI', 'ustar', 'version=9\n']) {
      expect(verdictOn(marked([0, text]))).toBe('raw');
    }
  });

  it('what tools make', async () => {
    expect(verdictOn(gzipSync(diskOf(MIB)))).toBe('gz');
    for (const [tool, format] of [
      ['xz', 'xz'],
      ['zstd', 'zst'],
      ['bzip2', 'bz2'],
    ] as const) {
      for (const input of [diskOf(MIB), Buffer.alloc(0)]) {
        const { error, stdout } = spawnSync(tool, ['-c'], { input, maxBuffer: 8 * MIB });
        if (error === undefined) expect(verdictOn(stdout)).toBe(format);
      }
    }
    const archive = pack();
    archive.entry({ name: 'disk.vmdk' }, marked([0, 'KDMV']));
    archive.finalize();
    const pieces: Buffer[] = [];
    for await (const piece of archive) pieces.push(piece as Buffer);
    expect(verdictOn(Buffer.concat(pieces))).toBe('tar');
  });

  it.each([
    ['qcow2', 'iso', marked([0, QCOW2], ISO)],
    ['gz', 'iso', marked([0, '\x1f\x8b\x08'], ISO)],
    ['vmdk', 'vdi', marked([0, 'KDMV'], [0x40, '\x7f\x10\xda\xbe'])],
    ['vhd', 'tar', marked([0, 'conectix'], [257, 'ustar'])],
    ['tar', 'iso', marked([257, 'ustar'], ISO)],
    ['iso', 'qed', marked([0, 'QED\0'], ISO)],
  ])('%s and %s at once is refused', (first, second, image) => {
    expect(verdictOn(image)).toEqual(['polyglot', first, second]);
  });

  it.each([
    ['zip', 'PK\x03\x04'],
    ['7z', '7z\xbc\xaf\x27\x1c'],
    ['lz4', '\x04\x22\x4d\x18'],
    ['qed', 'QED\0'],
    ['parallels', 'WithouFreSpacExt'],
  ])('%s, which would be no disk, is refused', (format, mark) => {
    expect(verdictOn(marked([0, mark]))).toEqual(['unsupported-format', format]);
  });

  it('an ISO alone as such, and a fixed VHD of one as the VHD', () => {
    const image = Buffer.concat([marked(ISO), fixedFooter()]);
    expect(verdictOn(image)).toBe('vhd');
    expect(verdictOn(image.subarray(0, MIB))).toBe('iso');
  });

  it('any bytes, without any other error', () => {
    const mark = fc.constantFrom(
      QCOW2,
      'KDMV',
      'conectix',
      'CD001',
      'ustar',
      '# Disk DescriptorFile',
      '#\n',
      '\n',
      ' ',
      'version=1\n',
    );
    const part = fc.oneof(
      mark.map((text) => Buffer.from(text, 'latin1')),
      fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const image = Buffer.concat(parts);
        expect(verdictOn(image)).toBeDefined();
        expect(() => imageHeaderIn(image)).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });

  it('a long text without taking long', () => {
    const lines = Buffer.from('#'.repeat(HEAD_BYTES));
    const blanks = Buffer.from(' \n'.repeat(HEAD_BYTES / 2));
    for (const text of [lines, blanks]) expect(verdictOn(text)).toBe('raw');
  });
});

describe('imageHeaderIn', () => {
  it('finds the headers that programs guess formats by', () => {
    for (const [offset, mark, found] of [
      [0, QCOW2, 'qcow2'],
      [0, 'KDMV', 'vmdk'],
      [0x40, '\x7f\x10\xda\xbe', 'vdi'],
      [0, 'conectix', 'vhd'],
      [0, 'vhdxfile', 'vhdx'],
      [0, 'QED\0', 'qed'],
      [0, 'WithoutFreeSpace', 'parallels'],
    ] as const) {
      expect(imageHeaderIn(marked([offset, mark]).subarray(0, 512))).toBe(found);
    }
  });

  it('finds none in a boot sector, nor in an archive', () => {
    for (const image of [diskOf(MIB), marked([0, 'PK\x03\x04']), marked([0, '\x1f\x8b\x08']), marked(ISO)]) {
      expect(imageHeaderIn(image)).toBeUndefined();
    }
  });
});

/** The footer of a fixed VHD, as far as it is recognised by. */
function fixedFooter(): Buffer {
  const footer = Buffer.alloc(512);
  footer.write('conectix', 'latin1');
  footer.writeUInt32BE(2, 60);
  footer.writeUInt32BE(~footer.reduce((sum, byte) => sum + byte, 0) >>> 0, 64);
  return footer;
}
