import { chmodSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KIB, MIB } from '../../../src/model/index.js';
import { readCgroupMemory } from '../../../src/sources/cgroup/memory.js';
import { findMemoryHierarchy } from '../../../src/sources/cgroup/mounts.js';
import { memoryUsage } from '../../../src/sources/cgroup/usage.js';
import { hostAt } from '../../../src/sources/host/host.js';
import { paths, trees } from '../../fixtures-cgroup-trees.js';
import { temporaryDirectory } from '../../support/temporary-directory.js';

function read(name: keyof typeof trees, path: string) {
  const memory = readCgroupMemory(findMemoryHierarchy(trees[name]), path);
  if (memory === undefined) throw new Error(`${path} is not in the tree`);
  return memory;
}

describe('a v2 cgroup', () => {
  const app = read('v2', paths.v2.app);

  it('is read in one shape, shmem taken out of the page cache', () => {
    expect(app.usage).toEqual({
      usageBytes: 217 * MIB,
      limitBytes: 512 * MIB,
      peakBytes: 255 * MIB,
      swapBytes: 0,
      anonBytes: 60 * MIB,
      file: {
        totalBytes: 140 * MIB,
        dirtyBytes: 90 * MIB,
        writebackBytes: 20 * MIB,
        mappedBytes: 2 * MIB,
        activeBytes: 38 * MIB,
        inactiveBytes: 100 * MIB,
      },
      shmemBytes: 10 * MIB,
      kernel: {
        totalBytes: 6 * MIB + 64 * KIB,
        slabReclaimableBytes: 3 * MIB,
        slabUnreclaimableBytes: MIB,
        stackBytes: 512 * KIB,
        pageTablesBytes: 768 * KIB,
        percpuBytes: 8 * KIB,
        sockBytes: 64 * KIB,
        vmallocBytes: 0,
      },
      unevictableBytes: 2 * MIB,
    });
    expect(app.workingSetBytes).toBe(117 * MIB);
    expect(app.counters.swap).toEqual({ usageBytes: 0, limitBytes: 0 });
    expect(app.pressure?.full?.avg10).toBeCloseTo(0.1);
  });

  it('has the smallest limit up the tree, here its pod’s', () => {
    expect(app.effectiveLimit).toEqual({ bytes: 256 * MIB, path: paths.v2.pod });
  });

  it('counts how often the limit was hit, below it and in it alone', () => {
    const pod = read('v2', paths.v2.pod);
    expect(pod.counters.memory.hits).toBe(41);
    expect(pod.events.oom_kill).toBe(1);
    expect(pod.localEvents?.max).toBe(0);
  });

  it('that is the root has statistics and no counter', () => {
    const root = read('v2', '/');
    expect(root.usage.usageBytes).toBe(2200 * MIB + 64 * KIB);
    expect(root.effectiveLimit).toBeUndefined();
    expect(root.usage.peakBytes).toBeUndefined();
  });

  it('of a kernel before 5.18 has no total of kernel memory', () => {
    const { kernel } = memoryUsage(2, { anon: 1, file: 2, slab_unreclaimable: 3 }, { memory: { usageBytes: 6 } });
    expect(kernel).toEqual({ slabUnreclaimableBytes: 3 });
  });
});

describe('a v1 cgroup', () => {
  const app = read('v1', paths.v1.app);

  it('is read with what lies below it', () => {
    expect(app.usage).toMatchObject({
      usageBytes: 118 * MIB,
      limitBytes: 128 * MIB,
      anonBytes: 30 * MIB,
      shmemBytes: 20 * MIB,
      file: { totalBytes: 60 * MIB, dirtyBytes: 5 * MIB, inactiveBytes: 30 * MIB },
      kernel: { totalBytes: 7 * MIB },
      swapBytes: 0,
    });
    expect(app.workingSetBytes).toBe(88 * MIB);
    expect(app.counters.memory.hits).toBe(77);
    expect(app.counters.kmem?.limitBytes).toBeUndefined();
    expect(app.events).toEqual({ oom_kill_disable: 0, under_oom: 0, oom_kill: 2 });
    expect(app.pressure).toBeUndefined();
  });

  it('takes total_ keys where a cgroup has descendants', () => {
    const usage = memoryUsage(
      1,
      { rss: 1, total_rss: 5, cache: 2, total_cache: 9, total_shmem: 4 },
      { memory: { usageBytes: 14 } },
    );
    expect(usage).toMatchObject({ anonBytes: 5, shmemBytes: 4, file: { totalBytes: 5 } });
  });

  it('has the limit of an ancestor', () => {
    expect(app.effectiveLimit).toEqual({ bytes: 128 * MIB, path: paths.v1.app });
    expect(read('v1', paths.v1.pod).effectiveLimit).toEqual({ bytes: 4096 * MIB, path: '/kubepods' });
  });
});

describe('a cgroup seen from inside a container', () => {
  it('may have a limit that cannot be seen', () => {
    expect(read('hybrid', paths.hybrid.container).effectiveLimit).toEqual({ bytes: 256 * MIB });
    expect(read('hybrid', paths.hybrid.worker).effectiveLimit).toEqual({ bytes: 64 * MIB, path: paths.hybrid.worker });
  });

  it('says so when it lies outside', () => {
    expect(() => readCgroupMemory(findMemoryHierarchy(trees.hybrid), '/other')).toThrow(
      expect.objectContaining({ code: 'outside-hierarchy', subject: '/other' }),
    );
  });
});

describe('what is gone or forbidden', () => {
  it('a cgroup that is not there is undefined', () => {
    for (const name of ['v1', 'v2'] as const) {
      expect(readCgroupMemory(findMemoryHierarchy(trees[name]), '/kubepods/gone')).toBeUndefined();
    }
  });

  it('files that vanish one by one leave the rest, and without the counter nothing', () => {
    const root = temporaryDirectory();
    cpSync(trees.v1.root, root, { recursive: true });
    const hierarchy = findMemoryHierarchy(hostAt(root));
    const directory = join(hierarchy.directory, paths.v1.app);
    for (const file of ['memory.stat', 'memory.oom_control', 'memory.failcnt', 'memory.memsw.usage_in_bytes']) {
      rmSync(join(directory, file));
      expect(readCgroupMemory(hierarchy, paths.v1.app)?.usage.usageBytes).toBe(118 * MIB);
    }
    rmSync(join(directory, 'memory.usage_in_bytes'));
    expect(readCgroupMemory(hierarchy, paths.v1.app)).toBeUndefined();
  });

  it('a directory without permission is an error that names the file', () => {
    const root = temporaryDirectory();
    cpSync(trees.v2.root, root, { recursive: true });
    chmodSync(root, 0o755);
    const hierarchy = findMemoryHierarchy(hostAt(root));
    const directory = join(hierarchy.directory, paths.v2.app);
    chmodSync(directory, 0);
    const error = expect.objectContaining({ code: 'permission', subject: join(directory, 'memory.stat') });
    try {
      expect(asNobody(() => readCgroupMemory(hierarchy, paths.v2.app))).toThrow(error);
    } finally {
      chmodSync(directory, 0o755);
    }
  });
});

/** Root may read everything: for the call the test gives that up. */
function asNobody<T>(call: () => T): () => T {
  if (process.geteuid?.() !== 0) return call;
  return () => {
    process.seteuid?.(65534);
    try {
      return call();
    } finally {
      process.seteuid?.(0);
    }
  };
}
