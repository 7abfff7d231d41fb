import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskOf, examine, hasQemuImg, KIB, MIB, qemuImg, qemuInfo, Workshop } from './images.js';

/** The names of a format here and at qemu-img, the options, the flags, and the variant that is told. */
type Case = readonly [format: string, qemuFormat: string, options: readonly string[], flags: readonly string[], variant: string];

const CASES: readonly Case[] = [
  ['qcow2', 'qcow2', ['compat=0.10'], [], 'version 2'],
  ['qcow2', 'qcow2', ['compat=0.10'], ['-c'], 'version 2, zlib'],
  ['qcow2', 'qcow2', ['compat=1.1'], [], 'version 3'],
  ['qcow2', 'qcow2', ['compat=1.1,lazy_refcounts=on'], [], 'version 3'],
  ['qcow2', 'qcow2', [], ['-c'], 'version 3, zlib'],
  ['qcow2', 'qcow2', ['compression_type=zstd'], ['-c'], 'version 3, zstd'],
  ['qcow2', 'qcow2', ['cluster_size=512'], [], 'version 3'],
  ['qcow2', 'qcow2', ['cluster_size=512'], ['-c'], 'version 3, zlib'],
  ['qcow2', 'qcow2', ['cluster_size=4k'], [], 'version 3'],
  ['qcow2', 'qcow2', ['cluster_size=2M'], [], 'version 3'],
  ['qcow2', 'qcow2', ['cluster_size=2M'], ['-c'], 'version 3, zlib'],
  ['qcow2', 'qcow2', ['extended_l2=on,cluster_size=16k'], [], 'version 3, extended L2'],
  ['qcow2', 'qcow2', ['extended_l2=on,cluster_size=128k'], ['-c'], 'version 3, extended L2, zlib'],
  ['qcow2', 'qcow2', ['refcount_bits=1'], [], 'version 3'],
  ['qcow2', 'qcow2', ['refcount_bits=64'], [], 'version 3'],
  ['qcow2', 'qcow2', ['preallocation=metadata'], [], 'version 3'],
  ['qcow2', 'qcow2', ['preallocation=falloc'], [], 'version 3'],
  ['qcow2', 'qcow2', ['preallocation=full'], [], 'version 3'],
  ['vmdk', 'vmdk', ['subformat=monolithicSparse'], [], 'monolithicSparse'],
  ['vmdk', 'vmdk', ['subformat=monolithicSparse,zeroed_grain=on'], [], 'monolithicSparse'],
  ['vmdk', 'vmdk', ['subformat=monolithicSparse,hwversion=6'], [], 'monolithicSparse'],
  ['vmdk', 'vmdk', ['subformat=streamOptimized'], [], 'streamOptimized'],
  ['vdi', 'vdi', ['static=off'], [], 'dynamic'],
  ['vdi', 'vdi', ['static=on'], [], 'static'],
  ['vhd', 'vpc', ['subformat=dynamic'], [], 'dynamic'],
  ['vhd', 'vpc', ['subformat=dynamic,force_size=on'], [], 'dynamic'],
  ['vhd', 'vpc', ['subformat=fixed'], [], 'fixed'],
  ['vhd', 'vpc', ['subformat=fixed,force_size=on'], [], 'fixed'],
  ['vhdx', 'vhdx', ['subformat=dynamic,block_size=1M'], [], 'dynamic'],
  ['vhdx', 'vhdx', ['subformat=dynamic,block_size=32M'], [], 'dynamic'],
  ['vhdx', 'vhdx', ['subformat=fixed'], [], 'fixed'],
  ['vhdx', 'vhdx', ['log_size=3M,block_state_zero=off'], [], 'dynamic'],
];

