import { HeapProfileError } from './errors.js';

/** What a JsonTokenizer calls as it meets the parts of a document. */
export interface JsonHandler {
  startObject(): void;
  endObject(): void;
  startArray(): void;
  endArray(): void;
  key(name: string): void;
  /** An integer, beyond 2^53 only nearly the one written; NaN stands for a number with a fraction or exponent. */
  number(value: number): void;
  /** Asked before a string value is read; when false its text is skipped and string() is not called. */
  wantsString(): boolean;
  string(value: string): void;
  /** true, false or null. */
  literal(): void;
}

/** What may come next. */
const VALUE = 0;
const VALUE_OR_END = 1;
const KEY_OR_END = 2;
const KEY = 3;
const COLON = 4;
const COMMA_OR_END = 5;
const DONE = 6;

/** What the last byte was inside of. */
const NOTHING = 0;
const NUMBER = 1;
const STRING = 2;
const LITERAL = 3;

const OBJECT = 0;
const ARRAY = 1;

const MAX_DEPTH = 1_000_000;
/** Longer strings are cut: the texts wanted from a heap snapshot are names. */
const MAX_TEXT_BYTES = 4096;

/**
 * Splits a JSON document of any size into its parts, given in chunks of bytes cut anywhere. It holds one chunk, the stack of
 * open brackets and at most one short string; the speed of reading a heap snapshot is that of its number loop.
 * Accepts all JSON; inside strings it does not check escapes or UTF-8.
 */
export class JsonTokenizer {
  private expected = VALUE;
  private inside = NOTHING;
  private readonly brackets: number[] = [];
  private consumed = 0;

  private integer = 0;
  private isNegative = false;
  private isInteger = true;
  private digits = 0;

  private readonly text = new Uint8Array(MAX_TEXT_BYTES);
  private textLength = 0;
  private textIsWanted = false;
  private textIsKey = false;
  private afterBackslash = false;

  private literalText = '';

  constructor(private readonly handler: JsonHandler) {}

