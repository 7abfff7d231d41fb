/** How spellings are compared: the kernel, Kubernetes, metrics and people write the same name differently. */

/**
 * What two spellings of one name have in common: letters in lower case, without blanks, `_` and `-`. `fail cnt` and
 * `FailCnt` are one name; `__GFP_ATOMIC` and `GFP_ATOMIC` are two, so leading underscores stay.
 */
export function spellingKey(name: string): string {
  const folded = name.normalize('NFKC').trim().toLowerCase();
  return (folded.startsWith('__') ? '__' : '') + folded.replace(/[\s_-]+/g, '');
}

/** The keys under which a name may be found, the most faithful first: v1's `total_`, metric prefixes and units fall away. */
export function candidateKeys(name: string): string[] {
  const key = spellingKey(name);
  const bare = key.replace(/^(?:containermemory|nodememory)/, '').replace(/^(?:total|nr)(?=.{3})/, '');
  return [...new Set([key, bare, bare.replace(/bytes$/, ''), key.startsWith('gfp') ? `__${key}` : key])];
}

/**
 * Edits that turn one key into the other: characters added, left out, replaced, or two neighbours swapped. Infinity as soon
 * as they are more than `most`.
 */
export function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return Number.POSITIVE_INFINITY;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let edits = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        edits = Math.min(edits, at(beforePrevious, column - 2) + 1);
      }
      current.push(edits);
    }
    if (Math.min(...current) > most) return Number.POSITIVE_INFINITY;
    beforePrevious = previous;
    previous = current;
  }
  const edits = at(previous, b.length);
  return edits > most ? Number.POSITIVE_INFINITY : edits;
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
