import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { inspectCgroup } from '../../../src/cli/inspect-cgroup.js';
import { type AccountingLineId, type CauseId, MIB } from '../../../src/model/index.js';
import { hostAt } from '../../../src/sources/host/host.js';

/** What the maker of a tree knew (scripts/kernel-lab/to-tree.ts). */
interface Made {
  readonly kernel: string;
  readonly kind: string;
  readonly plantedBytes: number;
  readonly podUid: string;
  readonly containerId: string;
  readonly container: string;
  readonly limit: { readonly path: string; readonly bytes: number };
}

/** Where a kind of memory has to be found. */
interface Place {
  readonly line: AccountingLineId;
  /** The parts of the line that hold it together; none where the kernel does not tell it from the rest of the line. */
  readonly parts: readonly string[];
  readonly cause: CauseId;
}

const PLACES: Readonly<Record<string, Place>> = {
  anon: { line: 'anon', parts: [], cause: 'anon-memory' },
  thp: { line: 'anon', parts: ['thp'], cause: 'anon-memory' },
  // What can be given back kills nobody.
  'clean-page-cache': { line: 'file', parts: ['clean'], cause: 'insufficient-evidence' },
  'dirty-page-cache': { line: 'file', parts: ['dirty', 'writeback'], cause: 'page-cache-writeback' },
  tmpfs: { line: 'shmem', parts: [], cause: 'tmpfs' },
  mlocked: { line: 'file', parts: ['unevictable'], cause: 'mlocked' },
  'page-tables': { line: 'kernel', parts: ['page-tables'], cause: 'kernel-memory' },
  'pipe-buffers': { line: 'kernel', parts: [], cause: 'kernel-memory' },
  'unix-sockets': { line: 'kernel', parts: [], cause: 'kernel-memory' },
  'tcp-sockets': { line: 'kernel', parts: ['sock'], cause: 'kernel-memory' },
  dentries: { line: 'kernel', parts: ['slab-reclaimable'], cause: 'kernel-memory' },
};

/** The program itself, and the kernel's own cost of what it holds: buffers charged whole, inodes of pipes and sockets, slabs partly filled. */
const WITHIN_BYTES = 4 * MIB;
const CLOSED_WITHIN = 0.01;
const NOW = new Date('2026-01-01T00:00:00Z');

const directory = fileURLToPath(new URL('../../fixtures/cgroup-trees/recorded', import.meta.url));
const trees = readdirSync(directory);

function madeOf(name: string): Made {
  return JSON.parse(readFileSync(`${directory}/${name}/made.json`, 'utf8'));
}

/** How far a figure is from what it should be; not a number when there is none. */
function apart(bytes: number | undefined, expected: number): number {
  return Math.abs((bytes ?? Number.NaN) - expected);
}

it('there is a recorded tree of every kind', () => {
  expect(new Set(trees.map((name) => madeOf(name).kind))).toEqual(new Set(Object.keys(PLACES)));
});

describe.each(trees)('the recorded tree %s', (name) => {
  const host = hostAt(`${directory}/${name}`);
  const made = madeOf(name);
  const place = PLACES[made.kind];
  if (place === undefined) throw new Error(`no place for ${made.kind}`);
  const inspection = inspectCgroup(host, made.container, NOW);
  const { accounting } = inspection;
  const line = accounting?.lines.find(({ id }) => id === place.line);

  it('holds what was planted on its line and in its part', () => {
    const { parts } = place;
    expect(apart(line?.bytes, made.plantedBytes)).toBeLessThan(WITHIN_BYTES);
    const inParts = line?.parts.filter(({ id }) => parts.includes(id)) ?? [];
    expect(inParts.map(({ id }) => id)).toEqual(parts);
    if (parts.length === 0) return;
    const sum = inParts.reduce((total, { bytes }) => total + bytes, 0);
    expect(apart(sum, made.plantedBytes)).toBeLessThan(WITHIN_BYTES);
  });

  it('is explained to within 1 %', () => {
    const unexplained = accounting?.lines.find(({ id }) => id === 'unexplained')?.bytes;
    expect(apart(unexplained, 0)).toBeLessThan(CLOSED_WITHIN * (accounting?.chargedBytes ?? 0));
  });

  it('has its identity, and is found by it', () => {
    expect(inspection.identity).toMatchObject({
      level: 'container',
      podUid: made.podUid,
      containerId: made.containerId,
      qosClass: 'burstable',
    });
    expect(inspectCgroup(host, made.containerId.slice(0, 12), NOW).memory.path).toBe(made.container);
    const pod = inspectCgroup(host, made.podUid, NOW);
    expect(pod.identity).toMatchObject({ level: 'pod', podUid: made.podUid });
    expect(pod.processes.map(({ comm }) => comm)).toContain('pause');
  });

  it('has the smallest limit up the tree, and whose it is', () => {
    expect(inspection.memory.effectiveLimit).toEqual(made.limit);
    expect(inspection.limited.path).toBe(made.limit.path);
    expect(accounting?.limitBytes).toBe(made.limit.bytes);
  });

  it('has in its process what of it is mapped', () => {
    const { anonBytes = 0, file } = inspection.memory.usage;
    // The program's text is charged to the pause container, which ran it first. VmRSS lags behind (Documentation/filesystems/proc.rst).
    expect(apart(inspection.processes[0]?.pssBytes, anonBytes + (file?.mappedBytes ?? 0))).toBeLessThan(MIB);
  });

  it('names its process and the would-be cause', () => {
    const [process, ...others] = inspection.processes;
    expect(others).toEqual([]);
    expect(process?.cgroup).toBe(made.container);
    expect(process?.commandLine.slice(0, 2)).toEqual(['/mnt/disk/workload', process?.comm]);
    expect(process?.startedAt).toMatch(/^20\d\d-/);
    expect(inspectCgroup(host, String(process?.pid), NOW).memory.path).toBe(made.container);
    expect(inspection.causes[0]?.id).toBe(place.cause);
    expect(inspection.report.kernel?.release).toBe(made.kernel);
  });
});
