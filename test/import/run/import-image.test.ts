import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseChecksum } from '../../../src/import/digest.js';
import { ImportError } from '../../../src/import/error.js';
import { importImage } from '../../../src/import/run/import-image.js';
import type { ImportRequest } from '../../../src/import/run/request.js';
import { blankSource } from '../../../src/import/sources/blank.js';
import { fileSource } from '../../../src/import/sources/file.js';
import { httpClient } from '../../../src/import/sources/http/client.js';
import { httpSource } from '../../../src/import/sources/http/http.js';
import type { ByteSource } from '../../../src/import/sources/source.js';
import { streamSource } from '../../../src/import/sources/stream.js';
import { defaultBounds } from '../../../src/import/streams/bounds.js';
import { cacheModes } from '../../../src/import/target/cache-mode.js';
import type { Message } from '../../../src/model/index.js';
import { compress, hasTool } from '../../support/compress.js';
import { FaultServer, fileAnswer } from '../../support/fault-server.js';
import { chunked, diskBytes, noise, print, sha256 } from '../../support/image-bytes.js';
import { bytesSource, importRequest, streamedSource } from '../../support/import-request.js';
import { tarArchive } from '../../support/tar-archive.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const MIB = 1024 * 1024;
const DISK = diskBytes(5_000_003);
const DISK_SHA256 = sha256(DISK);

