/**
 * The parts of zstd data (RFC 8878): a decoder that is given one at a time has given out all that comes before it, and what one
 * damaged frame holds is no loss to the next.
 */

/** A frame's header and its blocks, each whole. */
export interface ZstdFrame {
  readonly parts: readonly Uint8Array[];
  /** What a decoder has to hold of it. */
  readonly windowBytes: number;
  /** It ends before its last block does. */
  readonly isTruncated: boolean;
}

const MAGIC = 0xfd2fb528;
/** A skippable frame has any of sixteen. pzstd writes one before each frame. */
const SKIPPABLE = { magic: 0x184d2a50, mask: 0xfffffff0 } as const;
const DICTIONARY_ID_BYTES = [0, 1, 2, 4] as const;
const CONTENT_SIZE_BYTES = [0, 2, 4, 8] as const;
const RUN_BLOCK = 1;

/** The frames of zstd data, one after the other, skippable ones left out. Returns why it did not come to the end, if it did not. */
export function* zstdFrames(data: Uint8Array): Generator<ZstdFrame, string | undefined> {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  for (let at = 0; at < data.length; ) {
    if (data.length - at < 8) return at === 0 ? 'unexpected end of file' : 'trailing garbage';
    const magic = view.getUint32(at, true);
    if ((magic & SKIPPABLE.mask) >>> 0 === SKIPPABLE.magic) {
      at += 8 + view.getUint32(at + 4, true);
      if (at > data.length) return 'unexpected end of file';
      continue;
    }
    if (magic !== MAGIC) return 'trailing garbage';
    const { frame, end } = frameAt(data, at);
    yield frame;
    if (frame.isTruncated) return 'unexpected end of file';
    at = end;
  }
  return undefined;
}

function frameAt(data: Uint8Array, from: number): { readonly frame: ZstdFrame; readonly end: number } {
  const descriptor = data[from + 4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentSizeBytes = CONTENT_SIZE_BYTES[descriptor >> 6] || (isSingleSegment ? 1 : 0);
  const contentSizeAt = from + 5 + (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 3] ?? 0);
  const windowBytes = isSingleSegment
    ? contentSizeOf(data.subarray(contentSizeAt, contentSizeAt + contentSizeBytes))
    : windowOf(data[from + 5] ?? 0);
  const parts: Uint8Array[] = [data.subarray(from, contentSizeAt + contentSizeBytes)];
  let at = contentSizeAt + contentSizeBytes;
  for (let isLast = false; !isLast; ) {
    const header = (data[at] ?? 0) | ((data[at + 1] ?? 0) << 8) | ((data[at + 2] ?? 0) << 16);
    isLast = (header & 1) === 1;
    const length = 3 + (((header >> 1) & 3) === RUN_BLOCK ? 1 : header >> 3);
    if (at + length > data.length) return { frame: { parts, windowBytes, isTruncated: true }, end: data.length };
    parts.push(data.subarray(at, at + length));
    at += length;
  }
  const checksumBytes = (descriptor & 4) === 0 ? 0 : 4;
  const isTruncated = at + checksumBytes > data.length;
  if (checksumBytes > 0 && !isTruncated) parts.push(data.subarray(at, at + checksumBytes));
  return { frame: { parts, windowBytes, isTruncated }, end: at + checksumBytes };
}

/** RFC 8878, 3.1.1.1.2: five bits of exponent over 1 KiB, and three of eighths. */
function windowOf(descriptor: number): number {
  return 2 ** (10 + (descriptor >> 3)) * (1 + (descriptor & 7) / 8);
}

/** RFC 8878, 3.1.1.1.4: little endian, and of two bytes 256 more. */
function contentSizeOf(bytes: Uint8Array): number {
  const size = bytes.reduceRight((value, byte) => value * 256 + byte, 0);
  return bytes.length === 2 ? size + 256 : size;
}
