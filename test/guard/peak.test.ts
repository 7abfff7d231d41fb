import { expect, it } from 'vitest';
import { Peak } from '../../src/guard/peak.js';

function seen(first: number | undefined, ...later: readonly number[]): Peak {
  const peak = new Peak(100);
  if (first !== undefined) peak.inherit(first);
  for (const [second, bytes] of later.entries()) peak.see(bytes, second);
  return peak;
}

it('is the highest where nothing above the bound was inherited', () => {
  expect(seen(undefined, 10, 130, 20)).toMatchObject({ bytes: 130, inherited: undefined });
  expect(seen(100, 100, 120)).toMatchObject({ bytes: 120, inherited: undefined });
  expect(new Peak(100).bytes).toBeUndefined();
});

it('tells what was inherited apart from what grew on top of it, and from what came after', () => {
  expect(seen(500, 500, 510, 300, 90, 95, 80)).toMatchObject({ bytes: 95, inherited: { bytes: 500, wornOffSeconds: 3 } });
  expect(seen(500, 500, 620, 90)).toMatchObject({ bytes: 120, inherited: { bytes: 500, wornOffSeconds: 2 } });
  expect(seen(500, 500, 90, 140)).toMatchObject({ bytes: 140, inherited: { wornOffSeconds: 1 } });
  const still = seen(500, 500, 400);
  expect(still).toMatchObject({ bytes: 0, inherited: { bytes: 500 } });
  expect(still.inherited).not.toHaveProperty('wornOffSeconds');
});
