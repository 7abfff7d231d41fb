import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ChargeWatch } from '../../src/import/charge.js';
import { GIB, MIB } from '../../src/model/index.js';
import { hostAt } from '../../src/sources/host/host.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

interface Cgroup {
  readonly version?: 1 | 2;
  /** As /proc/self/cgroup names it. */
  readonly path?: string;
  readonly usageBytes?: number;
  readonly limitBytes?: number;
  readonly dirtyBytes?: number;
  /** Beside this process. */
  readonly others?: readonly number[];
  readonly isMachine?: boolean;
}

/** A machine on which this process lives in a cgroup. */
function machine({ version = 2, path = '/own', usageBytes = 60 * MIB, dirtyBytes = 0, others = [], ...rest }: Cgroup) {
  const root = temporaryDirectory();
  const { limitBytes, isMachine = false } = rest;
  const mountPoint = version === 1 ? '/sys/fs/cgroup/memory' : '/sys/fs/cgroup';
  const directory = join(root, mountPoint, path);
  mkdirSync(join(root, 'proc/self'), { recursive: true });
  mkdirSync(directory, { recursive: true });
  const write = (name: string, text: string | number): void => writeFileSync(join(directory, name), `${text}\n`);
  const kind = version === 1 ? 'cgroup cgroup rw,memory' : 'cgroup2 cgroup2 rw';
  writeFileSync(join(root, 'proc/self/mountinfo'), `30 20 0:26 / ${mountPoint} rw - ${kind}\n`);
  writeFileSync(join(root, 'proc/self/cgroup'), version === 1 ? `4:memory:${path}\n` : `0::${path}\n`);
  write('cgroup.procs', [process.pid, ...others].join('\n'));
  if (version === 1) {
    write('memory.usage_in_bytes', usageBytes);
    write('memory.limit_in_bytes', limitBytes ?? 9_223_372_036_854_771_712n.toString());
    write('memory.stat', `total_cache 0\ntotal_rss 0\ntotal_dirty ${dirtyBytes}\ntotal_writeback 0\n`);
    if (isMachine) write('release_agent', '');
  } else {
    write('memory.stat', `anon 0\nfile 0\nshmem 0\nfile_dirty ${dirtyBytes}\nfile_writeback 0\n`);
    if (!isMachine) write('memory.current', usageBytes);
    if (!isMachine) write('memory.max', limitBytes ?? 'max');
  }
  return { host: hostAt(root), write };
}

function watched(cgroup: Cgroup) {
  const watch = new ChargeWatch(machine(cgroup).host);
  watch.start();
  return { now: watch.now(), peaks: watch.stop(), dirtyBytes: watch.dirtyBytes(), limitBytes: watch.limitBytes };
}

describe('the charge of a cgroup', () => {
  it('is told as the importer’s where it lives there alone', () => {
    const { now, peaks, limitBytes } = watched({ usageBytes: 60 * MIB, dirtyBytes: MIB, limitBytes: 128 * MIB });
    expect(now).toEqual({ chargedBytes: 60 * MIB, dirtyBytes: MIB });
    expect(peaks).toMatchObject({ chargedBytes: 60 * MIB, dirtyBytes: MIB });
    expect(limitBytes).toBe(128 * MIB);
  });

  it('is told so too where only who started it lives there', () => {
    expect(watched({ others: [process.ppid] }).peaks.chargedBytes).toBe(60 * MIB);
  });

  it.each([
    ['of another process in it', { others: [1_999_999_999] }],
    ['of what was left in it before', { usageBytes: 5 * GIB }],
    ['it is the machine’s, of v2', { path: '/', isMachine: true }],
    ['it is the machine’s, of v1', { version: 1, path: '/', isMachine: true }],
  ] as const)('is not told where it is not the importer’s, because %s', (_, cgroup) => {
    const { now, peaks } = watched(cgroup);
    expect(now).toEqual({});
    expect(Object.keys(peaks)).toEqual(['residentBytes']);
    expect(peaks.residentBytes).toBeGreaterThan(10 * MIB);
  });

  it('is not told any more once somebody else has come to live there', () => {
    const { host, write } = machine({});
    const watch = new ChargeWatch(host);
    watch.start();
    expect(watch.now().chargedBytes).toBe(60 * MIB);
    write('cgroup.procs', `${process.pid}\n1999999999`);
    expect(Object.keys(watch.stop())).toEqual(['residentBytes']);
    expect(watch.now()).toEqual({});
  });

  it.each([1, 2] as const)(
    'is told in a container with a cgroup namespace, whose own cgroup is called / too, of v%i',
    (version) => {
      const { now, limitBytes } = watched({ version, path: '/', limitBytes: 192 * MIB });
      expect(now.chargedBytes).toBe(60 * MIB);
      expect(limitBytes).toBe(192 * MIB);
    },
  );

  it('knows what is dirty there whoever wrote it', () => {
    expect(watched({ others: [1_999_999_999], dirtyBytes: 7 * MIB }).dirtyBytes).toBe(7 * MIB);
    expect(watched({ path: '/', isMachine: true, dirtyBytes: 7 * MIB }).dirtyBytes).toBeUndefined();
  });
});