describe('an import', () => {
  it.each(cacheModes)('writes every byte with --cache %s', async (cacheMode) => {
    const request = importRequest(streamedSource(DISK), { cacheMode });
    const report = await importImage(request);
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
    expect(report).toMatchObject({
      format: 'raw',
      layers: [],
      virtualSizeBytes: DISK.length,
      targetSizeBytes: sectors(DISK).length,
      bytesRead: DISK.length,
      flushed: cacheMode !== 'unsafe',
      cacheMode: cacheMode === 'auto' ? expect.stringMatching(/^(none|bounded)$/) : cacheMode,
    });
    expect(readdirSync(dirname(request.target))).toEqual(['disk.img']);
  });

  it('leaves zeros out, as far as they are blocks, and leaves a hole of any size', async () => {
    const disk = Buffer.concat([noise(100_000), Buffer.alloc(40 * MIB), noise(100_000, 2), Buffer.alloc(20 * MIB)]);
    const request = importRequest(streamedSource(disk));
    const report = await importImage(request);
    expect(targetPrint(request)).toBe(print(sectors(disk)));
    expect(report.bytesWritten).toBeLessThan(MIB);
    expect(heldBytes(request)).toBeLessThan(MIB);
  });

  it.each([
    ['falloc', undefined],
    ['full', undefined],
    ['falloc', 24 * MIB],
    ['full', 24 * MIB],
  ] as const)('reserves all of it with --preallocation %s and --size %s', async (preallocation, sizeBytes) => {
    const disk = Buffer.concat([noise(MIB), Buffer.alloc(15 * MIB)]);
    const size = sizeBytes === undefined ? {} : { sizeBytes };
    for (const source of [bytesSource(disk), streamedSource(disk)]) {
      const request = importRequest(source, { preallocation, ...size });
      const report = await importImage(request);
      const target = sizeBytes ?? disk.length;
      expect(report).toMatchObject({ virtualSizeBytes: disk.length, targetSizeBytes: target });
      expect(heldBytes(request)).toBeGreaterThanOrEqual(target);
      expect(targetPrint(request)).toBe(print(Buffer.concat([disk, Buffer.alloc(target - disk.length)])));
    }
  });

  it('that fails leaves nothing that reads: not what a decoder that was given up still waited for', async () => {
    const wrong = compress('gz', DISK).fill(0x55, 1000, 200_000);
    let isEnded = false;
    const source = bytesSource(wrong, {
      read: async function* (_, signal) {
        try {
          yield wrong.subarray(0, 300_000);
          await once(signal, 'abort');
          signal.throwIfAborted();
        } finally {
          isEnded = true;
        }
      },
    });
    await expect(importImage(importRequest(source))).rejects.toMatchObject({ code: 'damaged' });
    expect(isEnded).toBe(true);
  });

  it('grows the target to the size that was asked for, as a hole', async () => {
    const request = importRequest(streamedSource(DISK), { sizeBytes: 64 * MIB });
    expect(await importImage(request)).toMatchObject({ virtualSizeBytes: DISK.length, targetSizeBytes: 64 * MIB });
    expect(statSync(request.target).size).toBe(64 * MIB);
    expect(heldBytes(request)).toBeLessThan(6 * MIB);
  });

  it('takes an image as long as the target, to the byte, and none that is longer', async () => {
    const disk = noise(2 * MIB);
    const fits = importRequest(streamedSource(disk), { sizeBytes: 2 * MIB });
    expect(await importImage(fits)).toMatchObject({ targetSizeBytes: 2 * MIB });
    const short = importRequest(bytesSource(disk), { sizeBytes: 2 * MIB - 512 });
    await expect(importImage(short)).rejects.toMatchObject({ code: 'target-too-small', fault: 'target' });
    // Known before: nothing was touched.
    expect(existsSync(short.target)).toBe(false);
    const streamed = importRequest(streamedSource(disk), { sizeBytes: 2 * MIB - 512 });
    await expect(importImage(streamed)).rejects.toMatchObject({ code: 'target-too-small' });
    expect(statSync(streamed.target).size).toBeLessThanOrEqual(2 * MIB);
    expect(checkpointOf(streamed)).toMatchObject({ state: 'partial' });
  });

  it('refuses what is larger than the room there is, before it writes, unless it is to be overcommitted', async () => {
    const directory = temporaryDirectory();
    const { bavail, bsize } = statfsSync(directory);
    const huge = bytesSource(DISK, { sizeBytes: bavail * bsize + 1024 * MIB });
    const request = importRequest(huge, { target: join(directory, 'disk.img') });
    await expect(importImage(request)).rejects.toMatchObject({ code: 'target-too-small' });
    expect(readdirSync(directory)).toEqual([]);
    const sizeBytes = bavail * bsize + 1024 * MIB;
    await expect(importImage({ ...request, source: bytesSource(DISK), sizeBytes })).rejects.toMatchObject({
      code: 'target-too-small',
    });
    const sparse = { ...request, source: bytesSource(DISK), sizeBytes, allowOvercommit: true };
    expect(await importImage(sparse)).toMatchObject({ targetSizeBytes: sizeBytes });
    expect(statSync(sparse.target).size).toBe(sizeBytes);
  });

  it('reads compressed images in archives in compressed archives', async () => {
    const inner = tarArchive([{ name: 'disk.img.gz', data: compress('gz', DISK) }]);
    const request = importRequest(streamedSource(compress('gz', inner), [7001]));
    expect(await importImage(request)).toMatchObject({ layers: ['gz', 'tar', 'gz'], format: 'raw' });
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
  });

  it('is of nothing when the source is empty', async () => {
    for (const bytes of [Buffer.alloc(0), compress('gz', Buffer.alloc(0))]) {
      const request = importRequest(streamedSource(bytes));
      await expect(importImage(request)).rejects.toMatchObject({ code: 'source-empty' });
      expect(readdirSync(dirname(request.target))).toEqual([]);
    }
  });

  it('is of a blank disk, of the size that is asked for', async () => {
    const ofImage = importRequest(blankSource(3 * MIB + 512));
    expect(await importImage(ofImage)).toMatchObject({ virtualSizeBytes: 3 * MIB + 512, bytesWritten: 0 });
    expect(targetPrint(ofImage)).toBe(print(Buffer.alloc(3 * MIB + 512)));
    const grown = importRequest(blankSource(0), { sizeBytes: 2 * MIB });
    expect(await importImage(grown)).toMatchObject({ virtualSizeBytes: 0, targetSizeBytes: 2 * MIB });
    expect(targetPrint(grown)).toBe(print(Buffer.alloc(2 * MIB)));
  });

  it('ends when it is told to, and what is there is marked', async () => {
    const stop = new AbortController();
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (let count = 0; ; count++) {
        if (count === 100) stop.abort();
        yield noise(100_000);
      }
    };
    const request = importRequest({ ...streamedSource(DISK), read: endless }, { signal: stop.signal });
    await expect(importImage(request)).rejects.toMatchObject({ name: 'AbortError' });
    expect(checkpointOf(request)).toMatchObject({ state: 'partial', durableBytes: 9 * MIB });
  });

  it('ends with the reason it is told', async () => {
    const stop = new AbortController();
    const request = importRequest(
      { ...streamedSource(DISK), read: () => aborting(stop, new Error('SIGTERM')) },
      { signal: stop.signal },
    );
    await expect(importImage(request)).rejects.toThrow('SIGTERM');
  });
});

