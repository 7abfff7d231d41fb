/** One way to notice an anchor: a fingerprint of this bucket, at this offset in the anchor. */
export interface AnchorRecord {
  readonly bucketBit: number;
  readonly fingerprintOffset: number;
  readonly anchor: Uint8Array;
}

/** What both scanners search with. */
export interface AnchorPlan {
  readonly records: readonly AnchorRecord[];
  /** How far behind an anchor's start its fingerprint can begin. */
  readonly maxFingerprintOffset: number;
  /** For each byte of a fingerprint the buckets, as bits, in which each of the 256 byte values stands there. */
  readonly bucketsByByte: readonly [Uint8Array, Uint8Array, Uint8Array];
}

const FINGERPRINT_BYTES = 3;
const MAX_BUCKETS = 8;
/** The room for an anchor's text in scanner.wat's records. */
const MAX_ANCHOR_BYTES = 28;

/**
 * Works out where each anchor's fingerprints lie.
 * Throws when an anchor is not 3 to 28 printable ASCII characters or lacks a fingerprint at an even or at an odd offset.
 */
export function planAnchors(anchors: readonly string[], buckets: readonly (readonly string[])[]): AnchorPlan {
  if (buckets.length > MAX_BUCKETS)
    throw new Error(`${buckets.length} buckets of fingerprints, but a byte has ${MAX_BUCKETS} bits`);
  const fingerprints = buckets.flatMap((bucket, index) => bucket.map((text) => ({ text, bucketBit: 1 << index })));
  const records: AnchorRecord[] = [];
  for (const anchor of anchors) {
    if (!/^[ -~]*$/.test(anchor) || anchor.length > MAX_ANCHOR_BYTES) {
      throw new Error(`anchor "${anchor}" is not printable ASCII of at most ${MAX_ANCHOR_BYTES} bytes`);
    }
    for (const parity of [0, 1]) {
      const record = findFingerprint(anchor, parity, fingerprints);
      if (record === undefined)
        throw new Error(`anchor "${anchor}" has no fingerprint at an ${parity === 0 ? 'even' : 'odd'} offset`);
      records.push(record);
    }
  }
  return {
    records,
    maxFingerprintOffset: Math.max(...records.map((record) => record.fingerprintOffset)),
    bucketsByByte: [bucketTable(fingerprints, 0), bucketTable(fingerprints, 1), bucketTable(fingerprints, 2)],
  };
}

interface Fingerprint {
  readonly text: string;
  readonly bucketBit: number;
}

function findFingerprint(anchor: string, parity: number, fingerprints: readonly Fingerprint[]): AnchorRecord | undefined {
  for (const { text, bucketBit } of fingerprints) {
    for (let offset = parity; offset + FINGERPRINT_BYTES <= anchor.length; offset += 2) {
      if (anchor.startsWith(text, offset))
        return { bucketBit, fingerprintOffset: offset, anchor: new TextEncoder().encode(anchor) };
    }
  }
  return undefined;
}

function bucketTable(fingerprints: readonly Fingerprint[], position: number): Uint8Array {
  const table = new Uint8Array(256);
  for (const { text, bucketBit } of fingerprints) {
    const byte = text.charCodeAt(position);
    table[byte] = (table[byte] ?? 0) | bucketBit;
  }
  return table;
}
