import { useId } from 'preact/hooks';
import { areaPath, linePath, type Scale, sizeTicks, tickText, timeTicks } from './scale.js';
import { type Column, piled, type Stall } from './stack.js';

/** One band of the stack, or one line over it. */
export interface Band {
  /** Its colour is the custom property of this kind, `--kind-…`. */
  readonly kind: string;
  readonly name: string;
  readonly values: Column;
}

export interface Mark {
  readonly at: number;
  readonly kind: 'oom-kill' | 'limit-hit' | 'frozen' | 'thawed' | 'exit';
  readonly text: string;
}

/** A stretch of time, in seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** The part of the picture that is drawn into, in pixels. */
export interface Field {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface Drawn {
  readonly field: Field;
  readonly x: Scale;
  readonly y: Scale;
}

/** The grid and what its lines stand for. */
export function Axes({
  field,
  x,
  y,
  span,
  mostBytes,
  isWallClock,
}: Drawn & { readonly span: Span; readonly mostBytes: number; readonly isWallClock: boolean }) {
  const { left, right, top, bottom } = field;
  const moments = timeTicks(span.from, span.to, (right - left) / 80);
  return (
    <>
      {sizeTicks(mostBytes, (bottom - top) / 45).map((size) => (
        <g key={size}>
          <path class="grid" d={`M${left} ${y(size)}H${right}`} />
          <text class="tick-text" x={left - 8} y={y(size) + 4} text-anchor="end">
            {tickText(size)}
          </text>
        </g>
      ))}
      {moments.map((at) => (
        <text key={at} class="tick-text" x={x(at)} y={bottom + 25} text-anchor="middle">
          {isWallClock ? clockText(at, span) : `${Number(at.toFixed(1))} s`}
        </text>
      ))}
    </>
  );
}

/** The hour and minute; the day where the picture spans several. */
function clockText(at: number, { from, to }: Span): string {
  const iso = new Date(at * 1000).toISOString();
  return to - from > 2 * 86_400 ? iso.slice(5, 10) : to - from > 600 ? iso.slice(11, 16) : iso.slice(11, 19);
}

/** The bands, piled up or each a line; what warns is striped, so that it is told apart without colour. */
export function Bands({
  atSeconds,
  bands,
  isStacked,
  x,
  y,
}: Omit<Drawn, 'field'> & {
  readonly atSeconds: readonly number[];
  readonly bands: readonly Band[];
  readonly isStacked: boolean;
}) {
  const id = useId();
  if (!isStacked) {
    return (
      <>
        {bands.map(({ kind, values }) => (
          <path key={kind} class={`line kind-${kind}`} d={linePath(atSeconds, values, x, y)} />
        ))}
      </>
    );
  }
  const edges = piled(bands.map(({ values }) => values));
  return (
    <>
      <pattern id={`${id}-dirty`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <path class="stripe" d="M0 0V7" />
      </pattern>
      <pattern id={`${id}-writeback`} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">
        <path class="stripe" d="M0 0V7" />
      </pattern>
      {bands.map(({ kind }, index) => {
        const d = areaPath(atSeconds, edges[index - 1], edges[index] ?? [], x, y);
        return (
          <g key={kind}>
            <path class={`kind-${kind}`} d={d} />
            {kind === 'dirty' || kind === 'writeback' ? <path fill={`url(#${id}-${kind})`} d={d} /> : null}
          </g>
        );
      })}
    </>
  );
}

/** Of the strip below the foot of the picture that shows the stalls, in pixels. */
export const STALLS_HEIGHT = 9;

/** When tasks waited for memory: a strip below the foot, the darker the longer. */
export function Stalls({ stalls, x, field: { bottom } }: Omit<Drawn, 'y'> & { readonly stalls: readonly Stall[] }) {
  return (
    <>
      {stalls.map(({ from, to, strength }) => (
        <rect
          key={from}
          class="stall"
          x={x(from)}
          y={bottom + 3}
          width={Math.max(1, x(to) - x(from))}
          height={STALLS_HEIGHT - 3}
          opacity={0.25 + 0.75 * strength}
        />
      ))}
    </>
  );
}

/** Of a letter at the marks' size, in pixels: enough for wide ones. */
const LETTER = 7;

/** Kills and other moments as uprights, with their names where there is room. */
export function Marks({ marks, x, field: { left, right, top, bottom } }: Omit<Drawn, 'y'> & { readonly marks: readonly Mark[] }) {
  let used = left;
  return (
    <>
      {marks.map(({ at, kind, text }) => {
        const position = x(at);
        if (position < left || position > right) return null;
        const width = [...text].length * LETTER + 6;
        const isBefore = position + width > right;
        const start = isBefore ? position - width : position;
        const isRoom = start >= used;
        if (isRoom) used = start + width;
        return (
          <g key={`${kind} ${at} ${text}`} class={`mark mark-${kind}`}>
            <title>{text}</title>
            <path d={`M${position} ${top - 4}V${bottom}`} />
            {isRoom ? (
              <text x={position + (isBefore ? -5 : 5)} y={top - 6} text-anchor={isBefore ? 'end' : 'start'}>
                {text}
              </text>
            ) : null}
          </g>
        );
      })}
    </>
  );
}
