import { useEffect, useState } from 'preact/hooks';
import type { Diagnosis } from '../../src/model/index.js';
import type { HeapTable } from '../../src/render/heap/tables.js';
import { heapTable, runtimeTable } from '../../src/render/heap/tables.js';
import { heapTitle } from '../../src/render/heap/title.js';
import type { FlameNode } from '../../src/sources/heap/flame-tree.js';
import type { HeapContents } from '../../src/sources/heap/heap-findings.js';
import { heapVerdict } from '../../src/sources/heap/verdict.js';
import { formatCount } from '../../src/words/format/number.js';
import { formatBytes } from '../../src/words/format/size.js';
import { printable } from '../../src/words/printable.js';
import type { HeapQuestion, HeapView } from '../worker/protocol.js';
import { usePage } from './context.js';
import { flameBoxes, hueOf, nodeAt } from './flame-layout.js';
import { Bytes, Prose, Scroll, Section } from './text.js';

/** A heap profile: held against the memory of its process and cgroup, as a flame graph and as a table. */
export function HeapPage({
  index,
  ask,
  diagnosis,
}: {
  readonly index: number;
  readonly ask: (question: HeapQuestion) => Promise<HeapView>;
  readonly diagnosis: Diagnosis | undefined;
}) {
  const { words } = usePage();
  const [question, setQuestion] = useState<HeapQuestion>({ index });
  const [view, setView] = useState<HeapView | undefined>(undefined);
  useEffect(() => setQuestion({ index }), [index]);
  useEffect(() => {
    let isWanted = true;
    void ask(question).then((answer) => {
      if (isWanted) setView(answer);
    });
    return () => {
      isWanted = false;
    };
  }, [question, ask]);
  if (view === undefined) return <p class="lead">{words.label('page.working')}</p>;
  const { findings, sampleTypes, flame } = view;
  const { contents, inuseBytes, notes } = findings;
  const units = { size: formatBytes, count: formatCount, words };
  const isPprof = contents.format === 'pprof';
  return (
    <article class="heap">
      <header class="verdict">
        <h2 class="verdict-title">
          <Prose of={heapTitle(findings)} />
        </h2>
      </header>
      {inuseBytes === undefined ? null : <AgainstMemory heapBytes={inuseBytes} diagnosis={diagnosis} />}
      {isPprof ? (
        <p class="controls">
          <label>
            {words.label('page.heap.count')}{' '}
            <select
              value={contents.top.sampleType.type}
              onInput={({ currentTarget }) => setQuestion({ ...question, sampleType: currentTarget.value })}
            >
              {sampleTypes.map((type) => (
                <option key={type} value={type}>
                  {printable(type)}
                </option>
              ))}
            </select>
          </label>
          <label>
            {words.label('page.heap.order')}{' '}
            <select
              value={question.sort ?? 'flat'}
              onInput={({ currentTarget }) => setQuestion({ ...question, sort: currentTarget.value === 'cum' ? 'cum' : 'flat' })}
            >
              <option value="flat">flat</option>
              <option value="cum">cum</option>
            </select>
          </label>
        </p>
      ) : null}
      {flame === undefined || !isPprof ? null : <Flame root={flame} format={valueFormat(contents)} />}
      <Section title={words.label('page.heap.table')} id="heap-table-heading">
        <Table table={heapTable(contents, units)} labelledBy="heap-table-heading" />
      </Section>
      {isPprof && contents.runtime !== undefined ? (
        <Section title={words.label('heap.go.heading')} id="runtime-heading">
          <Table table={runtimeTable(contents.runtime, units)} labelledBy="runtime-heading" />
        </Section>
      ) : null}
      {notes.length === 0 ? null : (
        <ul class="warnings">
          {notes.map((note, at) => (
            <li key={at}>
              <Prose of={note} />
            </li>
          ))}
        </ul>
      )}
    </article>
  );
}

function valueFormat(contents: HeapContents): (value: number) => string {
  return contents.format === 'pprof' && /^bytes?$/.test(contents.top.sampleType.unit) ? formatBytes : formatCount;
}

