import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { type Diagnosis, message, nested } from '../../src/model/index.js';
import { languages, printJson, toDiagnosisList, toReportList } from '../../src/render/index.js';
import { crashLoop, hostile, node, seed, seedReport, tmpfs } from '../render/fixtures.js';
import { fullReport } from '../render/full-report.js';
import { sentences } from '../render/sentences.js';

function schema(name: string): object {
  return JSON.parse(readFileSync(new URL(`../../schema/${name}.v1alpha1.json`, import.meta.url), 'utf8')) as object;
}

const ajv = new Ajv2020({ strict: true, allErrors: true });
ajv.addSchema(schema('diagnosis-list'), 'diagnosis-list.v1alpha1.json');
const validateDiagnoses = ajv.getSchema('diagnosis-list.v1alpha1.json');
const validateReports = ajv.compile(schema('report-list'));

const everything: Diagnosis = {
  ...seed,
  incident: { ...seed.incident, kernel: '6.8.0', time: '2024-05-01T12:00:00Z', report: fullReport },
  knownIssues: tmpfs.knownIssues,
  warnings: [message('test.gap.statistics', { inner: nested(message('test.tmpfs.title')), count: 3 })],
};

/** An item as it is printed and read back. */
function printed(diagnosis: Diagnosis): Record<string, unknown> {
  return JSON.parse(
    printJson(toDiagnosisList([diagnosis], [message('test.gap.statistics')], { lang: 'en', catalogues: sentences })),
  ) as Record<string, unknown>;
}

describe('the JSON API', () => {
  test.each([
    ['the seed incident', seed],
    ['a whole cgroup v2 report', tmpfs],
    ['a node', node],
    ['a negative remainder', crashLoop(1)],
    ['hostile text', hostile],
    ['every optional field', everything],
    ['no accounting', { incident: seed.incident, causes: seed.causes, knownIssues: [], warnings: [] } satisfies Diagnosis],
  ])('fits its schema: %s', (_, diagnosis) => {
    validateDiagnoses?.(printed(diagnosis));
    expect(validateDiagnoses?.errors ?? []).toEqual([]);
  });

  test('has a schema that rejects what does not fit', () => {
    const good = printed(everything);
    const broken = (change: (item: Record<string, unknown>) => void): boolean => {
      const copy = structuredClone(good);
      change((copy.items as Record<string, unknown>[])[0] as Record<string, unknown>);
      return validateDiagnoses?.(copy) === true;
    };
    expect(broken(() => undefined)).toBe(true);
    expect(broken((item) => Object.assign(item, { extra: 1 }))).toBe(false);
    expect(broken((item) => Object.assign(item, { causes: [] }))).toBe(false);
    expect(broken((item) => Object.assign(item.incident as object, { scope: 'pod' }))).toBe(false);
    expect(broken((item) => Object.assign(item.accounting as object, { limitBytes: null }))).toBe(false);
    expect(broken((item) => Object.assign((item.incident as { report: object }).report, { typo: true }))).toBe(false);
    expect(broken((item) => Object.assign(item, { warnings: ['a sentence'] }))).toBe(false);
  });

  test('says the same in every language but for its sentences', () => {
    const [english, chinese] = languages.map((lang) =>
      JSON.stringify(toDiagnosisList([tmpfs], [], { lang, catalogues: sentences })),
    );
    const withoutSentences = (json: string | undefined): string =>
      (json ?? '').replace(/"(statement|title|why|fix|workaround|action|cost|verify|note)":"[^"]*"/g, '');
    expect(chinese).not.toBe(english);
    expect(withoutSentences(chinese)).toBe(withoutSentences(english));
  });

  test('gives each statement its key, its exact values and its places', () => {
    expect(toDiagnosisList([seed], [], { lang: 'en', catalogues: sentences }).items[0]?.causes[0]?.because[0]).toEqual({
      statement: '509.0 MiB of the charge, 89 %, are resident in no process and are not kernel memory',
      key: 'test.writeback.unheld',
      params: { size: { kind: 'bytes', value: 533741568 }, share: { kind: 'ratio', value: 521232 / 585936 } },
      at: [1, 3, 7, 8, 9].map((line) => `cdi-importer.log:${line}`),
      from: [1, 3, 7, 8, 9].map((line) => ({ source: 'cdi-importer.log', line })),
    });
  });

  test('is the same text every time, without nulls', () => {
    const text = printJson(toDiagnosisList([everything], [], { lang: 'en', catalogues: sentences }));
    expect(printJson(toDiagnosisList([everything], [], { lang: 'en', catalogues: sentences }))).toBe(text);
    expect(text).not.toContain(': null');
    expect(Object.keys(printed(everything))).toEqual(['apiVersion', 'kind', 'items', 'warnings']);
  });

  test('lists reports', () => {
    const list = JSON.parse(printJson(toReportList([seedReport, fullReport, node.incident.report]))) as {
      kind: string;
      items: unknown[];
    };
    validateReports(list);
    expect(validateReports.errors ?? []).toEqual([]);
    expect(list.kind).toBe('ReportList');
    expect(list.items).toHaveLength(3);
  });
});
