import { type AnchorPlan, planAnchors } from './anchor-plan.js';
import type { AnchorScanner } from './anchor-scanner.js';
import { ANCHORS, FINGERPRINT_BUCKETS } from './anchors.js';
import { PlainScanner } from './plain-scanner.js';
import { SimdScanner } from './simd-scanner.js';

export type { AnchorScanner } from './anchor-scanner.js';

let plan: AnchorPlan | undefined;

function standardPlan(): AnchorPlan {
  plan ??= planAnchors(ANCHORS, FINGERPRINT_BUCKETS);
  return plan;
}

/** The fastest scanner for the anchors that the engine allows: SIMD in WebAssembly, else plain JavaScript. */
export function createScanner(capacity: number): AnchorScanner {
  try {
    return new SimdScanner(capacity, standardPlan());
  } catch {
    return createPlainScanner(capacity);
  }
}

/** A scanner for the anchors that needs nothing but JavaScript: slower, with the same results. */
export function createPlainScanner(capacity: number): AnchorScanner {
  return new PlainScanner(capacity, standardPlan());
}
