import { type Accounting, type AccountingLineId, bytes, seconds } from '../../model/index.js';
import { paintLine } from '../text/span.js';
import { cutToWidth } from '../text/width.js';
import { compositionBar } from './bar.js';
import { page, type TerminalStyle } from './page.js';

const BAR_COLUMNS = 20;
const USUAL_COLUMNS = 80;

/** What the live view shows of a run: sizes in bytes, rates in bytes a second. */
export interface LiveLine {
  readonly atSeconds: number;
  readonly chargedBytes: number;
  readonly limitBytes?: number;
  readonly parts: Readonly<Record<Exclude<AccountingLineId, 'unexplained'>, number>>;
  readonly dirtyBytes: number;
  readonly writebackBytes: number;
  /** What the command writes to files. */
  readonly writtenPerSecond: number;
  /** What of that leaves the page cache for the disk. */
  readonly drainedPerSecond: number;
}

/** One line for a terminal, drawn again and again: the composition against the limit, and the rates. */
export function renderLabLive(live: LiveLine, style: TerminalStyle): string {
  const { words, colors } = page(style);
  // A terminal that does not tell its width has 0; the last column is left free, where some begin a new line.
  const width = (style.width > 0 ? style.width : USUAL_COLUMNS) - 1;
  const { chargedBytes, limitBytes, parts } = live;
  const values = {
    time: seconds(live.atSeconds),
    charged: bytes(chargedBytes),
    dirty: bytes(live.dirtyBytes),
    writeback: bytes(live.writebackBytes),
    rate: bytes(live.writtenPerSecond),
    drained: bytes(live.drainedPerSecond),
  };
  if (limitBytes === undefined) return cutToWidth(words.label('lab.live.no-limit', values), width);
  const accounting: Pick<Accounting, 'chargedBytes' | 'limitBytes' | 'lines'> = {
    chargedBytes,
    limitBytes,
    lines: (['anon', 'file', 'shmem', 'kernel'] as const).map((id) => ({
      id,
      bytes: parts[id],
      how: 'measured',
      from: [],
      parts: [],
    })),
  };
  // The bar is put in after cutting: its colours are no columns.

  const text = cutToWidth(words.label('lab.live', { ...values, limit: bytes(limitBytes), bar: '|' }), width - BAR_COLUMNS);
  return text.replace('|', paintLine(compositionBar(accounting, BAR_COLUMNS, colors)));
}
