import type { Cause } from '../../model/index.js';

/** A cause less likely than this keeps its evidence but not its advice, unless it is the first. */
const WORTH_ADVICE = 0.2;

/** Whether a cause's advice belongs into the short form of a report. */
export function isMainCause(cause: Cause, index: number): boolean {
  return index === 0 || cause.confidence >= WORTH_ADVICE;
}
