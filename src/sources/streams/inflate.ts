/**
 * DEFLATE (RFC 1951) up to the last byte that can be decoded. node:zlib and the browsers' DecompressionStream throw away what they
 * decoded in the call that meets an error: of a small log all, of a large one its newest lines.
 */

const WINDOW_BYTES = 32_768;
/** Given out at once at most. */
const PIECE_BYTES = 131_072;
const LONGEST_MATCH = 258;
/**
 * So many bytes are readable behind the end of the input: a symbol or a block's header, at most 562 bytes, is read without looking
 * where the input ends, and taken back when it goes beyond.
 */
export const INPUT_PADDING = 576;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289,
  16385, 24577,
];
const DISTANCE_EXTRA = [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13];
/** The order in which the lengths of the code of code lengths come. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK = 256;
const MOST_BITS = 15;
/** A shorter match is copied faster byte by byte. */
const SHORT_MATCH = 24;

/** A prefix code: what the next bits stand for, as `symbol << 4 | bits`; 0 where they stand for nothing. */
interface Code {
  readonly entries: Uint16Array;
  readonly mask: number;
}

interface BlockCodes {
  readonly literals: Code;
  readonly distances: Code;
}

/** Decodes one stream, whose bytes come in pieces of any size. */
export class Inflate {
  /** The stream was read to its end. */
  ended = false;
  /** Why the stream cannot be read on, in zlib's words; undefined while it can. */
  failure: string | undefined;
  readonly #emit: (piece: Uint8Array) => void;
  /** What was decoded: the window, and behind it what is not given out yet. */
  readonly #output = new Uint8Array(WINDOW_BYTES + PIECE_BYTES + LONGEST_MATCH);
  #filled = 0;
  #given = 0;
  #input = new Uint8Array();
  #at = 0;
  #end = 0;
  /** Bits taken out of the input and not used yet, the next one lowest. */
  #bits = 0;
  #bitCount = 0;
  #isLast = false;
  /** What the current block still holds: bytes as they are, or symbols of its codes. */
  #storedBytes = 0;
  #codes: BlockCodes | undefined;

  /** `emit` is given each piece that was decoded, to keep. */
  constructor(emit: (piece: Uint8Array) => void) {
    this.#emit = emit;
  }

  /** Begins another stream. */
  reset(): void {
    this.ended = false;
    this.failure = undefined;
    this.#filled = 0;
    this.#given = 0;
    this.#bits = 0;
    this.#bitCount = 0;
    this.#isLast = false;
    this.#storedBytes = 0;
    this.#codes = undefined;
  }

