import type { Message } from './message.js';
import type { Provenance } from './provenance.js';

/** One piece of evidence: a sentence and the places it was read from. */
export interface Citation {
  readonly statement: Message;
  readonly from: readonly Provenance[];
}
