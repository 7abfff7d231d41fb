import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import type { Cause, CauseId, Incident } from '../../src/model/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { scenarios, timelineOf } from '../support/incident-series.js';

const END = 1_780_000_000;
const sampling = { endSeconds: END, stepSeconds: 30 };

/** A cgroup v2 report of a kill with so much of each kind in its statistics. */
function incidentWith(entries: Readonly<Record<string, number>>): Incident {
  const path = '/kubepods/pod6b212546-0aa8-4e1c-9e8b-6f2b7e2b3d11/0123456789abcdef';
  const lines = [
    'app invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=937',
    'memory: usage 524288kB, limit 524288kB, failcnt 77',
    'swap: usage 0kB, limit 0kB, failcnt 0',
    `Memory cgroup stats for ${path}:`,
    ...Object.entries(entries).map(([key, mebibytes]) => `${key} ${mebibytes * 2 ** 20}`),
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=x,mems_allowed=0,oom_memcg=${path},task_memcg=${path},task=app,pid=4711,uid=0`,
    'Memory cgroup out of memory: Killed process 4711 (app) total-vm:1200000kB, anon-rss:512kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:12kB oom_score_adj:937',
  ];
  const [report] = parseKernelLog(lines.map((line, index) => `[${1000 + index}.000000] ${line}`).join('\n'), 'kern.log');
  if (report === undefined) throw new Error('no report');
  return toIncident(report);
}

const filled = {
  anon: incidentWith({ anon: 340, file: 150, kernel: 20, shmem: 2, file_dirty: 0, file_writeback: 0 }),
  shmem: incidentWith({ anon: 200, file: 290, kernel: 20, shmem: 280, file_dirty: 0, file_writeback: 0 }),
  dirty: incidentWith({ anon: 60, file: 430, kernel: 20, shmem: 2, file_dirty: 170, file_writeback: 20 }),
};

function cause(incident: Incident, id: CauseId, scenario?: keyof typeof scenarios): Cause {
  const history = scenario === undefined ? {} : { history: timelineOf(scenarios[scenario], sampling) };
  const found = diagnose({ ...incident, ...history }).causes.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

describe('the history before a kill', () => {
  it.each([
    ['anon', 'anon-memory', 'leak'],
    ['anon', 'anon-memory', 'sawtooth'],
    ['shmem', 'tmpfs', 'shmem-leak'],
    ['dirty', 'page-cache-writeback', 'cache-bound'],
  ] as const)('of a report full of %s supports %s when it is %s', (kind, id, scenario) => {
    const alone = cause(filled[kind], id);
    const supported = cause(filled[kind], id, scenario);
    expect(supported.confidence).toBeGreaterThan(alone.confidence);
    expect(supported.because.length).toBeGreaterThan(alone.because.length);
    expect(supported.because.at(-1)?.from[0]?.source).toBe('http://metrics');
  });

  it('that shows growth takes back that growth was not seen', () => {
    const keys = ({ against }: Cause): string[] => against.map(({ statement }) => statement.key);
    expect(keys(cause(filled.anon, 'anon-memory'))).toContain('against.growth-not-seen');
    expect(keys(cause(filled.anon, 'anon-memory', 'leak'))).not.toContain('against.growth-not-seen');
    expect(keys(cause(filled.anon, 'anon-memory', 'spike-unseen'))).toContain('against.growth-not-seen');
  });

  it.each([
    ['anon', 'anon-memory', 'cache-bound'],
    ['anon', 'anon-memory', 'shmem-leak'],
    ['shmem', 'tmpfs', 'leak'],
    ['dirty', 'page-cache-writeback', 'leak'],
  ] as const)('of a report full of %s speaks against %s when it is %s', (kind, id, scenario) => {
    const alone = cause(filled[kind], id);
    const doubted = cause(filled[kind], id, scenario);
    expect(doubted.confidence).toBeLessThan(alone.confidence);
    expect(doubted.against.length).toBeGreaterThan(alone.against.length);
  });

  it('of a rise that no sample saw moves no cause', () => {
    for (const [kind, id] of [
      ['anon', 'anon-memory'],
      ['shmem', 'tmpfs'],
      ['dirty', 'page-cache-writeback'],
    ] as const)
      expect(cause(filled[kind], id, 'spike-unseen')).toEqual(cause(filled[kind], id));
  });
});
