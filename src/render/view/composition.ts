import type { Accounting, AccountingPart, How, Message, Provenance } from '../../model/index.js';
import { type Catalogue, catalogue } from '../../words/messages/index.js';
import { say } from './words.js';

/** Parts that cut a line in another way than the parts before them: only the wide form shows them. */
const SECOND_CUT: ReadonlySet<string> = new Set(['mapped', 'active', 'inactive']);
/** Parts, and a rest of the limit, below this share of the charge are no matter; the wide form shows the parts all the same. */
const SMALL_PART = 0.01;

const partNames: Catalogue = catalogue('en');

/** One row of the accounting table. */
export interface CompositionRow {
  readonly kind: 'line' | 'part' | 'total' | 'free';
  readonly id: string;
  readonly name: Message;
  /** Absent when nothing in the log allows a number. */
  readonly bytes?: number;
  /** Share of the charge. */
  readonly share?: number;
  readonly how: How;
  readonly from: readonly Provenance[];
}

/** The closed identity as rows: each line, the parts worth showing under it, and the sum; then what was left of the limit. */
export function compositionRows(accounting: Accounting, wide: boolean): CompositionRow[] {
  const { chargedBytes, limitBytes } = accounting;
  const share = (bytes: number): { share?: number } => (chargedBytes > 0 ? { share: bytes / chargedBytes } : {});
  const rows: CompositionRow[] = [];
  for (const { id, bytes, how, from, parts } of accounting.lines) {
    const number = how === 'absent' ? {} : { bytes, ...share(bytes) };
    rows.push({ kind: 'line', id, name: say(`line.${id}`), ...number, how, from });
    for (const part of parts) {
      if (!isWorthShowing(part, chargedBytes, wide)) continue;
      rows.push({
        kind: 'part',
        id: part.id,
        name: partName(part.id),
        bytes: part.bytes,
        ...share(part.bytes),
        how: part.how,
        from: part.from,
      });
    }
  }
  rows.push({
    kind: 'total',
    id: 'charged',
    name: say(accounting.scope === 'node' ? 'line.in-use' : 'line.charged'),
    bytes: chargedBytes,
    ...share(chargedBytes),
    how: accounting.chargedHow,
    from: accounting.chargedFrom,
  });
  const freeBytes = (limitBytes ?? 0) - chargedBytes;
  if (freeBytes > SMALL_PART * chargedBytes) {
    rows.push({ kind: 'free', id: 'free', name: say('line.free'), bytes: freeBytes, how: 'derived', from: [] });
  }
  return rows;
}

function isWorthShowing({ id, bytes, how }: AccountingPart, chargedBytes: number, wide: boolean): boolean {
  if (how === 'absent') return false;
  return wide || (bytes > 0 && bytes >= SMALL_PART * chargedBytes && !SECOND_CUT.has(id));
}

/** Accounting may learn of parts before the catalogue does: their id is then their name. */
function partName(id: string): Message {
  const key = `part.${id}`;
  return Object.hasOwn(partNames, key) ? { key, params: {} } : say('value', { value: id });
}
