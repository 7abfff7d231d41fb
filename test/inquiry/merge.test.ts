import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import { mergeLiveFacts } from '../../src/inquiry/bundle/merge.js';
import { mergeHeaps } from '../../src/inquiry/bundle/merge-heap.js';
import type { CgroupMemory } from '../../src/model/index.js';
import { renderMessage } from '../../src/render/index.js';
import type { Observation } from '../../src/sources/cgroup/live.js';
import { findMemoryHierarchy } from '../../src/sources/cgroup/mounts.js';
import { observeCgroup } from '../../src/sources/cgroup/observe.js';
import { streamOf } from '../../src/sources/heap/byte-stream.js';
import { readHeapDocument } from '../../src/sources/heap/document.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { paths, trees } from '../fixtures-cgroup-trees.js';
import { fixture } from '../sources/heap/fixtures.js';

const incidents = parseKernelLog(readFileSync('test/fixtures/oom-logs/seed-cdi-importer.txt'), 'b!kernel.log').map(toIncident);
const [incident] = incidents;
if (incident === undefined) throw new Error('the seed log has a report');
const diagnosis = diagnose(incident);
const atKill = incident.report.counters?.memory?.limitBytes ?? 0;

/** The cgroup whose limit was hit, as it may be found after the kill. */
function observed(limitBytes: number, kills: number, path = incident?.report.oomMemcg?.path ?? ''): Observation {
  const observation = observeCgroup(trees.v1, findMemoryHierarchy(trees.v1), paths.v1.app, new Date('2026-11-23T12:00:00Z'));
  const { memory } = observation.target;
  const found: CgroupMemory = {
    ...memory,
    path,
    directory: 'b!cgroup',
    usage: { ...memory.usage, limitBytes },
    events: { oom_kill: kills },
  };
  const target = { ...observation.target, memory: found };
  return { ...observation, target, limited: target };
}

function added(observation: Observation): string[] {
  const merged = mergeLiveFacts(diagnosis, incidents, [observation]);
  return merged.warnings.slice(diagnosis.warnings.length).map((warning) => renderMessage(warning, { lang: 'en' }));
}

describe('mergeLiveFacts', () => {
  it('cites what the cgroup still showed', () => {
    expect(added(observed(atKill, 1))).toEqual([
      expect.stringMatching(/still there at 2026-11-23T12:00:00.000Z: .* charged \(b!cgroup\/memory\.usage_in_bytes\)/),
    ]);
  });

  it('shows a limit that was changed since the kill, with both places', () => {
    const [, changed = ''] = added(observed(2 * atKill, 1));
    expect(changed).toContain('572.2 MiB at the kill (b!kernel.log:1)');
    expect(changed).toContain('1.12 GiB in b!cgroup/memory.limit_in_bytes');
  });

  it('shows that the log lost reports', () => {
    expect(added(observed(atKill, 3))[1]).toContain('counts 3 OOM kills (b!cgroup/memory.oom_control), and the log has 1 report');
  });

  it('leaves other cgroups out of it', () => {
    expect(mergeLiveFacts(diagnosis, incidents, [observed(2 * atKill, 3, '/elsewhere')])).toBe(diagnosis);
  });
});

describe('mergeHeaps', () => {
  it('lets a small heap speak for the likeliest cause outside it', async () => {
    const document = await readHeapDocument(streamOf(fixture('pprof/leaky-after.pb.gz')));
    const { causes } = mergeHeaps(diagnosis, [{ source: 'b!heap/1', document }]);
    expect(causes[0]?.id).toBe('page-cache-writeback');
    expect(causes[0]?.because.at(-1)).toMatchObject({
      statement: { key: 'heap.verdict.not-a-leak-but' },
      from: [{ source: 'b!heap/1' }],
    });
    expect(causes.slice(1)).toEqual(diagnosis.causes.slice(1));
  });
});
