import { release } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import type { Accounting, AccountingLineId, Diagnosis, OomReport } from '../../src/model/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { type Kill, makeKill } from './lab/kill.js';
import { leftovers } from './lab/leftovers.js';
import type { MemoryReading, Task } from './lab/memory-cgroup.js';
import { skipKills } from './lab/requirements.js';
import * as scenes from './lab/scenes.js';
import { cleanUp } from './lab/undo.js';

/** The kernel kills real processes here, and what oomkit says about it is compared with what is known by construction. */

const TOLERANCE = 0.02;

const played = [
  scenes.anonSingle,
  scenes.anonNodeHeap,
  scenes.tmpfsEmptyDir,
  scenes.anonPlusTmpfs,
  scenes.forkMany,
  scenes.childKilled,
  scenes.podLimit,
  scenes.socketBuffers,
];

describe.skipIf(skipKills())('a real kill', () => {
  afterAll(() => {
    cleanUp();
    expect(leftovers()).toEqual([]);
  });

  describe.each(played.map((scene) => [scene.made, scene] as const))('%s', (_made, scene) => {
    let kill: Kill;
    let report: OomReport;
    let diagnosis: Diagnosis;
    /** The report's victim, as it was before the kill. */
    let victim: Task;

    beforeAll(async () => {
      kill = await makeKill(scene);
      report = firstReport(kill);
      diagnosis = diagnose(toIncident(report));
      victim = victimOf(kill, report);
    });

    it('is read as it was', () => {
      expect(report.completeness.missing).toEqual([]);
      expect(report).toMatchObject({
        scope: 'memcg',
        cgroupVersion: 1,
        kernel: { release: release() },
        constraint: { word: 'CONSTRAINT_MEMCG' },
        oomMemcg: { path: kill.limited.path },
        taskMemcg: { path: victim.cgroup },
        outcome: 'killed',
      });
      expect(report.killed[0]?.comm).toBe(victim.comm);
      const listed = report.taskTable?.rows.map(({ pid }) => pid);
      expect(listed).toEqual(expect.arrayContaining(kill.tasksBefore.map(({ pid }) => pid)));
    });

    it('has the limit, and the usage that was seen before', () => {
      const { memory, memorySwap, kmem } = report.counters;
      expect(memory?.limitBytes).toBe(scene.limitBytes);
      expectClose(memory?.usageBytes, kill.before.usageBytes, scene.limitBytes);
      expect(memory?.failcnt).toBeGreaterThanOrEqual(kill.before.failcnt);
      expect(memorySwap?.limitBytes).toBeUndefined();
      expectClose(kmem?.usageBytes, kill.before.kmemBytes, scene.limitBytes);
    });

    it('belongs to its pod and container', () => {
      const container = kill.containers.find(({ cgroup }) => cgroup === victim.cgroup);
      expect(diagnosis.incident).toMatchObject({
        container: { level: 'container', podUid: kill.pod.podUid, containerId: container?.id },
        limited: { level: scene.limited, podUid: kill.pod.podUid },
      });
    });

    it('is accounted for to the byte, within 2 % of memory.stat before the kill', () => {
      const { accounting } = diagnosis;
      if (accounting === undefined) throw new Error('no accounting');
      expect(accounting.chargedBytes).toBe(report.counters.memory?.usageBytes);
      expect(accounting.lines.reduce((sum, line) => sum + line.bytes, 0)).toBe(accounting.chargedBytes);
      for (const [id, expected] of Object.entries(linesOf(kill.before)))
        expectClose(lineBytes(accounting, id), expected, scene.limitBytes, id);
      expectClose(lineBytes(accounting, 'unexplained'), 0, scene.limitBytes, 'unexplained');
    });

    it(`comes of ${scene.causes.join(' or ')}`, () => {
      expect(scene.causes).toContain(diagnosis.causes[0]?.id);
    });
  });
});

/**
 * The report's victim, as it was before. Where the limit stays full the kernel kills again at once, and the second may be gone
 * before the first: everybody who was seen to die must be in the log as killed, the report's victim first of all.
 */
function victimOf(kill: Kill, report: OomReport): Task {
  const killed = parseKernelLog(kill.kmsg, 'kmsg').flatMap((each) =>
    [...each.killed, ...each.followingKills].map(({ pid }) => pid),
  );
  expect(killed).toEqual(expect.arrayContaining(kill.victims.map(({ pid }) => pid)));
  const victim = kill.tasksBefore.find(({ pid }) => pid === report.killed[0]?.pid);
  if (victim === undefined) throw new Error(`pid ${report.killed[0]?.pid} of the report was not in the cgroup before`);
  return victim;
}

/** The report of this kill: another one may stand in the log too, from outside or because the cgroup stayed at its limit. */
function firstReport(kill: Kill): OomReport {
  const report = parseKernelLog(kill.kmsg, 'kmsg').find(({ oomMemcg }) => oomMemcg?.path === kill.limited.path);
  if (report === undefined) throw new Error(`no report of ${kill.limited.path}`);
  return report;
}

/** What the accounting should come to, from v1's memory.stat: `cache` includes shmem, kernel memory is not in it. */
function linesOf({ stat, kmemBytes }: MemoryReading): Partial<Record<AccountingLineId, number>> {
  const { total_rss: anon = NaN, total_cache: cache = NaN, total_shmem: shmem = NaN } = stat;
  return { anon, file: cache - shmem, shmem, kernel: kmemBytes };
}

function lineBytes(accounting: Accounting, id: string): number | undefined {
  return accounting.lines.find((line) => line.id === id)?.bytes;
}

function expectClose(actual: number | undefined, expected: number, limitBytes: number, what = ''): void {
  expect(Math.abs((actual ?? NaN) - expected), `${what} ${actual} instead of ${expected}`).toBeLessThanOrEqual(
    TOLERANCE * limitBytes,
  );
}
