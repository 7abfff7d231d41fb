import { describe, expect, it } from 'vitest';
import { type KernelRange, mayAffect } from '../../src/knowledge/kernel-range.js';
import { parseKernelVersion } from '../../src/model/index.js';

const range: KernelRange = { from: [6, 1], before: [6, 13], fixedInStable: [[6, 12, 104]], symptomsSuffice: false };
const affected = (release: string, of: KernelRange = range): boolean => mayAffect(of, parseKernelVersion(release), release);

describe('mayAffect', () => {
  it.each([
    ['6.0.19', false],
    ['6.1.0', true],
    ['6.8.0-rc6+', true],
    ['6.8.0-51-generic', true],
    ['6.12.103', true],
    ['6.12.104', false],
    ['6.13.0', false],
    ['7.0.1', false],
  ])('%s: %s', (release, expected) => {
    expect(affected(release)).toBe(expected);
  });

  it.each(['6.1.0-rc1', '6.13.0-rc2', '6.12.0-3-amd64', '6.4.0-150600.21-default', '6.12.0-55.el10.x86_64', 'custom'])(
    'leaves it to the symptoms where %s proves nothing',
    (release) => {
      expect(affected(release)).toBe(false);
      expect(affected(release, { ...range, symptomsSuffice: true })).toBe(true);
    },
  );

  it('leaves it to the symptoms where the log names no kernel', () => {
    expect(mayAffect(range, undefined, undefined)).toBe(false);
    expect(mayAffect({ ...range, symptomsSuffice: true }, undefined, undefined)).toBe(true);
  });

  it('judges an issue of vendor builds by the release string alone', () => {
    const vendor: KernelRange = { vendorBuilds: (release) => release.includes('.el7'), symptomsSuffice: true };
    expect(affected('3.10.0-957.el7.x86_64', vendor)).toBe(true);
    expect(affected('3.10.108', vendor)).toBe(false);
    expect(mayAffect(vendor, undefined, undefined)).toBe(false);
  });
});