  /** Reads the next chunk. Throws HeapProfileError `malformed`, with the offset, at the first byte that is not JSON. */
  write(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.inside === NUMBER) at = this.readNumber(chunk, at);
      else if (this.inside === STRING) at = this.readString(chunk, at);
      else if (this.inside === LITERAL) at = this.readLiteral(chunk, at);
      else at = this.readStructure(chunk, at);
    }
    this.consumed += chunk.length;
  }

  /** Says that there are no more chunks. Throws HeapProfileError `empty` or `truncated` when the document is not whole. */
  end(): void {
    if (this.inside === NUMBER && this.brackets.length === 0) this.finishNumber();
    if (this.inside === LITERAL && this.brackets.length === 0) this.finishLiteral(0);
    if (this.consumed === 0) throw new HeapProfileError('empty', 'the JSON document is empty');
    if (this.expected !== DONE || this.inside !== NOTHING) {
      throw new HeapProfileError('truncated', `the JSON document ends inside a value, after ${this.consumed} bytes`, {
        offset: this.consumed,
      });
    }
  }

  private readStructure(chunk: Uint8Array, at: number): number {
    const byte = chunk[at] ?? 0;
    switch (byte) {
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        break;
      case 0x2c: // ,
        if (this.expected !== COMMA_OR_END) throw this.unexpected(byte, at);
        this.expected = this.brackets.at(-1) === OBJECT ? KEY : VALUE;
        break;
      case 0x3a: // :
        if (this.expected !== COLON) throw this.unexpected(byte, at);
        this.expected = VALUE;
        break;
      case 0x22: // "
        this.startString(at);
        break;
      case 0x7b: // {
        this.open(OBJECT, at);
        this.expected = KEY_OR_END;
        this.handler.startObject();
        break;
      case 0x5b: // [
        this.open(ARRAY, at);
        this.expected = VALUE_OR_END;
        this.handler.startArray();
        break;
      case 0x7d: // }
        if (this.expected !== KEY_OR_END && this.expected !== COMMA_OR_END) throw this.unexpected(byte, at);
        this.close(OBJECT, at);
        this.handler.endObject();
        break;
      case 0x5d: // ]
        if (this.expected !== VALUE_OR_END && this.expected !== COMMA_OR_END) throw this.unexpected(byte, at);
        this.close(ARRAY, at);
        this.handler.endArray();
        break;
      default:
        return this.startScalar(byte, at);
    }
    return at + 1;
  }

  private startScalar(byte: number, at: number): number {
    this.takeValue(at);
    if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
      this.inside = NUMBER;
      this.integer = 0;
      this.digits = 0;
      this.isInteger = true;
      this.isNegative = byte === 0x2d;
      return this.isNegative ? at + 1 : at;
    }
    if (byte !== 0x74 && byte !== 0x66 && byte !== 0x6e) throw this.unexpected(byte, at);
    this.inside = LITERAL;
    this.literalText = '';
    return at;
  }

  private readNumber(chunk: Uint8Array, start: number): number {
    const inList = this.isInteger && !this.isNegative && this.brackets.at(-1) === ARRAY;
    let at = start;
    let integer = this.integer;
    let digits = this.digits;
    for (; at < chunk.length; at++) {
      const digit = (chunk[at] ?? 0) - 0x30;
      if (digit >= 0 && digit <= 9) {
        integer = integer * 10 + digit;
        digits++;
        continue;
      }
      // Nearly all of a snapshot is lists of small integers: `,` or V8's `\n,` with a digit after it goes on in this loop.
      const comma = digit === 0x0a - 0x30 ? at + 1 : at;
      if (!inList || digits === 0 || chunk[comma] !== 0x2c || !isDigit(chunk[comma + 1])) break;
      this.handler.number(integer);
      integer = 0;
      digits = 0;
      at = comma;
    }
    this.integer = integer;
    this.digits = digits;
    if (at === chunk.length) return at;
    const byte = chunk[at];
    // Of a fraction or exponent (. e E + -) only the end matters.
    if (byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d) {
      if (this.digits === 0) throw this.unexpected(byte, at);
      this.isInteger = false;
      return at + 1;
    }
    if (this.digits === 0) throw this.unexpected(byte ?? 0, at);
    this.finishNumber();
    return at;
  }

  private finishNumber(): void {
    this.inside = NOTHING;
    if (!this.isInteger) this.handler.number(Number.NaN);
    else this.handler.number(this.isNegative ? -this.integer : this.integer);
  }

  private startString(at: number): void {
    this.textIsKey = this.expected === KEY || this.expected === KEY_OR_END;
    if (this.textIsKey) this.expected = COLON;
    else this.takeValue(at);
    this.inside = STRING;
    this.textLength = 0;
    this.afterBackslash = false;
    this.textIsWanted = this.textIsKey || this.handler.wantsString();
  }

  private readString(chunk: Uint8Array, start: number): number {
    for (let at = start; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.afterBackslash) this.afterBackslash = false;
      else if (byte === 0x5c) this.afterBackslash = true;
      else if (byte === 0x22) {
        this.finishString();
        return at + 1;
      }
      if (this.textIsWanted && this.textLength < MAX_TEXT_BYTES) this.text[this.textLength++] = byte;
    }
    return chunk.length;
  }

  private finishString(): void {
    this.inside = NOTHING;
    if (!this.textIsWanted) return;
    const value = unescapeJson(new TextDecoder().decode(this.text.subarray(0, this.textLength)));
    if (this.textIsKey) this.handler.key(value);
    else this.handler.string(value);
  }

  private readLiteral(chunk: Uint8Array, start: number): number {
    let at = start;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte < 0x61 || byte > 0x7a) break;
      this.literalText += String.fromCharCode(byte);
      if (this.literalText.length > 'false'.length) throw this.unexpected(byte, at);
    }
    if (at < chunk.length) this.finishLiteral(at);
    return at;
  }

  private finishLiteral(at: number): void {
    if (!['true', 'false', 'null'].includes(this.literalText)) throw this.malformed(`unknown literal "${this.literalText}"`, at);
    this.inside = NOTHING;
    this.handler.literal();
  }

  /** A value begins: it must be allowed here, and a comma or closing bracket follows it. */
  private takeValue(at: number): void {
    if (this.expected !== VALUE && this.expected !== VALUE_OR_END) throw this.malformed('unexpected value', at);
    this.expected = this.brackets.length === 0 ? DONE : COMMA_OR_END;
  }

  private open(bracket: number, at: number): void {
    this.takeValue(at);
    if (this.brackets.length === MAX_DEPTH) throw this.malformed('nested too deep', at);
    this.brackets.push(bracket);
  }

  private close(bracket: number, at: number): void {
    if (this.brackets.pop() !== bracket) throw this.malformed('brackets do not match', at);
    this.expected = this.brackets.length === 0 ? DONE : COMMA_OR_END;
  }

  private unexpected(byte: number, at: number): HeapProfileError {
    return this.malformed(`unexpected byte 0x${byte.toString(16).padStart(2, '0')}`, at);
  }

  private malformed(what: string, at: number): HeapProfileError {
    const offset = this.consumed + at;
    return new HeapProfileError('malformed', `not valid JSON: ${what} at byte ${offset}`, { offset });
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function unescapeJson(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, code: string | undefined, letter: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return ESCAPES.get(letter ?? '') ?? letter ?? '';
  });
}