/** Heap, RSS and charge on one scale: of the incident that is open, or as they are typed in. */
function AgainstMemory({ heapBytes, diagnosis }: { readonly heapBytes: number; readonly diagnosis: Diagnosis | undefined }) {
  const { words } = usePage();
  const [typed, setTyped] = useState<{ rss?: number; charged?: number }>({});
  const accounting = diagnosis?.accounting;
  const rssBytes = typed.rss ?? accounting?.processes?.rssBytes;
  const chargedBytes = typed.charged ?? accounting?.chargedBytes;
  const verdict = heapVerdict({
    heapBytes,
    ...(rssBytes === undefined ? {} : { rssBytes }),
    ...(chargedBytes === undefined ? {} : { chargedBytes }),
  });
  const rows = [
    ['page.heap.heap', heapBytes],
    ['page.heap.rss', rssBytes],
    ['page.heap.charged', chargedBytes],
    ['page.heap.limit', accounting?.limitBytes],
  ] as const;
  const whole = Math.max(...rows.map(([, size]) => size ?? 0), 1);
  const isComparable = rssBytes !== undefined || chargedBytes !== undefined;
  const field = (name: 'rss' | 'charged', label: string) => (
    <label>
      {label}{' '}
      <input
        type="number"
        min="0"
        step="any"
        inputMode="decimal"
        onInput={({ currentTarget }) => {
          const mib = Number.parseFloat(currentTarget.value);
          const { [name]: _, ...others } = typed;
          setTyped(Number.isFinite(mib) && mib > 0 ? { ...others, [name]: mib * 1024 * 1024 } : others);
        }}
      />{' '}
      MiB
    </label>
  );
  return (
    <Section title={words.label('page.heap.against')} id="against-heading">
      {isComparable ? (
        <p class="heap-verdict">
          <Prose of={verdict} />
        </p>
      ) : (
        <p class="lead">{words.label('page.heap.type-in')}</p>
      )}
      <ul class="tools">
        {rows.map(([label, size]) =>
          size === undefined ? null : (
            <li key={label}>
              <span class="tool-name">{words.label(label)}</span>
              <span class="tool-size">
                <Bytes of={size} />
              </span>
              <span class="tool-bar" aria-hidden="true">
                <span class={label === 'page.heap.heap' ? 'kind-anon' : ''} style={{ width: `${(size / whole) * 100}%` }} />
              </span>
            </li>
          ),
        )}
      </ul>
      {accounting === undefined ? (
        <p class="controls">
          {field('rss', words.label('page.heap.rss'))} {field('charged', words.label('page.heap.charged'))}
        </p>
      ) : null}
    </Section>
  );
}

/** The call paths of a profile: callers above, what they called below, as wide as what they hold. A click goes into one. */
function Flame({ root, format }: { readonly root: FlameNode; readonly format: (value: number) => string }) {
  const { words } = usePage();
  const [path, setPath] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => setPath(''), [root]);
  const boxes = flameBoxes(root, path);
  const depth = Math.max(...boxes.map((box) => box.depth));
  const wanted = search.trim().toLowerCase();
  const total = Math.abs(nodeAt(root, '').value) || 1;
  const nameOf = (node: FlameNode): string => (node.name === '' ? words.label('page.flame.root') : printable(node.name));
  return (
    <Section
      title={words.label('page.flame')}
      id="flame-heading"
      aside={
        <>
          {path === '' ? null : (
            <button type="button" class="quiet" onClick={() => setPath('')}>
              {words.label('page.flame.whole')}
            </button>
          )}
          <input
            type="search"
            value={search}
            placeholder={words.label('page.flame.search')}
            aria-label={words.label('page.flame.search')}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </>
      }
    >
      <div class="flame" style={{ height: `${(depth + 1) * 22}px` }}>
        {boxes.map((box) => {
          const { node } = box;
          const label = `${nameOf(node)} ${format(node.value)} (${((Math.abs(node.value) / total) * 100).toFixed(1)} %)`;
          const isFound = wanted !== '' && node.name.toLowerCase().includes(wanted);
          return (
            <button
              type="button"
              key={box.path}
              class={`frame ${isFound ? 'found' : ''} ${wanted !== '' && !isFound ? 'dimmed' : ''}`}
              style={{
                left: `${box.left * 100}%`,
                width: `${box.width * 100}%`,
                top: `${box.depth * 22}px`,
                '--hue': hueOf(node.name).toFixed(3),
              }}
              title={label}
              aria-label={label}
              onClick={() => setPath(box.path)}
            >
              <span aria-hidden="true">{box.width > 0.03 ? shortName(nameOf(node)) : ''}</span>
            </button>
          );
        })}
      </div>
      <p class="lead">{words.label('page.flame.explained')}</p>
    </Section>
  );
}

/** Without the path of its package, which the whole name in the box's title has. */
function shortName(name: string): string {
  return name.replace(/^.*\/(?=.)/, '');
}

function Table({ table: { columns, rows }, labelledBy }: { readonly table: HeapTable; readonly labelledBy: string }) {
  const { words } = usePage();
  return (
    <Scroll labelledBy={labelledBy}>
      <table>
        <thead>
          <tr>
            {columns.map(({ label, align }) => (
              <th key={label} scope="col" class={align === 'right' ? 'number' : ''}>
                {words.label(label)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, at) => (
                <td key={at} class={columns[at]?.align === 'right' ? 'number' : 'wrap'}>
                  {printable(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
