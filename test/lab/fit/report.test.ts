import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { answerOf } from '../../../src/lab/fit/answer.js';
import { fitRunOf } from '../../../src/lab/fit/fit-run.js';
import { type FitEnd, type FitTrial, type LabFit, MIB } from '../../../src/model/index.js';
import { printJson, renderLabFit, toLabFit } from '../../../src/render/index.js';
import { someRun } from '../some-run.js';
import { AIMS } from './simulated.js';

const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
const schema = (name: string): object => JSON.parse(readFileSync(`schema/${name}.v1alpha1.json`, 'utf8'));
ajv.addSchema(schema('diagnosis-list'), 'diagnosis-list.v1alpha1.json');
const validate = ajv.compile(schema('lab-fit'));

/** A run that needs 80 MiB, at a limit. */
function trial(limitMib: number | undefined, purpose: FitTrial['purpose'], wallSeconds = 1): FitTrial {
  const limitBytes = limitMib === undefined ? undefined : limitMib * MIB;
  const isKilled = limitBytes !== undefined && limitBytes < 80 * MIB;
  const { limitBytes: _, ...run } = someRun;
  return {
    ...run,
    ...(limitBytes === undefined ? {} : { limitBytes }),
    exitCode: isKilled ? 137 : 0,
    oomKilled: isKilled,
    oomKills: isKilled ? 1 : 0,
    limitHits: limitBytes === undefined ? 0 : 5,
    wallSeconds,
    peak: { chargedBytes: limitBytes ?? 100 * MIB, anonBytes: 80 * MIB, unreclaimableBytes: 80 * MIB },
    sampling: { ...run.sampling, samples: 100 },
    purpose,
    outcome: isKilled ? 'oom' : 'succeeded',
  };
}

const runs = [trial(undefined, 'measure'), trial(81, 'need'), trial(79, 'edge', 0.4), trial(81, 'again')];

function fitThat(end: FitEnd, made: readonly FitTrial[] = runs): LabFit {
  return {
    command: ['program', '--flag'],
    aims: AIMS,
    end,
    ...answerOf(made.map(fitRunOf), AIMS, end),
    container: 'app',
    runs: made,
    warnings: [],
  };
}

const style = { lang: 'en', width: 80, color: false } as const;
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('a fit', () => {
  test.each<FitEnd>(['found', 'out-of-runs', 'command-failed', 'oom-at-most', 'interrupted', 'broken'])(
    'that ends as %s fits its schema',
    (end) => {
      for (const made of [runs, runs.slice(0, 1)]) {
        validate(JSON.parse(printJson(toLabFit(fitThat(end, made), { lang: 'zh-CN' }))));
        expect(validate.errors ?? []).toEqual([]);
      }
    },
  );

  test('names both limits with their arithmetic, and a patch that a manifest takes', () => {
    const text = renderLabFit(fitThat('found'), style);
    expect(flat(text)).toContain('program succeeds with a limit of 81 MiB.');
    expect(flat(text)).toContain('Smallest limit 81 MiB, 2 runs; killed with 79 MiB');
    expect(flat(text)).toContain('81 MiB and a margin of 10 % are 89.1 MiB, rounded up');
    expect(text).toMatch(/- name: "app"\n +resources:\n +requests:\n +memory: 81Mi\n +limits:\n +memory: 90Mi\n/);
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  test('that is not finished says so, and how far it came', () => {
    expect(flat(renderLabFit(fitThat('interrupted', runs.slice(0, 2)), style))).toMatch(/interrupted/i);
    expect(toLabFit(fitThat('out-of-runs', runs.slice(0, 2)), { lang: 'en' })).toMatchObject({
      partial: true,
      confidence: 'low',
    });
  });

  test('speaks Chinese', () => {
    const text = renderLabFit(fitThat('found'), { ...style, lang: 'zh-CN' });
    expect(text).toMatch(/\p{Script=Han}/u);
    expect(text).not.toMatch(/\b(?:limit|killed|request|confidence)\b/i);
  });
});
