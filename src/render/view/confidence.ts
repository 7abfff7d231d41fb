import type { LabelKey } from '../../words/messages/index.js';

/** The word for a confidence, 0..1: the share of such verdicts that would be right. */
export function confidenceWord(confidence: number): LabelKey {
  if (confidence >= 0.9) return 'confidence.near-certain';
  if (confidence >= 0.7) return 'confidence.likely';
  if (confidence >= 0.45) return 'confidence.plausible';
  if (confidence >= 0.2) return 'confidence.possible';
  return 'confidence.unlikely';
}
