import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KIB } from '../../../src/model/index.js';
import { directoryOf, findMemoryHierarchy } from '../../../src/sources/cgroup/mounts.js';
import { thisHost } from '../../../src/sources/host/host.js';
import { listMembers, readMembers } from '../../../src/sources/process/cgroup-processes.js';
import { parseFdinfo, writableFiles } from '../../../src/sources/process/open-files.js';
import { parseStatus } from '../../../src/sources/process/parse-status.js';
import { parseCommandLine, readProcess, startTime, withPss } from '../../../src/sources/process/read-process.js';
import { paths, trees } from '../../fixtures-cgroup-trees.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

describe('a process', () => {
  const process = readProcess(trees.v2, 4711, paths.v2.app);

  it('is read with its memory by kind', () => {
    expect(process).toEqual({
      pid: 4711,
      tgid: 4711,
      parentPid: 1,
      uid: 1001,
      comm: 'qemu-img',
      commandLine: ['qemu-img', 'convert', '-O', 'raw', 'disk image.qcow2', '/data/disk.img'],
      cgroup: paths.v2.app,
      totalVmBytes: 262144 * KIB,
      rssBytes: 65536 * KIB,
      rssAnonBytes: 56320 * KIB,
      rssFileBytes: 8192 * KIB,
      rssShmemBytes: 1024 * KIB,
      swapBytes: 0,
      lockedBytes: 0,
      pageTablesBytes: 512 * KIB,
      threads: 3,
      oomScoreAdj: 968,
      startedAt: '2023-11-14T22:15:23.450Z',
      source: `${trees.v2.root}/proc/4711/status`,
    });
  });

  it('tells its share of shared pages when it is asked to', () => {
    expect(process && withPss(trees.v2, process).pssBytes).toBe((65536 - 512) * KIB);
  });

  it('may have parentheses and blanks in its name', () => {
    expect(readProcess(trees.v2, 4712, paths.v2.app)).toMatchObject({
      comm: 'odd) name (x',
      commandLine: [],
      oomScoreAdj: -1000,
      startedAt: '2023-11-14T22:15:23.450Z',
    });
  });

  it('that is gone is undefined', () => {
    expect(readProcess(trees.v2, 4713, '/')).toBeUndefined();
  });

  it('of this machine is read too', () => {
    const self = readProcess(thisHost, globalThis.process.pid, '/');
    const { rssAnonBytes = 0, rssFileBytes = 0, rssShmemBytes = 0 } = self ?? {};
    expect(self?.rssBytes).toBeGreaterThan(0);
    expect(rssAnonBytes + rssFileBytes + rssShmemBytes).toBe(self?.rssBytes);
    expect(Date.parse(self?.startedAt ?? '')).toBeLessThan(Date.now() + 60_000);
  });
});

describe('the parsers', () => {
  it('of status take kernel threads, escaped names and what is no status', () => {
    expect(parseStatus('Name:\tkthr\\nead\\\\\nTgid:\t2\nUid:\t0\t0\t0\t0\n')).toEqual({
      tgid: 2,
      uid: 0,
      comm: 'kthr\nead\\',
      totalVmBytes: 0,
      rssBytes: 0,
    });
    expect(parseStatus('')).toBeUndefined();
  });

  it('of the command line keep empty arguments', () => {
    expect(parseCommandLine('a\0\0b\0')).toEqual(['a', '', 'b']);
    expect(parseCommandLine('')).toEqual([]);
  });

  it('of the start need both the ticks and the boot', () => {
    expect(startTime('1 (a) S', 5)).toBeUndefined();
    expect(startTime(undefined, 5)).toBeUndefined();
  });

  it('of fdinfo read octal flags', () => {
    expect(parseFdinfo('pos:\t4096\nflags:\t0140002\nmnt_id:\t27\nino:\t5\n')).toEqual({
      flags: 0o140002,
      positionBytes: 4096,
      mountId: '27',
    });
    expect(parseFdinfo('')).toBeUndefined();
  });
});

describe('the processes of a cgroup', () => {
  const hierarchy = findMemoryHierarchy(trees.v2);

  it('are those of the cgroups below it, each with its own, by pid', () => {
    const members = listMembers(directoryOf(hierarchy, paths.v2.pod) ?? '', paths.v2.pod);
    expect(members).toEqual([
      { pid: 4700, cgroup: paths.v2.pause },
      { pid: 4711, cgroup: paths.v2.app },
      { pid: 4712, cgroup: paths.v2.app },
    ]);
    expect(readMembers(trees.v2, [...members, { pid: 4713, cgroup: '/' }]).map(({ comm }) => comm)).toEqual([
      'pause',
      'qemu-img',
      'odd) name (x',
    ]);
  });

  it('of a cgroup that is gone are none', () => {
    expect(listMembers(`${hierarchy.directory}/gone`, '/gone')).toEqual([]);
  });
});

describe('files open for writing', () => {
  it('are found with their size, position and device; those open for reading are not', () => {
    const directory = temporaryDirectory();
    const written = openSync(join(directory, 'out put'), constants.O_CREAT | constants.O_WRONLY | constants.O_DSYNC);
    const read = openSync(join(directory, 'out put'), 'r');
    try {
      writeSync(written, 'twelve bytes');
      const files = writableFiles(thisHost, process.pid).filter(({ path }) => path.startsWith(directory));
      expect(files).toEqual([
        {
          pid: process.pid,
          fd: written,
          path: join(directory, 'out put'),
          positionBytes: 12,
          sizeBytes: 12,
          sync: true,
          direct: false,
          device: expect.stringMatching(/^\d+:\d+$/),
          fileSystem: expect.stringMatching(/./),
          mountSource: expect.stringMatching(/./),
        },
      ]);
    } finally {
      closeSync(written);
      closeSync(read);
    }
  });

  it('of a process that is gone are none', () => {
    expect(writableFiles(trees.v2, 4713)).toEqual([]);
  });
});
