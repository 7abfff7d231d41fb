import { type AccountingLine, type AccountingLineId, type AccountingPart, message } from '../model/index.js';

/** A line for which nothing printed allows a number. */
export function absentLine(id: AccountingLineId): AccountingLine {
  return { id, bytes: 0, how: 'absent', from: [], parts: [] };
}

/** Kernel memory as the sum of the parts that are printed; absent without any. */
export function kernelFromParts(parts: readonly AccountingPart[]): AccountingLine {
  if (parts.length === 0) return absentLine('kernel');
  return {
    id: 'kernel',
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    how: 'derived',
    note: message('accounting.kernel-from-parts'),
    from: parts.flatMap((part) => part.from).slice(0, 4),
    parts,
  };
}
