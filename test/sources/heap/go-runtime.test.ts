import { describe, expect, it } from 'vitest';
import { goResidentBytes, parseGoRuntimeMemory } from '../../../src/sources/heap/go-runtime.js';
import { fixtureText } from './fixtures.js';
import { expectHeapError } from './heap-error.js';

const TEXT = fixtureText('go-runtime/prometheus.debug1.txt');

describe('parseGoRuntimeMemory', () => {
  it('reads the figures of a Prometheus server', () => {
    const memory = parseGoRuntimeMemory(TEXT);
    expect(memory).toEqual({
      sampled: { inuseObjects: 17, inuseBytes: 2_048_128, allocObjects: 59, allocBytes: 3_804_424, periodBytes: 524_288 },
      totalAllocBytes: 36_814_832,
      sysBytes: 37_074_184,
      heapAllocBytes: 10_796_200,
      heapSysBytes: 24_543_232,
      heapIdleBytes: 10_387_456,
      heapInuseBytes: 14_155_776,
      heapReleasedBytes: 1_802_240,
      heapObjects: 65_590,
      stackInuseBytes: 622_592,
      stackSysBytes: 622_592,
      mspanInuseBytes: 188_208,
      mspanSysBytes: 244_080,
      mcacheInuseBytes: 2_400,
      mcacheSysBytes: 15_600,
      buckHashSysBytes: 1_466_407,
      gcSysBytes: 9_709_848,
      otherSysBytes: 472_425,
      nextGcBytes: 21_982_048,
      lastGcAt: new Date(1_795_466_866_690).toISOString(),
      gcCount: 7,
      maxRssBytes: 58_023_936,
    });
    expect(goResidentBytes(memory)).toBe(37_074_184 - 1_802_240);
  });

  it('closes the sum of what the runtime obtained', () => {
    const memory = parseGoRuntimeMemory(fixtureText('go-runtime/leaky.debug1.txt'));
    const { heapSysBytes, stackSysBytes, mspanSysBytes, mcacheSysBytes, buckHashSysBytes, gcSysBytes, otherSysBytes } = memory;
    const parts = [heapSysBytes, stackSysBytes, mspanSysBytes, mcacheSysBytes, buckHashSysBytes, gcSysBytes, otherSysBytes];
    expect(parts.reduce((sum: number, part) => sum + (part ?? Number.NaN), 0)).toBe(memory.sysBytes);
    expect((memory.heapIdleBytes ?? 0) + (memory.heapInuseBytes ?? 0)).toBe(memory.heapSysBytes);
  });

  it('reads the figures alone, as grep leaves them, with Windows line ends', () => {
    const memory = parseGoRuntimeMemory('# Sys = 32093448\r\n# HeapReleased = 0\r\n# Stack = 10 / 20\r\n');
    expect(memory).toEqual({ sysBytes: 32_093_448, heapReleasedBytes: 0, stackInuseBytes: 10, stackSysBytes: 20 });
  });

  it('drops a number that was cut', () => {
    const cut = TEXT.slice(0, TEXT.indexOf('# HeapSys = 24543232') + '# HeapSys = 245'.length);
    const memory = parseGoRuntimeMemory(cut);
    expect(memory.heapAllocBytes).toBe(10_796_200);
    expect(memory).not.toHaveProperty('heapSysBytes');
  });

  it('keeps the last line of a text that is whole but for its line end', () => {
    expect(parseGoRuntimeMemory(TEXT.trimEnd()).maxRssBytes).toBe(58_023_936);
  });

  it('takes no figure from names it does not know', () => {
    expect(parseGoRuntimeMemory('# constructor = 5\n# __proto__ = 6\n# Sys = 7\n')).toEqual({ sysBytes: 7 });
  });

  it('gives no resident size without both figures', () => {
    expect(goResidentBytes({ sysBytes: 5 })).toBeUndefined();
  });

  it('refuses what it cannot use', async () => {
    await expectHeapError('empty', () => parseGoRuntimeMemory(' \n'));
    await expectHeapError('not-a-heap-profile', () => parseGoRuntimeMemory('goroutine profile: total 4\n1 @ 0x43\n'));
    await expectHeapError('truncated', () => parseGoRuntimeMemory(TEXT.slice(0, TEXT.indexOf('# runtime.MemStats'))));
  });
});
