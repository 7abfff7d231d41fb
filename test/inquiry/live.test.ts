import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { account, unreclaimable } from '../../src/accounting/index.js';
import { inspectCgroup } from '../../src/cli/inspect-cgroup.js';
import { diagnose } from '../../src/diagnosis/index.js';
import { type CgroupMemory, KIB, MIB, type ProcessMemory } from '../../src/model/index.js';
import {
  columnsFor,
  printJson,
  renderInspection,
  renderTop,
  sortRows,
  toCgroupMemoryList,
  toInspection,
} from '../../src/render/index.js';
import { verdict } from '../../src/render/view/inspection.js';
import { likelyVictim, liveReport } from '../../src/sources/cgroup/live.js';
import { findMemoryHierarchy } from '../../src/sources/cgroup/mounts.js';
import { sampleNode } from '../../src/sources/cgroup/node-sample.js';
import { observeCgroup } from '../../src/sources/cgroup/observe.js';
import { freeSwapBytes, type Host, kernelRelease, pageSizeBytes, thisHost } from '../../src/sources/host/host.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { APP_ID, PAUSE_ID, paths, trees } from '../fixtures-cgroup-trees.js';

const now = new Date('2024-05-01T12:00:00Z');
const style = { lang: 'en', width: 100, color: false } as const;

/** What the JSON says against its schema: nothing. */
function problems(name: 'inspection' | 'cgroup-memory-list', value: unknown): unknown {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  for (const schema of ['diagnosis-list', 'inspection', 'cgroup-memory-list']) {
    const file = `${schema}.v1alpha1.json`;
    ajv.addSchema(JSON.parse(readFileSync(`schema/${file}`, 'utf8')), file);
  }
  const validate = ajv.getSchema(`${name}.v1alpha1.json`);
  return validate?.(value) === true ? [] : validate?.errors;
}

function observe(host: Host, path: string) {
  return observeCgroup(host, findMemoryHierarchy(host), path, now);
}

