import { describe, expect, it } from 'vitest';
import { parseNativeMemory } from '../../../src/sources/heap/java-native-memory.js';
import { fixtureText } from './fixtures.js';
import { expectHeapError } from './heap-error.js';

const KIB = 1024;
const SUMMARY = fixtureText('java/native-memory-summary-jdk17.txt');

describe('parseNativeMemory', () => {
  it('reads a summary of JDK 17', () => {
    const memory = parseNativeMemory(SUMMARY);
    expect(memory.scaleBytes).toBe(KIB);
    expect(memory.total).toEqual({ reservedBytes: 1_563_704 * KIB, committedBytes: 186_856 * KIB });
    expect(memory.categories).toHaveLength(SUMMARY.match(/^-/gm)?.length ?? 0);
    const byName = new Map(memory.categories.map((category) => [category.name, category]));
    expect(byName.get('Java Heap')).toEqual({ name: 'Java Heap', reservedBytes: 98_304 * KIB, committedBytes: 98_304 * KIB });
    expect(byName.get('Class')).toMatchObject({ reservedBytes: 1_048_660 * KIB, committedBytes: 212 * KIB, classes: 622 });
    expect(byName.get('Thread')).toMatchObject({ committedBytes: 850 * KIB, threads: 19 });
    // The program's direct buffer of 24 MiB.
    expect(byName.get('Other')?.committedBytes).toBe(24 * KIB * KIB);
    expect(byName.get('Native Memory Tracking')?.committedBytes).toBe(87 * KIB);
  });

  it('adds up to the total within the rounding', () => {
    const memory = parseNativeMemory(SUMMARY);
    const committed = memory.categories.reduce((sum, category) => sum + category.committedBytes, 0);
    expect(Math.abs(committed - memory.total.committedBytes)).toBeLessThanOrEqual(memory.categories.length * KIB);
  });

  it.each([
    ['bytes', 1],
    ['mb', 2 ** 20],
    ['gb', 2 ** 30],
  ])('reads a summary in %s', (scale, unit) => {
    const memory = parseNativeMemory(fixtureText(`java/native-memory-summary-${scale}-jdk17.txt`));
    const exact = parseNativeMemory(SUMMARY).total;
    expect(memory.scaleBytes).toBe(unit);
    // The JVM went on living between the two commands.
    expect(Math.abs(memory.total.committedBytes - exact.committedBytes)).toBeLessThanOrEqual(unit / 2 + 2 ** 20);
    expect(Math.abs(memory.total.reservedBytes - exact.reservedBytes)).toBeLessThanOrEqual(unit / 2 + 2 ** 20);
  });

  it('reads a difference to a baseline', () => {
    const memory = parseNativeMemory(fixtureText('java/native-memory-diff-jdk17.txt'));
    expect(memory.total).toEqual({
      reservedBytes: 1_563_385 * KIB,
      committedBytes: 186_541 * KIB,
      reservedGrowthBytes: -320 * KIB,
      committedGrowthBytes: -320 * KIB,
    });
    expect(memory.categories.find(({ name }) => name === 'Java Heap')).not.toHaveProperty('committedGrowthBytes');
  });

  it('reads the form of JDK 8, after the noise of a terminal', () => {
    const text = [
      'Defaulted container "app" out of: app, sidecar',
      '7:',
      '',
      'Native Memory Tracking:',
      '',
      'Total: reserved=5555555KB, committed=1234567KB',
      '-                 Java Heap (reserved=4194304KB, committed=1048576KB)',
      '                            (mmap: reserved=4194304KB, committed=1048576KB) ',
      ' ',
      '-                    Thread (reserved=99999KB, committed=88888KB)',
      '                            (thread #97)',
      '-             Unknown (reserved=33KB, committed=33KB)',
    ].join('\r\n');
    expect(parseNativeMemory(text)).toEqual({
      scaleBytes: KIB,
      total: { reservedBytes: 5_555_555 * KIB, committedBytes: 1_234_567 * KIB },
      categories: [
        { name: 'Java Heap', reservedBytes: 4_194_304 * KIB, committedBytes: 1_048_576 * KIB },
        { name: 'Thread', reservedBytes: 99_999 * KIB, committedBytes: 88_888 * KIB, threads: 97 },
        { name: 'Unknown', reservedBytes: 33 * KIB, committedBytes: 33 * KIB },
      ],
    });
  });

  it('refuses what it cannot use', async () => {
    await expectHeapError('empty', () => parseNativeMemory(''));
    await expectHeapError('not-a-heap-profile', () => parseNativeMemory('java.io.IOException: well-known file is not secure\n'));
    await expectHeapError('truncated', () => parseNativeMemory(SUMMARY.slice(0, SUMMARY.indexOf('Java Heap'))));
    const error = await expectHeapError('not-a-heap-profile', () =>
      parseNativeMemory('4242:\nNative memory tracking is not enabled\n'),
    );
    expect(error.message).toContain('-XX:NativeMemoryTracking=summary');
  });
});
