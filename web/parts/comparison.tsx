import type { OpenedComparison, OpenedRun } from '../../src/inquiry/opened.js';
import type { LabComparison, PeakMemory } from '../../src/model/index.js';
import { runVerdict, variantVerdicts } from '../../src/render/view/lab.js';
import type { LabRunFile } from '../../src/sources/recording/lab-files.js';
import { formatSeconds } from '../../src/words/format/time.js';
import type { LabelKey } from '../../src/words/messages/index.js';
import { printable } from '../../src/words/printable.js';
import { STACK, type StackKind, stackOf } from '../charts/stack.js';
import { usePage } from './context.js';
import { RunChart, STACK_NAMES } from './recording.js';
import { Bytes, Prose, Section } from './text.js';

/** Recorded runs as small charts on one scale, so that they can be held against each other. */
export function RunsBesideEachOther({ runs }: { readonly runs: readonly OpenedRun[] }) {
  const { words } = usePage();
  const drawable = runs.filter(({ run }) => run.recording.series.atSeconds.length > 1);
  const mostBytes = Math.max(...drawable.map(({ run }) => Math.max(run.limitBytes ?? 0, run.peak.chargedBytes)));
  const mostSeconds = Math.max(...drawable.map(({ run }) => run.recording.series.atSeconds.at(-1) ?? 0));
  return (
    <article class="comparison">
      <header class="verdict">
        <h2 class="verdict-title">{words.label('page.beside')}</h2>
        <p class="lead">{words.label('page.beside.explained')}</p>
      </header>
      <ul class="multiples">
        {drawable.map(({ source, run }) => (
          <li key={source}>
            <h3>{printable(source)}</h3>
            <p class={run.oomKills > 0 ? 'outcome bad' : 'outcome'}>
              {runVerdict({ ...run, warnings: [] })
                .map((text) => words.render(text))
                .join(' ')}
            </p>
            <RunChart run={run} isSmall={true} height={170} mostBytes={mostBytes} mostSeconds={mostSeconds} />
          </li>
        ))}
      </ul>
      <ul class="legend">
        {STACK.filter((kind) => drawable.some(({ run }) => holds(run, kind))).map((kind) => (
          <li key={kind}>
            <span class={`swatch kind-${kind}`} aria-hidden="true" /> {words.label(STACK_NAMES[kind])}
          </li>
        ))}
      </ul>
    </article>
  );
}

function holds({ recording }: LabRunFile, kind: StackKind): boolean {
  return stackOf(recording.series)[kind].some((value) => (value ?? 0) > 0);
}

const DRAWN = [
  ['unreclaimableBytes', 'lab.part.unreclaimable', 'charged'],
  ['anonBytes', 'line.anon', 'anon'],
  ['dirtyBytes', 'part.dirty', 'dirty'],
  ['writebackBytes', 'part.writeback', 'writeback'],
  ['fileBytes', 'line.file', 'file'],
  ['shmemBytes', 'line.shmem', 'shmem'],
  ['kernelBytes', 'line.kernel', 'kernel'],
] as const satisfies readonly (readonly [keyof PeakMemory, LabelKey, string])[];

/** A comparison: what it says of each variant, and the peaks of all on one scale. */
export function ComparisonView({ opened: { comparison } }: { readonly opened: OpenedComparison }) {
  const { words, lang } = usePage();
  // What the verdicts look at is in the file: the runs without their recordings.
  const verdicts = variantVerdicts({ ...comparison, warnings: [] } as unknown as LabComparison);
  const { variants, limitBytes } = comparison;
  const whole = Math.max(limitBytes ?? 0, ...variants.map(({ peak }) => peak.chargedBytes?.max ?? 0), 1);
  const isHeld = (part: keyof PeakMemory): boolean => variants.some(({ peak }) => (peak[part]?.max ?? 0) > 0);
  const longest = Math.max(...variants.map(({ wallSeconds }) => wallSeconds.median), Number.MIN_VALUE);
  return (
    <article class="comparison">
      <header class="verdict">
        <h2 class="verdict-title">{words.label('lab.compare.verdict')}</h2>
        <ul class="variant-verdicts">
          {verdicts.map((verdict, index) => (
            <li key={index} class={verdict.key === 'lab.compare.unsafe' ? 'bad' : ''}>
              <Prose of={verdict} />
            </li>
          ))}
        </ul>
      </header>
      <Section title={words.label('lab.heading.peaks')} id="variants-heading">
        <ul class="multiples">
          {variants.map((variant) => (
            <li key={variant.name}>
              <h4>{printable(variant.name)}</h4>
              <p class={variant.withOomKills > 0 ? 'outcome bad' : 'outcome'}>
                {words.label('page.variant', {
                  ok: String(variant.succeeded),
                  runs: String(variant.runs.length),
                  kills: String(variant.withOomKills),
                })}
              </p>
              <p class="variant-time">
                <span>{formatSeconds(variant.wallSeconds.median, lang)}</span>
                <span class="tool-bar" aria-hidden="true">
                  <span class="time" style={{ width: `${(variant.wallSeconds.median / longest) * 100}%` }} />
                </span>
              </p>
              <ul class="variant-peaks">
                {DRAWN.map(([part, label, kind]) => {
                  const spread = variant.peak[part];
                  return spread === undefined || !isHeld(part) ? null : (
                    <li key={part}>
                      <span class="variant-part">{words.label(label)}</span>
                      <span class="tool-bar" aria-hidden="true">
                        <span class={`kind-${kind}`} style={{ width: `${Math.min(1, spread.median / whole) * 100}%` }} />
                        <i class="reach" style={{ left: `${Math.min(1, spread.max / whole) * 100}%` }} />
                      </span>
                      <Bytes of={spread.median} />
                    </li>
                  );
                })}
              </ul>
            </li>
          ))}
        </ul>
      </Section>
    </article>
  );
}
