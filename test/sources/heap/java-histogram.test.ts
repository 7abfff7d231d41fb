import { describe, expect, it } from 'vitest';
import { decodeClassName, parseClassHistogram } from '../../../src/sources/heap/java-histogram.js';
import { fixtureText } from './fixtures.js';
import { expectHeapError } from './heap-error.js';

const HISTOGRAMS = ['class-histogram-jdk17', 'jmap-histo-jdk17', 'jmap-histo-live-jdk17'];

describe('parseClassHistogram', () => {
  it.each(HISTOGRAMS)('reads every row of %s', (name) => {
    const text = fixtureText(`java/${name}.txt`);
    const histogram = parseClassHistogram(text);
    expect(histogram.complete).toBe(true);
    expect(histogram.classes).toHaveLength(text.match(/^ *\d+: {2}/gm)?.length ?? 0);
    expect(histogram.classes.reduce((sum, { instances }) => sum + instances, 0)).toBe(histogram.instances);
    expect(histogram.classes.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(histogram.bytes);
  });

  it('finds the planted objects', () => {
    const { classes } = parseClassHistogram(fixtureText('java/jmap-histo-live-jdk17.txt'));
    const byName = new Map(classes.map((entry) => [entry.className, entry]));
    expect(byName.get('LeakyService$LeakyThing')).toEqual({
      className: 'LeakyService$LeakyThing',
      instances: 10_000,
      bytes: 320_000,
    });
    expect(byName.get('byte[]')).toMatchObject({ module: 'java.base@17.0.15' });
    expect(byName.get('byte[]')?.instances).toBeGreaterThanOrEqual(10_000);
    expect(byName.get('int[][]')?.instances).toBeGreaterThanOrEqual(25);
    expect(byName.get('boolean[][][]')).toMatchObject({ instances: 1 });
    expect(byName.get('LeakyService$LeakyThing[][]')).toEqual({
      className: 'LeakyService$LeakyThing[][]',
      instances: 1,
      bytes: 32,
    });
    const lambda = classes.find(({ className }) => className.startsWith('LeakyService$$Lambda$'));
    expect(lambda).toMatchObject({ instances: 25, bytes: 400 });
    expect(lambda).not.toHaveProperty('module');
  });

  it('reads the form of JDK 8 and of a cut text', () => {
    const text = `
 num     #instances         #bytes  class name
----------------------------------------------
   1:       5000000      480000000  [C
   2:       4900000      117600000  java.lang.String
`;
    expect(parseClassHistogram(text)).toEqual({
      classes: [
        { className: 'char[]', instances: 5_000_000, bytes: 480_000_000 },
        { className: 'java.lang.String', instances: 4_900_000, bytes: 117_600_000 },
      ],
      instances: 9_900_000,
      bytes: 597_600_000,
      complete: false,
    });
  });

  it('refuses what it cannot use', async () => {
    await expectHeapError('empty', () => parseClassHistogram('\n'));
    await expectHeapError('not-a-heap-profile', () => parseClassHistogram('1234: Unable to open socket file\n'));
    await expectHeapError('truncated', () =>
      parseClassHistogram(' num     #instances         #bytes  class name (module)\n-----\n'),
    );
  });
});

describe('decodeClassName', () => {
  it.each([
    ['[B', 'byte[]'],
    ['[[D', 'double[][]'],
    ['[Ljava.lang.Object;', 'java.lang.Object[]'],
    ['[[[Lcom.example.Outer$Inner;', 'com.example.Outer$Inner[][][]'],
    ['java.lang.String', 'java.lang.String'],
    ['[Q', '[Q'],
    ['B', 'B'],
    ['Lnot.An.Array;', 'Lnot.An.Array;'],
  ])('%s is %s', (name, expected) => {
    expect(decodeClassName(name)).toBe(expected);
  });
});
