import glossary from 'virtual:glossary';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { usePage } from './context.js';

/** Between a term and the edge of the window. */
const MARGIN = 8;

/** A word of the report. Hovering over it or focusing it tells what it means, where the glossary has it. */
export function Term({ of, children }: { readonly of: string; readonly children: ComponentChildren }) {
  const { lang } = usePage();
  const id = useId();
  const box = useRef<HTMLSpanElement>(null);
  const tip = useRef<HTMLSpanElement>(null);
  const [isOpen, setOpen] = useState(false);
  const entry = glossary[of];
  // The pointer may go on into the explanation: the box, which is not a control itself, holds both.
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const open = (): void => setOpen(true);
    const close = (): void => setOpen(false);
    element.addEventListener('mouseenter', open);
    element.addEventListener('mouseleave', close);
    return () => {
      element.removeEventListener('mouseenter', open);
      element.removeEventListener('mouseleave', close);
    };
  }, []);
  useEffect(() => {
    if (!isOpen || box.current === null || tip.current === null) return;
    place(tip.current, box.current.getBoundingClientRect());
    const close = (): void => setOpen(false);
    const closeByKey = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') close();
    };
    addEventListener('scroll', close, { capture: true, once: true, passive: true });
    addEventListener('keydown', closeByKey);
    return () => {
      removeEventListener('scroll', close, { capture: true });
      removeEventListener('keydown', closeByKey);
    };
  }, [isOpen]);
  if (entry === undefined) return <>{children}</>;
  return (
    <span class="term-box" ref={box}>
      <button
        type="button"
        class="term"
        aria-describedby={id}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onClick={() => setOpen(true)}
      >
        {children}
      </button>
      <span class="tip" role="tooltip" id={id} ref={tip} hidden={!isOpen}>
        <strong>{entry.term}</strong> {entry[lang]}
      </span>
    </span>
  );
}

/** Puts the explanation under its term, or over it where there is no room, within the window: a table that scrolls would cut it. */
function place(tip: HTMLElement, term: DOMRect): void {
  const { offsetWidth: width, offsetHeight: height } = tip;
  const left = Math.max(MARGIN, Math.min(term.left, document.documentElement.clientWidth - width - MARGIN));
  const isRoomBelow = term.bottom + height + MARGIN < innerHeight;
  tip.style.left = `${left}px`;
  tip.style.top = `${isRoomBelow ? term.bottom : term.top - height}px`;
}
