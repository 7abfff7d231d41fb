import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { predict } from '../../../src/lab/predict/predict.js';
import { MIB, type PredictionBeside } from '../../../src/model/index.js';
import { printJson, renderLabPrediction, renderLabRun, toLabPrediction, toLabRun } from '../../../src/render/index.js';
import { someRun } from '../some-run.js';
import { seed } from './some-input.js';

const schema = (name: string): object => JSON.parse(readFileSync(`schema/${name}.v1alpha1.json`, 'utf8')) as object;
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
ajv.addSchema(schema('diagnosis-list'), 'diagnosis-list.v1alpha1.json');
ajv.addSchema(schema('lab-prediction'), 'lab-prediction.v1alpha1.json');
const validateRun = ajv.compile(schema('lab-run'));
const style = { lang: 'en', width: 100, color: false } as const;

const inputs = [seed, { ...seed, cgroupVersion: 2, cgroupWriteback: true }, { ...seed, dirtyableBytes: 3000 * MIB }] as const;
const beside: PredictionBeside = {
  prediction: predict(seed),
  measured: {
    writeBytesPerSecond: 200 * MIB,
    diskBytesPerSecond: 30 * MIB,
    chargeAtLimitSeconds: 2.6,
    unwrittenBytes: 480 * MIB,
  },
};

describe('a prediction', () => {
  test.each(inputs)('fits its schema', (input) => {
    const item = JSON.parse(printJson(toLabPrediction(predict(input), { lang: 'zh-CN' })));
    const validate = ajv.getSchema('lab-prediction.v1alpha1.json');
    expect([validate?.(item), validate?.errors]).toEqual([true, null]);
    expect(validate?.({ ...item, outcome: 'perhaps' })).toBe(false);
  });

  test('is told with its arithmetic, its sources and its limits', () => {
    const text = renderLabPrediction(predict(seed), style).replace(/\s+/g, ' ');
    expect(text).toContain('Unwritten pages fill the limit after 2.5 s. (likely)');
    expect(text).toContain('(2 GiB + 4 GiB) / 2 = 3 GiB [mm/page-writeback.c, dirty_freerun_ceiling()]');
    expect(text).toContain('At the limit of 600 MiB reclaim makes the writer wait for the disk, 30 MiB/s.');
    expect(text).toContain('Both rates are taken as steady');
    expect(renderLabPrediction(predict(seed), { ...style, lang: 'zh-CN' })).toContain('推算过程');
  });
});

describe('beside a run', () => {
  test('stands in the report', () => {
    const text = renderLabRun(someRun, [], style, beside);
    expect(text).toMatch(/limit met after +2\.5 s +2\.6 s/);
    expect(text).toMatch(/most unwritten +500 MiB +480 MiB/);
    expect(text).toContain('Predicted from 200 MiB/s written and 30 MiB/s taken by the disk.');
    const { diskBytesPerSecond: _, chargeAtLimitSeconds: __, ...less } = beside.measured;
    const unseen = renderLabRun(someRun, [], style, { ...beside, measured: less });
    expect(unseen).toMatch(/limit met after +2\.5 s +not met/);
    expect(unseen).toContain('too little was seen to tell the rate of the disk');
    expect(renderLabRun(someRun, [], style)).not.toContain('Predicted');
  });

  test('fits the schema of the run', () => {
    const item = JSON.parse(printJson(toLabRun(someRun, [], { lang: 'en' }, beside)));
    expect([validateRun(item), validateRun.errors]).toEqual([true, null]);
    expect(validateRun({ ...item, predicted: { ...item.predicted, measured: {} } })).toBe(false);
  });
});
