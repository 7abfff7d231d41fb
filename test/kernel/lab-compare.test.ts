import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MIB } from '../../src/model/index.js';
import { leftovers } from './lab/leftovers.js';
import { temporaryDirectory } from './lab/mounts.js';
import { cgroupsOf, lab } from './lab/oomkit-lab.js';
import { skipKills } from './lab/requirements.js';
import { throttledDisk } from './lab/throttled-disk.js';
import { cleanUp } from './lab/undo.js';

afterEach(() => {
  cleanUp();
  expect(leftovers()).toEqual([]);
});

interface Item {
  readonly name: string;
  readonly succeeded: number;
  readonly withOomKills: number;
  readonly verdict: { readonly key: string };
  readonly peak: Readonly<Record<string, { readonly max: number }>>;
  readonly limitHits: { readonly max: number };
  readonly runs: readonly { readonly round: number; readonly exitCode: number; readonly command: readonly string[] }[];
}

async function compareAsJson(...args: readonly string[]) {
  const result = await lab('compare', '-o', 'json', ...args);
  expect(cgroupsOf(result.pid)).toEqual([]);
  const comparison = JSON.parse(result.stdout);
  const variants: readonly Item[] = comparison.variants;
  return { ...result, comparison, byName: new Map(variants.map((variant) => [variant.name, variant])) };
}

describe.skipIf(skipKills())('oomkit lab compare', () => {
  test('runs the variants in turn, and shows the one that is killed and the one that fails', async () => {
    const log = join(temporaryDirectory(), 'log');
    const { code, stderr, comparison, byName } = await compareAsJson(
      ...['--memory', '48Mi', '--rounds', '2', '--reset', `tee -a ${log}`],
      ...['--variant', 'small=head -c 1M /dev/zero', '--variant', 'large=tail /dev/zero', '--variant', 'broken=false'],
      ...['--', '{}'],
    );
    expect(code).toBe(0);
    expect(comparison).toMatchObject({ kind: 'LabComparison', rounds: 2, limitBytes: 48 * MIB, template: ['{}'] });
    expect(byName.get('small')).toMatchObject({ succeeded: 2, withOomKills: 0, verdict: { key: 'lab.compare.safe' } });
    expect(byName.get('large')).toMatchObject({ succeeded: 0, withOomKills: 2, verdict: { key: 'lab.compare.unsafe' } });
    expect(byName.get('broken')).toMatchObject({ succeeded: 0, withOomKills: 0, verdict: { key: 'lab.compare.failed' } });
    const order = [...stderr.matchAll(/round (\d) of 2: (\w+)/g)].map(([, round, name]) => `${round} ${name}`);
    expect(order).toEqual(['1 small', '1 large', '1 broken', '2 small', '2 large', '2 broken']);
    expect(existsSync(log)).toBe(true);
  });

  test('tells the story of the seed: writeback fills the limit with what waits for the disk, direct modes do not', async () => {
    const disk = throttledDisk(224, 30 * MIB);
    const raw = join(temporaryDirectory(), 'raw');
    writeFileSync(raw, randomBytes(128 * MIB));
    const source = `${raw}.qcow2`;
    execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, source]);
    const limit = 64 * MIB;
    const { code, byName } = await compareAsJson(
      ...[
        '--memory',
        '64Mi',
        '--rounds',
        '1',
        '--preset',
        'qemu-cache-modes',
        '--source',
        source,
        '--target',
        join(disk, 'out.img'),
      ],
    );
    expect(code).toBe(0);
    expect([...byName.keys()]).toEqual(['writeback', 'unsafe', 'none', 'writethrough', 'directsync']);
    for (const { succeeded } of byName.values()) expect(succeeded).toBe(1);
    const { writeback, none, directsync } = Object.fromEntries(byName);
    expect(writeback?.peak.chargedBytes?.max).toBeGreaterThan(0.95 * limit);
    expect(writeback?.peak.unreclaimableBytes?.max).toBeGreaterThan(0.6 * limit);
    expect(writeback?.limitHits.max).toBeGreaterThan(0);
    expect(writeback?.verdict.key).toBe('lab.compare.reclaimed');
    for (const direct of [none, directsync]) {
      expect(direct?.peak.chargedBytes?.max).toBeLessThan(0.6 * limit);
      expect(direct?.limitHits.max).toBe(0);
      expect(direct?.verdict.key).toBe('lab.compare.safe');
    }
    const { stderr, code: refused } = await lab(
      ...['compare', '--preset', 'qemu-cache-modes', '--source', source, '--target', join(disk, 'out.img')],
    );
    expect(refused).toBe(2);
    expect(stderr).toContain('is there already');
  });
});
