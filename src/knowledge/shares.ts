import type { SymptomFacts } from './symptom-facts.js';

/** From this share of the charge on, memory that reclaim cannot free counts as a reason for the kill. */
export const LARGE_SHARE = 0.3;

/** A part of what was charged, 0..1; undefined when either is not known. */
export function shareOfCharge(facts: SymptomFacts, bytes: number | undefined): number | undefined {
  if (bytes === undefined || facts.chargedBytes === undefined || facts.chargedBytes <= 0) return undefined;
  return Math.min(1, bytes / facts.chargedBytes);
}

/**
 * Page cache that the disk has not got yet: dirty pages and pages under writeback. A page can be both, and writeback counts
 * swap-out too (mm/page-writeback.c, NR_WRITEBACK), so it is an upper bound, cut off at the page cache there is.
 */
export function unwrittenBytes(facts: SymptomFacts): number | undefined {
  if (facts.dirtyBytes === undefined || facts.writebackBytes === undefined) return undefined;
  return Math.min(facts.dirtyBytes + facts.writebackBytes, facts.fileBytes ?? Number.POSITIVE_INFINITY);
}

/** Whether a cgroup reached its limit with much of the charge waiting for a disk. */
export function isFullOfUnwrittenPages(facts: SymptomFacts): boolean {
  return facts.scope === 'memcg' && atLeast(shareOfCharge(facts, unwrittenBytes(facts)), LARGE_SHARE);
}

/** Whether a known share reaches the bound; an unknown one does not. */
export function atLeast(share: number | undefined, bound: number): boolean {
  return share !== undefined && share >= bound;
}

/** Whether the victim lived in a container that the kubelet made. */
export function isInPod(facts: SymptomFacts): boolean {
  return facts.victimLevel === 'container' && facts.qosClass !== undefined;
}

/** Whether the limit of a container or of its pod was hit. */
export function isContainerLimit(facts: SymptomFacts): boolean {
  return facts.scope === 'memcg' && (facts.limitedLevel === 'container' || facts.limitedLevel === 'pod');
}
