import type { Provenance } from '../../model/index.js';
import { cite } from '../view/citation.js';
import { escapeText } from './escape.js';

/** Where something was read, each place in a code span. */
export function citations(from: readonly Provenance[]): string {
  return cite(from)
    .map((place) => escapeText(place, false))
    .join(', ');
}
