import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withoutCopies } from '../../src/inquiry/copies.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';

const LOG = readFileSync(new URL('../fixtures/oom-logs/kernel-5.10-v1-tmpfs-emptydir.txt', import.meta.url), 'utf8');
const incidents = (text: string, source: string) => parseKernelLog(text, source).map(toIncident);

describe('withoutCopies', () => {
  const whole = incidents(LOG, 'kern.log');
  const cut = incidents(LOG.split('\n').slice(10).join('\n'), 'syslog');

  it('keeps the most complete of two copies in different files, whichever comes first', () => {
    for (const all of [
      [...whole, ...cut],
      [...cut, ...whole],
    ]) {
      const { incidents: kept, copies } = withoutCopies(all);
      expect(kept.map((incident) => incident.report.source)).toEqual(['kern.log']);
      expect(copies).toBe(1);
    }
  });

  it('keeps two kills of one file, even of the same pid', () => {
    expect(withoutCopies([...whole, ...whole]).copies).toBe(0);
  });

  it('keeps kills at other times and of other processes', () => {
    const later = incidents(
      LOG.replace(/^\[ *([\d.]+)\]/gm, (_stamp, seconds: string) => `[${(Number(seconds) + 60).toFixed(6)}]`),
      'syslog',
    );
    const other = incidents(LOG.replaceAll('report-writer', 'report-reader'), 'syslog');
    expect(withoutCopies([...whole, ...later]).copies).toBe(0);
    expect(withoutCopies([...whole, ...other]).copies).toBe(0);
  });
});
