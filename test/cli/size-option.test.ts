import { describe, expect, it } from 'vitest';
import { parseSize } from '../../src/cli/size-option.js';

describe('parseSize', () => {
  it.each([
    ['600001', 600001],
    ['512B', 512],
    ['512Mi', 512 * 2 ** 20],
    ['572.2 MiB', Math.round(572.2 * 2 ** 20)],
    ['1.5G', 1.5e9],
    ['64k', 64000],
  ])('reads %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each(['', '-1', '1e9', '12 parsecs', 'Mi', '0x10', '1..5'])('refuses %j', (text) => {
    expect(() => parseSize(text)).toThrow(/quantity/);
  });
});
