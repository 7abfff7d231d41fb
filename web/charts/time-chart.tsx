import type { SVGAttributes, TargetedPointerEvent } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { bytes } from '../../src/model/index.js';
import { say } from '../../src/render/view/words.js';
import { type Page, usePage } from '../parts/context.js';
import { Bytes } from '../parts/text.js';
import { Axes, type Band, Bands, type Field, type Mark, Marks, type Span, STALLS_HEIGHT, Stalls } from './drawing.js';
import { nearest, scaleOf } from './scale.js';
import { piled, type Stall } from './stack.js';

export interface TimeChartProps {
  /** Said by a screen reader in place of the picture. */
  readonly label: string;
  /** Seconds; since 1970 with `isWallClock`, else since a beginning. */
  readonly atSeconds: readonly number[];
  readonly isWallClock?: boolean;
  readonly bands: readonly Band[];
  /** Piled on each other, or each a line of its own. */
  readonly isStacked: boolean;
  readonly limitBytes?: number;
  readonly marks?: readonly Mark[];
  readonly stalls?: readonly Stall[];
  readonly height?: number;
  /** The scales of several charts beside each other. */
  readonly mostBytes?: number;
  readonly mostSeconds?: number;
  /** A small one has no read-out and no zoom. */
  readonly isSmall?: boolean;
}

/** Room for the names of marks above the picture. */
const MARKS_HEIGHT = 18;
/** Room for the stalls and the times below it. */
const FOOT_HEIGHT = 34;
/** What is not wider than this was meant as a click. */
const NARROWEST_DRAG = 8;

/** Memory over time: bands, limit, stalls and marks; dragging zooms, pointer and slider read out. */
export function TimeChart(props: TimeChartProps) {
  const { label, atSeconds, bands, isSmall = false, isWallClock = false, height = 280 } = props;
  const { words } = usePage();
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  // A kill comes after the last sample.
  const ends = [atSeconds.at(-1) ?? 1, props.mostSeconds ?? 0, ...(props.marks ?? []).map((mark) => mark.at)];
  const whole: Span = { from: atSeconds[0] ?? 0, to: Math.max(...ends) };
  const [zoom, setZoom] = useState<Span | undefined>(undefined);
  const [at, setAt] = useState<number | undefined>(undefined);
  const [drag, setDrag] = useState<Span | undefined>(undefined);
  useEffect(() => {
    setZoom(undefined);
    setAt(undefined);
  }, [atSeconds]);
  const span = zoom ?? whole;
  const field: Field = { left: isSmall ? 58 : 64, right: width - 12, top: MARKS_HEIGHT, bottom: height - FOOT_HEIGHT };
  const x = scaleOf(span.from, span.to, field.left, field.right);
  const picture = useMemo(
    () => <Picture {...props} span={span} field={field} width={width} />,
    [props.atSeconds, props.bands, props.limitBytes, props.mostBytes, props.marks, span.from, span.to, width, height, words],
  );
  const momentOf = (event: TargetedPointerEvent<SVGSVGElement>): number => {
    const pixel = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const inside = Math.min(field.right, Math.max(field.left, pixel));
    return scaleOf(field.left, field.right, span.from, span.to)(inside);
  };
  const handlers: SVGAttributes<SVGSVGElement> = {
    onPointerMove: (event) => {
      const moment = momentOf(event);
      setAt(nearest(atSeconds, moment));
      if (drag !== undefined) setDrag({ from: drag.from, to: moment });
    },
    onPointerDown: (event) => {
      // A finger scrolls and reads; a mouse or a pen also marks.
      if (event.pointerType === 'touch' || event.button !== 0) return;
      event.preventDefault();
      event.currentTarget.setPointerCapture(event.pointerId);
      const moment = momentOf(event);
      setDrag({ from: moment, to: moment });
    },
    onPointerUp: () => {
      if (drag !== undefined && Math.abs(x(drag.to) - x(drag.from)) > NARROWEST_DRAG) {
        setZoom({ from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) });
      }
      setDrag(undefined);
    },
    onPointerCancel: () => setDrag(undefined),
    onDblClick: () => setZoom(undefined),
  };
  return (
    <div class={isSmall ? 'chart small' : 'chart'} ref={box}>
      <svg role="img" aria-label={label} width={width} height={height} {...(isSmall ? {} : handlers)}>
        {picture}
        {at === undefined ? null : <path class="cursor" d={`M${x(atSeconds[at] ?? 0)} ${field.top}V${field.bottom}`} />}
        {drag === undefined ? null : (
          <rect
            class="drag"
            x={Math.min(x(drag.from), x(drag.to))}
            y={field.top}
            width={Math.abs(x(drag.to) - x(drag.from))}
            height={field.bottom - field.top}
          />
        )}
      </svg>
      {isSmall ? null : (
        <>
          <input
            type="range"
            class="moment"
            min={0}
            max={atSeconds.length - 1}
            value={at ?? 0}
            aria-label={words.label('page.chart.moment')}
            aria-valuetext={at === undefined ? words.label('page.chart.hint') : spoken(at, props, words)}
            onInput={({ currentTarget }) => {
              const next = currentTarget.valueAsNumber;
              setAt(next);
              const moment = atSeconds[next] ?? 0;
              if (zoom !== undefined && (moment < zoom.from || moment > zoom.to)) setZoom(undefined);
            }}
          />
          <div class="readout">
            <p class="readout-at">
              {at === undefined ? words.label('page.chart.hint') : momentText(atSeconds[at] ?? 0, isWallClock)}
              {zoom === undefined ? null : (
                <button type="button" class="quiet" onClick={() => setZoom(undefined)}>
                  {words.label('page.chart.reset')}
                </button>
              )}
            </p>
            <ul>
              {[...bands].reverse().map(({ kind, name, values }) => (
                <li key={kind}>
                  <span class={`swatch kind-${kind}`} aria-hidden="true" /> {name}{' '}
                  {at === undefined ? null : <Bytes of={values[at] ?? undefined} />}
                </li>
              ))}
            </ul>
          </div>
        </>
      )}
    </div>
  );
}

