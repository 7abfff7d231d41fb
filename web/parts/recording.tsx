import { useMemo } from 'preact/hooks';
import type { OpenedRun } from '../../src/inquiry/opened.js';
import { PEAK_ROWS, runFacts, runVerdict } from '../../src/render/view/lab.js';
import type { LabRunFile } from '../../src/sources/recording/lab-files.js';
import type { LabelKey } from '../../src/words/messages/index.js';
import { printable } from '../../src/words/printable.js';
import type { Band, Mark } from '../charts/drawing.js';
import { STACK, type StackKind, stackOf, stallsOf } from '../charts/stack.js';
import { TimeChart } from '../charts/time-chart.js';
import { type Page, usePage } from './context.js';
import { Bytes, Prose, Section } from './text.js';

export const STACK_NAMES = {
  anon: 'line.anon',
  shmem: 'line.shmem',
  kernel: 'line.kernel',
  writeback: 'part.writeback',
  dirty: 'part.dirty',
  clean: 'page.stack.clean',
  rest: 'line.unexplained',
} as const satisfies Record<StackKind, LabelKey>;

/** A run's chart: what it was charged for, piled up over time, with the limit, the stalls and the kill. */
export function RunChart({
  run,
  ...scale
}: {
  readonly run: LabRunFile;
  readonly isSmall?: boolean;
  readonly mostBytes?: number;
  readonly mostSeconds?: number;
  readonly height?: number;
}) {
  const page = usePage();
  const { series, limitBytes } = run.recording;
  const bands = useMemo(() => bandsOf(run, page), [run, page]);
  const verdict = runVerdict({ ...run, warnings: [] })
    .map((text) => page.words.render(text))
    .join(' ');
  return (
    <TimeChart
      label={verdict}
      atSeconds={series.atSeconds}
      bands={bands}
      isStacked={true}
      {...(limitBytes === undefined ? {} : { limitBytes })}
      marks={marksOf(run, page)}
      stalls={stallsOf(series)}
      {...scale}
    />
  );
}

function bandsOf({ recording }: LabRunFile, { words }: Page): Band[] {
  const stack = stackOf(recording.series);
  return STACK.filter((kind) => stack[kind].some((value) => (value ?? 0) > 0)).map((kind) => ({
    kind,
    name: words.label(STACK_NAMES[kind]),
    values: stack[kind],
  }));
}

/** A hit of the limit is shown by the stalls already. */
function marksOf({ recording }: LabRunFile, { words }: Page): Mark[] {
  return recording.marks.flatMap(({ atSeconds, kind, text }) => {
    if (kind === 'limit-hit') return [];
    const name = words.label(`page.mark.${kind}`);
    return [{ at: atSeconds, kind, text: text === undefined ? name : `${name}: ${printable(text)}` }];
  });
}

/** One recorded run. */
export function RunView({ opened: { run } }: { readonly opened: OpenedRun }) {
  const { words } = usePage();
  const whole = { ...run, warnings: [] };
  return (
    <article class="run">
      <header class="verdict">
        <p class="command">
          <code>{printable(run.command.join(' '))}</code>
        </p>
        <h2 class="verdict-title">
          {runVerdict(whole)
            .map((text) => words.render(text))
            .join(' ')}
        </h2>
      </header>
      <Section title={words.label('page.over-time')} id="over-time-heading">
        {run.recording.series.atSeconds.length < 2 ? (
          <p class="lead">{words.label('page.no-samples')}</p>
        ) : (
          <>
            <RunChart run={run} height={340} />
            <p class="lead">{words.label('page.stalls.explained')}</p>
          </>
        )}
      </Section>
      <Section title={words.label('lab.heading.peaks')} id="peaks-heading">
        <Peaks run={run} />
      </Section>
      <Section title={words.label('page.facts')} id="run-facts-heading">
        <dl class="facts">
          {runFacts(whole).map(({ label, value }) => (
            <div key={label}>
              <dt>{words.label(label)}</dt>
              <dd>
                <Prose of={value} />
              </dd>
            </div>
          ))}
        </dl>
      </Section>
    </article>
  );
}

const PEAK_KINDS = {
  chargedBytes: 'charged',
  unreclaimableBytes: 'charged',
  anonBytes: 'anon',
  fileBytes: 'file',
  dirtyBytes: 'dirty',
  writebackBytes: 'writeback',
  shmemBytes: 'shmem',
  kernelBytes: 'kernel',
  swapBytes: 'unexplained',
} as const satisfies Record<(typeof PEAK_ROWS)[number][0], string>;

/** The largest each part became, drawn on one scale. */
function Peaks({ run: { peak, limitBytes } }: { readonly run: LabRunFile }) {
  const { words } = usePage();
  const whole = Math.max(limitBytes ?? 0, peak.chargedBytes, 1);
  return (
    <ul class="tools">
      {PEAK_ROWS.map(([part, label]) => {
        const size = peak[part];
        return size === undefined ? null : (
          <li key={part}>
            <span class="tool-name">{words.label(label)}</span>
            <span class="tool-size">
              <Bytes of={size} />
            </span>
            <span class="tool-bar" aria-hidden="true">
              <span class={`kind-${PEAK_KINDS[part]}`} style={{ width: `${Math.min(1, size / whole) * 100}%` }} />
            </span>
          </li>
        );
      })}
    </ul>
  );
}
