import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonHandler } from '../../../src/sources/heap/json-tokenizer.js';
import { JsonTokenizer } from '../../../src/sources/heap/json-tokenizer.js';
import { expectHeapError } from './heap-error.js';

/** Beyond 2^53 the tokenizer is right to some fifteen digits. */
function rounded(value: number): number {
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? Number(value.toPrecision(12)) : value;
}

/** Records what a tokenizer reports, one entry an event. */
class Recorder implements JsonHandler {
  readonly events: unknown[] = [];
  constructor(private readonly strings = true) {}
  startObject(): void {
    this.events.push('{');
  }
  endObject(): void {
    this.events.push('}');
  }
  startArray(): void {
    this.events.push('[');
  }
  endArray(): void {
    this.events.push(']');
  }
  key(name: string): void {
    this.events.push({ key: name });
  }
  number(value: number): void {
    this.events.push(rounded(value));
  }
  wantsString(): boolean {
    return this.strings;
  }
  string(value: string): void {
    this.events.push({ string: value });
  }
  literal(): void {
    this.events.push('literal');
  }
}

/** The events a value should give. */
function eventsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return ['[', ...value.flatMap(eventsOf), ']'];
  if (typeof value === 'string') return [{ string: value }];
  if (typeof value === 'number') return [/^-?\d+$/.test(JSON.stringify(value)) ? rounded(value) : Number.NaN];
  if (typeof value !== 'object' || value === null) return ['literal'];
  return ['{', ...Object.entries(value).flatMap(([key, member]) => [{ key }, ...eventsOf(member)]), '}'];
}

function tokenize(text: string, sizes: readonly number[] = [], strings = true): unknown[] {
  const recorder = new Recorder(strings);
  const tokenizer = new JsonTokenizer(recorder);
  const bytes = Buffer.from(text);
  let at = 0;
  for (const size of sizes) {
    tokenizer.write(bytes.subarray(at, at + size));
    at += size;
  }
  tokenizer.write(bytes.subarray(at));
  tokenizer.end();
  return recorder.events;
}

describe('JsonTokenizer', { timeout: 60_000 }, () => {
  it('reports any JSON, cut anywhere, as JSON.parse understands it', () => {
    const spacing = fc.constantFrom(undefined, 1, '\t');
    const cuts = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 60 });
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), spacing, cuts, (value, space, sizes) => {
        const text = JSON.stringify(value, null, space);
        expect(tokenize(text, sizes)).toEqual(eventsOf(JSON.parse(text)));
      }),
      { numRuns: 1000 },
    );
  });

  it("reads V8's lists of numbers at every cut", () => {
    const text = '[1,2,30\n,4294967295,0\n,-7,8.5,9,1e3,12345678901]';
    const expected = ['[', 1, 2, 30, 4_294_967_295, 0, -7, Number.NaN, 9, Number.NaN, 12_345_678_901, ']'];
    for (let cut = 0; cut <= text.length; cut++) expect(tokenize(text, [cut])).toEqual(expected);
    expect(tokenize(text, Array(text.length).fill(1))).toEqual(expected);
  });

  it('reads escapes, and text beyond ASCII cut inside a character', () => {
    const text = '{"\\"k\\\\":"a\\/b\\u0041\\n\\u4e2d\\ud83d\\ude00 é中😀"}';
    const expected = eventsOf(JSON.parse(text));
    for (let cut = 0; cut <= Buffer.byteLength(text); cut++) expect(tokenize(text, [cut])).toEqual(expected);
  });

  it('skips strings nobody wants', () => {
    expect(tokenize('{"a":"x\\"}","b":["y",1]}', [7, 1, 1], false)).toEqual(['{', { key: 'a' }, { key: 'b' }, '[', 1, ']', '}']);
  });

  it('cuts a string that is no name', () => {
    const [event] = tokenize(`"${'x'.repeat(1_000_000)}"`);
    expect(event).toEqual({ string: 'x'.repeat(4096) });
  });

  it.each([
    ['', 'empty'],
    ['{', 'truncated'],
    ['[1,2', 'truncated'],
    ['{"a"', 'truncated'],
    ['"abc', 'truncated'],
    ['  ', 'truncated'],
    ['[1,]', 'malformed'],
    ['[,1]', 'malformed'],
    ['[1 2]', 'malformed'],
    ['{"a":1,}', 'malformed'],
    ['{1:2}', 'malformed'],
    ['{"a" 1}', 'malformed'],
    ['[1}', 'malformed'],
    [']', 'malformed'],
    ['[1]]', 'malformed'],
    ['[1] x', 'malformed'],
    ['[-]', 'malformed'],
    ['[tru]', 'malformed'],
    ['[nullnull]', 'malformed'],
    ['hello', 'malformed'],
    ['[1,,2]', 'malformed'],
  ] as const)('refuses %j', async (text, code) => {
    await expectHeapError(code, () => tokenize(text));
  });

  it('says where the document went wrong', async () => {
    const error = await expectHeapError('malformed', () => tokenize('{"a":[1,2,?]}', [4, 3]));
    expect(error.offset).toBe(10);
  });

  it('refuses absurd nesting instead of filling memory', async () => {
    await expectHeapError('malformed', () => tokenize('['.repeat(1_000_001)));
  });
});