/** What stands still while the pointer moves. */
function Picture({
  atSeconds,
  isWallClock = false,
  bands,
  isStacked,
  limitBytes,
  marks = [],
  stalls = [],
  mostBytes,
  span,
  field,
  width,
}: TimeChartProps & { readonly span: Span; readonly field: Field; readonly width: number }) {
  const { words } = usePage();
  const columns = bands.map(({ values }) => values);
  const tops = isStacked ? piled(columns).slice(-1) : columns;
  const drawnMost = tops.flat().reduce<number>((most, value) => Math.max(most, value ?? 0), 1);
  const most = Math.max(mostBytes ?? 0, limitBytes ?? 0, drawnMost) * 1.08;
  const x = scaleOf(span.from, span.to, field.left, field.right);
  const y = scaleOf(0, most, field.bottom, field.top);
  const { left, right, top, bottom } = field;
  return (
    <>
      <Axes field={field} x={x} y={y} span={span} mostBytes={most} isWallClock={isWallClock} />
      {/* A picture in the picture cuts off what a zoom leaves out. */}
      <svg
        x={left}
        y={top}
        width={Math.max(0, right - left)}
        height={bottom - top + STALLS_HEIGHT}
        viewBox={viewBox(field)}
        aria-hidden="true"
      >
        <Bands atSeconds={atSeconds} bands={bands} isStacked={isStacked} x={x} y={y} />
        <Stalls stalls={stalls} x={x} field={field} />
      </svg>
      {limitBytes === undefined ? null : (
        <>
          <path class="limit-line" d={`M${left} ${y(limitBytes)}H${right}`} />
          <text class="tick-text" x={Math.min(left + 6, width)} y={y(limitBytes) - 5}>
            {words.label('page.heap.limit')}
          </text>
        </>
      )}
      <Marks marks={marks} x={x} field={field} />
    </>
  );
}

function viewBox({ left, right, top, bottom }: Field): string {
  return `${left} ${top} ${Math.max(1, right - left)} ${bottom - top + STALLS_HEIGHT}`;
}

/** The width of an element, followed as it changes. */
function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(640);
  // Before the browser paints: a picture that is too wide would widen the page.
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = (): void => {
      if (element.clientWidth > 0) setWidth(element.clientWidth);
    };
    measure();
    const follow = new ResizeObserver(measure);
    follow.observe(element);
    return () => follow.disconnect();
  }, [box]);
  return width;
}

function momentText(seconds: number, isWallClock: boolean): string {
  if (!isWallClock) return `${seconds.toFixed(2)} s`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** A moment with its sizes, for a screen reader. */
function spoken(at: number, { atSeconds, isWallClock = false, bands }: TimeChartProps, words: Page['words']): string {
  const sizes = bands.flatMap(({ name, values }) => {
    const size = values[at] ?? undefined;
    return size === undefined ? [] : [words.render(say('page.segment', { name, size: bytes(size) }))];
  });
  return [momentText(atSeconds[at] ?? 0, isWallClock), ...sizes].join(words.label('list.separator'));
}
