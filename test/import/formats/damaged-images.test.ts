import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskOf, type Examined, examine, hasQemuImg, KIB, MIB, patched, qemuInfo, Workshop } from './images.js';

/** Each image, and how much of its beginning is header and tables, where changes do most. */
const IMAGES = {
  'qcow2, version 2': ['qcow2', ['compat=0.10'], [], 320 * KIB],
  'qcow2, version 3': ['qcow2', ['cluster_size=4k'], [], 32 * KIB],
  'qcow2, compressed': ['qcow2', [], ['-c'], 320 * KIB],
  'qcow2, extended L2': ['qcow2', ['extended_l2=on'], [], 320 * KIB],
  'vmdk, sparse': ['vmdk', [], [], 32 * KIB],
  'vmdk, stream': ['vmdk', ['subformat=streamOptimized'], [], 32 * KIB],
  vdi: ['vdi', [], [], 2 * KIB],
  'vhd, dynamic': ['vpc', [], [], 4 * KIB],
  'vhd, fixed': ['vpc', ['subformat=fixed'], [], 512],
  vhdx: ['vhdx', ['block_size=1M'], [], 4 * MIB],
} as const;

const NAMES = Object.keys(IMAGES) as (keyof typeof IMAGES)[];

describe.skipIf(!hasQemuImg)('damaged images', () => {
  const disk = diskOf(MIB);
  let workshop: Workshop;
  const images = new Map<string, Buffer>();
  beforeAll(() => {
    workshop = new Workshop();
    for (const name of NAMES) {
      const [format, options, flags] = IMAGES[name];
      images.set(name, workshop.convert(disk, format, options, flags));
    }
  });
  afterAll(() => workshop.remove());

  const imageOf = (name: string): Buffer => images.get(name) ?? Buffer.alloc(0);

  /** Whatever was done to an image, no more is read than a few times what it has. */
  const expectBounded = ({ reading }: Examined, image: Buffer): void => {
    expect(reading.bytes).toBeLessThanOrEqual(4 * image.length + MIB);
    expect(reading.calls).toBeLessThanOrEqual(image.length / 512 + 100);
  };

  it.each(NAMES)('%s: cut off anywhere, refused or read without an error', async (name) => {
    const whole = imageOf(name);
    const lengths = fc.oneof(fc.nat(whole.length), fc.nat(Math.min(whole.length, 4 * KIB)));
    await fc.assert(
      fc.asyncProperty(lengths, async (length) => {
        const image = whole.subarray(0, length);
        expectBounded(await examine(image), image);
      }),
      { numRuns: 40 },
    );
  });

  it.each(NAMES)('%s: cut off in its data, refused', async (name) => {
    // The last grain of a fixed VHD's raw disk is no different from the others: without its footer it is one.
    const whole = imageOf(name);
    const cut = await examine(whole.subarray(0, whole.length - 70 * KIB));
    if (name === 'vhd, fixed') expect(cut.format).toBe('raw');
    else expect(cut.refused?.reason).toMatch(/^(?:truncated|outside-file|bad-field)$/);
  });

  it.each(NAMES)('%s: with bits flipped, refused or read without an error', async (name) => {
    const whole = imageOf(name);
    const metadataBytes = IMAGES[name][3];
    const change = fc.record({
      at: fc.oneof(fc.nat(Math.min(whole.length, metadataBytes) - 1), fc.nat(511)),
      bit: fc.nat(7),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const image = patched(whole, (copy) => {
          for (const { at, bit } of changes) copy.writeUInt8(copy.readUInt8(at) ^ (1 << bit), at);
        });
        expectBounded(await examine(image), image);
      }),
      { numRuns: 40 },
    );
  });

  it.each(NAMES)('%s: with fields of extreme values, refused or read without an error', async (name) => {
    const whole = imageOf(name);
    const values = [0, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
    for (let at = 0; at < 112; at += 4) {
      for (const value of values) {
        const image = patched(whole, (copy) => void copy.writeUInt32BE(value, at));
        expectBounded(await examine(image), image);
      }
    }
  });

  it.each(NAMES)('%s: what is still taken is to qemu-img what it is here', async (name) => {
    const whole = imageOf(name);
    const [qemuFormat] = IMAGES[name];
    let compared = 0;
    // A byte of each field of the header.
    for (let at = 0; at < 112 && compared < 8; at += 3) {
      const image = patched(whole, (copy) => copy.writeUInt8(copy.readUInt8(at) ^ 0x11, at));
      const { image: inspected } = await examine(image);
      if (inspected === undefined) continue;
      compared += 1;
      const info = qemuInfo(workshop.write('changed', image), qemuFormat);
      if (info === undefined) continue;
      expect([at, inspected.virtualSizeBytes]).toEqual([at, info['virtual-size']]);
      expect(info).not.toHaveProperty('backing-filename');
      expect(info).not.toHaveProperty('encrypted');
    }
  });
});
