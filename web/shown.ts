import type { OpenedSummary } from './worker/protocol.js';

/** What is being looked at. */
export type Shown =
  | { readonly kind: 'incidents' }
  | { readonly kind: 'inspection' | 'run' | 'comparison' | 'heap'; readonly index: number }
  | { readonly kind: 'beside' };

export const NOTHING: OpenedSummary = { incidents: 0, inspections: [], runs: [], comparisons: [], heaps: [], warnings: [] };

/** Whether anything is there to be looked at; words about files that had nothing are not. */
export function hasContent({ incidents, inspections, runs, comparisons, heaps }: OpenedSummary): boolean {
  return incidents > 0 || [inspections, runs, comparisons, heaps].some(({ length }) => length > 0);
}

/** What to show of that which was opened last: the kill before all else. Undefined when nothing came. */
export function newestShown(now: OpenedSummary, before: OpenedSummary): Shown | undefined {
  if (now.incidents > before.incidents) return { kind: 'incidents' };
  if (now.runs.length > before.runs.length) {
    return now.runs.length > 1 ? { kind: 'beside' } : { kind: 'run', index: 0 };
  }
  if (now.comparisons.length > before.comparisons.length) return { kind: 'comparison', index: before.comparisons.length };
  if (now.inspections.length > before.inspections.length) return { kind: 'inspection', index: before.inspections.length };
  if (now.heaps.length > before.heaps.length) return { kind: 'heap', index: before.heaps.length };
  return undefined;
}
