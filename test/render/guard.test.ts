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
  pausedBy: 'freezer-v1',
  writesWith: 'sync_file_range',
  peak: { dirtyBytes: 60 * MIB, cachedBytes: 100 * MIB },
  writtenBytes: 1500 * MIB,
  droppedBytes: 1400 * MIB,
  pauses: 1,
  pausedSeconds: 40,
  longestPauseSeconds: 0.5,
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
  expect(validate({ ...toGuardReport(report), pauses: -1 })).toBe(false);
});

it('says in both languages what was done, and prints no name that could steer the terminal', () => {
  const english = renderGuard(report, { lang: 'en', width: 100, color: false });
  expect(english).toContain('60 MiB at most, 94 % of the bound of 64 MiB');
  expect(english).toContain('writers paused 1 time, 40 s in all');
  expect(english).not.toContain('\u001b');
  const chinese = renderGuard(report, { lang: 'zh-CN', width: 100, color: false });
  expect(chinese).toContain('写入进程被暂停 1 次');
});
