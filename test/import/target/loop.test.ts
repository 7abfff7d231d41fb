import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bufferingLoop } from '../../../src/import/target/loop.js';
import { hostAt } from '../../../src/sources/host/host.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

/** A device as sysfs shows it. */
interface Device {
  readonly number: string;
  /** Below /sys/devices/virtual/block. */
  readonly path: string;
  readonly dio?: '0' | '1';
  readonly isPartition?: true;
  /** Paths of those it is made of. */
  readonly slaves?: readonly string[];
}

function machine(...devices: readonly Device[]) {
  const root = temporaryDirectory();
  const blocks = join(root, 'sys/devices/virtual/block');
  const numbers = join(root, 'sys/dev/block');
  mkdirSync(numbers, { recursive: true });
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  for (const { number, path, dio, isPartition, slaves = [] } of devices) {
    const directory = join(blocks, path);
    write(join(directory, 'uevent'), `MAJOR=7\nMINOR=1\nDEVNAME=${path.split('/').at(-1)}\nDEVTYPE=disk\n`);
    if (dio !== undefined) write(join(directory, 'loop/dio'), `${dio}\n`);
    if (isPartition === true) write(join(directory, 'partition'), '1\n');
    else mkdirSync(join(directory, 'slaves'), { recursive: true });
    for (const slave of slaves) symlinkSync(join(blocks, slave), join(directory, 'slaves', slave.split('/').at(-1) ?? ''));
    symlinkSync(directory, join(numbers, number));
  }
  return hostAt(root);
}

const LOOP = { number: '7:3', path: 'loop3', dio: '0' } as const;

describe('a loop device that buffers', () => {
  it('is found, and one with direct I/O is none', () => {
    expect(bufferingLoop('7:3', machine(LOOP))).toBe('loop3');
    expect(bufferingLoop('7:3', machine({ ...LOOP, dio: '1' }))).toBeUndefined();
  });

  it('is found below a partition', () => {
    const partition = { number: '259:1', path: 'loop3/loop3p1', isPartition: true } as const;
    expect(bufferingLoop('259:1', machine(LOOP, partition))).toBe('loop3');
    expect(bufferingLoop('259:1', machine({ ...LOOP, dio: '1' }, partition))).toBeUndefined();
  });

  it('is found below LVM on RAID on a partition, though only one of the disks is such', () => {
    const host = machine(
      { ...LOOP, number: '7:1', path: 'loop1', dio: '1' },
      LOOP,
      { number: '259:1', path: 'loop3/loop3p1', isPartition: true },
      { number: '9:0', path: 'md0', slaves: ['loop1', 'loop3/loop3p1'] },
      { number: '253:0', path: 'dm-0', slaves: ['md0'] },
    );
    expect(bufferingLoop('253:0', host)).toBe('loop3');
    expect(bufferingLoop('7:1', host)).toBeUndefined();
  });

  it('is not found where there is none, where sysfs does not know the device, or where devices go in a circle', () => {
    const host = machine(
      { number: '8:0', path: 'sda' },
      { number: '253:0', path: 'dm-0', slaves: ['dm-1'] },
      { number: '253:1', path: 'dm-1', slaves: ['dm-0'] },
    );
    for (const number of ['8:0', '0:45', '253:0']) expect(bufferingLoop(number, host)).toBeUndefined();
  });
});
