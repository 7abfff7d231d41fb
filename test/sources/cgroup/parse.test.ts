import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFlatKeyed, parseLimit, parseNumber, parsePressure, parseProcCgroup } from '../../../src/sources/cgroup/parse.js';

describe('flat keyed files', () => {
  it('give every number, and pass over what is none', () => {
    expect(parseFlatKeyed('anon 4096\n\nfile 0\nword\nbroken x\nlast 7')).toEqual({ anon: 4096, file: 0, last: 7 });
  });

  it('come back as they were written', () => {
    const entries = fc.dictionary(fc.stringMatching(/^[a-z_][a-z_0-9]{0,20}$/), fc.nat());
    fc.assert(
      fc.property(entries, (stat) => {
        const text = Object.entries(stat)
          .map(([key, value]) => `${key} ${value}\n`)
          .join('');
        expect(parseFlatKeyed(text)).toEqual({ ...stat });
      }),
    );
  });
});

describe('limits', () => {
  it.each([
    ['max\n', undefined],
    ['9223372036854771712\n', undefined],
    ['9223372036854710272\n', undefined],
    ['268435456\n', 268435456],
    ['0\n', 0],
    [undefined, undefined],
  ])('%j', (text, bytes) => {
    expect(parseLimit(text)).toBe(bytes);
  });

  it('an empty file is no number', () => {
    expect(parseNumber('\n')).toBeUndefined();
  });
});

describe('pressure', () => {
  it('has shares of time and seconds', () => {
    expect(parsePressure('some avg10=12.50 avg60=4.00 avg300=1.25 total=8250000\n')).toEqual({
      some: { avg10: 0.125, avg60: 0.04, avg300: 0.0125, totalSeconds: 8.25 },
    });
    expect(parsePressure('')).toBeUndefined();
    expect(parsePressure(undefined)).toBeUndefined();
  });
});

describe('/proc/PID/cgroup', () => {
  it('names a path for each controller; paths may hold colons', () => {
    const cgroups = parseProcCgroup('11:cpu,cpuacct:/a\n4:memory:/x.slice:cri-containerd:1 (deleted)\n0::/b\n');
    expect([...cgroups]).toEqual([
      ['cpu', '/a'],
      ['cpuacct', '/a'],
      ['memory', '/x.slice:cri-containerd:1'],
      ['', '/b'],
    ]);
  });
});
