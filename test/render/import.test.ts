import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { GIB, type ImportReport, MIB } from '../../src/model/index.js';
import { renderImport, toImportReport } from '../../src/render/index.js';

const report: ImportReport = {
  source: 'https://example.com/disk.img.xz',
  target: '/data/\u001b[2Jdisk.img',
  format: 'raw',
  layers: ['tar', 'xz'],
  startedAt: '2026-11-26T02:00:00.000Z',
  wallSeconds: 12.5,
  bytesRead: 200 * MIB,
  bytesWritten: 900 * MIB,
  virtualSizeBytes: 2 * GIB,
  targetSizeBytes: 4 * GIB,
  cacheMode: 'none',
  flushed: true,
  checksum: `md5:${'0'.repeat(32)}`,
  verified: true,
  resumedFromBytes: 64 * MIB,
  retries: 2,
  peakChargedBytes: 70 * MIB,
  peakDirtyBytes: MIB,
};

const plain = { width: 100, color: false } as const;

/** Its text, however long its lines. */
function unwrapped(told: ImportReport, lang: 'en' | 'zh-CN'): string {
  return renderImport(told, { lang, ...plain }).replace(/\s+/g, ' ');
}

it('fits its schema', () => {
  const schema = JSON.parse(readFileSync('schema/import-report.v1alpha1.json', 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  expect([validate(toImportReport(report)), validate.errors]).toEqual([true, null]);
  expect(validate({ ...toImportReport(report), retries: -1 })).toBe(false);
});

it('says in both languages what was done, and prints no name that could steer the terminal', () => {
  const english = renderImport(report, { lang: 'en', ...plain });
  expect(english).toContain('raw in tar, xz, 2 GiB; the target is 4 GiB');
  expect(english).toContain('200 MiB in 12.5 s, from 64 MiB on, with 2 retries');
  expect(english).toContain('900 MiB, the zeros left out; past the page cache (O_DIRECT)');
  expect(english).toContain('70 MiB charged to the cgroup at most');
  expect(english).toContain('the target was read back and is the same');
  expect(english).not.toContain('\u001b');
  expect(renderImport(report, { lang: 'zh-CN', ...plain })).toContain('重试 2 次');
});

it('says what really is so where O_DIRECT is buffered all the same', () => {
  const { bytesWritten: _, ...byQemu } = report;
  const text = (told: Partial<ImportReport>, lang: 'en' | 'zh-CN' = 'en') => unwrapped({ ...report, ...told }, lang);
  const loop = { buffering: 'loop-device', bufferingDevice: 'loop3' } as const;
  expect(text({ ...loop, dirtyBoundBytes: 32 * MIB })).toContain(
    'with O_DIRECT, which loop3 buffers: a loop device without direct I/O; at most 32 MiB let wait for the disk',
  );
  expect(unwrapped({ ...byQemu, ...loop }, 'en')).toContain(
    'which loop3 buffers: a loop device without direct I/O; each write waited for',
  );
  expect(text({ buffering: 'possible', dirtyBoundBytes: 64 * MIB })).toContain('which this file system may buffer all the same');
  expect(text({ buffering: 'seen', dirtyBoundBytes: 64 * MIB })).toContain('dirty pages came all the same');
  for (const told of [loop, { buffering: 'possible' }, { buffering: 'seen' }] as const) {
    expect(text(told)).not.toContain('past the page cache');
    expect(text(told, 'zh-CN')).not.toContain('绕过页缓存');
  }
  const schema = JSON.parse(readFileSync('schema/import-report.v1alpha1.json', 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true }).compile(schema);
  const item = toImportReport({ ...report, ...loop, dirtyBoundBytes: 32 * MIB, peakResidentBytes: 60 * MIB });
  expect([validate(item), validate.errors]).toEqual([true, null]);
});

it('tells what is its own where the cgroup is not', () => {
  const { peakChargedBytes: _, peakDirtyBytes: __, ...shared } = { ...report, peakResidentBytes: 60 * MIB };
  const text = unwrapped(shared, 'en');
  expect(text).toMatch(/memory +60 MiB in its processes at most; what else its cgroup is charged with is not its own alone/);
  expect(text).not.toContain('charged to the cgroup at most');
  expect(unwrapped(shared, 'zh-CN')).toContain('自身进程最多占用 60 MiB');
});

it('leaves out what was not asked for or measured', () => {
  const { checksum: _, resumedFromBytes: __, peakChargedBytes: ___, peakDirtyBytes: ____, ...rest } = report;
  const text = renderImport({ ...rest, verified: false, retries: 0, layers: [] }, { lang: 'en', ...plain });
  expect(text).toContain('raw, 2 GiB; the target is 4 GiB');
  expect(text).toMatch(/200 MiB in 12\.5 s$/m);
  expect(text).not.toMatch(/checked|memory/);
});
