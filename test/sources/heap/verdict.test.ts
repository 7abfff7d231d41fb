import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/model/message.js';
import { bytes, nested, ratio } from '../../../src/model/message.js';
import { type HeapShares, heapVerdict } from '../../../src/sources/heap/verdict.js';
import { catalogue } from '../../../src/words/messages/index.js';

const MIB = 2 ** 20;

describe('heapVerdict', () => {
  it('clears a heap that holds little of the charge', () => {
    expect(heapVerdict({ heapBytes: 8 * MIB, chargedBytes: 572 * MIB })).toEqual({
      key: 'heap.verdict.not-a-leak-charged',
      params: { share: ratio(8 / 572), heapBytes: bytes(8 * MIB), wholeBytes: bytes(572 * MIB) },
    });
  });

  it('points to the page cache when the processes do not hold the charge either', () => {
    const verdict = heapVerdict({ heapBytes: 8 * MIB, rssBytes: 40 * MIB, chargedBytes: 572 * MIB });
    expect(verdict.key).toBe('heap.verdict.not-a-leak-but');
    expect(verdict.params.elsewhere).toEqual(
      nested({
        key: 'heap.elsewhere.outside-the-processes',
        params: { resident: ratio(40 / 572), outsideBytes: bytes(532 * MIB) },
      }),
    );
  });

  it('points outside the heap when the processes hold the charge', () => {
    const verdict = heapVerdict({ heapBytes: 8 * MIB, rssBytes: 500 * MIB, chargedBytes: 572 * MIB });
    expect(verdict.params.elsewhere).toEqual(
      nested({ key: 'heap.elsewhere.outside-the-heap', params: { resident: ratio(500 / 572), outsideBytes: bytes(492 * MIB) } }),
    );
  });

  it.each<[string, HeapShares]>([
    ['heap.verdict.nothing-to-compare', { heapBytes: 5 * MIB }],
    ['heap.verdict.nothing-to-compare', { heapBytes: 5 * MIB, rssBytes: 0, chargedBytes: 0 }],
    ['heap.verdict.not-a-leak-rss', { heapBytes: 10 * MIB, rssBytes: 100 * MIB }],
    ['heap.verdict.part-of-rss', { heapBytes: 11 * MIB, rssBytes: 100 * MIB }],
    ['heap.verdict.part-of-charged', { heapBytes: 49 * MIB, chargedBytes: 100 * MIB }],
    ['heap.verdict.dominates-charged', { heapBytes: 50 * MIB, chargedBytes: 100 * MIB }],
    ['heap.verdict.dominates-charged', { heapBytes: 90 * MIB, rssBytes: 95 * MIB, chargedBytes: 100 * MIB }],
    ['heap.verdict.dominates-rss', { heapBytes: 105 * MIB, rssBytes: 100 * MIB }],
    ['heap.verdict.more-than-rss', { heapBytes: 120 * MIB, rssBytes: 100 * MIB }],
    ['heap.verdict.more-than-charged', { heapBytes: 120 * MIB, chargedBytes: 100 * MIB }],
  ])('says %s of %j', (key, shares) => {
    expect(heapVerdict(shares).key).toBe(key);
  });

  it('never blames or clears a heap on less evidence than it says', () => {
    const size = fc.integer({ min: 1, max: 2 ** 40 });
    fc.assert(
      fc.property(size, fc.option(size, { nil: undefined }), size, (heapBytes, rssBytes, chargedBytes) => {
        const { key } = heapVerdict({ heapBytes, chargedBytes, ...(rssBytes !== undefined && { rssBytes }) });
        if (key.includes('not-a-leak')) expect(heapBytes).toBeLessThanOrEqual(chargedBytes / 10);
        if (key.includes('dominates')) expect(heapBytes).toBeGreaterThanOrEqual(chargedBytes / 2);
      }),
    );
  });
});

describe('the sentences of the verdict', () => {
  const placeholders = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort();

  it('has a sentence, with a value for each placeholder, for every verdict', () => {
    const sentences = new Map(Object.entries(catalogue('en')).filter(([key]) => /^heap\.(?:verdict|elsewhere)\./.test(key)));
    const said = new Set<string>();
    const check = ({ key, params }: Message): void => {
      said.add(key);
      const text = sentences.get(key);
      if (text === undefined) throw new Error(`no sentence for ${key}`);
      expect(Object.keys(params)).toEqual(expect.arrayContaining(placeholders(text)));
      for (const param of Object.values(params)) if (param.kind === 'message') check(param.value);
    };
    for (const whole of [undefined, 100, 1000, 100_000]) {
      for (const rssBytes of [undefined, 100, 1000, 60_000, 100_000]) {
        for (const heapBytes of [1, 30, 60, 90, 5000]) {
          check(heapVerdict({ heapBytes, ...(rssBytes && { rssBytes }), ...(whole && { chargedBytes: whole }) }));
        }
      }
    }
    expect([...said].sort()).toEqual([...sentences.keys()].filter((key) => key !== 'heap.retained.not-computed').sort());
  });
});
