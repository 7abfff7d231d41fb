import fc from 'fast-check';
import { logFixtures } from '../../fixtures-of.js';

/** Real logs with the damage that logs meet, and worse: for properties that must hold for any input. */

const NEWLINE = 0x0a;
/** Longer than the longest line the parser keeps. */
const LONG_LINE_BYTES = 300_000;

/** A log and how it came about: fast-check prints the story where the bytes would fill the screen. */
export class DamagedLog {
  constructor(
    readonly bytes: Buffer,
    readonly story: string,
  ) {}

  after(mutation: Mutation): DamagedLog {
    return new DamagedLog(mutation.apply(this.bytes), `${this.story}, ${mutation.story}`);
  }

  [fc.toStringMethod](): string {
    return this.story;
  }
}

interface Mutation {
  readonly story: string;
  readonly apply: (text: Buffer) => Buffer;
}

/** One of the real logs as it is. */
export const realLog: fc.Arbitrary<DamagedLog> = fc.constantFrom(
  ...logFixtures().map(({ bytes, name }) => new DamagedLog(bytes, name)),
);

/** A place in a text of unknown length, as a share of it. */
const place = fc.nat(9_999).map((n) => n / 10_000);
const count = (max: number) => fc.integer({ min: 1, max });

const cutBefore = place.map((at) => mutation(`cut before ${at}`, (text) => text.subarray(offset(text, at))));
const cutBehind = place.map((at) => mutation(`cut behind ${at}`, (text) => text.subarray(0, offset(text, at))));

const splice = fc
  .tuple(realLog, place, place)
  .map(([other, end, start]) =>
    mutation(`from ${end} on ${other.story} from ${start} on`, (text) =>
      Buffer.concat([text.subarray(0, offset(text, end)), other.bytes.subarray(offset(other.bytes, start))]),
    ),
  );

/** Lines of two logs by turns, one to three of each, as two CPUs or two files mix them. */
const interleave = fc.tuple(realLog, count(3), count(3)).map(([other, ours, theirs]) =>
  mutation(`mixed ${ours}:${theirs} with ${other.story}`, (text) => {
    const [a, b] = [lines(text), lines(other.bytes)];
    const mixed: Buffer[] = [];
    for (let i = 0, j = 0; i < a.length || j < b.length; i += ours, j += theirs) {
      mixed.push(...a.slice(i, i + ours), ...b.slice(j, j + theirs));
    }
    return Buffer.concat(mixed);
  }),
);

const flipBytes = fc.array(fc.tuple(place, count(255)), { minLength: 1, maxLength: 20 }).map((flips) =>
  mutation(`bits flipped ${JSON.stringify(flips)}`, (text) => {
    const copy = Buffer.from(text);
    for (const [at, mask] of text.length === 0 ? [] : flips) {
      const index = offset(copy, at);
      copy.writeUInt8(copy.readUInt8(index) ^ mask, index);
    }
    return copy;
  }),
);

const repeatLine = fc.tuple(place, count(50)).map(([at, times]) =>
  mutation(`the line at ${at} repeated ${times} times`, (text) => {
    const all = lines(text);
    const index = Math.floor(at * all.length);
    return Buffer.concat(all.flatMap((line, i) => Array<Buffer>(i === index ? times + 1 : 1).fill(line)));
  }),
);

const removeLines = fc.tuple(place, count(30)).map(([at, length]) =>
  mutation(`without ${length} lines at ${at}`, (text) => {
    const all = lines(text);
    all.splice(Math.floor(at * all.length), length);
    return Buffer.concat(all);
  }),
);

const carriageReturns = fc.constant(mutation('with CRLF', withCarriageReturns));

const strayBytes = fc.oneof(
  fc.constantFrom([0x00], [0xc3], [0xff, 0xfe], [0xed, 0xa0, 0x80], [0x1b, 0x5b, 0x33, 0x31, 0x6d]),
  fc.array(fc.nat(255), { maxLength: 40 }),
);
const insertBytes = fc
  .tuple(place, strayBytes)
  .map(([at, bytes]) => mutation(`with ${JSON.stringify(bytes)} at ${at}`, (text) => insert(text, at, Buffer.from(bytes))));

/** A piece of a line, again and again without a line end: what a regular expression that backtracks would choke on. */
const pump = fc.tuple(place, count(24)).map(([at, length]) =>
  mutation(`with the ${length} bytes at ${at} pumped up`, (text) => {
    const piece = text.subarray(offset(text, at), offset(text, at) + length);
    return piece.length === 0 || piece.includes(NEWLINE) ? text : insert(text, at, Buffer.alloc(LONG_LINE_BYTES, piece));
  }),
);

const damage = fc.oneof(
  cutBefore,
  cutBehind,
  splice,
  interleave,
  flipBytes,
  repeatLine,
  removeLines,
  carriageReturns,
  insertBytes,
);

/** A real log after up to four injuries. */
export const damagedLog: fc.Arbitrary<DamagedLog> = fc
  .tuple(realLog, fc.array(damage, { minLength: 1, maxLength: 4 }))
  .map(([log, injuries]) => injuries.reduce((injured, injury) => injured.after(injury), log));

/** A real log with a line of hundreds of kilobytes. */
export const pumpedLog: fc.Arbitrary<DamagedLog> = fc.tuple(realLog, pump).map(([log, injury]) => log.after(injury));

/** The text with each `\n` made `\r\n`. */
export function withCarriageReturns(text: Buffer): Buffer {
  return Buffer.from(text.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}

function mutation(story: string, apply: Mutation['apply']): Mutation {
  return { story, apply };
}

function offset(text: Buffer, at: number): number {
  return Math.floor(at * text.length);
}

function insert(text: Buffer, at: number, bytes: Buffer): Buffer {
  const index = offset(text, at);
  return Buffer.concat([text.subarray(0, index), bytes, text.subarray(index)]);
}

/** The lines with their line ends. */
function lines(text: Buffer): Buffer[] {
  const all: Buffer[] = [];
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf(NEWLINE, from);
    const to = newline < 0 ? text.length : newline + 1;
    all.push(text.subarray(from, to));
    from = to;
  }
  return all;
}
