import type { Diagnosis, Message } from '../model/index.js';
import type { Inspection } from '../render/view/inspection.js';

/** What a bundle or a recording says: why processes were killed or, when no kill is in it, what a kill would have been blamed on. */
export type DocumentVerdict =
  | { readonly kind: 'diagnoses'; readonly diagnoses: readonly Diagnosis[]; readonly warnings: readonly Message[] }
  | { readonly kind: 'inspection'; readonly inspection: Inspection; readonly warnings: readonly Message[] };
