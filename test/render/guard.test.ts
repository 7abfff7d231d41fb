import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { type GuardReport, MIB } from '../../src/model/index.js';
import { renderGuard, toGuardReport } from '../../src/render/index.js';

const report: GuardReport = {
  target: { kind: 'command', name: 'qemu-img' },
  startedAt: '2026-11-25T20:00:00.000Z',
  wallSeconds: 50.1,
  exitCode: 0,
  bounds: { dirtyBytes: 64 * MIB, cacheBytes: 128 * MIB },
  measuredBy: 'cgroup',
  passed: [],
  hold: { by: 'cpu-quota', times: 1, seconds: 40, longestSeconds: 0.5 },
  writesWith: 'sync_file_range',
  peak: { dirtyBytes: 60 * MIB, cachedBytes: 100 * MIB },
  writtenBytes: 1500 * MIB,
  droppedBytes: 1400 * MIB,
  gaveWay: 0,
  files: 2,
  filesWithoutNeed: 0,
  notHelped: [{ path: '/dev/shm/\u001b[2Jx', why: 'memory-file-system' }],
  notHelpedCount: 1,
};

it('fits its schema', () => {
  const schema = JSON.parse(readFileSync('schema/guard-report.v1alpha1.json', 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  expect([validate(toGuardReport(report)), validate.errors]).toEqual([true, null]);
  expect(validate({ ...toGuardReport(report), gaveWay: -1 })).toBe(false);
});

it('says in both languages what was done, and prints no name that could steer the terminal', () => {
  const english = renderGuard(report, { lang: 'en', width: 100, color: false });
  expect(english).toContain('60 MiB at most, 94 % of the bound of 64 MiB');
  expect(english).toContain('writers held 1 time by a quota of CPU time (v1), 40 s in all');
  expect(english).not.toContain('\u001b');
  const chinese = renderGuard(report, { lang: 'zh-CN', width: 100, color: false });
  expect(chinese).toContain('用 CPU 时间配额（v1）限制写入进程 1 次');
});

it('says first what was not held, what nothing could hold, and what was there before', () => {
  const { hold, writtenBytes, ...rest } = report;
  const unmet: GuardReport = {
    ...rest,
    passed: ['dirty', 'cache'],
    measuredBy: 'process-io',
    peak: { dirtyBytes: 96 * MIB, cachedBytes: 200 * MIB },
    inherited: { dirty: { bytes: 500 * MIB, wornOffSeconds: 12 }, cache: { bytes: 900 * MIB } },
  };
  const [, ...lines] = renderGuard(unmet, { lang: 'en', width: 200, color: false })
    .split('\n')
    .map((text) => text.trim());
  expect(lines.slice(0, 5)).toEqual([
    'the bound was not held, by estimate: 96 MiB waited for the disk at most, 150 % of 64 MiB',
    'the bound of the cache was not held: 200 MiB at most, 156 % of 128 MiB',
    expect.stringContaining('nothing here can hold the writers'),
    'before the guard came 500 MiB waited already; they were down to the bound after 12 s',
    'before the guard came 900 MiB were cached already, and more than the bound until the end',
  ]);
  expect(lines.join()).not.toMatch(/written to disk|writers held/);
});