  /**
   * Decodes what it can of `input` from `from` to `end`, behind which there must be INPUT_PADDING bytes. Returns where the bytes
   * begin that were not used: what follows the stream, or an unfinished part of it, to be given again with what comes next.
   */
  run(input: Uint8Array<ArrayBuffer>, from: number, end: number): number {
    this.#input = input;
    this.#at = from;
    this.#end = end;
    while (!this.ended && this.failure === undefined) {
      this.#putBackPadding();
      if (this.#storedBytes > 0) {
        if (!this.#copyStored()) break;
      } else if (this.#codes !== undefined) {
        if (!this.#decodeSymbols(this.#codes)) break;
      } else if (this.#isLast) {
        // Whole bytes that were taken out of the input belong to what follows.
        this.#at -= this.#bitCount >> 3;
        this.ended = true;
      } else if (!this.#beginBlock()) break;
    }
    this.#putBackPadding();
    this.#giveOut();
    return this.#at;
  }

  /** Bits may have been taken from behind the end, though none of them was used. */
  #putBackPadding(): void {
    if (this.#at <= this.#end) return;
    this.#bitCount -= (this.#at - this.#end) * 8;
    this.#bits &= (1 << this.#bitCount) - 1;
    this.#at = this.#end;
  }

  /** Whether the block's header was there. */
  #beginBlock(): boolean {
    const [at, bits, bitCount] = [this.#at, this.#bits, this.#bitCount];
    const isLast = this.#take(1) === 1;
    const type = this.#take(2);
    const failure = type === 0 ? this.#beginStored() : type === 3 ? 'invalid block type' : this.#beginCoded(type === 1);
    if (isBeyond(this.#at, this.#bitCount, this.#end)) {
      [this.#at, this.#bits, this.#bitCount] = [at, bits, bitCount];
      this.#storedBytes = 0;
      this.#codes = undefined;
      return false;
    }
    this.#isLast = isLast;
    this.failure = failure;
    return true;
  }

  #beginStored(): string | undefined {
    this.#take(this.#bitCount & 7);
    const length = this.#take(16);
    if (this.#take(16) !== (length ^ 0xffff)) return 'invalid stored block lengths';
    this.#storedBytes = length;
    return undefined;
  }

  #beginCoded(isFixed: boolean): string | undefined {
    const codes = isFixed ? fixedCodes() : this.#readCodes();
    if (typeof codes === 'string') return codes;
    this.#codes = codes;
    return undefined;
  }

  /** The codes of a block that brings its own, or what is wrong with them. */
  #readCodes(): BlockCodes | string {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const ordered = new Uint8Array(CODE_LENGTH_ORDER.length);
    const codeLengths = this.#take(4) + 4;
    if (literals > 286 || distances > 30) return 'too many length or distance symbols';
    for (const symbol of CODE_LENGTH_ORDER.slice(0, codeLengths)) ordered[symbol] = this.#take(3);
    const lengthCode = codeOf(ordered, false);
    if (lengthCode === undefined) return 'invalid code lengths set';
    const lengths = new Uint8Array(literals + distances);
    for (let at = 0; at < lengths.length; ) {
      this.#load(7);
      const entry = lengthCode.entries[this.#bits & lengthCode.mask] ?? 0;
      if (entry === 0) return 'invalid code lengths set';
      this.#take(entry & 15);
      const symbol = entry >> 4;
      const repeats =
        symbol < 16 ? 1 : symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if ((symbol === 16 && at === 0) || at + repeats > lengths.length) return 'invalid bit length repeat';
      lengths.fill(symbol < 16 ? symbol : symbol === 16 ? (lengths[at - 1] ?? 0) : 0, at, at + repeats);
      at += repeats;
    }
    if (lengths[END_OF_BLOCK] === 0) return 'invalid code -- missing end-of-block';
    return codesOf(lengths.subarray(0, literals), lengths.subarray(literals));
  }

  /** Whether it came to the end of the block's symbols, or to a failure: else the input ends before. */
  #decodeSymbols({ literals, distances }: BlockCodes): boolean {
    const input = this.#input;
    const output = this.#output;
    let at = this.#at;
    let bits = this.#bits;
    let bitCount = this.#bitCount;
    let filled = this.#filled;
    for (;;) {
      if (filled > WINDOW_BYTES + PIECE_BYTES) {
        this.#filled = filled;
        this.#giveOut();
        filled = this.#filled;
      }
      const unusedAt = at;
      const unusedBits = bits;
      const unusedCount = bitCount;
      while (bitCount < MOST_BITS) {
        bits |= (input[at++] ?? 0) << bitCount;
        bitCount += 8;
      }
      const entry = literals.entries[bits & literals.mask] ?? 0;
      bits >>>= entry & 15;
      bitCount -= entry & 15;
      const symbol = entry >> 4;
      let failure = entry === 0 || symbol > 285 ? 'invalid literal/length code' : undefined;
      let length = 0;
      let distance = 0;
      if (symbol > END_OF_BLOCK && failure === undefined) {
        const extra = LENGTH_EXTRA[symbol - 257] ?? 0;
        while (bitCount < extra) {
          bits |= (input[at++] ?? 0) << bitCount;
          bitCount += 8;
        }
        length = (LENGTH_BASE[symbol - 257] ?? 0) + (bits & ((1 << extra) - 1));
        bits >>>= extra;
        bitCount -= extra;
        while (bitCount < MOST_BITS) {
          bits |= (input[at++] ?? 0) << bitCount;
          bitCount += 8;
        }
        const place = distances.entries[bits & distances.mask] ?? 0;
        bits >>>= place & 15;
        bitCount -= place & 15;
        const placeExtra = DISTANCE_EXTRA[place >> 4] ?? 0;
        while (bitCount < placeExtra) {
          bits |= (input[at++] ?? 0) << bitCount;
          bitCount += 8;
        }
        distance = (DISTANCE_BASE[place >> 4] ?? 0) + (bits & ((1 << placeExtra) - 1));
        bits >>>= placeExtra;
        bitCount -= placeExtra;
        if (place === 0 || place >> 4 > 29) failure = 'invalid distance code';
        else if (distance > filled) failure = 'invalid distance too far back';
      }
      if (isBeyond(at, bitCount, this.#end)) {
        at = unusedAt;
        bits = unusedBits;
        bitCount = unusedCount;
        break;
      }
      if (failure !== undefined) {
        this.failure = failure;
        break;
      }
      if (symbol === END_OF_BLOCK) {
        this.#codes = undefined;
        break;
      }
      if (symbol < END_OF_BLOCK) output[filled++] = symbol;
      else if (length > SHORT_MATCH && distance >= length) {
        output.copyWithin(filled, filled - distance, filled - distance + length);
        filled += length;
      } else for (const stop = filled + length; filled < stop; filled++) output[filled] = output[filled - distance] ?? 0;
    }
    this.#at = at;
    this.#bits = bits;
    this.#bitCount = bitCount;
    this.#filled = filled;
    return this.#codes === undefined || this.failure !== undefined;
  }

  /** Whether any of a block's plain bytes was there. */
  #copyStored(): boolean {
    if (this.#filled >= WINDOW_BYTES + PIECE_BYTES) this.#giveOut();
    const fromBits = Math.min(this.#bitCount >> 3, this.#storedBytes);
    for (let byte = 0; byte < fromBits; byte++) this.#output[this.#filled++] = this.#take(8);
    const room = WINDOW_BYTES + PIECE_BYTES - this.#filled;
    const length = Math.min(this.#storedBytes - fromBits, this.#end - this.#at, room);
    this.#output.set(this.#input.subarray(this.#at, this.#at + length), this.#filled);
    this.#at += length;
    this.#filled += length;
    this.#storedBytes -= fromBits + length;
    return fromBits + length > 0;
  }

  /** The next `count` bits, at most 16. */
  #take(count: number): number {
    this.#load(count);
    const value = this.#bits & ((1 << count) - 1);
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #load(count: number): void {
    while (this.#bitCount < count) {
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#bitCount;
      this.#bitCount += 8;
    }
  }

  /** Gives out what is new, and keeps of all as much as a match may reach back. */
  #giveOut(): void {
    if (this.#filled > this.#given) this.#emit(this.#output.slice(this.#given, this.#filled));
    if (this.#filled > WINDOW_BYTES) {
      this.#output.copyWithin(0, this.#filled - WINDOW_BYTES, this.#filled);
      this.#filled = WINDOW_BYTES;
    }
    this.#given = this.#filled;
  }
}

/** Whether more bits were used than the input has. */
function isBeyond(at: number, bitCount: number, end: number): boolean {
  return at > end && (at - end) * 8 > bitCount;
}

/**
 * The code in which each symbol has so many bits (RFC 1951, 3.2.2). Undefined where the lengths make none; one that leaves bits
 * without a meaning is none either, but that a block may have a single distance.
 */
function codeOf(lengths: Uint8Array, mayBeSingle: boolean): Code | undefined {
  const counts = new Uint16Array(MOST_BITS + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const used = lengths.length - (counts[0] ?? 0);
  const first = new Uint16Array(MOST_BITS + 2);
  let left = 1;
  let longest = 0;
  for (let length = 1; length <= MOST_BITS; length++) {
    const count = counts[length] ?? 0;
    left = left * 2 - count;
    if (left < 0) return undefined;
    if (count > 0) longest = length;
    first[length + 1] = ((first[length] ?? 0) + count) * 2;
  }
  if (left > 0 && used > 0 && !(mayBeSingle && longest === 1)) return undefined;
  if (used === 0 && !mayBeSingle) return undefined;
  const entries = new Uint16Array(1 << longest);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const code = first[length] ?? 0;
    first[length] = code + 1;
    for (let at = reversed(code, length); at < entries.length; at += 1 << length) entries[at] = (symbol << 4) | length;
  }
  return { entries, mask: entries.length - 1 };
}

/** Codes come with their highest bit first, and all else with its lowest. */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >> bit) & 1) << (length - 1 - bit);
  return result;
}

let cachedFixedCodes: BlockCodes | string | undefined;

/** The codes of a block that brings none (RFC 1951, 3.2.6). */
function fixedCodes(): BlockCodes | string {
  const lengths = new Uint8Array(288).fill(8).fill(9, 144, 256).fill(7, 256, 280);
  cachedFixedCodes ??= codesOf(lengths, new Uint8Array(32).fill(5));
  return cachedFixedCodes;
}

function codesOf(literalLengths: Uint8Array, distanceLengths: Uint8Array): BlockCodes | string {
  const literals = codeOf(literalLengths, true);
  if (literals === undefined) return 'invalid literal/lengths set';
  const distances = codeOf(distanceLengths, true);
  return distances === undefined ? 'invalid distances set' : { literals, distances };
}
