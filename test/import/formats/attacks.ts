import { expect, it } from 'vitest';
import type { ImageBounds } from '../../../src/import/formats/bounds.js';
import type { ImageRefusedCode } from '../../../src/import/formats/refused.js';
import { languages, renderMessage } from '../../../src/render/index.js';
import { patched, refusalOf } from './images.js';

/** Which real image is changed, what is changed, and the code it is refused with. */
export type Attack<Base extends string> = readonly [
  name: string,
  reason: ImageRefusedCode,
  base: Base,
  edit: (copy: Buffer) => void,
  bounds?: Partial<ImageBounds>,
];

/** A test for each attack, and one that the images they begin with are not refused. */
export function defineAttacks<Base extends string>(
  attacks: readonly Attack<Base>[],
  basesOf: () => Readonly<Record<Base, Buffer>>,
): void {
  it('are made of images that are not refused', async () => {
    for (const base of Object.values<Buffer>(basesOf())) expect(await refusalOf(base)).toBeUndefined();
  });

  it.each(attacks.map((attack) => [attack[0], attack] as const))('%s', async (_, [, reason, base, edit, bounds]) => {
    const refused = await refusalOf(patched(basesOf()[base], edit), bounds);
    expect(refused).toMatchObject({ reason, fault: 'image', problem: { key: `image.refused.${reason}` } });
    if (refused === undefined) return;
    for (const lang of languages) expect(renderMessage(refused.problem, { lang })).not.toMatch(/\{\w+\}|undefined|NaN/);
  });
}
