import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { diagnoseRecording } from '../../src/cli/lab/diagnose-recording.js';
import { diagnosesOf } from '../../src/inquiry/recording.js';
import { variantOf } from '../../src/lab/compare/summary.js';
import { type LabComparison, type LabRun, MIB, message } from '../../src/model/index.js';
import {
  printJson,
  renderLabComparison,
  renderLabLive,
  renderLabRun,
  toLabComparison,
  toLabRun,
} from '../../src/render/index.js';
import { isRecording } from '../../src/sources/recording/recognise.js';
import { temporaryDirectory } from '../support/temporary-directory.js';
import { someRun } from './some-run.js';

function schema(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../schema/${name}.v1alpha1.json`, import.meta.url), 'utf8')) as object;
}

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
ajv.addSchema(schema('diagnosis-list'), 'diagnosis-list.v1alpha1.json');
ajv.addSchema(schema('lab-prediction'), 'lab-prediction.v1alpha1.json');
const validateRun = ajv.compile(schema('lab-run'));
const validateComparison = ajv.compile(schema('lab-comparison'));

const killed: LabRun = {
  ...someRun,
  exitCode: 137,
  signal: 'SIGKILL',
  endedBy: 'oom-killer',
  oomKilled: true,
  oomKills: 1,
  warnings: [message('lab.warning.no-kernel-log')],
  recording: {
    ...someRun.recording,
    ...(someRun.recording.atPeak === undefined ? {} : { beforeKill: someRun.recording.atPeak }),
  },
};

const comparison: LabComparison = {
  preset: 'qemu-cache-modes',
  limitBytes: 64 * MIB,
  rounds: 2,
  variants: [
    variantOf(
      'writeback',
      ['a'],
      [
        { ...someRun, round: 1 },
        { ...someRun, round: 2, wallSeconds: 6 },
      ],
    ),
    variantOf('none', ['b'], [{ ...someRun, limitHits: 0, peak: { chargedBytes: 20 * MIB, unreclaimableBytes: 19 * MIB } }]),
    variantOf('large', ['c'], [killed]),
    variantOf('broken', ['d'], [{ ...someRun, exitCode: 1 }]),
  ],
  warnings: [],
};

const style = { lang: 'en', width: 120, color: false } as const;

describe('a run', () => {
  test.each([
    ['that lived', someRun],
    ['that was killed, without the kernel’s log', killed],
  ])('fits its schema: one %s', (_, run) => {
    validateRun(JSON.parse(printJson(toLabRun(run, diagnosesOf(run.recording, 'run.json'), { lang: 'zh-CN' }))));
    expect(validateRun.errors ?? []).toEqual([]);
  });

  test('the schema rejects what does not fit', () => {
    expect(validateRun({ ...JSON.parse(printJson(toLabRun(someRun, [], { lang: 'en' }))), limitHits: 'many' })).toBe(false);
  });

  test('is reported with what its kernel counts, and with what v1 does not', () => {
    const text = renderLabRun(someRun, [], style).replace(/\s+/g, ' ');
    expect(text).toContain('It reached its limit of 64 MiB, and 56 MiB could not be reclaimed at the worst moment.');
    expect(text).toContain('5 charges met the limit and had to reclaim first (memory.events max)');
    expect(text).toContain('1 time (memory.events oom)');
    const { reclaimFailures: _, stalledSeconds: __, ...old } = someRun;
    const v1 = renderLabRun({ ...old, recording: { ...someRun.recording, cgroupVersion: 1 } }, [], style);
    expect(v1).toContain('not counted by cgroup v1');
    expect(v1).not.toContain('memory.events');
  });

  test.each([
    [killed, 'was OOM-killed'],
    [{ ...killed, endedBy: 'signal', oomKilled: false, oomKills: 0 }, 'and not by the OOM killer'],
    [{ ...killed, endedBy: 'unknown', oomKilled: false }, 'whether it was the victim cannot be told'],
    [{ ...someRun, oomKills: 2 }, 'killed 2 processes it had started'],
    [{ ...someRun, exitCode: 127, notStarted: { code: 'ENOENT' } }, 'could not be run (ENOENT)'],
  ] as const)('says how it ended', (run, sentence) => {
    const words = renderLabRun(run, [], { ...style, width: 400 }).replace(/\s+/g, ' ');
    expect(words).toContain(sentence);
    expect(renderLabRun(run, [], { ...style, lang: 'zh-CN' })).toMatch(/\p{Script=Han}/u);
  });
});

describe('a comparison', () => {
  test('fits its schema', () => {
    validateComparison(JSON.parse(printJson(toLabComparison(comparison, { lang: 'en' }))));
    expect(validateComparison.errors ?? []).toEqual([]);
  });

  test('says what is safe, what depends on the disk, what is not safe and what failed', () => {
    const verdicts = toLabComparison(comparison, { lang: 'en' }).variants.map(({ verdict }) => verdict.key);
    expect(verdicts).toEqual(['lab.compare.reclaimed', 'lab.compare.safe', 'lab.compare.unsafe', 'lab.compare.failed']);
    const text = renderLabComparison(comparison, style);
    expect(text).toContain('4.5 s (3 s–6 s)');
    expect(text).toContain('large, round 1: qemu-img was OOM-killed after 3 s.');
    expect(text).toContain('broken, round 1: qemu-img failed with exit code 1 after 3 s.');
  });
});

test('the live view is one line of the terminal’s width', () => {
  const line = renderLabLive(
    {
      atSeconds: 3,
      chargedBytes: 32 * MIB,
      limitBytes: 64 * MIB,
      parts: { anon: 16 * MIB, file: 16 * MIB, shmem: 0, kernel: 0 },
      dirtyBytes: 8 * MIB,
      writebackBytes: MIB,
      writtenPerSecond: 100 * MIB,
      drainedPerSecond: 20 * MIB,
    },
    { ...style, width: 130 },
  );
  expect(line).toBe(
    '3 s  █████▓▓▓▓▓·········· 32 MiB of 64 MiB  dirty 8 MiB  writeback 1 MiB  writing 100 MiB/s  to disk 20 MiB/s',
  );
});

describe('a recording', () => {
  function fileWith(text: string): string {
    const path = join(temporaryDirectory(), 'run.json');
    writeFileSync(path, text);
    return path;
  }

  test('without a kill shows its worst moment, blamed on what filled it', () => {
    const path = fileWith(JSON.stringify(toLabRun(someRun, [], { lang: 'en' })));
    expect(isRecording(path)).toBe(true);
    const verdict = diagnoseRecording(path, {}, 'en');
    if (verdict?.kind !== 'inspection') throw new Error('no inspection');
    expect(verdict.inspection.causes[0]?.id).toBe('page-cache-writeback');
    expect(verdict.inspection.observedAt).toBe('2026-11-25T12:00:02.000Z');
  });

  test('of a kill that the kernel did not report is diagnosed from the last sample, and says so', () => {
    const [diagnosis] = diagnosesOf(killed.recording, 'run.json');
    expect(diagnosis?.warnings.map(({ key }) => key)).toContain('lab.warning.from-last-sample');
  });

  test.each([
    ['cut off', JSON.stringify(toLabRun(someRun, [], { lang: 'en' })).slice(0, 900)],
    [
      'with a moment of another shape',
      JSON.stringify({ ...toLabRun(someRun, [], { lang: 'en' }), recording: { ...someRun.recording, atPeak: 5 } }),
    ],
    ['without a recording', '{"apiVersion":"oomkit.dev/v1alpha1","kind":"LabRun"}'],
  ])('%s is refused with exit code 3', (_, text) => {
    const path = fileWith(text);
    expect(isRecording(path)).toBe(true);
    const before = process.exitCode;
    expect(diagnoseRecording(path, {}, 'en')).toBeUndefined();
    expect(process.exitCode).toBe(3);
    process.exitCode = before;
  });

  test('is not taken for another file', () => {
    expect(isRecording(fileWith('{"kind":"LabRun"}'))).toBe(false);
    expect(isRecording(join(temporaryDirectory(), 'absent'))).toBe(false);
  });
});
