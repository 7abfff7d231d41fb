import { describe, expect, it } from 'vitest';
import { planAnchors } from '../../../../src/sources/kernel-log/scan/anchor-plan.js';
import { ANCHORS, FINGERPRINT_BUCKETS } from '../../../../src/sources/kernel-log/scan/anchors.js';

describe('planAnchors', () => {
  it('finds for each anchor a fingerprint at an even and one at an odd offset', () => {
    const { records } = planAnchors(ANCHORS, FINGERPRINT_BUCKETS);
    const found = records.map(({ anchor, fingerprintOffset, bucketBit }) => {
      const text = new TextDecoder().decode(anchor);
      const bucket = FINGERPRINT_BUCKETS[Math.log2(bucketBit)] ?? [];
      expect(bucket).toContain(text.slice(fingerprintOffset, fingerprintOffset + 3));
      return `${text} ${fingerprintOffset % 2}`;
    });
    expect(found).toEqual(ANCHORS.flatMap((anchor) => [`${anchor} 0`, `${anchor} 1`]));
  });

  it('uses every fingerprint', () => {
    for (const fingerprint of FINGERPRINT_BUCKETS.flat()) {
      const others = FINGERPRINT_BUCKETS.map((bucket) => bucket.filter((text) => text !== fingerprint));
      expect(() => planAnchors(ANCHORS, others), fingerprint).toThrow(/no fingerprint/);
    }
  });

  it('lists for each byte of a fingerprint the buckets it can belong to', () => {
    const { bucketsByByte, maxFingerprintOffset } = planAnchors(['abcd', 'xxabc'], [['abc'], ['bcd', 'xxa'], ['xab']]);
    const buckets = (position: 0 | 1 | 2, char: string) => bucketsByByte[position][char.charCodeAt(0)];
    expect([buckets(0, 'a'), buckets(0, 'b'), buckets(0, 'x'), buckets(0, 'c')]).toEqual([0b1, 0b10, 0b110, 0]);
    expect([buckets(2, 'a'), buckets(2, 'b')]).toEqual([0b10, 0b100]);
    expect(maxFingerprintOffset).toBe(2);
  });

  it.each([
    ['no fingerprint at an odd offset', ['abcd'], [['abc']]],
    ['no fingerprint at an even offset', ['abcd'], [['bcd']]],
    ['not printable ASCII', ['abc\nd'], [['abc'], ['bc\n']]],
    ['not printable ASCII of at most 28 bytes', [`abcd${'e'.repeat(25)}`], [['abc'], ['bcd']]],
    ['9 buckets', ['abcd'], Array.from({ length: 9 }, () => ['abc', 'bcd'])],
  ])('refuses: %s', (message, anchors, buckets) => {
    expect(() => planAnchors(anchors, buckets)).toThrow(message);
  });
});