describe('an import that does not come to its image', () => {
  it.skipIf(!hasTool('xz'))('leaves no program behind that decompresses it', async () => {
    const xz = compress('xz', noise(500_000));
    const stubborn = { shown: 'test://stream', canRange: false, identity: {}, close: async () => undefined };
    const read = () => chunked(xz, [100_000]);
    const refused = importRequest({ ...stubborn, read }, { bounds: { ...defaultBounds, depth: 0 } });
    await expect(importImage(refused)).rejects.toMatchObject({ code: 'too-deep' });
    const small = importRequest({ ...stubborn, read }, { target: join(temporaryDirectory(), 'disk.img') });
    // The target turns out to be none between the first look at it and its opening.
    const source = {
      ...stubborn,
      read: async function* (): AsyncGenerator<Uint8Array> {
        mkdirSync(small.target);
        yield* read();
      },
    };
    await expect(importImage({ ...small, source })).rejects.toMatchObject({ fault: 'target' });
    expect(childrenNamed('xz')).toEqual([]);
  });
});

describe('the checksum of an import', () => {
  it.each(['md5', 'sha1', 'sha256', 'sha512'])('is of the source as it came, by %s', async (algorithm) => {
    const source = compress('gz', DISK);
    const checksum = parseChecksum(`${algorithm}:${createHash(algorithm).update(source).digest('hex').toUpperCase()}`);
    const report = await importImage(importRequest(streamedSource(source), { ...(checksum && { checksum }) }));
    expect(report.checksum).toMatch(new RegExp(`^${algorithm}:[0-9a-f]+$`));
  });

  it('is of all of it, when the image is one of several members', async () => {
    const archive = tarArchive([
      { name: 'a.img', data: DISK },
      { name: 'b.img', data: noise(3_000_000) },
    ]);
    const request = importRequest(streamedSource(archive, [65_536]), { member: 'a.img', ...checksumOf(archive) });
    await importImage(request);
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
    const wrong = Buffer.from(archive);
    wrong[archive.length - 2000] = (wrong[archive.length - 2000] ?? 0) ^ 1;
    const changed = importRequest(streamedSource(wrong, [65_536]), { member: 'a.img', ...checksumOf(archive) });
    await expect(importImage(changed)).rejects.toMatchObject({ code: 'checksum-mismatch' });
  });

  it('that differs takes the target away', async () => {
    const request = importRequest(bytesSource(DISK), checksumOf(Buffer.from('something else')));
    const problem = { params: { found: { value: DISK_SHA256 }, source: { value: 'test://disk' } } };
    await expect(importImage(request)).rejects.toMatchObject({ code: 'checksum-mismatch', fault: 'image', problem });
    expect(readdirSync(dirname(request.target))).toEqual([]);
  });

  it.each(['sha256', 'sha256:', 'sha256:abc', 'crc32:00000000', `sha256:${'g'.repeat(64)}`, `md5:${'0'.repeat(40)}`, ''])(
    'is no checksum: %o',
    (text) => {
      expect(parseChecksum(text)).toBeUndefined();
    },
  );
});

describe('an import that is verified', () => {
  it('reads the target back', async () => {
    const request = importRequest(streamedSource(DISK), { verify: true, sizeBytes: 8 * MIB });
    expect(await importImage(request)).toMatchObject({ verified: true });
  });

  it.each([0, 70 * MIB, 131 * MIB - 1])('finds the byte at %i that is another', async (at) => {
    const disk = Buffer.alloc(131 * MIB);
    noise(MIB).copy(disk);
    const request = importRequest(bytesSource(disk, { read: () => chunked(disk, [MIB]) }), {
      verify: true,
      // The byte was written long ago, or is in a hole: nothing writes there any more.
      onProgress: ({ position }) => {
        if (position === disk.length) flip(request.target, at);
      },
    });
    await expect(importImage(request)).rejects.toMatchObject({
      code: 'verify-mismatch',
      problem: { params: { at: { value: Math.floor(at / (64 * MIB)) * 64 * MIB } } },
    });
    expect(readdirSync(dirname(request.target))).toEqual([]);
  });
});

