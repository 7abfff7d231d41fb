import { type Accounting, bytes, type OomReport, type Provenance, ratio } from '../../src/model/index.js';
import { chargeSummary } from '../../src/render/view/charge.js';
import { type CompositionRow, compositionRows } from '../../src/render/view/composition.js';
import { toolRows } from '../../src/render/view/tools.js';
import { say } from '../../src/render/view/words.js';
import type { LabelKey } from '../../src/words/messages/index.js';
import { compositionBar, type Segment } from '../charts/segments.js';
import { usePage } from '../parts/context.js';
import { Term } from '../parts/term.js';
import { Bytes, Cited, Prose, Scroll, Section, Share } from '../parts/text.js';

const SEGMENT_NAMES = {
  anon: 'line.anon',
  file: 'line.file',
  clean: 'page.stack.clean',
  dirty: 'part.dirty',
  writeback: 'part.writeback',
  shmem: 'line.shmem',
  kernel: 'line.kernel',
  unexplained: 'line.unexplained',
  free: 'line.free',
} as const satisfies Record<Segment['id'], LabelKey>;

/** The composition at the kill as one bar against the limit. */
export function Composition({ accounting }: { readonly accounting: Accounting }) {
  const { words } = usePage();
  const { segments, limitAt } = compositionBar(accounting);
  const spoken = segments.map(({ id, bytes: size }) =>
    words.render(say('page.segment', { name: words.label(SEGMENT_NAMES[id]), size: bytes(size) })),
  );
  return (
    <figure class="composition">
      <figcaption>
        <Prose of={chargeSummary(accounting)} />
      </figcaption>
      <div class="bar" role="img" aria-label={spoken.join(words.label('list.separator'))}>
        {segments.map(({ id, bytes: size, width }) => (
          <span
            key={id}
            class={`segment kind-${id}`}
            style={{ width: `${width * 100}%` }}
            title={words.render(say('page.segment', { name: words.label(SEGMENT_NAMES[id]), size: bytes(size) }))}
          >
            {width > 0.12 && id !== 'free' ? (
              <span class="segment-label" aria-hidden="true">
                {words.render(say('value', { value: ratio(accounting.chargedBytes > 0 ? size / accounting.chargedBytes : 0) }))}
              </span>
            ) : null}
          </span>
        ))}
        {limitAt === undefined || limitAt > 0.999 ? null : <span class="limit-mark" style={{ left: `${limitAt * 100}%` }} />}
      </div>
      <ul class="legend" aria-hidden="true">
        {segments.map(({ id, bytes: size }) => (
          <li key={id}>
            <span class={`swatch kind-${id}`} />
            {words.label(SEGMENT_NAMES[id])} <Bytes of={size} />
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** The closed identity as a table, with how every number was got and where it was read. */
export function MemoryTable({ accounting }: { readonly accounting: Accounting }) {
  const { words } = usePage();
  const rows = compositionRows(accounting, true);
  const noted = accounting.lines.flatMap(({ id, note }) => (note === undefined ? [] : [{ id, note }]));
  return (
    <Section title={words.label('heading.memory')} id="memory-heading">
      <Scroll labelledBy="memory-heading">
        <table class="accounting">
          <thead>
            <tr>
              <th scope="col">{words.label('column.line')}</th>
              <th scope="col" class="number">
                {words.label('column.size')}
              </th>
              <th scope="col" class="number">
                {words.label('column.share')}
              </th>
              <th scope="col">{words.label('column.how')}</th>
              <th scope="col">{words.label('column.from')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <MemoryRow key={`${row.kind} ${row.id} ${index}`} row={row} />
            ))}
          </tbody>
        </table>
      </Scroll>
      {noted.length === 0 ? null : (
        <dl class="notes">
          {noted.map(({ id, note }) => (
            <div key={id}>
              <dt>{words.label(`line.${id}`)}</dt>
              <dd>
                <Prose of={note} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Section>
  );
}

function MemoryRow({ row }: { readonly row: CompositionRow }) {
  const { words } = usePage();
  const { kind, id, name, bytes: size, share, how, from } = row;
  return (
    <tr class={`row-${kind}`} data-id={id}>
      <th scope="row">
        {kind === 'line' || kind === 'free' || id === 'dirty' || id === 'writeback' ? (
          <span class={`swatch kind-${id}`} aria-hidden="true" />
        ) : (
          <span class="swatch" aria-hidden="true" />
        )}
        <Term of={id}>{words.render(name)}</Term>
      </th>
      <td class="number">
        <Bytes of={size} />
      </td>
      <td class="number">
        <Share of={share} />
      </td>
      <td class={`how how-${how}`}>{words.label(`how.${how}`)}</td>
      <td>
        <Cited from={from} />
      </td>
    </tr>
  );
}

/** The same memory as the tools an operator knows would have shown it. */
export function Tools({ accounting, report }: { readonly accounting: Accounting; readonly report: OomReport }) {
  const { words } = usePage();
  const rows = toolRows(accounting, report.taskTable?.rows ?? []);
  if (rows.length === 0) return null;
  const whole = Math.max(accounting.chargedBytes, ...rows.map(({ bytes: size }) => size ?? 0), 1);
  const all: {
    tool: LabelKey;
    bytes?: number;
    explanation?: (typeof rows)[number]['explanation'];
    from: readonly Provenance[];
  }[] = [
    ...rows,
    {
      tool: accounting.scope === 'node' ? 'line.in-use' : 'line.charged',
      bytes: accounting.chargedBytes,
      from: accounting.chargedFrom,
    },
  ];
  return (
    <Section title={words.label('heading.tools')} id="tools-heading">
      <ul class="tools">
        {all.map(({ tool, bytes: size, explanation, from }) => (
          <li key={tool}>
            <span class="tool-name">{words.label(tool)}</span>
            <span class="tool-size">
              {size === undefined ? <span class="absent">{words.label('unknown')}</span> : <Bytes of={size} />}
            </span>
            <span class="tool-bar" aria-hidden="true">
              <span style={{ width: `${((size ?? 0) / whole) * 100}%` }} class={size === undefined ? 'unknown' : ''} />
            </span>
            {explanation === undefined ? null : (
              <span class="tool-words">
                <Prose of={explanation} /> <Cited from={from} />
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
