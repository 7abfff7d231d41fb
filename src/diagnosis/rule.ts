import type { Advice, CauseId, Citation, Message } from '../model/index.js';
import type { CaseFile } from './case-file.js';

/** What a rule found: how sure it is, why, what speaks against it, and what to do. */
export interface Finding {
  /** 0..1: of a hundred findings stated with 0.9, ninety are right. */
  readonly confidence: number;
  readonly title: Message;
  readonly because: readonly Citation[];
  readonly against?: readonly Citation[];
  readonly advice?: readonly Advice[];
}

/** A cause of OOM kills. Each has a file of its own in causes/; adding a file and listing it in causes/index.ts adds a cause. */
export interface CauseRule {
  readonly id: CauseId;
  /** Weighs the evidence; undefined when nothing points to this cause. Pure, never throws. */
  readonly weigh: (file: CaseFile) => Finding | undefined;
}