describe('a live cgroup as a report', () => {
  const { target, limited } = observe(trees.v2, paths.v2.app);
  const report = liveReport(target);
  const accounting = account(report);

  it('closes its sum, each figure citing its own file', () => {
    expect(accounting?.chargedBytes).toBe(217 * MIB);
    expect(accounting?.limitBytes).toBe(256 * MIB);
    expect(accounting?.lines.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(217 * MIB);
    const directory = target.memory.directory;
    expect(accounting?.chargedFrom).toEqual([{ source: `${directory}/memory.current` }]);
    expect(accounting?.lines.find(({ id }) => id === 'anon')?.from).toEqual([{ source: `${directory}/memory.stat` }]);
    expect(accounting?.processes?.from[0]).toEqual({ source: `${trees.v2.root}/proc/4711/status` });
  });

  it('is diagnosed, and no citation is a line of the report', () => {
    const { causes } = diagnose(toIncident(report));
    expect(causes[0]).toMatchObject({ id: 'page-cache-writeback' });
    const places = causes.flatMap(({ because, against }) => [...because, ...against]).flatMap(({ from }) => from);
    expect(places.length).toBeGreaterThan(3);
    for (const { source, line } of places) {
      expect(line).toBeUndefined();
      expect(source).toMatch(/\/(memory\.\w+(\.\w+)?|status)$/);
    }
  });

  it('is about the cgroup whose limit would be hit', () => {
    expect(limited.memory.path).toBe(paths.v2.pod);
    const podReport = liveReport(limited);
    expect(podReport).toMatchObject({ oomMemcg: { path: paths.v2.pod }, taskMemcg: { path: paths.v2.app }, cgroupVersion: 2 });
    expect(podReport.taskTable?.rows.map(({ pid }) => pid)).toEqual([4700, 4711, 4712]);
    expect(podReport.counters.memory).toMatchObject({ usageBytes: 218 * MIB, limitBytes: 256 * MIB, failcnt: 41 });
  });
});

describe('the likely victim', () => {
  const process = (pid: number, mebibytes: number, oomScoreAdj: number): ProcessMemory => ({
    pid,
    tgid: pid,
    uid: 0,
    comm: `p${pid}`,
    commandLine: [],
    cgroup: '/',
    totalVmBytes: 0,
    rssBytes: mebibytes * MIB,
    oomScoreAdj,
    source: `/proc/${pid}/status`,
  });

  it('is the largest, moved by oom_score_adj, and never one at -1000', () => {
    const pid = (...processes: ProcessMemory[]) => likelyVictim(processes, 1000 * MIB, 4096)?.pid;
    expect(pid(process(1, 10, 0), process(2, 20, 0))).toBe(2);
    expect(pid(process(1, 10, 500), process(2, 20, 0))).toBe(1);
    expect(pid(process(1, 900, -1000), process(2, 1, 0))).toBe(2);
    expect(pid(process(1, 900, -1000))).toBeUndefined();
  });
});

describe('what cannot be reclaimed', () => {
  const memory = (change: Partial<CgroupMemory>): CgroupMemory => ({
    ...observe(trees.v2, paths.v2.app).target.memory,
    ...change,
  });
  const counters = (swap: { usageBytes: number; limitBytes?: number }) => ({
    counters: { memory: { usageBytes: 217 * MIB }, swap },
  });

  it('without swap is anon, shmem, kernel memory, and cache that is dirty or locked', () => {
    expect(unreclaimable(memory({}), 1024 * MIB)).toEqual({
      bytes: 60 * MIB + 10 * MIB + 3 * MIB + 64 * KIB + 110 * MIB + 2 * MIB,
      anonBytes: 60 * MIB,
      shmemBytes: 10 * MIB,
      kernelBytes: 3 * MIB + 64 * KIB,
      dirtyBytes: 110 * MIB,
      lockedFileBytes: 2 * MIB,
    });
  });

  it('with swap is less by its room, that of the cgroup and of the machine', () => {
    const swapped = (free: number, limitBytes?: number) => {
      const swap = { usageBytes: 5 * MIB, ...(limitBytes === undefined ? {} : { limitBytes }) };
      const { anonBytes, shmemBytes } = unreclaimable(memory(counters(swap)), free);
      return [anonBytes / MIB, shmemBytes / MIB];
    };
    expect(swapped(0)).toEqual([60, 10]);
    expect(swapped(20 * MIB)).toEqual([40, 10]);
    expect(swapped(1024 * MIB, 25 * MIB)).toEqual([40, 10]);
    expect(swapped(64 * MIB)).toEqual([0, 6]);
  });

  it('is what processes have locked, where the unevictable list lags behind', () => {
    const [process] = observe(trees.v2, paths.v2.app).target.processes;
    const locked = (lockedBytes: number) =>
      process && unreclaimable(memory({}), 0, [{ ...process, lockedBytes }]).lockedFileBytes;
    expect(locked(0)).toBe(2 * MIB);
    expect(locked(56320 * KIB)).toBe(2 * MIB);
    expect(locked(60 * MIB)).toBe(5 * MIB);
    expect(locked(512 * MIB)).toBe(8 * MIB);
  });

  it('on v1 is all anon when memory and memory+swap have one limit', () => {
    const { memory: v1 } = observe(trees.v1, paths.v1.app).target;
    expect(unreclaimable(v1, 1024 * MIB)).toMatchObject({ anonBytes: 30 * MIB, kernelBytes: 7 * MIB, lockedFileBytes: 8 * MIB });
  });
});

describe('an inspection', () => {
  const inspection = inspectCgroup(trees.v2, APP_ID.slice(0, 8), now);

  it('is a screen: the verdict, whose limit it is, the sum, the processes, the cause', () => {
    const text = renderInspection(inspection, style);
    expect(text).toContain('Nothing would be killed now: 85 % of the limit used.');
    expect(text).toContain('256 MiB, of pod 3f0c9a52-7d41-4e0b-9a36-5b1f0c2d8e77, which uses 218 MiB');
    expect(text).toMatch(/hard headroom .*70\.8 MiB/);
    expect(text).toMatch(/dirty \+ writeback +90 MiB \+ 20 MiB/);
    expect(text).toMatch(/working set +117 MiB/);
    expect(text).toContain('some 13 % in the last 10 s');
    expect(text).toMatch(/4711 +65536 +56320 .*qemu-img convert/);
    expect(text).toContain('The kernel would choose qemu-img (pid 4711).');
    expect(text).toMatch(/page-cache-writeback, likely/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('is the same in Chinese, with no English sentence left', () => {
    const text = renderInspection(inspection, { ...style, lang: 'zh-CN' });
    expect(text).toContain('现在不会杀死任何进程：已使用限制的 85%。');
    expect(text).not.toContain('Nothing');
  });

  it('is an object for programs', () => {
    const item = JSON.parse(printJson(toInspection(inspection, { lang: 'en' })));
    expect(item).toMatchObject({
      apiVersion: 'oomkit.dev/v1alpha1',
      kind: 'Inspection',
      target: { path: paths.v2.app, version: 2, effectiveLimit: { bytes: 256 * MIB, path: paths.v2.pod } },
      verdict: { key: 'inspect.verdict.below' },
      usage: { usageBytes: 217 * MIB },
      workingSetBytes: 117 * MIB,
      accounting: { chargedBytes: 217 * MIB },
    });
    expect(item.headroomBytes).toBe(256 * MIB - item.unreclaimable.bytes);
    expect(item.processes.map(({ pid }: ProcessMemory) => pid)).toEqual([4711, 4712]);
    expect(item.causes[0].id).toBe('page-cache-writeback');
    expect(problems('inspection', item)).toEqual([]);
    expect(problems('inspection', { ...item, extra: 1 })).toHaveLength(1);
  });

  it('says that there is no limit, that reclaim would do, and when it would not', () => {
    const key = (limitBytes: number | undefined) => {
      const limit = limitBytes === undefined ? {} : { effectiveLimit: { bytes: limitBytes, path: paths.v2.pod } };
      const { effectiveLimit, ...memory } = inspection.memory;
      return verdict({ ...inspection, memory: { ...memory, ...limit } }).key;
    };
    expect(inspection.memory.effectiveLimit).toBeDefined();
    expect(key(undefined)).toBe('inspect.verdict.no-limit');
    expect(key(256 * MIB)).toBe('inspect.verdict.below');
    expect(key(218 * MIB)).toBe('inspect.verdict.reclaimable');
    expect(key(190 * MIB)).toBe('inspect.verdict.at-limit');
    expect(key(180 * MIB)).toBe('inspect.verdict.at-limit-below-zero');
  });
});

describe('an inspection from inside a container', () => {
  it('has a limit that cannot be seen, and is found by itself', () => {
    const inspection = inspectCgroup(trees.hybrid, 'self', now);
    expect(inspection.memory.path).toBe(paths.hybrid.container);
    expect(renderInspection(inspection, style)).toContain('256 MiB, of a cgroup above what can be seen from here');
    expect(verdict(inspection).key).toBe('inspect.verdict.below');
  });

  it('shows nothing a process could steer the terminal with', () => {
    const inspection = inspectCgroup(trees.v2, APP_ID, now);
    const hostile = '\u001b[2Jx\u202e\n';
    const text = renderInspection(
      {
        ...inspection,
        processes: inspection.processes.map((process) => ({ ...process, comm: hostile, commandLine: [hostile] })),
        writableFiles: [{ pid: 4711, fd: 1, path: hostile, positionBytes: 0, sizeBytes: 1, sync: false, direct: false }],
      },
      style,
    );
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('a sample of the node', () => {
  const sample = sampleNode(findMemoryHierarchy(trees.v2), 'busy');

  it('has the containers, or everything', () => {
    expect(sample.map(({ memory }) => memory.path)).toEqual([paths.v2.app, paths.v2.pause]);
    expect(sampleNode(findMemoryHierarchy(trees.v2), 'all')).toHaveLength(8);
  });

  it('without containers has the cgroups with processes', () => {
    const hybrid = sampleNode(findMemoryHierarchy(trees.hybrid), 'busy');
    expect(hybrid.map(({ memory }) => memory.path)).toContain(paths.hybrid.container);
  });

  it('is sorted by a column and fits the terminal', () => {
    const rows = sortRows(sample, 'memory');
    expect(sortRows(sample, 'pod')).toHaveLength(2);
    expect(rows[0]?.memory.path).toBe(paths.v2.app);
    const text = renderTop(rows, columnsFor(rows, false), { ...style, width: 80 });
    const [header = '', first = ''] = text.split('\n');
    expect(header).toMatch(/^POD +CONTAINER +MEMORY +LIMIT +% /);
    expect(first).toMatch(/^3f0c9a\S*… +5d2f\S* +117 MiB +256 MiB +85 % +60 MiB +110 MiB/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const wide = renderTop(rows, columnsFor(rows, true), { ...style, wide: true });
    expect(wide).toContain(paths.v2.app);
    expect(wide).toMatch(/OOMKILLS/);
  });

  it('is a list for programs', () => {
    const list = toCgroupMemoryList(sample, now.toISOString());
    expect(list).toMatchObject({ kind: 'CgroupMemoryList', observedAt: '2024-05-01T12:00:00.000Z' });
    expect(list.items.map(({ identity }) => identity.containerId)).toEqual([APP_ID, PAUSE_ID]);
    expect(problems('cgroup-memory-list', list)).toEqual([]);
    expect(problems('cgroup-memory-list', { ...list, items: [{}] })).not.toEqual([]);
  });
});

describe('facts of the host', () => {
  it('are read where there are some', () => {
    expect(kernelRelease(trees.v2)).toBe('6.1.0-18-amd64');
    expect(freeSwapBytes(trees.v2)).toBe(512 * MIB);
    expect(pageSizeBytes(trees.v2)).toBeUndefined();
    expect([4096, 16384, 65536]).toContain(pageSizeBytes(thisHost));
  });
});
