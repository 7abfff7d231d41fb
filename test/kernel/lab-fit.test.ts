import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MIB } from '../../src/model/index.js';
import type { LabFitItem } from '../../src/render/index.js';
import { leftovers } from './lab/leftovers.js';
import { temporaryDirectory } from './lab/mounts.js';
import { cgroupsOf, lab, startLab } from './lab/oomkit-lab.js';
import { skipKills } from './lab/requirements.js';
import { cleanUp } from './lab/undo.js';

afterEach(() => {
  cleanUp();
  expect(leftovers()).toEqual([]);
});

/** Fills so many MiB with ones, a piece at a time, and ends: its need is that and what perl itself takes. */
const fill = (mib: number): string[] => ['perl', '-e', `my @held; push @held, "\\1" x (1 << 20) for 1 .. ${mib};`];

async function fitAsJson(...args: readonly string[]) {
  const result = await lab('fit', '-o', 'json', ...args);
  expect(cgroupsOf(result.pid)).toEqual([]);
  return { ...result, fit: JSON.parse(result.stdout) as LabFitItem };
}

/** What a program that allocates next to nothing was charged for what cannot be reclaimed: the base of a need. */
async function baseOf(command: readonly string[]): Promise<number> {
  const run = JSON.parse((await lab('run', '-o', 'json', '--', ...command)).stdout);
  const { chargedBytes, fileBytes = 0 } = run.peak;
  return chargedBytes - fileBytes;
}

describe.skipIf(skipKills())('oomkit lab fit', () => {
  test.each([64, 120])('finds the limit of a command that needs %i MiB within 3 % and 8 runs', async (mib) => {
    const base = await baseOf(fill(0));
    const { code, fit } = await fitAsJson('--', ...fill(mib));
    expect({ code, end: fit.end, partial: fit.partial }).toEqual({ code: 0, end: 'found', partial: false });
    expect(fit.runs.length).toBeLessThanOrEqual(8);
    // Strings of perl have a header each, and their pages are handed out in portions: the need is measured, not only computed.
    const need = mib * MIB + base;
    expect(Math.abs((fit.smallestLimitBytes ?? 0) / need - 1)).toBeLessThan(0.03);
    expect(fit.smallest?.notEnoughBytes).toBeLessThan(fit.smallestLimitBytes ?? 0);
    expect(fit.recommended?.limitBytes).toBeGreaterThan(fit.smallestLimitBytes ?? Number.POSITIVE_INFINITY);
  });

  test('resets before every run, and says when the command fails by itself', async () => {
    const directory = temporaryDirectory();
    const made = join(directory, 'made');
    const once = ['perl', '-e', 'exit 3 if -e $ARGV[0]; open my $file, ">", $ARGV[0]; my $held = "\\1" x (24 << 20);', made];
    const without = await fitAsJson('--max-runs', '4', '--', ...once);
    expect({ code: without.code, end: without.fit.end, runs: without.fit.runs.length }).toEqual({
      code: 1,
      end: 'command-failed',
      runs: 2,
    });
    const withReset = await fitAsJson('--reset', `rm -f ${made}`, '--', ...once);
    expect({ code: withReset.code, end: withReset.fit.end }).toEqual({ code: 0, end: 'found' });
    expect(existsSync(made)).toBe(true);

    const failing = await fitAsJson('--', 'false');
    expect({ code: failing.code, end: failing.fit.end, runs: failing.fit.runs.length }).toEqual({
      code: 1,
      end: 'command-failed',
      runs: 1,
    });
  });

  test('says that no limit up to --to is enough', async () => {
    const { code, fit } = await fitAsJson('--to', '32Mi', '--', ...fill(64));
    expect({ code, end: fit.end, smallest: fit.smallestLimitBytes }).toEqual({
      code: 1,
      end: 'oom-at-most',
      smallest: undefined,
    });
  });

  test('gives what it knows when it is interrupted, and leaves nothing', async () => {
    const flag = join(temporaryDirectory(), 'second');
    writeFileSync(flag, '');
    // The first run ends at once; every later one, which has a limit, would take a minute.
    const slowly = 'exit 0 if unlink $ARGV[0]; sleep 60;';
    const { child, done } = startLab(['fit', '-o', 'json', '--', 'perl', '-e', slowly, flag]);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (text: string) => {
        if (text.includes('run 2')) resolve();
      });
    });
    child.kill('SIGINT');
    const { code, pid, stdout } = await done;
    expect(cgroupsOf(pid)).toEqual([]);
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'LabFit', end: 'interrupted', partial: true });
  });
});
