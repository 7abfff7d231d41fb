import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../src/render/index.js';

const PREFIX = 'image.refused.';
const codes = Object.keys(catalogue('en'))
  .filter((key) => key.startsWith(PREFIX))
  .map((key) => key.slice(PREFIX.length));

describe('docs/image-safety.md', () => {
  const text = readFileSync('docs/image-safety.md', 'utf8');

  it('has every code an image is refused with', () => {
    expect(codes.length).toBeGreaterThan(15);
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });

  it('has no code in the table that there is not', () => {
    const ofStreams = ['too-deep', 'decoder-memory'];
    const rows = text
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.startsWith('| attack') && !line.startsWith('| ---'));
    const named = rows.flatMap((row) => [...(row.split('|')[3] ?? '').matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? ''));
    expect(rows.length).toBeGreaterThan(20);
    expect([...new Set(named)].filter((code) => !codes.includes(code) && !ofStreams.includes(code))).toEqual([]);
  });
});
