import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Excerpt } from '../../src/model/index.js';
import { sourceName } from '../../src/render/view/citation.js';
import { printableBlock } from '../../src/words/printable.js';
import { usePage } from '../parts/context.js';
import { logRuns } from './log-runs.js';

/** The lines to mark, and a number that changes with every wish to see them. */
export interface Marked {
  readonly lines: ReadonlySet<number>;
  readonly wish: number;
  /** What was clicked to see them. */
  readonly origin?: HTMLElement;
}

/** Lines in one element: a browser lays out only those in sight. */
const MOST_LINES = 200;

/** The lines of the log, those that were asked for marked and scrolled to. */
export function LogLines({ excerpt, marked }: { readonly excerpt: Excerpt; readonly marked: Marked }) {
  const { words } = usePage();
  const box = useRef<HTMLElement>(null);
  const isPrinting = useIsPrinting();
  const shown = useMemo(
    () => excerpt.parts.map(({ firstLine, lines }) => ({ firstLine, lines: lines.map(lineText) })),
    [excerpt],
  );
  const runs = useMemo(() => logRuns(shown, marked.lines, isPrinting ? 1 : MOST_LINES), [shown, marked.lines, isPrinting]);
  useEffect(() => {
    if (marked.wish === 0) return;
    const first = box.current?.querySelector<HTMLElement>('.marked');
    if (first === null || first === undefined || box.current === null) return;
    box.current.scrollTop = first.offsetTop - box.current.clientHeight / 3;
    box.current.scrollIntoView({ block: 'nearest' });
    box.current.focus({ preventScroll: true });
  }, [marked.wish]);
  return (
    <section class="section log" aria-labelledby="log-heading">
      <header class="section-head">
        <h3 id="log-heading">{words.label('page.log')}</h3>
        {marked.origin === undefined ? (
          <span class="place">{sourceName(excerpt.source)}</span>
        ) : (
          <button type="button" class="quiet" onClick={() => goBack(marked.origin)}>
            {words.label('page.log.back')}
          </button>
        )}
      </header>
      {excerpt.leftOut === undefined ? null : <p class="place">{words.label('page.log.left-out', { count: excerpt.leftOut })}</p>}
      <figure class="log-lines" ref={box} tabIndex={0} aria-labelledby="log-heading">
        {runs.map(({ firstLine, lines, isMarked, isAfterGap }) => (
          <div
            key={`${firstLine} ${isMarked}`}
            class={isMarked ? 'log-line marked' : 'log-line'}
            data-line={firstLine}
            style={{ '--lines': lines.length }}
          >
            {isAfterGap ? <p class="log-gap">…</p> : null}
            <span class="log-number" aria-hidden="true">
              {lines.map((_, at) => firstLine + at).join('\n')}
            </span>
            {isMarked ? <mark>{lines.join('\n')}</mark> : <span>{lines.join('\n')}</span>}
          </div>
        ))}
      </figure>
    </section>
  );
}

/** Whether the page is being printed: there long lines are wrapped, and each has its number beside it. */
function useIsPrinting(): boolean {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const before = (): void => setPrinting(true);
    const after = (): void => setPrinting(false);
    addEventListener('beforeprint', before);
    addEventListener('afterprint', after);
    return () => {
      removeEventListener('beforeprint', before);
      removeEventListener('afterprint', after);
    };
  }, []);
  return isPrinting;
}

/** To the citation that the reader came from. */
function goBack(origin: HTMLElement | undefined): void {
  origin?.scrollIntoView({ block: 'center' });
  origin?.focus({ preventScroll: true });
}

/** A tab keeps the column's look; all else that could hide or reorder is made visible. */
function lineText(text: string): string {
  return printableBlock(text.replaceAll('\t', '    ')).join('');
}
