import { describe, expect, it } from 'vitest';
import { account } from '../../src/accounting/index.js';
import { CaseFile } from '../../src/diagnosis/case-file.js';
import * as limits from '../../src/diagnosis/cluster/limits.js';
import * as memory from '../../src/diagnosis/cluster/memory.js';
import * as end from '../../src/diagnosis/termination/end.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import * as without from '../../web/without-cluster.js';
import { fixtures } from './fixtures.js';

const files = fixtures().flatMap(([name, log]) =>
  parseKernelLog(log, name).map((report) => new CaseFile(toIncident(report), account(report))),
);

/** citePod names the pod: it is called only where there is one. */
const { citePod: _, ...ofEnd } = end;

describe('what the page says in place of the rules about clusters', () => {
  it.each(Object.entries({ ...ofEnd, ...limits, ...memory }))('is what %s says of every real log', (name, rule) => {
    const inPlace = (without as Readonly<Record<string, (file: CaseFile) => unknown>>)[name];
    expect(files.length).toBeGreaterThan(100);
    for (const file of files) expect(inPlace?.(file)).toEqual(rule(file));
  });
});
