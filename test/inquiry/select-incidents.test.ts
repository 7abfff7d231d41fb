import { describe, expect, it } from 'vitest';
import { type IncidentCriteria, selectIncidents } from '../../src/inquiry/select-incidents.js';
import type { Incident } from '../../src/model/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';

const podUid = '3f1d0c9a-0b7e-4b5e-9c55-2f3d8e0a1b2c';
const containerId = '4be1b5b7a2d04b7e9f6c0a55f3d1c8e7b6a59483726150f4e3d2c1b0a9f8e7d6';
const pod = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${podUid.replaceAll('-', '_')}.slice`;
const container = `${pod}/cri-containerd-${containerId}.scope`;

/** A kill at the limit of the pod, in one of its containers, and one of another node process. */
const incidents: readonly Incident[] = parseKernelLog(
  [
    `[   10.000000] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=${containerId},mems_allowed=0,oom_memcg=${pod},task_memcg=${container},task=worker,pid=4711,uid=0`,
    '[   10.000100] Memory cgroup out of memory: Killed process 4711 (worker) total-vm:100kB, anon-rss:50kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:40kB oom_score_adj:999',
    '[  900.000000] Out of memory: Killed process 815 (backup) total-vm:100kB, anon-rss:50kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:40kB oom_score_adj:0',
  ].join('\n'),
  'kern.log',
).map(toIncident);

function selected(criteria: IncidentCriteria): number[] {
  return selectIncidents(incidents, criteria).flatMap(({ report }) => report.killed.map(({ pid }) => pid));
}

describe('selectIncidents', () => {
  it('admits all without criteria', () => {
    expect(selected({})).toEqual([4711, 815]);
  });

  it.each([
    [{ pid: 815 }, [815]],
    [{ pid: 81 }, []],
    [{ container: containerId }, [4711]],
    [{ container: containerId.slice(0, 12) }, [4711]],
    [{ container: containerId.slice(1, 12) }, []],
    [{ container: '' }, []],
    [{ pod: podUid }, [4711]],
    [{ pod: podUid.toUpperCase().replaceAll('-', '_') }, [4711]],
    [{ pod: podUid.slice(0, 10) }, [4711]],
    [{ pod: podUid.slice(4) }, []],
    [{ pod: podUid, pid: 815 }, []],
  ])('selects by %j', (criteria, pids) => {
    expect(selected(criteria)).toEqual(pids);
  });

  it('selects by the names that Kubernetes told', () => {
    const named = incidents.map((incident) => ({
      ...incident,
      container: { level: 'container', podName: 'web-0', containerName: 'app' } as const,
    }));
    expect(selectIncidents(named, { pod: 'web-0', container: 'app' })).toHaveLength(2);
    expect(selectIncidents(named, { pod: 'web' })).toHaveLength(0);
  });

  it('finds a pod by the limit alone, where the log does not name the victim’s cgroup', () => {
    const anonymous = incidents.map(({ container: _, ...incident }) => incident);
    expect(selectIncidents(anonymous, { pod: podUid })).toHaveLength(1);
  });
});