describe.skipIf(!hasQemuImg)('images made by qemu-img', () => {
  // The last sector is alone in its block.
  const disk = diskOf(2 * MIB + 512);
  let workshop: Workshop;
  beforeAll(() => {
    workshop = new Workshop();
  });
  afterAll(() => workshop.remove());

  it.each(CASES)(
    '%s (%s %j %j): recognised, of the size that qemu-img says',
    async (format, qemuFormat, options, flags, variant) => {
      const image = workshop.convert(disk, qemuFormat, options, flags);
      const virtualSizeBytes = qemuInfo(workshop.write(format, image), qemuFormat)?.['virtual-size'];
      expect(await examine(image)).toMatchObject({ format, image: { format, variant, virtualSizeBytes } });
      expect(virtualSizeBytes).toBeGreaterThanOrEqual(disk.length);
    },
  );

  it.each([
    ['qcow2', 'qcow2', []],
    ['qcow2', 'qcow2', ['preallocation=metadata']],
    ['vmdk', 'vmdk', []],
    ['vdi', 'vdi', []],
    ['vhd', 'vpc', []],
    ['vhdx', 'vhdx', []],
  ])('an empty disk in %s (%s %j)', async (format, qemuFormat, options) => {
    const image = workshop.create(qemuFormat, 24 * MIB, options);
    const virtualSizeBytes = qemuInfo(workshop.write(format, image), qemuFormat)?.['virtual-size'];
    expect(await examine(image)).toMatchObject({ format, image: { virtualSizeBytes } });
  });

  it('tells how much of the disk the image has data for', async () => {
    const halfEmpty = Buffer.alloc(8 * MIB);
    halfEmpty.fill(7, 0, MIB);
    halfEmpty.fill(9, 5 * MIB, 6 * MIB);
    for (const [format, options, flags] of [
      ['qcow2', [], []],
      ['qcow2', [], ['-c']],
      ['qcow2', ['extended_l2=on'], []],
      ['vmdk', [], []],
      ['vmdk', ['subformat=streamOptimized'], []],
      ['vdi', [], []],
      ['vhdx', ['block_size=1M'], []],
    ] as const) {
      const { image } = await examine(workshop.convert(halfEmpty, format, options, flags));
      expect([format, image?.allocatedBytes]).toEqual([format, 2 * MIB]);
    }
  });

  it('keeps the header as it was read', async () => {
    const image = workshop.convert(diskOf(MIB), 'qcow2');
    const pinned = (await examine(image)).image?.pinned ?? [];
    expect(pinned.map(({ offsetBytes }) => offsetBytes)).toEqual([0]);
    for (const { offsetBytes, bytes } of pinned) {
      expect(image.compare(bytes, 0, bytes.length, offsetBytes, offsetBytes + bytes.length)).toBe(0);
    }
  });

  it('takes a qcow2 with internal snapshots for its active disk', async () => {
    const path = workshop.write('snapshots', workshop.convert(diskOf(2 * MIB), 'qcow2'));
    for (const name of ['before', 'after', 'a name of some length']) qemuImg('snapshot', '-c', name, path);
    qemuImg('resize', '-q', '-f', 'qcow2', path, '5M');
    expect(await examine(readFileSync(path))).toMatchObject({ image: { virtualSizeBytes: 5 * MIB } });
  });

  it('takes a qcow2 with dirty bitmaps', async () => {
    const path = workshop.write('bitmaps', workshop.convert(diskOf(2 * MIB), 'qcow2'));
    qemuImg('bitmap', '--add', path, 'backup');
    qemuImg('bitmap', '--add', '-g', '512', path, 'fine');
    expect(await examine(readFileSync(path))).toMatchObject({ image: { virtualSizeBytes: 2 * MIB } });
  });

  it('takes a stream-optimized VMDK whose directory is at its end', async () => {
    const sizeBytes = 3 * MIB + 512;
    const image = withFooter(workshop.convert(diskOf(sizeBytes), 'vmdk', ['subformat=streamOptimized']));
    expect(qemuInfo(workshop.write('footer.vmdk', image), 'vmdk')?.['virtual-size']).toBe(sizeBytes);
    expect(await examine(image)).toMatchObject({ image: { variant: 'streamOptimized', virtualSizeBytes: sizeBytes } });
  });

  it.each(['monolithicFlat', 'twoGbMaxExtentSparse', 'twoGbMaxExtentFlat'])(
    'refuses each part of a %s VMDK, which is more than one file',
    async (subformat) => {
      const path = workshop.path('split.vmdk');
      qemuImg('convert', '-f', 'raw', '-O', 'vmdk', '-o', `subformat=${subformat}`, workshop.write('raw', diskOf(MIB)), path);
      expect((await examine(readFileSync(path))).refused?.reason).toBe('external-extent');
      const part = path.replace('.vmdk', '-s001.vmdk');
      if (subformat === 'twoGbMaxExtentSparse') {
        expect((await examine(readFileSync(part))).refused?.reason).toBe('external-extent');
      } else expect(existsSync(part)).toBe(false);
    },
  );

  it('refuses what qemu-img makes of an image and a backing file, a data file, or a key', async () => {
    const base = workshop.write('base', diskOf(MIB));
    const secret = ['--object', 'secret,id=s,data=x'];
    for (const [reason, args] of [
      ['backing-file', ['-f', 'qcow2', '-b', base, '-F', 'raw']],
      ['external-data-file', ['-f', 'qcow2', '-o', `data_file=${workshop.path('data')}`]],
      ['external-data-file', ['-f', 'qcow2', '-o', `data_file=${workshop.path('data')},data_file_raw=on`]],
      ['encrypted', [...secret, '-f', 'qcow2', '-o', 'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10']],
      ['encrypted', [...secret, '-f', 'qcow2', '-o', 'encrypt.format=aes,encrypt.key-secret=s']],
    ] as const) {
      const path = workshop.path('refused');
      qemuImg('create', '-q', ...args, path, '1M');
      expect((await examine(readFileSync(path))).refused?.reason).toBe(reason);
    }
    const vmdkBase = workshop.write('base.vmdk', workshop.convert(diskOf(MIB), 'vmdk'));
    const child = workshop.path('child.vmdk');
    qemuImg('create', '-q', '-f', 'vmdk', '-b', vmdkBase, '-F', 'vmdk', child);
    const { refused } = await examine(readFileSync(child));
    expect(refused?.reason).toBe('backing-file');
    expect(refused?.problem.params.name).toEqual({ kind: 'text', value: vmdkBase });
  });

  it('reads no more of a disk of 1 TiB than its tables', async () => {
    const path = workshop.path('large.qcow2');
    qemuImg('create', '-q', '-f', 'qcow2', path, '1T');
    const write = spawnSync('qemu-io', ['-c', 'write 0 64k', '-c', 'write 500G 64k', path]);
    if (write.status !== 0) throw new Error(String(write.stderr));
    const { image, reading } = await examine(readFileSync(path));
    expect(image).toMatchObject({ virtualSizeBytes: 1024 ** 4, allocatedBytes: 128 * KIB });
    expect(reading.bytes).toBeLessThan(MIB);
  });
});

/** Puts the directory's place into a footer, as programs do that write a stream from its start to its end. */
function withFooter(image: Buffer): Buffer {
  const footer = Buffer.alloc(3 * 512);
  footer.writeBigUInt64LE(1n, 0);
  footer.writeUInt32LE(3, 12);
  image.copy(footer, 512, 0, 512);
  const streamed = Buffer.concat([image, footer]);
  streamed.writeBigInt64LE(-1n, 56);
  return streamed;
}
