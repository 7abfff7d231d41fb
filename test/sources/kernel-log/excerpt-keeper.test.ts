import { describe, expect, it } from 'vitest';
import { excerptsOf, lineOf } from '../../../src/sources/kernel-log/excerpt-keeper.js';
import { parseKernelLog } from '../../../src/sources/kernel-log/parser.js';
import { fixtures } from '../../web/fixtures.js';

describe('the lines kept of a log', () => {
  it('are those of each report as they stand in the log, for every real one', () => {
    let checked = 0;
    for (const [name, log] of fixtures()) {
      const text = new TextDecoder().decode(log).split(/\r?\n/);
      const excerpts = excerptsOf(log, name);
      for (const { firstLine, lastLine } of parseKernelLog(log, name)) {
        const excerpt = excerpts.get(firstLine);
        expect(excerpt?.source).toBe(name);
        for (let number = firstLine; number <= lastLine; number += 1) {
          checked += 1;
          expect({ name, number, text: excerpt && lineOf(excerpt, number) }).toEqual({ name, number, text: text[number - 1] });
        }
      }
    }
    expect(checked).toBeGreaterThan(5000);
  });

  it('are no more than there is room for', () => {
    const rows = Array.from(
      { length: 9000 },
      (_, index) => `[    1.000000] [${index + 1}]     0 ${index + 1}      100        1   16384        0             0 worker`,
    );
    const log = [
      '[    1.000000] worker invoked oom-killer: gfp_mask=0x0(), order=0, oom_score_adj=0',
      '[    1.000000] [  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj name',
      ...rows,
      '[    1.000000] Out of memory: Killed process 7 (worker) total-vm:400kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:16kB oom_score_adj:0',
      '',
    ].join('\n');
    const [excerpt] = [...excerptsOf(new TextEncoder().encode(log), 'k').values()];
    const kept = excerpt?.parts.reduce((sum, { lines }) => sum + lines.length, 0);
    expect(kept).toBeGreaterThan(5900);
    expect(kept).toBeLessThanOrEqual(6000);
    expect(excerpt && lineOf(excerpt, 1)).toContain('invoked oom-killer');
    expect(excerpt && lineOf(excerpt, 9003)).toContain('Killed process 7');
  });
});
