import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FALLOC_FL, type Libc, LibcError, libc, SYNC_FILE_RANGE } from '../../../src/sources/host/libc.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

const MIB = 1024 * 1024;
const NOT_OPEN = 9999;

function present(): Libc {
  const found = libc();
  if (found === undefined) throw new Error('koffi is a dependency and has a binary for this machine');
  return found;
}

describe('libc', () => {
  let file = -1;
  beforeEach(() => {
    file = openSync(join(temporaryDirectory(), 'file'), 'w+');
    writeSync(file, Buffer.alloc(4 * MIB, 0x5a));
  });
  afterEach(() => closeSync(file));

  const allocated = (): number => fstatSync(file).blocks * 512;

  it('writes a file out, and keeps its bytes when the cache is dropped', async () => {
    const { syncFileRange, syncFileRangeAsync, dropCache } = present();
    syncFileRange(file, 0, 0, SYNC_FILE_RANGE.write);
    await syncFileRangeAsync(file, 0, 0, SYNC_FILE_RANGE.waitBefore | SYNC_FILE_RANGE.write | SYNC_FILE_RANGE.waitAfter);
    // Delayed allocation is over once the pages were written.
    expect(allocated()).toBeGreaterThanOrEqual(4 * MIB);
    dropCache(file, 0, 0);
    const read = Buffer.alloc(1);
    readSync(file, read, 0, 1, 3 * MIB);
    expect(read[0]).toBe(0x5a);
  });

  it('punches a hole, which reads as zeros and frees its blocks', () => {
    const { syncFileRange, fallocate } = present();
    syncFileRange(file, 0, 0, SYNC_FILE_RANGE.write | SYNC_FILE_RANGE.waitAfter);
    const before = allocated();
    fallocate(file, FALLOC_FL.keepSize | FALLOC_FL.punchHole, MIB, 2 * MIB);
    expect(before - allocated()).toBe(2 * MIB);
    const read = Buffer.alloc(1);
    readSync(file, read, 0, 1, 2 * MIB);
    expect(read[0]).toBe(0);
  });

  it('reserves room in a thread', async () => {
    await present().fallocateAsync(file, 0, 0, 8 * MIB);
    expect(fstatSync(file).size).toBe(8 * MIB);
  });

  it('names the call and the errno when the kernel refuses', async () => {
    const { syncFileRange, syncFileRangeAsync, dropCache, fallocate, fallocateAsync } = present();
    const failure = (call: string, code: string) => expect.objectContaining({ name: 'LibcError', call, code });
    expect(() => syncFileRange(NOT_OPEN, 0, 0, 0)).toThrow(failure('sync_file_range', 'EBADF'));
    expect(() => dropCache(NOT_OPEN, 0, 0)).toThrow(failure('posix_fadvise', 'EBADF'));
    expect(() => fallocate(file, 0, 0, -1)).toThrow(new LibcError('fallocate', 'EINVAL'));
    await expect(syncFileRangeAsync(NOT_OPEN, 0, 0, 0)).rejects.toEqual(failure('sync_file_range', 'EBADF'));
    await expect(fallocateAsync(file, 0, -1, MIB)).rejects.toEqual(failure('fallocate', 'EINVAL'));
  });
});
