import { describe, expect, it } from 'vitest';
import { boundsFor } from '../../src/guard/bounds.js';
import { MIB } from '../../src/model/index.js';

describe('boundsFor', () => {
  it('is 64 MiB and twice that, a quarter of a limit where that is less', () => {
    expect(boundsFor({}, undefined)).toEqual({ dirtyBytes: 64 * MIB, cacheBytes: 128 * MIB });
    expect(boundsFor({}, 1024 * MIB).dirtyBytes).toBe(64 * MIB);
    expect(boundsFor({}, 100 * MIB).dirtyBytes).toBe(25 * MIB);
    expect(boundsFor({ cacheBytes: 32 * MIB }, undefined)).toEqual({ dirtyBytes: 32 * MIB, cacheBytes: 32 * MIB });
  });

  it('refuses what cannot be held or would never be reached', () => {
    expect(() => boundsFor({ dirtyBytes: 64 * MIB }, 64 * MIB)).toThrow('bound-above-limit');
    expect(() => boundsFor({ dirtyBytes: 64 * MIB, cacheBytes: 32 * MIB }, undefined)).toThrow('cache-below-dirty');
  });
});
