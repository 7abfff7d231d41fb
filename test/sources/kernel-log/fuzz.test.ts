import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OomReport } from '../../../src/model/index.js';
import { KernelLogParser, type KernelLogStats } from '../../../src/sources/kernel-log/parser.js';
import { damagedLog, pumpedLog, realLog, withCarriageReturns } from './mutations.js';

/**
 * What holds for any input. Time is not measured: work that grew with the square of these inputs would not end within the
 * time a test has.
 */

/** The same cases in every run. */
const SEED = 20_260_501;

function forAll<T>(inputs: fc.Arbitrary<T>, numRuns: number, check: (input: T) => void): void {
  fc.assert(fc.property(inputs, check), { seed: SEED, numRuns });
}

interface Parsed {
  readonly reports: readonly OomReport[];
  readonly stats: KernelLogStats;
}

/** Parses the text in pieces of the given lengths, used again and again. */
function parse(text: Uint8Array, chunkLengths: readonly number[] = [text.length]): Parsed {
  const reports: OomReport[] = [];
  const parser = new KernelLogParser({ source: 'fuzz', onReport: (report) => reports.push(report) });
  for (let at = 0, turn = 0; at < text.length; turn++) {
    const length = chunkLengths[turn % chunkLengths.length] ?? text.length;
    parser.push(text.subarray(at, at + length));
    at += length;
  }
  parser.end();
  return { reports, stats: parser.stats };
}

/** Parses the text and checks what every result must be like: each line is looked at once, and reports lie within the text. */
function expectSound(text: Uint8Array): void {
  const { reports, stats } = parse(text);
  const total = isUtf16(text) ? stats.lines : lineCount(text);
  expect(stats.lines).toBe(total);
  expect(stats.linesExamined).toBeLessThanOrEqual(total);
  expect(reports.filter(({ firstLine, lastLine }) => !(1 <= firstLine && firstLine <= lastLine && lastLine <= total))).toEqual(
    [],
  );
  expect(reports.filter((report) => !numbersOf(report).every(Number.isFinite))).toEqual([]);
}

function lineCount(text: Uint8Array): number {
  const newlines = text.reduce((sum, byte) => sum + (byte === 0x0a ? 1 : 0), 0);
  return newlines + (text.length > 0 && text.at(-1) !== 0x0a ? 1 : 0);
}

/** Such text is decoded first, and its line ends are not bytes. */
function isUtf16(text: Uint8Array): boolean {
  return (text[0] === 0xff && text[1] === 0xfe) || (text[0] === 0xfe && text[1] === 0xff);
}

function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

describe('any input', () => {
  it('a real log, cut, spliced, mixed, with lines gone and bytes flipped, gives sound reports', () => {
    forAll(damagedLog, 800, ({ bytes }) => expectSound(bytes));
  });

  it('bytes that are no log give no report', () => {
    forAll(fc.uint8Array({ maxLength: 4_000 }), 300, (bytes) => {
      expect(parse(bytes).reports).toEqual([]);
    });
  });

  it('a line of hundreds of kilobytes, made of a piece of a real line, is read in linear time', () => {
    forAll(pumpedLog, 150, ({ bytes }) => expectSound(bytes));
  });

  it.each([
    'a invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
    '[ 1]     0 1 17037 16743 16320 423 0 172032 0 0 tail',
    'Memory cgroup out of memory: Killed process 1 (tail) total-vm:68148kB, anon-rss:65280kB, file-rss:1692kB, shmem-rss:0kB',
    'Memory cgroup stats for /a:',
    'memory: usage 65536kB, limit 65536kB, failcnt 1',
    'Mem-Info:',
    'oom_reaper: reaped process 1 (tail), now anon-rss:0kB, file-rss:0kB, shmem-rss:0kB',
  ])('"%s" fifty thousand times is read in linear time', (line) => {
    const numbered = Array.from({ length: 50_000 }, (_, index) => line.replace(/\b1\b/g, String(index + 1)));
    expectSound(Buffer.from(numbered.join('\n')));
  });
});

describe('a line that CRI cut', () => {
  const stamp = '2024-03-13T11:16:48.1Z stdout';

  it('into any number of pieces is read in linear time', () => {
    const pieces = `${stamp} P a piece of a line\n`.repeat(500_000);
    expectSound(Buffer.from(`${pieces}${stamp} F [1.000000] Mem-Info:\n`));
  });

  it('is read where the log ends in the middle of it', () => {
    const kill = 'Memory cgroup out of memory: Killed process 7 (tail) total-vm:68148kB, anon-rss:65280kB, file-rss:1692kB';
    const log = `${stamp} P [1.000000] ${kill.slice(0, 40)}\n${stamp} P ${kill.slice(40)}\n`;
    expect(parse(Buffer.from(log)).reports).toMatchObject([{ killed: [{ pid: 7, comm: 'tail' }], lastLine: 2 }]);
  });
});

describe('what makes no difference', () => {
  it('how the input is cut into chunks', () => {
    const chunkLengths = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 });
    forAll(fc.tuple(damagedLog, chunkLengths), 250, ([{ bytes }, lengths]) => {
      expect(parse(bytes, lengths)).toEqual(parse(bytes));
    });
  });

  it('how a long input, most of which is skipped, is cut into chunks', () => {
    const noise = Buffer.from(
      'Mar 13 11:16:48 node1 kubelet[1]: "SyncLoop" pod="default/web" probe="readiness"\n'.repeat(16_000),
    );
    const chunkLengths = fc.array(fc.integer({ min: 1_000, max: 700_000 }), { minLength: 1, maxLength: 5 });
    forAll(fc.tuple(damagedLog, damagedLog, chunkLengths), 25, ([first, second, lengths]) => {
      const text = Buffer.concat([noise, first.bytes, Buffer.from('\n'), noise, second.bytes]);
      expect(parse(text, lengths).reports).toEqual(parse(text).reports);
    });
  });

  it('a chunk that ends inside a wrapped header', () => {
    const noise = 'Mar 13 11:16:48 node1 kubelet[1]: "SyncLoop" pod="default/web" probe="readiness"\n'.repeat(16_000);
    const head = '[  10.099440] report-writer invoked\n';
    const text = Buffer.from(`${noise}${head}oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=999\n`);
    for (const at of [noise.length, noise.length + head.length - 1, noise.length + head.length]) {
      expect(parse(text, [at, text.length]).reports).toEqual(parse(text).reports);
    }
    expect(parse(text).reports).toMatchObject([{ invokedBy: { comm: 'report-writer' } }]);
  });

  it('how lines end', () => {
    forAll(realLog, 100, ({ bytes }) => {
      const unix = Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
      expect(parse(withCarriageReturns(unix)).reports).toEqual(parse(unix).reports);
    });
  });
});
