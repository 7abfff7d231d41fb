import { describe, expect, it } from 'vitest';
import type { Charge } from '../../../src/import/charge.js';
import { ImportMetrics } from '../../../src/import/metrics/import-metrics.js';
import { Rate } from '../../../src/import/metrics/rate.js';

/** The values by name, labels and all; comments are left out. */
async function valuesOf(metrics: ImportMetrics): Promise<Readonly<Record<string, number>>> {
  const lines = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(lines.map((line) => [line.replace(/ [^ ]+$/, ''), Number(line.split(' ').at(-1))]));
}

const PROGRESS = 'kubevirt_cdi_import_progress_total{ownerUID="uid-1"}';

function metricsOf(charge: Charge = {}): ImportMetrics {
  return new ImportMetrics({ ownerUid: 'uid-1', charge: () => charge });
}

describe('ImportMetrics', () => {
  it("begins with CDI's progress at 0, and leaves out what is not known", async () => {
    expect(await valuesOf(metricsOf())).toEqual({
      [PROGRESS]: 0,
      oomkit_import_read_bytes_total: 0,
      oomkit_import_written_bytes_total: 0,
      oomkit_import_retries_total: 0,
      oomkit_import_position_bytes: 0,
    });
  });

  it('has all that is known', async () => {
    let nowMs = 0;
    const metrics = new ImportMetrics({
      ownerUid: 'uid-1',
      charge: () => ({ chargedBytes: 70_000_000, dirtyBytes: 4096 }),
      now: () => nowMs,
    });
    metrics.update({ bytesRead: 10, bytesWritten: 5, position: 0, sizeBytes: 4000 });
    nowMs = 500;
    metrics.update({ bytesRead: 1010, bytesWritten: 505, position: 1000, sizeBytes: 4000 });
    metrics.retried();
    expect(await valuesOf(metrics)).toEqual({
      [PROGRESS]: 25,
      oomkit_import_read_bytes_total: 1010,
      oomkit_import_written_bytes_total: 505,
      oomkit_import_retries_total: 1,
      oomkit_import_position_bytes: 1000,
      oomkit_import_image_bytes: 4000,
      oomkit_import_rate_bytes: 2000,
      oomkit_import_charged_bytes: 70_000_000,
      oomkit_import_dirty_bytes: 4096,
    });
  });

  it('is read by the expression of CDI, whatever the share', async () => {
    const metrics = metricsOf();
    metrics.update({ bytesRead: 1, bytesWritten: 0, position: 1, sizeBytes: 3_000_000 });
    const text = await metrics.text();
    // GetProgressReportFromURL() in pkg/controller/common/util.go, 1.66. An exponent would be read as its first digit.
    const read = /(kubevirt_cdi_import_progress_total|kubevirt_cdi_clone_progress_total)\{ownerUID="uid-1"\} (\d{1,3}\.?\d*)/;
    expect(Number(read.exec(text)?.[2])).toBe(0);
    metrics.update({ bytesRead: 1, bytesWritten: 0, position: 1_000_000, sizeBytes: 3_000_000 });
    expect(Number(read.exec(await metrics.text())?.[2])).toBe(33.33);
  });

  it('counts the source where the size of the image is not known', async () => {
    const metrics = metricsOf();
    metrics.update({ bytesRead: 30, bytesWritten: 0, position: 999, sourceBytes: 60 });
    expect((await valuesOf(metrics))[PROGRESS]).toBe(50);
  });

  it('never falls, and is 100 only at the end', async () => {
    const metrics = metricsOf();
    metrics.update({ bytesRead: 0, bytesWritten: 0, position: 10, sizeBytes: 10 });
    expect((await valuesOf(metrics))[PROGRESS]).toBe(99.99);
    metrics.update({ bytesRead: 0, bytesWritten: 0, position: 1, sizeBytes: 10 });
    expect((await valuesOf(metrics))[PROGRESS]).toBe(99.99);
    metrics.finish();
    expect((await valuesOf(metrics))[PROGRESS]).toBe(100);
  });
});

describe('Rate', () => {
  it('is that of the last five seconds, and falls when nothing comes', () => {
    let nowMs = 0;
    const rate = new Rate(() => nowMs);
    expect(rate.perSecond()).toBeUndefined();
    const look = (ms: number, bytes: number): void => {
      nowMs = ms;
      rate.update(bytes);
    };
    // 1 MB at once, as into a disk's cache, and then 1000 bytes a second.
    look(0, 0);
    for (let second = 1; second <= 20; second++) look(1000 * second, 1_000_000 + 1000 * second);
    expect(rate.perSecond()).toBe(1000);
    nowMs += 10_000;
    expect(rate.perSecond()).toBeLessThan(500);
  });
});