describe('a target that is there', () => {
  it('is left alone, or overwritten when that is asked for, and then holds nothing of what it held', async () => {
    const request = importRequest(bytesSource(DISK));
    const before = noise(9_000_000, 7);
    writeFileSync(request.target, before, { mode: 0o640 });
    await expect(importImage(request)).rejects.toMatchObject({ code: 'target-exists', fault: 'target' });
    expect(targetPrint(request)).toBe(print(before));
    await importImage({ ...request, force: true });
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
    expect(statSync(request.target).mode & 0o777).toBe(0o640);
  });

  it('is written when it is empty', async () => {
    const request = importRequest(bytesSource(DISK));
    writeFileSync(request.target, '');
    await importImage(request);
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
  });

  it('is the file behind a link', async () => {
    const request = importRequest(bytesSource(DISK));
    const real = join(temporaryDirectory(), 'real.img');
    writeFileSync(real, '');
    symlinkSync(real, request.target);
    await importImage(request);
    expect(print(readFileSync(real))).toBe(print(sectors(DISK)));
    expect(readdirSync(dirname(real))).toEqual(['real.img']);
  });

  it('is not the source, by whatever name', async () => {
    const directory = temporaryDirectory();
    const [path, link] = [join(directory, 'disk.img'), join(directory, 'link.img')];
    writeFileSync(path, DISK);
    symlinkSync(path, link);
    for (const target of [path, link]) {
      const source = fileSource(path);
      onTestFinished(() => source.close());
      await expect(importImage(importRequest(source, { target, force: true }))).rejects.toMatchObject({ code: 'same-file' });
    }
    expect(print(readFileSync(path))).toBe(print(DISK));
  });

  it.each<[string, string, (path: string) => void]>([
    ['a directory', 'target-directory', (path) => mkdirSync(path)],
    ['a link to nowhere', 'target-kind', (path) => symlinkSync('/nowhere/at/all', path)],
    ['a link to itself', 'target-io', (path) => symlinkSync(path, path)],
    ['a named pipe', 'target-kind', (path) => void execFileSync('mkfifo', [path])],
    ['a character device', 'target-kind', (path) => symlinkSync('/dev/null', path)],
  ])('is refused when it is %s', async (_, code, make) => {
    const request = importRequest(bytesSource(DISK), { force: true });
    make(request.target);
    await expect(importImage(request)).rejects.toMatchObject({ code, fault: 'target' });
  });

  it('is refused in a directory that is not there', async () => {
    const request = importRequest(bytesSource(DISK), { target: join(temporaryDirectory(), 'none', 'disk.img') });
    await expect(importImage(request)).rejects.toMatchObject({
      code: 'target-io',
      problem: { params: { reason: { value: 'ENOENT' } } },
    });
  });

  it('is refused when it may not be written', async () => {
    const directory = temporaryDirectory();
    const request = importRequest(bytesSource(DISK), { target: join(directory, 'disk.img'), force: true });
    writeFileSync(request.target, 'x', { mode: 0o444 });
    execFileSync('chmod', ['0777', directory]);
    await asNobody(async () => {
      await expect(importImage(request)).rejects.toMatchObject({ code: 'target-permission', fault: 'target' });
    });
    expect(readFileSync(request.target, 'utf8')).toBe('x');
  });

  it('is refused in memory, unless that is what was asked for', async () => {
    const directory = '/dev/shm';
    if (!existsSync(directory) || statfsSync(directory).type !== 0x01021994)
      throw new Error('this test needs a tmpfs on /dev/shm');
    const target = join(directory, `oomkit-test-${process.pid}.img`);
    onTestFinished(() => void execFileSync('rm', ['-f', target]));
    for (const cacheMode of ['auto', 'none', 'directsync'] as const) {
      await expect(importImage(importRequest(bytesSource(DISK), { target, cacheMode }))).rejects.toMatchObject({
        code: 'target-memory',
      });
    }
    expect(existsSync(target)).toBe(false);
    const request = importRequest(bytesSource(DISK), { target, cacheMode: 'writeback' });
    await importImage(request);
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
  });
});

