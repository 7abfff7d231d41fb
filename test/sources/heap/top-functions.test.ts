import { describe, expect, it } from 'vitest';
import { diffProfiles } from '../../../src/sources/heap/diff-profiles.js';
import type { HeapProfile } from '../../../src/sources/heap/heap-profile.js';
import { decodeHeapProfile } from '../../../src/sources/heap/pprof-decode.js';
import { type TopFunctionsOptions, topFunctions } from '../../../src/sources/heap/top-functions.js';
import { fixture, fixtureText } from './fixtures.js';
import { expectHeapError } from './heap-error.js';
import { pprofTop } from './pprof-text.js';

/** One command of a .top.txt file and what go tool pprof printed for it, without the lines on the file and its time. */
interface Section {
  readonly args: readonly string[];
  readonly report: readonly string[];
}

function readSections(name: string): Section[] {
  return fixtureText(`pprof/${name}.top.txt`)
    .split(/^\$ go tool pprof -top /m)
    .slice(1)
    .map((section) => {
      const [command = '', ...lines] = section.trimEnd().split('\n');
      return { args: command.split(' '), report: lines.slice(lines.findIndex((line) => line.startsWith('Showing nodes'))) };
    });
}

function load(name: string): Promise<HeapProfile> {
  return decodeHeapProfile(fixture(`pprof/${name}`));
}

function readFlags(args: readonly string[]): Map<string, string> {
  const flags = args.filter((arg) => arg.startsWith('-')).map((arg) => arg.slice(1).split('='));
  return new Map(flags.map(([name = '', value = '']) => [name, value]));
}

/** Does what the arguments tell go tool pprof to do. */
async function run(args: readonly string[]): Promise<string[]> {
  const flags = readFlags(args);
  let profile = await load(args.at(-1) ?? '');
  const base = flags.get('base') ?? flags.get('diff_base');
  if (base) profile = diffProfiles(await load(base), profile, { relativeTo: flags.has('diff_base') ? 'base' : 'differences' });
  const sampleType = flags.get('sample_index');
  const nodeCount = flags.get('nodecount');
  const nodeFraction = flags.get('nodefraction');
  const options: TopFunctionsOptions = {
    sort: flags.has('cum') ? 'cum' : 'flat',
    ...(sampleType && { sampleType }),
    ...(nodeCount && { nodeCount: Number(nodeCount) }),
    ...(nodeFraction && { nodeFraction: Number(nodeFraction) }),
  };
  return pprofTop(topFunctions(profile, options));
}

describe.each(['leaky', 'leaky-sampled', 'prometheus', 'oddities'])('topFunctions on %s', { timeout: 60_000 }, (name) => {
  const sections = readSections(name);

  it('has expected output to compare with', () => {
    expect(sections.length).toBeGreaterThanOrEqual(18);
    expect(sections.every(({ report }) => report.length > 2)).toBe(true);
  });

  it.each(sections.map(({ args, report }) => ({ command: args.join(' '), args, report })))(
    'prints the rows of pprof -top $command',
    async ({ args, report }) => {
      expect(await run(args)).toEqual(report);
    },
  );
});

describe('topFunctions', () => {
  it('names the sample types there are when asked for another', async () => {
    const error = await expectHeapError('no-such-sample-type', async () =>
      topFunctions(await load('leaky-after.pb.gz'), { sampleType: 'cpu' }),
    );
    expect(error.message).toContain('alloc_objects, alloc_space, inuse_objects, inuse_space');
  });

  it('counts a function once in a stack it is in several times', async () => {
    const { rows, total } = topFunctions(await load('leaky-before.pb.gz'), { nodeFraction: 0 });
    const tree = rows.find(({ name }) => name === 'main.buildTree');
    // 255 nodes of 1 KiB and more: called recursively eight deep, it would exceed the total if every call counted.
    expect(tree?.cum).toBeGreaterThan(255 * 1024);
    expect(tree?.cum).toBeLessThan(total / 2);
  });
});

describe('diffProfiles', () => {
  it('finds no difference between a profile and itself', async () => {
    const profile = await load('prometheus-after.pb.gz');
    const difference = diffProfiles(profile, profile);
    expect(difference.samples).toEqual([]);
    expect(topFunctions(difference)).toMatchObject({ total: 0, shown: 0, rows: [] });
  });

  it('refuses profiles that count different things', async () => {
    await expectHeapError('incompatible-profiles', async () =>
      diffProfiles(await load('oddities-before.pb.gz'), await load('leaky-after.pb.gz')),
    );
  });
});
