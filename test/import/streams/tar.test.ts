import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ImportError } from '../../../src/import/error.js';
import { diskInTar, tarMembers } from '../../../src/import/streams/tar.js';
import { chunked, collect, noise, print, stalledAfter } from '../../support/image-bytes.js';
import { tarArchive, tarMember } from '../../support/tar-archive.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const DISK = noise(300_001);
const OTHER = noise(5000, 2);

describe('the disk in an archive', () => {
  it.each([
    ['the only member', [{ name: 'disk.img', data: DISK }]],
    [
      'the only disk of an OVA',
      [
        { name: 'vm.ovf', data: OTHER },
        { name: 'vm.mf', data: OTHER },
        { name: 'vm-disk1.vmdk', data: DISK },
      ],
    ],
    [
      'after its descriptions or before',
      [
        { name: 'd.raw', data: DISK },
        { name: 'd.raw.sha256', data: OTHER },
        { name: 'README.md', data: OTHER },
      ],
    ],
    [
      'beside hidden files',
      [
        { name: './._disk', data: OTHER },
        { name: '.DS_Store', data: OTHER },
        { name: './disk', data: DISK },
      ],
    ],
    [
      'beside what is no file',
      [
        { name: 'd/', type: '5' },
        { name: 'l', type: '2', linkName: 'd/disk' },
        { name: 'd/disk', data: DISK },
      ],
    ],
    ['beside empty files', [{ name: 'empty.img' }, { name: 'disk.img', data: DISK }]],
    ['named as a contiguous file', [{ name: 'disk.img', type: '7', data: DISK }]],
  ])('is %s', async (_, members) => {
    expect(await disk(tarArchive(members))).toBe(print(DISK));
  });

  it('is given up at once when there are two, though the source brings nothing more', async () => {
    const archive = tarArchive([
      { name: 'a.img', data: OTHER },
      { name: 'b.img', data: DISK },
    ]);
    await expect(collect(diskInTar(stalledAfter(archive.subarray(0, 100_000)), 'x', undefined))).rejects.toMatchObject({
      code: 'several-members',
    });
  });

  it('is the member that is named', async () => {
    const archive = tarArchive([
      { name: './a.img', data: OTHER },
      { name: 'sub/b.img', data: DISK },
      { name: 'c.img', data: OTHER },
    ]);
    expect(await disk(archive, 'sub/b.img')).toBe(print(DISK));
    expect(await disk(archive, 'a.img')).toBe(print(OTHER));
    await expect(disk(archive, 'd.img')).rejects.toMatchObject({
      code: 'no-member',
      problem: { params: { name: { value: 'd.img' } } },
    });
  });

  it('is not guessed', async () => {
    await expect(
      disk(
        tarArchive([
          { name: 'a.img', data: OTHER },
          { name: 'b.img', data: DISK },
        ]),
      ),
    ).rejects.toMatchObject({
      code: 'several-members',
      problem: { params: { first: { value: 'a.img' }, second: { value: 'b.img' } } },
    });
    await expect(disk(tarArchive([{ name: 'vm.ovf', data: OTHER }]))).rejects.toMatchObject({ code: 'no-member' });
    await expect(disk(tarArchive([]))).rejects.toMatchObject({ code: 'no-member' });
  });

  it.each([
    ['pax', 'posix'],
    ['GNU', 'gnu'],
  ])('has a long name, as %s archives write it', async (_, format) => {
    const name = `${'directory-of-a-long-name/'.repeat(8)}磁盘.img`;
    const archive = await madeByTar([`--format=${format}`], { [name]: DISK });
    expect(await disk(archive, name)).toBe(print(DISK));
  });

  it.each([
    ['oldgnu', ['--format=oldgnu']],
    ['oldgnu, with more holes than a header holds', ['--format=oldgnu'], 12],
    ['pax 0.0', ['--format=posix', '--sparse-version=0.0']],
    ['pax 0.1', ['--format=posix', '--sparse-version=0.1']],
    ['pax 1.0', ['--format=posix', '--sparse-version=1.0']],
  ])('is refused when it is a sparse member (%s), whose bytes are others', async (_, options, parts = 3) => {
    const holes = Buffer.alloc(parts * 1024 * 1024);
    for (let part = 0; part < parts; part++) DISK.copy(holes, part * 1024 * 1024, 0, 8192);
    const archive = await madeByTar(['-S', ...options], { 'disk.img': holes });
    expect(archive.length).toBeLessThan(holes.length / 4);
    await expect(disk(archive)).rejects.toMatchObject({ code: 'format-unsupported' });
  });

  it('is not where its name says: nothing is unpacked', async () => {
    const directory = temporaryDirectory();
    const names = ['../../escaped.img', `${directory}/absolute.img`, 'a/../../b'];
    for (const name of names) {
      const archive = tarArchive([
        { name: 'link', type: '2', linkName: directory },
        { name, data: DISK },
      ]);
      expect(await disk(archive)).toBe(print(DISK));
    }
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe('an archive that is damaged', () => {
  const archive = tarArchive([
    { name: 'a.txt', data: OTHER },
    { name: 'disk.img', data: DISK },
  ]);

  it.each([100, 512 + 100, 512 + 5120 + 100, 512 + 5120 + 512 + 100_000, archive.length - 1024 - 100])(
    'ends in the middle, at %i',
    async (length) => {
      await expect(disk(archive.subarray(0, length))).rejects.toMatchObject({ code: 'damaged' });
    },
  );

  it.each([
    ['checksum', 512 + 5120 + 5],
    ['size', 512 + 5120 + 126],
  ])('by a wrong %s in a header', async (_, at) => {
    const wrong = Buffer.from(archive);
    wrong[at] = 0x7f;
    await expect(disk(wrong)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('by a size that is not there', async () => {
    const wrong = Buffer.concat([tarMember({ name: 'disk.img', data: DISK, size: 7_000_000_000 }), Buffer.alloc(1024)]);
    await expect(disk(wrong)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('by headers of names without an end', async () => {
    const wrong = Buffer.concat([tarMember({ name: 'x', type: 'L', size: 8_000_000 }), Buffer.alloc(9_000_000)]);
    await expect(disk(wrong)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('in any way: it is told, and never more than damage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(archive.length - 1), fc.nat(255), fc.nat(archive.length), async (at, value, length) => {
        const wrong = Buffer.from(archive.subarray(0, length));
        if (at < length) wrong[at] = value;
        const told = await disk(wrong).catch((error: unknown) => error);
        if (typeof told !== 'string') expect(told).toBeInstanceOf(ImportError);
      }),
      { numRuns: 150 },
    );
  });

  it.each([0, 300, 3000, 200_000])('is not said of one whose source fails after %i bytes', async (length) => {
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield* chunked(archive.subarray(0, length), [1000]);
      throw new ImportError('source-cut', { source: 'x', reason: 'ECONNRESET' });
    };
    await expect(collect(diskInTar(failing(), 'x', undefined))).rejects.toMatchObject({ code: 'source-cut' });
  });
});

describe('the members of an archive', () => {
  const members = [
    { name: 'a.txt', data: OTHER },
    { name: 'disk.img', data: DISK },
    { name: 'b', data: noise(511, 3) },
    { name: 'c', data: noise(512, 4) },
  ];
  const archive = tarArchive(members);

  it('are the same however the bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 5 }), async (lengths) => {
        const found: string[] = [];
        for await (const { name, sizeBytes, chunks } of tarMembers(chunked(archive, lengths), 'x')) {
          found.push(`${name} ${sizeBytes} ${print(await collect(chunks))}`);
        }
        expect(found).toEqual(members.map(({ name, data }) => `${name} ${data.length} ${print(data)}`));
      }),
      { numRuns: 25, examples: [[[1]], [[511]], [[512]], [[513]]] },
    );
  });

  it('are skipped when nobody reads them, and their source is closed when nobody reads on', async () => {
    let closed = false;
    const source = (async function* () {
      try {
        yield* chunked(archive, [1000]);
      } finally {
        closed = true;
      }
    })();
    const names: string[] = [];
    for await (const { name } of tarMembers(source, 'x')) {
      names.push(name);
      if (name === 'b') break;
    }
    expect(names).toEqual(['a.txt', 'disk.img', 'b']);
    expect(closed).toBe(true);
  });

  it('are skipped when somebody reads a part of them', async () => {
    const names: string[] = [];
    for await (const { name, chunks } of tarMembers(chunked(archive, [1000]), 'x')) {
      for await (const chunk of chunks) {
        names.push(`${name} ${chunk.length > 0}`);
        break;
      }
    }
    expect(names).toEqual(members.map(({ name }) => `${name} true`));
  });

  it('wait for who reads them', async () => {
    let given = 0;
    const source = (async function* () {
      for await (const chunk of chunked(tarArchive([{ name: 'disk.img', data: noise(5_000_000) }]), [10_000])) {
        given += chunk.length;
        yield chunk;
      }
    })();
    for await (const { chunks } of tarMembers(source, 'x')) {
      for await (const chunk of chunks) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(given).toBeLessThan(500_000);
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
      break;
    }
  });
});

/** The print of the disk in an archive, which comes in pieces that fit nothing. */
function disk(archive: Buffer, name?: string): Promise<string> {
  return collect(diskInTar(chunked(archive, [7001]), 'x', name)).then(print);
}

/** An archive of files, made by GNU tar. */
async function madeByTar(options: readonly string[], files: Readonly<Record<string, Buffer>>): Promise<Buffer> {
  const directory = temporaryDirectory();
  for (const [name, data] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeSparse(path, data);
  }
  return execFileSync('tar', [...options, '-cf', '-', '-C', directory, ...Object.keys(files)], { maxBuffer: 1e8 });
}

/** A file with holes where there are zeros. */
function writeSparse(path: string, data: Buffer): void {
  writeFileSync(path, '');
  truncateSync(path, data.length);
  execFileSync('dd', [`of=${path}`, 'conv=sparse,notrunc', 'bs=4096', 'status=none'], { input: data });
}