describe('a target that takes no more', () => {
  it('is told as full, and what is there is marked and can be taken up', async () => {
    const request = importRequest(bytesSource(DISK));
    const limit = (soft: string): void => void execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${soft}:`]);
    onTestFinished(() => limit('unlimited'));
    limit(String(3 * MIB));
    await expect(importImage(request)).rejects.toMatchObject({
      code: 'target-full',
      fault: 'target',
      problem: { params: { reason: { value: 'EFBIG' } } },
    });
    expect(checkpointOf(request)).toMatchObject({ state: 'partial', durableBytes: 3 * MIB });
    limit('unlimited');
    expect(await importImage({ ...request, resume: true })).toMatchObject({ resumedFromBytes: 3 * MIB });
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
  });
});

describe('a stale part of an image', () => {
  it('is replaced without being asked', async () => {
    const notes: string[] = [];
    const cut = importRequest(failingAfter(DISK, 2_000_000), { onNote: ({ key }: Message) => notes.push(key) });
    await expect(importImage(cut)).rejects.toMatchObject({ code: 'source-cut' });
    expect(checkpointOf(cut)).toMatchObject({ state: 'partial', source: 'test://disk' });
    await importImage({ ...cut, source: bytesSource(noise(1_000_000, 5)) });
    expect(targetPrint(cut)).toBe(print(sectors(noise(1_000_000, 5))));
    expect(notes).toContain('import.note.stale');
    expect(readdirSync(dirname(cut.target))).toEqual(['disk.img']);
  });
});

describe('an import that is taken up', () => {
  it('goes on where the last one was durable, and asks for no more', async () => {
    const cut = importRequest(failingAfter(DISK, 3_700_000));
    await expect(importImage(cut)).rejects.toMatchObject({ code: 'source-cut' });
    const report = await importImage({ ...cut, source: bytesSource(DISK), resume: true, ...checksumOf(DISK) });
    expect(report).toMatchObject({ resumedFromBytes: 3 * MIB, bytesRead: DISK.length - 3 * MIB, virtualSizeBytes: DISK.length });
    expect(targetPrint(cut)).toBe(print(sectors(DISK)));
    expect(readdirSync(dirname(cut.target))).toEqual(['disk.img']);
  });

  it('goes on inside what is compressed, by reading it again', async () => {
    const gz = compress('gz', DISK);
    const cut = importRequest(failingAfter(gz, Math.floor(gz.length * 0.7)));
    await expect(importImage(cut)).rejects.toMatchObject({ code: 'source-cut' });
    const report = await importImage({ ...cut, source: bytesSource(gz), resume: true, ...checksumOf(gz) });
    expect(report.resumedFromBytes).toBeGreaterThan(MIB);
    expect(report.bytesRead).toBe(gz.length);
    expect(targetPrint(cut)).toBe(print(sectors(DISK)));
  });

  it('compares all of the target, when it is verified', async () => {
    const disk = Buffer.alloc(70 * MIB);
    diskBytes(3_000_000).copy(disk, 66 * MIB);
    const cut = importRequest(failingAfter(disk, 69 * MIB), { verify: true });
    await expect(importImage(cut)).rejects.toMatchObject({ code: 'source-cut' });
    const resumed = { ...cut, source: bytesSource(disk), resume: true };
    expect(await importImage(resumed)).toMatchObject({ resumedFromBytes: 64 * MIB, verified: true });
    expect(targetPrint(cut)).toBe(print(disk));
  });

  it.each<[string, string, (request: ImportRequest) => Partial<ImportRequest>]>([
    ['another source', 'other-source', () => ({ location: 'test://another' })],
    [
      'a source that changed',
      'changed-source',
      () => ({ source: bytesSource(DISK, { identity: { sizeBytes: DISK.length, digest: 'sha256:new' } }) }),
    ],
    [
      'a source that cannot tell',
      'changed-source',
      () => ({ source: bytesSource(DISK, { identity: { sizeBytes: DISK.length } }) }),
    ],
    ['a target that is shorter', 'changed-target', ({ target }) => afterwards(() => truncateSync(target, MIB))],
    ['a target that is another', 'changed-target', ({ target }) => afterwards(() => flip(target, 3 * MIB - 1))],
    ['an import without --verify', 'no-digests', () => ({ verify: true })],
  ])('begins at the beginning for %s', async (_, why, change) => {
    const notes: string[] = [];
    const cut = importRequest(failingAfter(DISK, 3_700_000));
    await expect(importImage(cut)).rejects.toMatchObject({ code: 'source-cut' });
    const again = { ...cut, source: bytesSource(DISK), resume: true, onNote: ({ key }: Message) => void notes.push(key) };
    const report = await importImage({ ...again, ...change(cut) });
    expect(report.resumedFromBytes).toBeUndefined();
    expect(notes).toContain(`import.note.dropped.${why}`);
    expect(targetPrint(cut)).toBe(print(sectors(DISK)));
  });

  it('begins at the beginning when there is nothing to take up', async () => {
    const notes: string[] = [];
    const request = importRequest(bytesSource(DISK), { resume: true, onNote: ({ key }: Message) => void notes.push(key) });
    expect((await importImage(request)).resumedFromBytes).toBeUndefined();
    expect(notes).toContain('import.note.nothing-to-resume');
  });

  it.each([
    '',
    '{',
    '{}',
    'null',
    '[]',
    '"x"',
    '\u0000\u0001',
    '{"version":2}',
    '{"version":1,"state":"partial","durableBytes":-1}',
  ])('does not take a checkpoint of %o for one: the file is somebody else’s', async (text) => {
    const request = importRequest(bytesSource(DISK), { resume: true });
    writeFileSync(request.target, 'precious');
    writeFileSync(`${request.target}.oomkit-import.json`, text);
    await expect(importImage(request)).rejects.toMatchObject({ code: 'target-exists' });
    expect(readFileSync(request.target, 'utf8')).toBe('precious');
  });

  it('does not take a checkpoint of another file for its own', async () => {
    const cut = importRequest(failingAfter(DISK, 3_700_000));
    await expect(importImage(cut)).rejects.toMatchObject({ code: 'source-cut' });
    execFileSync('cp', [cut.target, `${cut.target}.copy`]);
    execFileSync('mv', [`${cut.target}.copy`, cut.target]);
    await expect(importImage({ ...cut, source: bytesSource(DISK), resume: true })).rejects.toMatchObject({
      code: 'target-exists',
    });
  });

  it('keeps going over a real server that dies again and again', async () => {
    const server = await FaultServer.start((request) => ({
      ...fileAnswer(DISK, request, { etag: '"disk"' }),
      ...(request.index === 0 ? {} : { cutAfter: 1_500_000 }),
    }));
    let target: string | undefined;
    for (let run = 0; ; run++) {
      const client = await httpClient({ env: {} });
      onTestFinished(() => client.close());
      const retry = { retries: 0, firstDelayMs: 1, maxDelayMs: 1 };
      const source = await httpSource(client, new URL(`${server.url}/disk.img`), { retry, signal: new AbortController().signal });
      const request = importRequest(source, { retry, resume: run > 0, ...(target === undefined ? {} : { target }) });
      target = request.target;
      const done = await importImage(request).catch((error: { code: string }) => error.code);
      if (done !== 'source-cut') {
        expect(done).toMatchObject({ virtualSizeBytes: DISK.length });
        expect(run).toBe(4);
        break;
      }
    }
    expect(print(readFileSync(target))).toBe(print(sectors(DISK)));
  });
});

describe('a local source', () => {
  it('is read whole, whatever its length', async () => {
    const directory = temporaryDirectory();
    for (const length of [1, 511, 512, 4095, 4096, 4097, MIB - 1, MIB, MIB + 1, 3 * MIB + 12_345]) {
      const path = join(directory, `source-${length}`);
      const disk = noise(length, length);
      writeFileSync(path, disk);
      const source = fileSource(path);
      onTestFinished(() => source.close());
      const request = importRequest(source, { verify: true });
      expect(await importImage(request)).toMatchObject({ virtualSizeBytes: length, verified: true });
      expect(targetPrint(request)).toBe(print(sectors(disk)));
    }
  });

  it.each<[string, (path: string) => void]>([
    ['written to', (path) => flip(path, 4_500_000)],
    ['cut', (path) => truncateSync(path, 4_000_000)],
    ['grown', (path) => truncateSync(path, 6_000_000)],
    ['touched', (path) => utimesSync(path, 1, 1)],
  ])('that is %s meanwhile is told', async (_, change) => {
    const path = join(temporaryDirectory(), 'source.img');
    writeFileSync(path, DISK);
    const source = fileSource(path);
    onTestFinished(() => source.close());
    let isChanged = false;
    const onProgress = (): void => {
      if (!isChanged) change(path);
      isChanged = true;
    };
    await expect(importImage(importRequest(source, { onProgress }))).rejects.toMatchObject({ code: 'source-changed' });
  });

  it.each<[string, string, (path: string) => void]>([
    ['is not there', 'source-missing', () => undefined],
    ['is a directory', 'source-io', (path) => mkdirSync(path)],
    ['is empty', 'source-empty', (path) => writeFileSync(path, '')],
  ])('that %s is told', (_, code, make) => {
    const path = join(temporaryDirectory(), 'source.img');
    make(path);
    expect(() => fileSource(path)).toThrow(expect.objectContaining({ code }));
  });

  it('that may not be read is told', async () => {
    const path = join(temporaryDirectory(), 'source.img');
    writeFileSync(path, DISK, { mode: 0o600 });
    execFileSync('chmod', ['0755', dirname(path)]);
    await asNobody(async () => {
      expect(() => fileSource(path)).toThrow(expect.objectContaining({ code: 'source-denied' }));
    });
  });

  it('may be a named pipe, read once', async () => {
    const path = join(temporaryDirectory(), 'pipe');
    execFileSync('mkfifo', [path]);
    const request = importRequest(fileSource(path));
    const feeder = spawn('tee', [path], { stdio: ['pipe', 'ignore', 'ignore'] });
    feeder.stdin.end(DISK);
    await importImage(request);
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
    await expect(importImage({ ...request, force: true })).rejects.toMatchObject({ code: 'no-validator' });
  });

  it('may be standard input', async () => {
    const request = importRequest(streamSource(undefined, Readable.from([DISK.subarray(0, 1000), DISK.subarray(1000)])));
    await importImage(request);
    expect(targetPrint(request)).toBe(print(sectors(DISK)));
  });
});

/** A disk is made of whole sectors. */
function sectors(disk: Buffer): Buffer {
  return Buffer.concat([disk, Buffer.alloc((512 - (disk.length % 512)) % 512)]);
}

function targetPrint({ target }: ImportRequest): string {
  return print(readFileSync(target));
}

function heldBytes({ target }: ImportRequest): number {
  return statSync(target).blocks * 512;
}

function checkpointOf({ target }: ImportRequest): unknown {
  return JSON.parse(readFileSync(`${target}.oomkit-import.json`, 'utf8'));
}

function checksumOf(bytes: Buffer): Pick<ImportRequest, 'checksum'> {
  return { checksum: { algorithm: 'sha256', hex: sha256(bytes) } };
}

/** A source of these bytes that breaks off for good. */
function failingAfter(bytes: Buffer, length: number): ByteSource {
  return bytesSource(bytes, {
    read: async function* (): AsyncGenerator<Uint8Array> {
      yield* chunked(bytes.subarray(0, length), [100_000]);
      throw new ImportError('source-cut', { source: 'test://disk', reason: 'ECONNRESET' });
    },
  });
}

async function* aborting(stop: AbortController, reason: Error): AsyncGenerator<Uint8Array> {
  yield noise(1000);
  stop.abort(reason);
  yield noise(1000);
}

/** Makes a byte of a file another; one behind its end is 0 before. */
function flip(path: string, at: number): void {
  const fd = openSync(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    readSync(fd, byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 0xff;
    writeSync(fd, byte, 0, 1, at);
  } finally {
    closeSync(fd);
  }
}

/** No change of the request, but of something else. */
function afterwards(change: () => void): Partial<ImportRequest> {
  change();
  return {};
}

/** Without root's rights to every file, where these tests run as root. */
async function asNobody(action: () => Promise<void>): Promise<void> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    await action();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

/** The programs of a name that this process has started and that have not ended. */
function childrenNamed(name: string): string[] {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return children.filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === name);
}
