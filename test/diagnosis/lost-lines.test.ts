import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/index.js';
import { toIncident } from '../../src/sources/kernel-log/incident.js';
import { parseKernelLog } from '../../src/sources/kernel-log/parser.js';
import { logFixtures } from '../fixtures-of.js';

/**
 * Less evidence never makes a new cause. Logs lose lines: journald drops them, consoles are slow, people cut and grep. Whatever is
 * lost, the first cause is the one of the whole log, or the answer is not sure.
 */

/** What counts as sure. */
const SURE = 0.8;
/** Losses of each kind, of each log. */
const TRIES = 8;
/** The same losses in every run. */
const SEED = 20_260_601;

interface Verdict {
  readonly firstLine: number;
  readonly lastLine: number;
  readonly id: string;
  readonly confidence: number;
}

/** The verdicts on a text; `kept` has the number of each of its lines in the whole log. */
function verdicts(lines: readonly string[], kept: readonly number[]): Verdict[] {
  const text = kept.map((number) => lines[number - 1]).join('\n');
  return parseKernelLog(Buffer.from(`${text}\n`, 'latin1'), 'log').flatMap((report) => {
    const [first] = diagnose(toIncident(report)).causes;
    if (first === undefined) return [];
    const numberOf = (line: number): number => kept[line - 1] ?? lines.length;
    return [
      {
        firstLine: numberOf(report.firstLine),
        lastLine: numberOf(report.lastLine),
        id: first.id,
        confidence: first.confidence,
      },
    ];
  });
}

/** Numbers of lines that are left of a log, by the way in which it lost the others. */
type Loss = (lines: readonly string[], places: readonly number[]) => number[];

const keepWhere = (lines: readonly string[], isKept: (line: string, number: number) => boolean): number[] =>
  lines.map((_line, index) => index + 1).filter((number) => isKept(lines[number - 1] ?? '', number));

/** A place in 1..count, by a share of it. */
const at = (share: number, count: number): number => 1 + Math.floor(share * count);

const LOSSES: Readonly<Record<string, Loss>> = {
  'one to five lines lost': (lines, [many = 0, ...places]) => {
    const lost = new Set(places.slice(0, at(many, 5)).map((place) => at(place, lines.length)));
    return keepWhere(lines, (_line, number) => !lost.has(number));
  },
  'a block of one to twelve lines lost': (lines, [many = 0, place = 0]) => {
    const from = at(place, lines.length);
    return keepWhere(lines, (_line, number) => number < from || number >= from + at(many, 12));
  },
  'the start cut': (lines, [place = 0]) => keepWhere(lines, (_line, number) => number >= at(place, lines.length)),
  'the end cut': (lines, [place = 0]) => keepWhere(lines, (_line, number) => number < at(place, lines.length)),
  'two lines of three lost': (lines, places) =>
    keepWhere(lines, (_line, number) => ((places[number % places.length] ?? 0) * number) % 1 < 1 / 3),
};

const GREPS: Readonly<Record<string, RegExp>> = {
  'grep -i memory': /memory/i,
  'grep -i oom': /oom/i,
  "grep -iE 'oom|kill|memory'": /oom|kill|memory/i,
  "grep 'Killed process'": /Killed process/,
  "grep -i 'out of memory'": /out of memory/i,
  "grep -E 'usage|anon|rss'": /usage|anon|rss/,
};

const places = fc.sample(fc.array(fc.nat(9_999), { minLength: 7, maxLength: 7 }), { seed: SEED, numRuns: TRIES });

const counts = { tries: 0, soft: 0 };

describe('a log that lost lines gets no other cause for sure', () => {
  it.each(logFixtures().map((fixture) => [fixture.name, fixture] as const))('%s', (_name, { bytes }) => {
    const lines = bytes.toString('latin1').trimEnd().split('\n');
    const whole = verdicts(
      lines,
      lines.map((_line, index) => index + 1),
    );
    const flips: string[] = [];
    const tryLoss = (story: string, kept: readonly number[]): void => {
      counts.tries++;
      for (const verdict of verdicts(lines, kept)) {
        const same = whole.filter((known) => known.lastLine >= verdict.firstLine && known.firstLine <= verdict.lastLine);
        if (verdict.id === 'insufficient-evidence' || same.some(({ id }) => id === verdict.id)) continue;
        if (verdict.confidence < SURE) counts.soft++;
        else flips.push(`${story}: ${same.map(({ id }) => id).join()} became ${verdict.id} ${verdict.confidence}`);
      }
    };
    for (const [story, pattern] of Object.entries(GREPS))
      tryLoss(
        story,
        keepWhere(lines, (line) => pattern.test(line)),
      );
    for (const [story, loss] of Object.entries(LOSSES)) {
      for (const shares of places) {
        const shifted = shares.map((share, index) => ((share + index * lines.length * 7) % 10_000) / 10_000);
        tryLoss(`${story} by ${shifted.join()}`, loss(lines, shifted));
      }
    }
    expect(flips).toEqual([]);
  });

  it('and seldom another that is not sure', () => {
    expect(counts.tries).toBeGreaterThan(0);
    expect(counts.soft / counts.tries).toBeLessThan(0.08);
  });
});
