import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CpuQuota, cpuHomeOf, periodFor } from '../../src/guard/cpu-quota.js';
import { MemoryHigh } from '../../src/guard/memory-high.js';
import type { GuardState } from '../../src/guard/undo.js';
import { MIB } from '../../src/model/index.js';
import { hostAt } from '../../src/sources/host/host.js';
import { temporaryDirectory } from '../support/temporary-directory.js';

const BOUNDS = { dirtyBytes: 64 * MIB, cacheBytes: 128 * MIB };
const FIGURES = { unstartedBytes: 20 * MIB, dirtyBytes: 20 * MIB, cachedBytes: 60 * MIB, mappedBytes: 20 * MIB };

/** A watchdog that notes what it is told, and may be dead. */
class Notes {
  told: GuardState['held'] = [];
  isAlive = true;

  holds(held: GuardState['held']): boolean {
    if (this.isAlive) this.told = held;
    return this.isAlive;
  }
}

function v2Cgroup(high: string, currentBytes: number) {
  const directory = temporaryDirectory();
  const file = join(directory, 'memory.high');
  writeFileSync(file, `${high}\n`);
  writeFileSync(join(directory, 'memory.current'), `${currentBytes}\n`);
  const watchdog = new Notes();
  return { file, watchdog, hold: new MemoryHigh(directory, BOUNDS, watchdog), read: () => readFileSync(file, 'utf8').trim() };
}

describe('MemoryHigh', () => {
  it('leaves room for what may be cached, tells the watchdog first, and puts back what was there', () => {
    const { file, watchdog, hold, read } = v2Cgroup('max', 100 * MIB);
    expect(hold.hold(FIGURES)).toBe(true);
    expect(read()).toBe(String((40 + 128) * MIB));
    expect(watchdog.told).toEqual([{ file, free: 'max' }]);
    hold.free();
    expect(read()).toBe('max');
    expect(watchdog.told).toEqual([]);
  });

  it('follows what else is charged', () => {
    const { file, hold, read } = v2Cgroup('max', 100 * MIB);
    hold.hold(FIGURES);
    writeFileSync(file.replace('high', 'current'), String(300 * MIB));
    hold.hold(FIGURES);
    expect(read()).toBe(String((240 + 128) * MIB));
  });

  it('never raises what the owner of the cgroup set, and leaves them the last word', () => {
    const { file, watchdog, hold, read } = v2Cgroup(String(150 * MIB), 100 * MIB);
    hold.hold(FIGURES);
    expect(read()).toBe(String(150 * MIB));
    writeFileSync(file, String(90 * MIB));
    hold.hold(FIGURES);
    expect(read()).toBe(String(90 * MIB));
    expect(watchdog.told).toEqual([{ file, free: String(90 * MIB) }]);
    writeFileSync(file, String(400 * MIB));
    hold.free();
    expect(read()).toBe(String(400 * MIB));
  });

  it('holds again what its watchdog let run', () => {
    const { file, hold, read } = v2Cgroup('max', 100 * MIB);
    hold.hold(FIGURES);
    writeFileSync(file, 'max');
    hold.hold(FIGURES);
    expect(read()).toBe(String((40 + 128) * MIB));
  });

  it('holds nothing without a watchdog, nor a cgroup that is gone', () => {
    const { watchdog, hold, read } = v2Cgroup('max', 100 * MIB);
    watchdog.isAlive = false;
    expect(hold.hold(FIGURES)).toBe(false);
    expect(read()).toBe('max');
    expect(new MemoryHigh('/nowhere', BOUNDS, new Notes()).hold(FIGURES)).toBe(false);
  });
});

describe('CpuQuota', () => {
  it('gives the cgroups the least quota, and none when they are let run', () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'cpu.cfs_quota_us');
    writeFileSync(file, '-1\n');
    const watchdog = new Notes();
    const hold = new CpuQuota(() => [directory], watchdog);
    expect(hold.hold()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('1000');
    expect(watchdog.told).toEqual([{ file, free: '-1' }]);
    hold.free();
    expect(readFileSync(file, 'utf8')).toBe('-1');
    expect(watchdog.told).toEqual([]);
    watchdog.isAlive = false;
    expect(hold.hold()).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('-1');
    expect(new CpuQuota(() => ['/nowhere'], new Notes()).hold()).toBe(false);
  });

  it('keeps periods short where a throttled task may have a lock of the kernel', () => {
    expect(['6.18.44', '7.0.0-rc1'].map(periodFor)).toEqual(['1000000', '1000000']);
    expect(['6.17.9', '4.18.0-553.el8.x86_64', '3.10.0', ''].map(periodFor)).toEqual(['100000', '100000', '100000', '100000']);
  });

  it('finds the cpu cgroup of a process, where there is one on v1', () => {
    const root = temporaryDirectory();
    const host = hostAt(root);
    mkdirSync(join(root, 'proc/self'), { recursive: true });
    mkdirSync(join(root, 'proc/42'));
    const home = join(root, 'sys/fs/cgroup/cpu,cpuacct/kubepods/pod1/c1');
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'cgroup.procs'), '');
    const mount = '31 25 0:27 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n';
    writeFileSync(join(root, 'proc/self/mountinfo'), mount);
    writeFileSync(join(root, 'proc/42/cgroup'), '5:memory:/elsewhere\n4:cpu,cpuacct:/kubepods/pod1/c1\n');
    expect(cpuHomeOf(host, 42)).toBe(home);
    expect(cpuHomeOf(host, 43)).toBeUndefined();
    writeFileSync(join(root, 'proc/self/mountinfo'), '30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n');
    expect(cpuHomeOf(host, 42)).toBeUndefined();
  });
});
