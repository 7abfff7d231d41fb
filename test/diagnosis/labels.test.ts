import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { logFixtures } from '../fixtures-of.js';

const labelled = logFixtures().filter((fixture) => fixture.labels !== undefined);

describe('the first cause of logs whose cause is known', () => {
  it('has logs by construction and by judgement', () => {
    expect(labelled.length).toBeGreaterThan(35);
  });

  it.each(labelled.map((fixture) => [fixture.name, fixture] as const))('%s', (name, fixture) => {
    const [report] = parseKernelLog(fixture.bytes, name);
    if (report === undefined) throw new Error('no report');
    expect(fixture.labels).toContain(diagnose(toIncident(report)).causes[0]?.id);
  });

  it('means what its confidence says: the sure ones are right, and sureness is not given away', () => {
    const verdicts = labelled.flatMap((fixture) => {
      const [report] = parseKernelLog(fixture.bytes, fixture.name);
      const first = report === undefined ? undefined : diagnose(toIncident(report)).causes[0];
      return first === undefined
        ? []
        : [{ right: fixture.labels?.includes(first.id) === true, confidence: first.confidence, id: first.id }];
    });
    const sure = verdicts.filter((verdict) => verdict.confidence >= 0.9 && verdict.id !== 'insufficient-evidence');
    expect(sure.length).toBeGreaterThan(20);
    expect(sure.filter((verdict) => !verdict.right)).toEqual([]);
  });
});
