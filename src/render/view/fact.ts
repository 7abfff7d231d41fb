import type { Message, Provenance } from '../../model/index.js';
import type { LabelKey } from '../../words/messages/index.js';

/** One fact of an incident: a label, its values and where they were read. */
export interface Fact {
  readonly label: Extract<LabelKey, `fact.${string}`>;
  readonly values: readonly Message[];
  readonly from: readonly Provenance[];
}
