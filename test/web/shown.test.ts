import { describe, expect, it } from 'vitest';
import { hasContent, NOTHING, newestShown } from '../../web/shown.js';
import type { OpenedSummary } from '../../web/worker/protocol.js';

const heap = { index: 0, source: 'heap.pb.gz' };
const run = {} as OpenedSummary['runs'][number];

describe('what is shown of the files that were opened', () => {
  it('is the kill before all else', () => {
    expect(newestShown({ ...NOTHING, incidents: 1, runs: [run], heaps: [heap] }, NOTHING)).toEqual({ kind: 'incidents' });
  });

  it('is what came last', () => {
    const before = { ...NOTHING, incidents: 1, heaps: [heap] };
    expect(newestShown({ ...before, heaps: [heap, heap] }, before)).toEqual({ kind: 'heap', index: 1 });
    expect(newestShown({ ...before, runs: [run] }, before)).toEqual({ kind: 'run', index: 0 });
    expect(newestShown(before, before)).toBeUndefined();
  });

  it('is recordings side by side when there are several', () => {
    expect(newestShown({ ...NOTHING, runs: [run, run] }, { ...NOTHING, runs: [run] })).toEqual({ kind: 'beside' });
  });

  it('is nothing where there are only words about the files', () => {
    expect(hasContent({ ...NOTHING, warnings: [{ key: 'found.nothing', params: {} }] })).toBe(false);
    expect(hasContent({ ...NOTHING, heaps: [heap] })).toBe(true);
  });
});
