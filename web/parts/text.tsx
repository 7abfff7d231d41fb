import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { bytes, type Message, type Provenance, ratio } from '../../src/model/index.js';
import { cite, citeLines } from '../../src/render/view/citation.js';
import { say } from '../../src/render/view/words.js';
import { LITERAL_BACKTICK, usePage } from './context.js';

/** A size for reading, with the exact one behind it. */
export function Bytes({ of }: { readonly of: number | undefined }) {
  const { words, exact } = usePage();
  if (of === undefined) return <span class="absent">{words.label('none')}</span>;
  const value = say('value', { value: bytes(of) });
  return (
    <data value={of} title={exact.render(value)}>
      {words.render(value)}
    </data>
  );
}

/** A share of a whole, as a percentage. */
export function Share({ of }: { readonly of: number | undefined }) {
  const { words } = usePage();
  if (of === undefined) return <span class="absent">{words.label('none')}</span>;
  return <span>{words.render(say('value', { value: ratio(of) }))}</span>;
}

/** A sentence; what it sets between backticks is code. */
export function Prose({ of }: { readonly of: Message }) {
  const { prose } = usePage();
  return <Marked text={prose.render(of)} />;
}

/** A sentence of a catalogue. */
export function Marked({ text }: { readonly text: string }) {
  const pieces = text.split('`').map((piece) => piece.replaceAll(LITERAL_BACKTICK, '`'));
  return <>{pieces.map((piece, index) => (index % 2 === 0 ? piece : <code key={index}>{piece}</code>))}</>;
}

/** Where something was read. With the log on the page, a click shows the lines. */
export function Cited({ from }: { readonly from: readonly Provenance[] }) {
  const { words, showLines, hasLines } = usePage();
  if (from.length === 0) return null;
  const places = cite(from).join(', ');
  if (!hasLines(from)) return <span class="place">{places}</span>;
  return (
    <button
      type="button"
      class="place"
      title={`${words.label('page.show-lines')}: ${places}`}
      onClick={({ currentTarget }) => showLines(from, currentTarget)}
    >
      {citeLines(from)}
    </button>
  );
}

/** A button that puts a text on the clipboard, and says so. */
export function CopyButton({ text, what }: { readonly text: string; readonly what?: string }) {
  const { words } = usePage();
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState('done');
    } catch {
      setState('failed');
    }
    setTimeout(() => setState('idle'), 2000);
  };
  const label = words.label(state === 'done' ? 'page.copied' : state === 'failed' ? 'page.copy-failed' : 'page.copy');
  return (
    <button
      type="button"
      class="quiet copy"
      aria-label={what === undefined ? label : `${label}: ${what}`}
      onClick={() => void copy()}
    >
      {label}
    </button>
  );
}

/** A part of the page under a heading. */
export function Section({
  title,
  aside,
  id,
  children,
}: {
  readonly title: string;
  readonly aside?: ComponentChildren;
  readonly id: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="section" aria-labelledby={id}>
      <header class="section-head">
        <h3 id={id}>{title}</h3>
        {aside === undefined ? null : <div class="section-aside">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

/** A box that scrolls sideways when it must, with the keyboard too. */
export function Scroll({ labelledBy, children }: { readonly labelledBy: string; readonly children: ComponentChildren }) {
  return (
    <figure class="scroll" tabIndex={0} aria-labelledby={labelledBy}>
      {children}
    </figure>
  );
}
